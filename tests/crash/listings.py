"""Is each listing of a history what one moment could have shown?

A listing reads many blobs at once and ties their histories together: that each of them has an order
(register.py) does not yet mean that all the listed values ever stood side by side. For every value that a
listing shows, and for every blob that it does not show, the times are known outside of which that cannot have
been so. A listing is refused when no moment between its beginning and its end lies within all of them.

The times are wide where outcomes are unknown or operations overlap, so a history that some order explains is
never refused; some that none explains may pass.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from crash.register import ABSENT, Operation

Span = tuple[float, float]  # nanoseconds, both ends included
ALWAYS: Span = (float("-inf"), float("inf"))

WRITES = ("put", "create", "replace")


@dataclasses.dataclass
class Listing:
    """What one request showed: the values of the blobs that were there."""

    begin: int
    end: int
    shown: Mapping[str, str]


def changed(operation: Operation) -> bool:
    return operation.answer in ("201", "202")


def spans_of_value(value: str, history: Sequence[Operation], first: str) -> list[Span]:
    """When a blob may have held the value: not before it was written, nor after something that came later."""
    writes = [each for each in history if each.kind in WRITES and each.value == value]
    if value == first:
        begin, known = ALWAYS[0], ALWAYS[0]
    elif writes:
        begin, known = writes[0].begin, writes[0].end
    else:
        return []
    later = [each.end for each in history if changed(each) and known is not None and each.begin > known]
    return [(begin, min(later, default=ALWAYS[1]))]


def spans_of_absence(history: Sequence[Operation], first: str) -> list[Span]:
    """When a blob may have been absent: not between the end of a write and the next deletion's beginning."""
    deletions = [each for each in history if each.kind == "delete" and (changed(each) or each.answer is None)]
    present = [(each.begin, each.end) for each in history if each.kind in WRITES and changed(each)]
    if first != ABSENT:
        present.append(ALWAYS[:1] * 2)
    certain = []
    for begin, end in present:
        # A deletion that may come after the write ends the certainty where it begins.
        until = min(
            (each.begin for each in deletions if each.end is None or each.end > begin), default=ALWAYS[1]
        )
        if end < until:
            certain.append((end, until))
    return without(certain)


def without(certain: Iterable[Span]) -> list[Span]:
    """All times but these."""
    left, at = [], ALWAYS[0]
    for begin, end in sorted(certain):
        if begin >= at:
            left.append((at, begin))
        at = max(at, end)
    return [*left, (at, ALWAYS[1])] if at < ALWAYS[1] else left


def common(some: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    others = list(others)
    pairs = ((max(a[0], b[0]), min(a[1], b[1])) for a in some for b in others)
    return [(begin, end) for begin, end in pairs if begin <= end]


def is_one_moment(
    listing: Listing, histories: Mapping[str, Sequence[Operation]], first: Mapping[str, str]
) -> bool:
    """The histories are of all blobs that the listing could show; `first` is what each held before."""
    moments: list[Span] = [(listing.begin, listing.end)]
    for blob, history in histories.items():
        value = listing.shown.get(blob)
        may = spans_of_value(value, history, first[blob]) if value else spans_of_absence(history, first[blob])
        moments = common(moments, may)
    return bool(moments)
