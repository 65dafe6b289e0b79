"""The check of listings itself: those that one moment explains, and those that none does."""

import random

import pytest
from crash.listings import Listing, is_one_moment
from crash.register import ABSENT, Operation, is_linearizable


def put(value: str, begin: int, end: int | None) -> Operation:
    return Operation(0, "put", begin, end, "201" if end else None, value)


def delete(begin: int, end: int | None) -> Operation:
    return Operation(0, "delete", begin, end, "202" if end else None)


# Name: what happened to a and to b, and what a listing from 10 to 20 showed.
EXPLAINED = {
    "nothing happened": ([], [], {}),
    "both written before": ([put("a1", 0, 1)], [put("b1", 2, 3)], {"a": "a1", "b": "b1"}),
    "neither of two overlapping writes": ([put("a1", 9, 15)], [put("b1", 12, 30)], {}),
    "the second of two overlapping writes": ([put("a1", 9, 15)], [put("b1", 12, 30)], {"b": "b1"}),
    "one before the other": ([put("a1", 11, 12)], [put("b1", 13, 14)], {"a": "a1"}),
    "an unknown write that happened late": ([put("a1", 0, None)], [put("b1", 12, 13)], {"b": "b1"}),
    "an unknown deletion": ([put("a1", 0, 1), delete(2, None)], [put("b1", 3, 4)], {"b": "b1"}),
    "a deletion and a write after it": (
        [put("a1", 0, 1), delete(11, 12)],
        [put("b1", 13, 14)],
        {"b": "b1"},
    ),
    "overwritten within the listing": (
        [put("a1", 0, 1), put("a2", 12, 13)],
        [put("b1", 11, 14)],
        {"a": "a1", "b": "b1"},
    ),
    "a deletion that overlaps the write": ([put("a1", 0, 5), delete(4, 6)], [], {"a": "a1"}),
}

UNEXPLAINED = {
    "the later of two, without the earlier": ([put("a1", 11, 12)], [put("b1", 13, 14)], {"b": "b1"}),
    "an old value beside a newer one": (
        [put("a1", 0, 1), put("a2", 11, 12)],
        [put("b1", 13, 14)],
        {"a": "a1", "b": "b1"},
    ),
    "a deleted blob beside what was written later": (
        [put("a1", 0, 1), delete(11, 12)],
        [put("b1", 13, 14)],
        {"a": "a1", "b": "b1"},
    ),
    "absence beside what was overwritten before": (
        [put("a1", 11, 12)],
        [put("b1", 0, 1), put("b2", 13, 14)],
        {"b": "b2"},
    ),
    "an acknowledged write is missing": ([put("a1", 0, 1)], [], {}),
    "a value from after the listing": ([put("a1", 21, 22)], [], {"a": "a1"}),
    "a value that nobody wrote": ([], [], {"a": "a9"}),
}


def explained(a: list[Operation], b: list[Operation], shown: dict[str, str]) -> bool:
    return is_one_moment(Listing(10, 20, shown), {"a": a, "b": b}, {"a": ABSENT, "b": ABSENT})


@pytest.mark.parametrize("name", EXPLAINED)
def test_a_listing_that_one_moment_explains(name):
    assert explained(*EXPLAINED[name])


@pytest.mark.parametrize("name", UNEXPLAINED)
def test_a_listing_that_no_moment_explains(name):
    assert not explained(*UNEXPLAINED[name])


def test_each_blob_alone_would_pass():
    """A torn listing is what the check of single blobs cannot see."""
    for blob, (history, value) in {"a": ([put("a1", 11, 12)], ""), "b": ([put("b1", 13, 14)], "b1")}.items():
        listed = Operation(1, "list", 10, 20, "200", value)
        assert is_linearizable([*history, listed], ABSENT), blob


def test_what_was_there_at_first_counts():
    listing = Listing(10, 20, {"a": "old"})
    assert is_one_moment(listing, {"a": []}, {"a": "old"})
    assert is_one_moment(listing, {"a": [put("a1", 12, 13)]}, {"a": "old"})
    assert not is_one_moment(listing, {"a": [put("a1", 1, 2)]}, {"a": "old"})
    assert not is_one_moment(Listing(10, 20, {}), {"a": []}, {"a": "old"})


BLOBS = [f"blob{number}" for number in range(5)]


def simulated(source: random.Random, count: int) -> tuple[dict[str, list[Operation]], list[Listing]]:
    """What clients see of a container that really does one thing at a time."""
    state: dict[str, str] = {}
    histories = {blob: [] for blob in BLOBS}
    listings = []
    for moment in range(10, 10 + 10 * count, 10):
        begin, end = moment - source.randrange(40), moment + 1 + source.randrange(40)
        blob = source.choice(BLOBS)
        match source.choice(["put", "put", "delete", "list"]):
            case "put":
                state[blob] = f"v{moment}"
                histories[blob].append(put(state[blob], begin, end))
            case "delete" if blob in state:
                del state[blob]
                histories[blob].append(delete(begin, end))
            case "list":
                listings.append(Listing(begin, end, dict(state)))
    return histories, listings


def test_listings_of_a_real_container_pass_and_torn_ones_are_found(seed):
    source = random.Random(seed)
    first = dict.fromkeys(BLOBS, ABSENT)
    found = 0
    for _ in range(20):
        histories, listings = simulated(source, 200)
        assert all(is_one_moment(listing, histories, first) for listing in listings)
        for one, other in zip(listings, listings[10:], strict=False):
            # Half of it from one moment and half from another.
            torn = {
                blob: source_of[blob]
                for blob, source_of in zip(BLOBS, [one.shown, other.shown] * 3, strict=False)
                if blob in source_of
            }
            found += not is_one_moment(Listing(one.begin, other.end, torn), histories, first)
    assert found > 300
