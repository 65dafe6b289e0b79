"""docs/formats/journal.md: a whole exported journal, and what somebody kept of it."""

import collections
import dataclasses
import itertools
import re
from collections.abc import Sequence

from evidence.independent import cbor, documents, promises, receipts
from evidence.independent.entries import TOLERANCE, Seal
from evidence.independent.merkle import Growing, sha256
from evidence.independent.notes import Key
from evidence.independent.records import Shown, read_shown, time_of
from evidence.independent.refusal import RefusedError, check, require
from evidence.independent.sealed import Sealed, b64, read_sealed, verify_sealed
from evidence.independent.tiles import Read, Tree

FORMAT = "vitrine-journal-v1"


@dataclasses.dataclass
class Findings:
    """What a verified journal holds."""

    records: int = 0
    wholly_open: int = 0
    gone: int = 0
    closed_unstated: dict[str, int] = dataclasses.field(default_factory=dict)  # by facet


def read_head(document: str) -> Sealed:
    value = documents.parse(document)
    require(documents.text(value, "format") == FORMAT, "not a journal's head")
    journal = documents.digest(value, "journal", "id")
    size, root = documents.number(value, "journal", "size"), documents.digest(value, "journal", "root")
    return read_sealed(value, journal, size, root)


def written(head: Sealed) -> dict:
    journal = {"id": b64(head.journal), "size": head.size, "root": b64(head.root)}
    return {"format": FORMAT, "journal": journal, **head.members()}


@dataclasses.dataclass(frozen=True)
class Statement:
    """What a record says of records before it that are not whole any more."""

    facets: tuple[str, ...]  # erased; none where records were dropped
    records: list[tuple[int, int]]  # first and last of each range

    @property
    def count(self) -> int:
        return sum(last - first + 1 for first, last in self.records)


ERASE, EXPIRE = "journal.erase", "journal.expire"
INDEX = r"(?:0|[1-9][0-9]{0,17})"
RANGES = re.compile(rf"{INDEX}(?:-{INDEX})?(?:,{INDEX}(?:-{INDEX})?)*")


def read_ranges(text: str) -> list[tuple[int, int]]:
    """Of indexes as 4-9,17. None where they are not spelled so."""
    if not RANGES.fullmatch(text):
        return []
    pairs = [(part.split("-") * 2)[:2] for part in text.split(",")]
    ranges = [(int(first), int(last)) for first, last in pairs]
    spelled = ",".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)
    in_order = all(after[0] > before[1] + 1 for before, after in itertools.pairwise(ranges))
    good = spelled == text and in_order and all(a <= b for a, b in ranges) and len(ranges) <= 1000
    return ranges if good else []


def statement_in(shown: Shown, index: int, statements: list[int]) -> Statement | None:
    """docs/formats/record.md: only what the server writes counts."""
    if not {"what", "why"} <= shown.opened.keys():
        return None
    _, action, _, blob, version, content_root, _ = cbor.decode(shown.opened["what"])
    _, basis, permitted, *_ = cbor.decode(shown.opened["why"])
    ranges = read_ranges(blob)
    if action not in (ERASE, EXPIRE) or not permitted or not ranges or ranges[-1][1] >= index:
        return None
    if action == EXPIRE:
        by_system = "who" in shown.opened and cbor.decode(shown.opened["who"])[0] == "system"
        whole = len(ranges) == 1 and ranges[0][0] == 0 and (ranges[0][1] + 1) % 256 == 0
        return Statement((), ranges) if by_system and whole else None
    said = Statement(tuple(version.split(",")), ranges)
    if version not in ("who", "what", "who,what") or said.count > 10_000:
        return None
    if any(first <= each <= last for first, last in ranges for each in statements):
        return None
    order = ["vitrine-erasure-order-v1", shown.journal, [list(each) for each in ranges]]
    order += ["who" in said.facets, "what" in said.facets, basis]
    return said if content_root == sha256(cbor.encode(order)) else None


