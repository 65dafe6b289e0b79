"""The checker itself: histories that one order explains, and histories that no order does."""

import random

import pytest
from crash.register import ABSENT, GONE, Operation, is_linearizable, model


def operation(
    kind: str, begin: int, end: int | None, answer: str | None, value="", condition=""
) -> Operation:
    return Operation(0, kind, begin, end, answer, value, condition)


def put(value: str, begin: int, end: int | None) -> Operation:
    return operation("put", begin, end, "201" if end else None, value)


def get(value: str, begin: int, end: int) -> Operation:
    return operation("get", begin, end, "200", value)


def nothing(begin: int, end: int) -> Operation:
    return operation("get", begin, end, "404 BlobNotFound")


def delete(begin: int, end: int | None) -> Operation:
    return operation("delete", begin, end, "202" if end else None)


EXPLAINED = {
    "nothing happened": [],
    "a write, then its value": [put("a", 0, 1), get("a", 2, 3)],
    "writes that overlap, either order": [put("a", 0, 9), put("b", 0, 9), get("b", 10, 11), get("b", 12, 13)],
    "a read that overlaps sees before": [put("a", 0, 9), nothing(1, 2), get("a", 3, 4)],
    "an unknown write that happened": [put("a", 0, None), get("a", 5, 6)],
    "an unknown write that did not": [put("a", 0, None), nothing(5, 6)],
    "an unknown write that happened late": [put("a", 0, None), nothing(5, 6), get("a", 7, 8)],
    "an unknown delete that happened": [put("a", 0, 1), delete(2, None), nothing(3, 4)],
    "one of two unknown writes": [put("a", 0, None), put("b", 0, None), get("b", 5, 6)],
    "one of two is first": [
        operation("create", 0, 9, "201", "a"),
        operation("create", 0, 9, "409 BlobAlreadyExists", "b"),
        get("a", 10, 11),
    ],
    "a replacement of what is there": [
        put("a", 0, 1),
        operation("replace", 2, 3, "201", "b", "a"),
        get("b", 4, 5),
    ],
    "a container that is made anew is empty": [
        put("a", 0, 1),
        operation("delete-container", 2, 3, "202"),
        operation("get", 4, 5, "404 ContainerNotFound"),
        operation("create-container", 6, 7, "201"),
        operation("list", 8, 9, "200"),
    ],
}

UNEXPLAINED = {
    "an acknowledged write is lost": [put("a", 0, 1), nothing(2, 3)],
    "an overwritten value comes back": [put("a", 0, 1), put("b", 2, 3), get("a", 4, 5)],
    "two readers see two orders": [
        put("a", 0, 9),
        put("b", 0, 9),
        *(get("a", 10, 11), get("b", 12, 13), get("a", 14, 15)),
    ],
    "a value that nobody wrote": [put("a", 0, 1), get("c", 2, 3)],
    "an unknown write that came and went": [put("a", 0, None), get("a", 2, 3), nothing(4, 5)],
    "an unknown write that happened before it began": [get("a", 0, 1), put("a", 2, None)],
    "a deleted blob comes back": [put("a", 0, 1), delete(2, 3), get("a", 4, 5)],
    "a delete of nothing": [delete(0, 1)],
    "two are first": [operation("create", 0, 9, "201", "a"), operation("create", 0, 9, "201", "b")],
    "a lost update": [
        put("a", 0, 1),
        operation("replace", 2, 9, "201", "b", "a"),
        operation("replace", 2, 9, "201", "c", "a"),
    ],
    "a listing that is late": [put("a", 0, 1), operation("list", 2, 3, "200")],
    "a blob that outlives its container": [
        put("a", 0, 1),
        operation("delete-container", 2, 3, "202"),
        operation("create-container", 4, 5, "201"),
        get("a", 6, 7),
    ],
}


@pytest.mark.parametrize("name", EXPLAINED)
def test_a_history_that_one_order_explains(name):
    assert is_linearizable(EXPLAINED[name], ABSENT)


@pytest.mark.parametrize("name", UNEXPLAINED)
def test_a_history_that_no_order_explains(name):
    assert not is_linearizable(UNEXPLAINED[name], ABSENT)


def test_the_first_state_counts():
    assert is_linearizable([get("a", 0, 1)], "a")
    assert not is_linearizable([get("a", 0, 1)], "b")
    assert not is_linearizable([put("a", 0, 1)], GONE)


KINDS = ["put", "put", "create", "replace", "delete", "get", "get", "get", "list", "create-container"]


def simulated(source: random.Random, count: int) -> list[Operation]:
    """What eight clients see of a blob that really does one thing at a time, at a moment they cannot see."""
    state, now, history = ABSENT, 0, []
    free_at = [0] * 8
    for number in range(count):
        client = min(range(8), key=lambda each: free_at[each])
        now = max(now, free_at[client]) + source.randrange(5)
        asked = Operation(client, source.choice(KINDS), now - source.randrange(20), value=f"v{number}")
        asked.begin = max(asked.begin, free_at[client])
        asked.condition = source.choice([state, "other"]) if asked.kind == "replace" else ""
        answer, shown, after = model(asked, state)
        state = after
        free_at[client] = now + 1 + source.randrange(20)
        if asked.kind in ("get", "list"):
            asked.value = shown
        asked.answer, asked.end = answer, free_at[client]
        history.append(asked)
    return history


def test_histories_of_a_real_register_pass_and_one_wrong_read_is_found(seed):
    source = random.Random(seed)
    for _ in range(20):
        history = simulated(source, 300)
        assert is_linearizable(history, ABSENT)
        read = source.choice([each for each in history if each.kind == "get" and each.answer == "200"])
        written = [each for each in history if each.answer == "201" and each.end and each.end < read.begin]
        stale = [each for each in written if any(each.end < other.begin for other in written)]
        if not stale:
            continue
        read.value = stale[0].value if stale[0].value != read.value else "never"
        assert not is_linearizable(history, ABSENT)
