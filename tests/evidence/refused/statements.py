"""Journals of which something is gone, and the records that say so (docs/formats/record.md)."""

from evidence.refused import merkle
from evidence.refused.exports import Journal, committed, exported, files, head, journal, outcome, some_records
from evidence.refused.records import JOURNAL, WHAT, WHO, WHY, cbor, record, with_item

DROPPED = 256
SYSTEM = ["system", "none", ""]


def expiry(
    records: str = "0-255", who: list = SYSTEM, permitted: bool = True, action: str = "journal.expire"
):
    what = ["storage", action, "", records, "", None, None]
    return record(who=who, what=what, why=with_item(WHY, 2, permitted), outcome=outcome(5))


def order(records: list, who: bool, what: bool, ground: str, journal_id: bytes = JOURNAL) -> bytes:
    return merkle.sha256(cbor(["vitrine-erasure-order-v1", journal_id, records, who, what, ground]))


def erasure(said: dict | None = None, **signed):
    """Of who from records 1 and 2; what is `said` stands in the record and not in the order."""
    of = {"records": [[1, 2]], "who": True, "what": False, "ground": "law"} | signed
    stands = of | (said or {})
    facets = ",".join(name for name in ("who", "what") if stands[name])
    ranges = ",".join(str(a) if a == b else f"{a}-{b}" for a, b in stands["records"])
    what = ["storage", "journal.erase", "", ranges, facets, stands.get("order", order(**of)), None]
    why = with_item(with_item(WHY, 1, stands["ground"]), 2, stands.get("permitted", True))
    return record(what=what, why=why, outcome=outcome(5))


def of_dropped(*shown: list) -> dict:
    """A journal of which the first 256 records are gone."""
    there = journal(list(shown))
    gone = tuple(merkle.leaf_hash(bytes([number])) for number in range(DROPPED))
    whole = Journal(there.records, gone + there.leaves)
    laid = {path.replace("/000.p/", "/001.p/"): data for path, data in files(there).items()}
    above = {"tile/0/000": b"".join(gone), "tile/1/000.p/1": merkle.root(list(gone))}
    return {"head": head(whole), "files": laid | {path: {"hex": data.hex()} for path, data in above.items()}}


def false_expiries() -> list[tuple]:
    """Each alone does not excuse that records 0 to 255 are missing."""
    return [
        ("names more than there was before it", expiry("0-511")),
        ("names all records there will ever be", expiry("0-999999999999999999")),
        ("names no whole bundle", expiry("0-254")),
        ("does not begin with the first record", expiry("1-255")),
        ("names two ranges", expiry("0-100,102-255")),
        ("is of somebody else", expiry(who=WHO)),
        ("is of nobody that is known", closed(expiry(), "who")),
        ("was denied", expiry(permitted=False)),
        ("has its reasons closed", closed(expiry(), "why")),
        ("is of another act", expiry(action="journal.read")),
        ("is one of an erasure", erasure(records=[[0, 255]])),
    ]


def closed(shown: list, facet: str) -> list:
    place = ("who", "what", "why", "outcome").index(facet)
    return with_item(shown, 2 + place, committed(shown)[place])


def erasures() -> list[tuple]:
    """What a record says of who closed in records 1 and 2, and in how many of them it excuses that."""
    return [
        ("stated", erasure(), 0),
        ("stated with others", erasure(records=[[0, 3]], what=True), 0),
        ("stated of one", erasure(records=[[2, 2]]), 1),
        ("stated of the other facet", erasure(who=False, what=True), 2),
        ("stated by a record that was denied", erasure({"permitted": False}), 2),
        ("stated by a record of more than was ordered", erasure({"records": [[0, 2]]}), 2),
        ("stated by a record of another facet than was ordered", erasure({"what": True}), 2),
        ("stated by a record on another ground than was ordered", erasure({"ground": "none"}), 2),
        ("stated by a record without an order", erasure({"order": None}), 2),
        (
            "stated by a record with an order for another journal",
            erasure({"order": order([[1, 2]], True, False, "law", merkle.sha256(b"other"))}),
            2,
        ),
        ("stated by a record that names itself", erasure(records=[[1, 5]]), 2),
        ("stated by a record that names records to come", erasure(records=[[1, 2], [400, 500]]), 2),
        ("stated by a record that is a read", with_read(erasure()), 2),
    ]


def with_read(shown: list) -> list:
    return with_item(shown, 3, [shown[3][0], cbor(WHAT)])


def erased(statement: list) -> dict:
    shown = [closed(each, "who") if number in (1, 2) else each for number, each in enumerate(some_records())]
    return exported(journal([*shown, statement]))


def twice_erased() -> dict:
    """The second names the record of the first, which is never erased from: so the second does not count."""
    shown = [closed(each, "who") if number in (1, 2) else each for number, each in enumerate(some_records())]
    first, second = erasure(records=[[1, 1]]), erasure(records=[[2, 5]])
    return exported(journal([*shown, first, second]))
