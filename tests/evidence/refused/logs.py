"""Whole logs (docs/formats/public-log.md): their files, and an earlier checkpoint to compare with."""

import cbor2
from evidence.refused import merkle
from evidence.refused.entries import ACCOUNT, END_OF_TIME, ERASURE, LOSS, RESTART, SEAL, START, SUSPENSION
from evidence.refused.notes import SMALL_ORDER
from evidence.refused.records import cbor, with_item
from evidence.refused.signing import LOG, OTHER, THIEF, Signer, checkpoint_text
from evidence.refused.vectors import Vectors, as_input, flipped


def make() -> list[Vectors]:
    out = Vectors("log")
    good = history()
    out.accept("log", log(good))
    out.accept("log with an earlier checkpoint", log(good, since=signed(good[:3])))
    out.accept("log compared with itself", log(good, since=signed(good)))
    out.accept("log with a loss", log([*good, loss()]))
    out.accept("log with an erasure", log([*good, erasure()]))
    out.accept("log with erasures as far from their seals as may be", log(agreed(good, 3610)))
    out.accept("log with dates as far from their seals as may be", log(dated(good, 10)))
    out.accept("empty log", log([]))
    for name, says, given in (*broken_rules(good), *spoiled_files(good)):
        out.fail(name, "log", says, given)
    for name, says, since in other_pasts(good):
        out.fail(name, "log with an earlier checkpoint", says, log(good, since=since))
    return [out]


def seal(number: int, slots: int, before: bytes | None, **changed) -> bytes:
    previous = merkle.leaf_hash(before) if before else bytes(32)
    items = {
        "number": number,
        "time": START + number,
        "slots": slots,
        "previous": previous,
        "epoch": 4,
    } | changed
    positions = {"number": 2, "time": 3, "slots": 5, "previous": 6, "epoch": 7}
    value = SEAL
    for name, position in positions.items():
        value = with_item(value, position, items[name])
    return cbor(value)


def account(slot: int) -> bytes:
    return cbor(with_item(ACCOUNT, 2, slot))


PEOPLE = Signer("one", bytes([4]) * 32), Signer("other", bytes([5]) * 32)


def loss(
    signers: tuple[Signer, ...] = PEOPLE, origin: str = LOG.name, stated: dict | None = None, **changed
) -> bytes:
    """Signed by two; what is `stated` stands in the entry and is not what they signed."""
    positions = {"slot": 2, "size": 3, "reason": 5, "time": 7}

    def with_items(items: list, said: dict) -> list:
        for name, value in said.items():
            items = with_item(items, positions[name], value)
        return items

    value = with_items(with_item(LOSS, 7, START + 4), changed)
    statement = cbor(["vitrine-loss-v1", origin, *value[2:8]])
    value = with_item(value, 8, [[each.public, each.private.sign(statement)] for each in signers])
    return cbor(with_items(value, stated or {}))


def erasure(
    signers: tuple[Signer, ...] = PEOPLE, origin: str = LOG.name, stated: dict | None = None, **changed
) -> bytes:
    """As loss()."""
    positions = {"slot": 2, "records": 3, "who": 4, "what": 5, "order": 6, "time": 7}

    def with_items(items: list, said: dict) -> list:
        for name, value in said.items():
            items = with_item(items, positions[name], value)
        return items

    value = with_items(with_item(ERASURE, 7, START + 4), changed)
    statement = cbor(["vitrine-erasure-v1", origin, *value[2:8]])
    value = with_item(value, 8, [[each.public, each.private.sign(statement)] for each in signers])
    return cbor(with_items(value, stated or {}))


def by_nobody(entry: bytes) -> bytes:
    """Signed with a key that nobody holds: the same signature fits every statement."""
    value = cbor2.loads(entry)
    key = dict(SMALL_ORDER)["of order 1"]
    return cbor(with_item(value, 8, [value[8][0], [key, key + bytes(32)]]))


def agreed(good: list[bytes], seconds: int) -> list[bytes]:
    """Erasures agreed to that many seconds before the seal in front of them and behind the next."""
    last = START + 4
    return [*good, erasure(time=last - seconds), erasure(time=last + 1 + seconds), seal(5, 2, good[7])]


