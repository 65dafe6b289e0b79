"""Is a history of one blob what some order of its operations, one at a time, would have answered?

The search is Wing and Gong's with Lowe's memory of visited states: it takes any operation that began before
every operation still to be placed had ended, asks the model what a blob in this state would have answered,
and goes back when that is not what was answered. An operation of unknown outcome takes effect at any time
after its beginning, or never.
"""

import dataclasses
from collections.abc import Sequence

# What a blob is besides the name of the value it holds.
ABSENT, GONE = "(absent)", "(no container)"

NO_BLOB, NO_CONTAINER = "404 BlobNotFound", "404 ContainerNotFound"


@dataclasses.dataclass
class Operation:
    """What one client asked of one blob, and what it was answered."""

    client: int
    kind: str  # put, create, replace, delete, get, list, create-container or delete-container
    begin: int  # nanoseconds
    end: int | None = None
    answer: str | None = None  # None: the client never learned the outcome
    value: str = ""  # of a write the value it writes, of a get or list the one that was read
    condition: str = ""  # of a replace the value it wants to find

    def __str__(self) -> str:
        asked = " ".join(filter(None, (self.kind, self.value, self.condition and f"over {self.condition}")))
        return f"[{self.begin}, {self.end or 'never'}] client {self.client}: {asked} -> {self.answer or '?'}"


def model(asked: Operation, state: str) -> tuple[str, str, str]:
    """What a blob in this state answers, the value it shows to a reader, and its state afterwards."""
    if asked.kind == "create-container":
        return ("201", "", ABSENT) if state == GONE else ("409 ContainerAlreadyExists", "", state)
    if state == GONE:
        return NO_CONTAINER, "", GONE
    match asked.kind:
        case "delete-container":
            return "202", "", GONE
        case "put":
            return "201", "", asked.value
        case "create":
            return ("201", "", asked.value) if state == ABSENT else ("409 BlobAlreadyExists", "", state)
        case "replace":
            held = state == asked.condition
            return ("201", "", asked.value) if held else ("412 ConditionNotMet", "", state)
        case "delete":
            return (NO_BLOB, "", state) if state == ABSENT else ("202", "", ABSENT)
        case "get":
            return (NO_BLOB, "", state) if state == ABSENT else ("200", state, state)
        case "list":
            return "200", "" if state == ABSENT else state, state
    raise ValueError(f"the model knows no {asked.kind}")


def allows(state: str, operation: Operation) -> tuple[bool, str]:
    """Whether this is what a blob in this state answers, and its state afterwards."""
    answer, shown, after = model(operation, state)
    if operation.answer is None:
        return True, after
    reads = operation.kind in ("get", "list")
    return answer == operation.answer and (not reads or shown == operation.value), after


def is_linearizable(history: Sequence[Operation], state: str) -> bool:
    """Whether one order explains every answer, beginning with the blob in this state."""
    order = sorted(history, key=lambda operation: operation.begin)
    owed = sum(1 << place for place, operation in enumerate(order) if operation.answer is not None)
    visited: set[tuple[int, str]] = set()
    waiting = [(0, state)]
    while waiting:
        placed, state = waiting.pop()
        if owed & ~placed == 0:
            return True
        if (placed, state) in visited:
            continue
        visited.add((placed, state))
        waiting += successors(order, placed, state)
    return False


def successors(order: Sequence[Operation], placed: int, state: str) -> list[tuple[int, str]]:
    found = []
    for place in candidates(order, placed):
        explained, after = allows(state, order[place])
        if not explained:
            continue
        step = (placed | 1 << place, after)
        if after == state and order[place].answer is not None:
            # It changes nothing, so if any order explains the rest, one with this next does.
            return [step]
        found.append(step)
    return found


def candidates(order: Sequence[Operation], placed: int) -> list[int]:
    """The operations that may be next: none that is still to be placed had ended before they began."""
    found: list[int] = []
    first_end: int | None = None
    for place in range((~placed & placed + 1).bit_length() - 1, len(order)):
        operation = order[place]
        if first_end is not None and operation.begin > first_end:
            break
        if placed >> place & 1:
            continue
        found.append(place)
        if operation.end is not None:
            first_end = operation.end if first_end is None else min(first_end, operation.end)
    return [place for place in found if first_end is None or order[place].begin <= first_end]