class Journal:
    """One verification."""

    def __init__(self, read: Read, key: Key):
        self.read, self.key = read, key
        self.expected: dict[int, list[tuple[str, bytes]]] = collections.defaultdict(list)
        self.wrong: dict[str, RefusedError] = {}  # by the check that will say so
        self.earlier: Sealed | None = None
        self.earlier_root = Growing().root()
        self.findings = Findings()
        self.gone: list[int] = []
        self.dropped_below = 0  # as records say
        self.closed = {"who": set(), "what": set(), "why": set(), "outcome": set()}
        self.statements: list[int] = []  # records that tell of erasures or of what was dropped
        self.erased: dict[str, set[int]] = {"who": set(), "what": set()}  # as records say

    def verify_head(self) -> None:
        with check("document"):
            document = self.read("journal.json")
            if document is None:
                raise RefusedError("no journal.json")
            text = cbor.utf8(document)
            self.head = read_head(text)
            try:
                expected = written(self.head)
            except RefusedError:
                expected = None  # the seal's check says what the entry is
            if expected:
                documents.must_be_spelled(text, expected)
        self.seal: Seal = verify_sealed(self.head, self.key)

    def take_earlier(self, document: str) -> None:
        with check("earlier head"):
            self.earlier = read_head(document)
            verify_sealed(self.earlier, self.key)
            require(self.earlier.slot == self.head.slot, "of another slot")
            require(self.earlier.journal == self.head.journal, "the slot had another journal")
            require(self.earlier.size <= self.head.size, "the journal went back")

    def take_receipt(self, document: str) -> None:
        with check("receipts"):
            receipt = receipts.verify_sealed_receipt(document, self.key)
            require(receipt.record.journal == self.head.journal, "of another journal")
            require(receipt.record.index < self.head.size, "behind the journal's end")
            self.expected[receipt.record.index].append(("receipts' records", receipt.record.leaf))

    def take_promise(self, text: str) -> None:
        with check("promises"):
            promise = promises.read_either(text)
            promises.check_signature(promise, self.key)
            promises.check_round(promise)
            require(promise.journal == self.head.journal, "for another journal")
            require(promise.index < self.head.size, "behind the journal's end: not due yet, or BROKEN")
            self.expected[promise.index].append(("promises kept", promise.leaf))

    def leaf_of(self, entry: bytes) -> bytes:
        shown = read_shown(entry)
        require(shown.journal == self.head.journal, "a record of another journal")
        return shown.leaf

    def read_files(self) -> None:
        tree = Tree(self.read, self.head.size, self.leaf_of, entries_may_be_gone=True)
        with check("files"):
            for index, (entry, leaf) in enumerate(tree):
                self.look_at(index, entry)
                for name, expected in self.expected.get(index, []):
                    if leaf != expected:
                        self.wrong.setdefault(name, RefusedError(f"record {index} is another one", name))
                if self.earlier and tree.growing.size == self.earlier.size:
                    self.earlier_root = tree.growing.root()
        with check("root"):
            require(tree.growing.root() == self.head.root, "another root than the seal's")
        self.findings.records = self.head.size

    def look_at(self, index: int, entry: bytes | None) -> None:
        if entry is None:
            self.findings.gone += 1
            self.gone.append(index)
            return
        shown = read_shown(entry)
        self.take_statement(shown, index)
        for facet in self.closed.keys() - shown.opened.keys():
            self.closed[facet].add(index)
        self.findings.wholly_open += len(shown.opened) == 4
        if "outcome" not in shown.opened:
            return
        outcome = shown.opened["outcome"]
        closing = cbor.decode(outcome)[5]
        late = time_of(outcome) > (self.seal.time + TOLERANCE) * 1_000_000
        if late or (closing and closing[0] >= index):
            self.wrong.setdefault("records", RefusedError(f"record {index} is too late", "records"))

    def take_statement(self, shown: Shown, index: int) -> None:
        said = statement_in(shown, index, self.statements)
        if said and not said.facets:
            self.dropped_below = max(self.dropped_below, said.records[0][1] + 1)
        for facet in said.facets if said else ():
            for first, last in said.records:
                self.erased[facet].update(range(first, last + 1))
        if "what" in shown.opened and cbor.decode(shown.opened["what"])[1] in (ERASE, EXPIRE):
            self.statements.append(index)

    def count_closed(self) -> None:
        for facet, closed in self.closed.items():
            if unstated := len(closed - self.erased.get(facet, set())):
                self.findings.closed_unstated[facet] = unstated

    def check_gone(self) -> None:
        if any(index >= self.dropped_below for index in self.gone):
            self.wrong.setdefault("records", RefusedError("missing, and not said to be dropped", "records"))

    def check_history(self) -> None:
        if self.earlier and self.earlier_root != self.earlier.root:
            self.wrong["history"] = RefusedError("history was rewritten", "history")


def verify_journal(
    read: Read, key: Key, since: str | None = None, kept: Sequence[str] = (), promised: Sequence[str] = ()
) -> Findings:
    """`kept` are receipts, `promised` promises of records in it."""
    journal = Journal(read, key)
    journal.verify_head()
    if since is not None:
        journal.take_earlier(since)
    for receipt in kept:
        journal.take_receipt(receipt)
    for promise in promised:
        journal.take_promise(promise)
    journal.read_files()
    journal.count_closed()
    journal.check_gone()
    journal.check_history()
    for name in ("records", "history", "receipts' records", "promises kept"):
        if name in journal.wrong:
            raise journal.wrong[name]
    return journal.findings