def dated(good: list[bytes], seconds: int) -> list[bytes]:
    """Entries that many seconds before the seal in front of them and behind the next."""
    last = START + 4
    back = cbor(with_item(SUSPENSION, 5, last - seconds)), loss(time=last - seconds)
    forward = cbor(with_item(with_item(RESTART, 2, last + 1 + seconds), 3, 4))
    return [*good, *back, forward, seal(5, 2, good[7])]


def history() -> list[bytes]:
    """An account, seal 1, another account, seals 2 and 3, a suspension, a restart and seal 4."""
    first = seal(1, 1, None)
    second = seal(2, 2, first)
    third = seal(3, 2, second)
    restart = cbor(with_item(with_item(RESTART, 2, START + 3), 3, 3))
    head = [account(0), first, account(1), second, third, cbor(SUSPENSION), restart]
    return [*head, seal(4, 2, third)]


def root(entries: list[bytes]) -> bytes:
    return merkle.root([merkle.leaf_hash(entry) for entry in entries])


def signed(entries: list[bytes]) -> str:
    return LOG.note(checkpoint_text(len(entries), root(entries)))


def bundle(entries: list[bytes]) -> bytes:
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def files(entries: list[bytes]) -> dict[str, bytes | str]:
    """Of a log of fewer entries than a tile has."""
    out: dict[str, bytes | str] = {"checkpoint": signed(entries)}
    if entries:
        out[f"tile/0/000.p/{len(entries)}"] = b"".join(merkle.leaf_hash(entry) for entry in entries)
        out[f"tile/entries/000.p/{len(entries)}"] = bundle(entries)
    return out


def log(entries: list[bytes], since: str | None = None, **changed) -> dict:
    """What a verifier is given; None takes a file away."""
    there = {path: data for path, data in (files(entries) | changed).items() if data is not None}
    given: dict = {"files": {path: as_input(data) for path, data in there.items()}}
    return given if since is None else given | {"since": since}


def broken_rules(good: list[bytes]) -> list[tuple]:
    """Honestly signed: only what the entries say is wrong."""
    first, second, third, last = good[1], good[3], good[4], good[7]
    behind = [
        ("a seal left out", "seals are missing or repeated", seal(6, 2, last)),
        ("a seal twice", "seals are missing or repeated", last),
        ("a seal with an old number", "seals are missing or repeated", seal(3, 2, last)),
        ("a seal numbered 0", "seals are missing or repeated", seal(0, 2, last)),
        ("a seal that names an older one", "names another seal than 4", seal(5, 2, third)),
        ("a seal that names none", "names another seal than 4", seal(5, 2, None)),
        ("a seal that names itself", "names another seal than 4", seal(5, 2, seal(5, 2, last))),
        ("a seal a second earlier than the one before", "time went back", seal(5, 2, last, time=START + 3)),
        ("a seal of 1970", "time went back", seal(5, 2, last, time=0)),
        ("a seal over a hidden journal", "a journal is hidden or made up", seal(5, 1, last)),
        ("a seal over a journal too many", "a journal is hidden or made up", seal(5, 3, last)),
        ("a seal over no journal", "a journal is hidden or made up", seal(5, 0, last)),
        (
            "a seal in the year 10000",
            "A time lies before 1970 or after 9999",
            seal(5, 2, last, time=END_OF_TIME),
        ),
        ("a slot given twice", "a slot is skipped or given twice", account(1)),
        ("a slot skipped", "a slot is skipped or given twice", account(3)),
        ("a restart that forgets a seal", "A restart names seal 3", cbor(with_item(RESTART, 3, 3))),
        ("a restart that knows of a later seal", "A restart names seal 5", cbor(with_item(RESTART, 3, 5))),
        ("an entry of unknown kind", "entries of kind 'remark'", cbor(["remark", 1, "nothing to see here"])),
        ("an entry of a later version", "entries of kind 'seal', version 2", cbor(with_item(SEAL, 1, 2))),
        ("an entry that is a text", "Not an array", b"trust me"),
        ("an empty entry", "The encoding ends early", b""),
        ("a seal with a byte behind", "Bytes follow the end", seal(5, 2, last) + b"\x00"),
        ("a seal with older rules", "older rules were put back", seal(5, 2, last, epoch=3)),
        (
            "a suspension dated back",
            "it was dated back",
            cbor(with_item(SUSPENSION, 5, START + 4 - 11)),
        ),
        (
            "a restart dated back",
            "it was dated back",
            cbor(with_item(with_item(RESTART, 2, START + 4 - 11), 3, 4)),
        ),
        *broken_losses(),
        *broken_erasures(),
    ]
    rows = [(name, f"entries: {says}", log([*good, entry])) for name, says, entry in behind]
    within = [
        ("the first seal missing", "seals are missing or repeated", [good[0], *good[2:]]),
        ("the second seal missing", "seals are missing or repeated", [*good[:3], *good[4:]]),
        ("two seals exchanged", "seals are missing or repeated", [*good[:3], third, second, *good[5:]]),
        ("the first account missing", "a journal is hidden or made up", good[1:]),
        ("the second account missing", "a journal is hidden or made up", [*good[:2], *good[3:]]),
        ("the second account behind its seal", "hidden or made up", [*good[:2], second, good[2], *good[4:]]),
        (
            "the first seal names another",
            "names another seal than 0",
            [good[0], seal(1, 1, first), *good[2:]],
        ),
        ("the second seal dated later", "time went back", redated(good)),
        ("a suspension dated behind its seal", "one of the two times is false", with_suspension(good, 11)),
        (
            "a suspension dated far behind its seal",
            "one of the two times is false",
            with_suspension(good, 10**6),
        ),
    ]
    within.append(
        ("an erasure agreed to behind its seal", "one of the two times is false", agreed_late(good))
    )
    return rows + [(name, f"entries: {says}", log(entries)) for name, says, entries in within]


def agreed_late(good: list[bytes]) -> list[bytes]:
    return [*good, erasure(time=START + 5 + 3611), seal(5, 2, good[7])]


def broken_losses() -> list[tuple]:
    unsigned = "not signed by both"
    return [
        ("a loss dated back", "it was dated back", loss(time=START + 4 - 11)),
        ("a loss in a slot that nobody has", "only 2 were given out", loss(slot=2)),
        ("a loss signed by one twice", "one person twice", loss((PEOPLE[0], PEOPLE[0]))),
        ("a loss signed for another log", unsigned, loss(origin=OTHER.name)),
        ("a loss of more than was signed", unsigned, loss(stated={"size": 6})),
        ("a loss for another reason", unsigned, loss(stated={"reason": "nothing much"})),
        ("a loss in another slot than was signed", unsigned, loss(stated={"slot": 0})),
        ("a loss with another time than was signed", unsigned, loss(stated={"time": START + 5})),
    ]


def broken_erasures() -> list[tuple]:
    unsigned = "not signed by both"
    return [
        ("an erasure with an old agreement", "an old agreement", erasure(time=START + 4 - 3611)),
        ("an erasure in a slot that nobody has", "only 2 were given out", erasure(slot=2)),
        ("an erasure signed by one twice", "one person twice", erasure((PEOPLE[0], PEOPLE[0]))),
        ("an erasure signed for another log", unsigned, erasure(origin=OTHER.name)),
        ("an erasure from more than was signed", unsigned, erasure(stated={"records": 4})),
        ("an erasure of another facet", unsigned, erasure(stated={"what": True})),
        ("an erasure by another order", unsigned, erasure(stated={"order": merkle.sha256(b"other")})),
        ("an erasure in another slot than was signed", unsigned, erasure(stated={"slot": 0})),
        ("an erasure with another time than was signed", unsigned, erasure(stated={"time": START + 5})),
        ("an erasure signed by nobody", "signs for everybody", by_nobody(erasure())),
        ("a loss signed by nobody", "signs for everybody", by_nobody(loss())),
    ]


def with_suspension(good: list[bytes], seconds: int) -> list[bytes]:
    suspension = cbor(with_item(SUSPENSION, 5, START + 4 + seconds))
    return [*good[:5], suspension, *good[6:]]


def redated(good: list[bytes]) -> list[bytes]:
    second = seal(2, 2, good[1], time=START + 9)
    return [*good[:3], second, seal(3, 2, second), *good[5:]]


def spoiled_files(good: list[bytes]) -> list[tuple]:
    there = files(good)
    tile, entries = f"tile/0/000.p/{len(good)}", f"tile/entries/000.p/{len(good)}"
    exchanged = [good[1], good[0], *good[2:]]
    text = checkpoint_text(len(good), root(good))
    changed_entry = [*good[:5], cbor(with_item(SUSPENSION, 2, 2)), *good[6:]]
    rows = [
        ("no checkpoint", "checkpoint: ", {"checkpoint": None}),
        ("checkpoint not signed", "checkpoint: no signatures follow", {"checkpoint": text}),
        ("checkpoint by another log", "checkpoint: no signature by", {"checkpoint": OTHER.note(text)}),
        ("checkpoint by a thief", "checkpoint: no signature by", {"checkpoint": THIEF.note(text)}),
        (
            "checkpoint of more entries than there are",
            "files: is missing",
            {"checkpoint": LOG.note(checkpoint_text(9, root(good)))},
        ),
        (
            "checkpoint of 2^63 entries",
            "files: is missing",
            {"checkpoint": LOG.note(checkpoint_text(2**63, root(good)))},
        ),
        ("root of fewer entries", "root: ", {"checkpoint": LOG.note(checkpoint_text(8, root(good[:7])))}),
        ("root of other entries", "root: ", {"checkpoint": LOG.note(checkpoint_text(8, root(exchanged)))}),
        ("root of no entries", "root: ", {"checkpoint": LOG.note(checkpoint_text(8, root([])))}),
        ("no entries", "files: is missing", {entries: None}),
        ("no tile", "files: is missing", {tile: None}),
        ("an entry changed", "files: Entry 5 is not the one", {entries: bundle(changed_entry)}),
        ("two entries exchanged", "files: Entry 0 is not the one", {entries: bundle(exchanged)}),
        ("an entry dropped", "files: ends within entry 7 of 8", {entries: bundle(good[:7])}),
        ("an entry added", "files: Bytes follow the last entry", {entries: bundle([*good, b""])}),
        ("a byte behind the entries", "files: Bytes follow the last", {entries: there[entries] + b"\0"}),
        (
            "entries and tile changed together",
            "root: ",
            {entries: bundle(changed_entry), tile: files(changed_entry)[tile]},
        ),
        ("a hash of the tile changed", "files: Entry 2 is not the one", {tile: flipped(there[tile], 64)}),
        ("a tile with a hash less", "files: A tile of 8 hashes has 256 bytes", {tile: there[tile][:-32]}),
        ("a tile with a hash more", "files: A tile of 8 hashes has 256", {tile: there[tile] + bytes(32)}),
        ("an empty tile", "files: A tile of 8 hashes has 256 bytes", {tile: b""}),
        (
            "files of another log",
            "root: ",
            {path: data for path, data in files(exchanged).items() if path != "checkpoint"},
        ),
    ]
    return [(name, says, log(good, **change)) for name, says, change in rows]


def other_pasts(good: list[bytes]) -> list[tuple]:
    fork = [*good[:3], seal(2, 2, good[1], time=START + 3)]
    return [
        ("the log went back", "earlier checkpoint: went back", signed([*good, seal(5, 2, good[7])])),
        (
            "the log went back by many",
            "earlier checkpoint: went back",
            LOG.note(checkpoint_text(2**64 - 1, root([]))),
        ),
        ("the past is another", "history: History was rewritten", signed(fork)),
        ("the present is another", "history: History was rewritten", signed([*good[:7], seal(4, 2, None)])),
        (
            "the past is another by one bit",
            "history: ",
            LOG.note(checkpoint_text(3, flipped(root(good[:3]), 9))),
        ),
        ("the past had a root without entries", "history: ", LOG.note(checkpoint_text(0, root(good[:1])))),
        ("the past is not signed", "earlier checkpoint: ", checkpoint_text(3, root(good[:3]))),
        ("the past is another log's", "earlier checkpoint: ", OTHER.note(checkpoint_text(3, root(good[:3])))),
        ("the past is a thief's", "earlier checkpoint: ", THIEF.note(checkpoint_text(3, root(good[:3])))),
        ("the past is no checkpoint", "earlier checkpoint: ", "yesterday"),
    ]
