"""Exported journals (docs/formats/journal.md): the head, the records, and what somebody kept of earlier."""

import copy
import dataclasses
import json

from evidence.refused.entries import ACCOUNT, SEAL, START
from evidence.refused.exports import (
    BEFORE,
    OTHER_JOURNAL,
    RECORDS,
    Journal,
    committed,
    exported,
    files,
    head,
    journal,
    outcome,
    promise,
    receipt,
    some,
    some_records,
)
from evidence.refused.proofs import LEADS_ELSEWHERE, LONGER, NO_LEAF, SHORTER
from evidence.refused.receipts import edited, turned
from evidence.refused.records import JOURNAL, OUTCOME, SALTS, cbor, with_item
from evidence.refused.signing import OTHER, THIEF, b64
from evidence.refused.statements import (
    closed,
    erased,
    erasure,
    erasures,
    expiry,
    false_expiries,
    of_dropped,
    twice_erased,
)
from evidence.refused.vectors import Vectors, flipped


def make() -> list[Vectors]:
    out = Vectors("journal")
    good = exported(some())
    kept = good | {
        "since": head(some(BEFORE), number=6),
        "receipts": [receipt(some(), 3, some_records()[3])],
        "promises": [promise(some().leaves[4], 4, due=7)],
    }
    out.accept("journal", good)
    out.accept("journal without records", exported(some(0)))
    out.accept("journal with a closed facet", exported(with_closed_facets()))
    out.fail(
        "journal of which one bundle is left out",
        "journal",
        "records: Records 0 to 4 are missing",
        good | {"files": without_records(good["files"])},
    )
    out.accept("journal of which records were dropped", of_dropped(expiry()))
    for name, statement in false_expiries():
        says = "records: Records 0 to 255 are missing"
        out.fail(
            f"records are missing, and what says so {name}",
            "journal of which records were dropped",
            says,
            of_dropped(statement),
        )
    for name, statement, unstated in erasures():
        counted = {"closed_unstated": {"who": unstated} if unstated else {}}
        out.accept(f"journal with facets closed, {name}", erased(statement) | counted)
    counted = {"closed_unstated": {"who": 2, "why": 1}}
    name = "journal with facets closed, stated by a record with its reasons closed"
    out.accept(name, erased(closed(erasure(), "why")) | counted)
    counted = {"closed_unstated": {"who": 1}}
    out.accept("journal with an erasure of an erasure", twice_erased() | counted)
    out.accept("journal and what was kept of it", kept)
    for name, says, document in [*no_heads(good["head"]), *spoiled_heads(good["head"]), *dishonest_heads()]:
        given = {"head_text": document} if isinstance(document, str) else {"head": document}
        out.fail(name, "journal", says, given | {"files": good["files"]})
    for name, says, there in spoiled_files(good["files"]):
        out.fail(name, "journal", says, good | {"files": there})
    for name, says, given in dishonest_records():
        out.fail(name, "journal", says, given)
    for name, says, change in other_pasts():
        out.fail(name, "journal and what was kept of it", says, kept | change)
    return [out]


def with_closed_facets() -> Journal:
    shown = some_records()
    shown[2] = [*shown[2][:2], committed(shown[2])[0], *shown[2][3:]]
    return journal(shown)


def without_records(there: dict) -> dict:
    return {path: data for path, data in there.items() if "entries" not in path}


def no_heads(good: dict) -> list[tuple]:
    """What cannot even be read, or is not spelled as heads are."""
    number, short = "is not a whole number from 0", "is not the base64 form of 32 bytes"
    text = json.dumps(good, separators=(",", ":"), ensure_ascii=False)
    rows = [
        ("nothing", "document: is not JSON", ""),
        ("cut off", "document: is not JSON", text[:-1]),
        ("a list", "document: /format is missing", f"[{text}]"),
        ("a receipt", "document: /format is not", receipt(some(), 3, some_records()[3])),
    ]
    for place in (
        "format journal journal/id journal/size journal/root slot slot/number slot/salt slot/path "
        "seal seal/entry seal/index seal/path checkpoint"
    ).split():
        rows.append((f"without {place}", f"document: /{place} is missing", without(good, place)))
    changes = [
        ("another format", "/format is not", {"format": "vitrine-journal-v2"}),
        ("journal id of 31 bytes", f"/journal/id {short}", {"journal/id": b64(bytes(31))}),
        ("journal id in hexadecimal", f"/journal/id {short}", {"journal/id": JOURNAL.hex()}),
        ("size is negative", f"/journal/size {number}", {"journal/size": -1}),
        ("size is a text", f"/journal/size {number}", {"journal/size": "5"}),
        ("size is beyond 64 bits", f"/journal/size {number}", {"journal/size": 2**64}),
        ("root is not base64", "/journal/root is not base64", {"journal/root": "%%%%"}),
        ("slot path has a short hash", f"/slot/path/0 {short}", {"slot/path/0": b64(bytes(31))}),
        ("seal path of 65 hashes", "/seal/path is longer", {"seal/path": [b64(bytes(32))] * 65}),
        ("a note added", "says something else at '/note'", {"note": "complete"}),
        (
            "a note added to the journal",
            "says something else at '/journal/account'",
            {"journal/account": "city"},
        ),
        ("the seal reads another number", "something else at '/seal/reads/number'", {"seal/reads/number": 8}),
        ("the seal reads another time", "at '/seal/reads/time'", {"seal/reads/time": "2026-11-18T11:06:44Z"}),
    ]
    rows += [(name, f"document: {says}", edited(good, change)) for name, says, change in changes]
    first, *others = good
    spelling = "document: The head says something else at ''"
    reordered = json.dumps({name: good[name] for name in (*others, first)}, separators=(",", ":"))
    rows += [
        ("fields in another order", spelling, reordered.replace("\\u2014", "—")),
        ("a field twice", spelling, text.replace('"journal":', '"journal":{},"journal":', 1)),
        ("an escaped letter", spelling, text.replace('"vitrine-journal-v1"', '"\\u0076itrine-journal-v1"')),
    ]
    return rows


def without(good: dict, place: str) -> dict:
    out = copy.deepcopy(good)
    *way, last = place.split("/")
    holder = out
    for step in way:
        holder = holder[step]
    del holder[last]
    return out


def spoiled_heads(good: dict) -> list[tuple]:
    """One part changed; the check of that part must notice."""
    text = good["checkpoint"].partition("\n\n")[0] + "\n"
    slot, seal, of = good["slot"], good["seal"], good["journal"]
    rows = [
        ("checkpoint without a signature", "checkpoint: no signatures follow", {"checkpoint": text}),
        ("checkpoint by another log", "checkpoint: no signature by", {"checkpoint": OTHER.note(text)}),
        ("checkpoint by a thief", "checkpoint: no signature by", {"checkpoint": THIEF.note(text)}),
        (
            "checkpoint of another size",
            "checkpoint: is wrong",
            {"checkpoint": good["checkpoint"].replace("\n4\n", "\n5\n")},
        ),
        ("seal at another index", f"log: {LEADS_ELSEWHERE}", {"seal/index": 2}),
        ("seal behind the end", f"log: {NO_LEAF}", {"seal/index": 4}),
        ("log path too short", f"log: {SHORTER}", {"seal/path": seal["path"][:-1]}),
        ("log path too long", f"log: {LONGER}", {"seal/path": [*seal["path"], seal["path"][0]]}),
        ("log path upside down", f"log: {LEADS_ELSEWHERE}", {"seal/path": seal["path"][::-1]}),
        ("another slot", f"slot: {LEADS_ELSEWHERE}", {"slot/number": 0}),
        ("slot behind the last", f"slot: {NO_LEAF}", {"slot/number": 3}),
        ("another slot salt", f"slot: {LEADS_ELSEWHERE}", {"slot/salt": turned(slot["salt"])}),
        ("slot path too short", f"slot: {SHORTER}", {"slot/path": slot["path"][:-1]}),
        ("slot path changed", f"slot: {LEADS_ELSEWHERE}", {"slot/path/1": turned(slot["path"][1])}),
        ("another journal id", f"slot: {LEADS_ELSEWHERE}", {"journal/id": turned(of["id"])}),
        ("another root", f"slot: {LEADS_ELSEWHERE}", {"journal/root": turned(of["root"])}),
        ("one record less", f"slot: {LEADS_ELSEWHERE}", {"journal/size": RECORDS - 1}),
        ("one record more", f"slot: {LEADS_ELSEWHERE}", {"journal/size": RECORDS + 1}),
    ]
    return [(name, says, edited(good, change)) for name, says, change in rows]


def dishonest_heads() -> list[tuple]:
    """Signed by the log, and no seal."""
    no_seal = "seal: The log's entry is not a seal"
    return [
        ("an account's entry as the seal", no_seal, head(some(), entry=cbor(ACCOUNT))),
        ("a text as the seal", no_seal, head(some(), entry=b"seal")),
        ("a seal of version 2", no_seal, head(some(), entry=cbor(with_item(SEAL, 1, 2)))),
    ]


def spoiled_files(good: dict) -> list[tuple]:
    tile, bundle = f"tile/0/000.p/{RECORDS}", f"tile/entries/000.p/{RECORDS}"
    there = {path: bytes.fromhex(data["hex"]) for path, data in good.items()}
    records = some_records()
    exchanged = files(journal([records[1], records[0], *records[2:]]))
    rewritten = files(journal([*records[:2], with_item(records[2], 2, records[3][2]), *records[3:]]))
    rows = [
        ("no tile", "files: is missing", {tile: None}),
        ("neither tile nor records", "files: is missing", {tile: None, bundle: None}),
        ("a hash of the tile changed", "files: is not the one", {tile: flipped(there[tile], 64)}),
        ("a tile with a hash less", "files: A tile of 5 hashes has 160", {tile: there[tile][:-32]}),
        ("a tile with a hash more", "files: A tile of 5 hashes has 160", {tile: there[tile] + bytes(32)}),
        ("an empty tile", "files: A tile of 5 hashes has 160 bytes", {tile: b""}),
        ("a tile with another hash and no records", "root: ", {tile: flipped(there[tile], 3), bundle: None}),
        ("an empty bundle", "files: ends within entry 0 of 5", {bundle: b""}),
        ("a byte missing", "files: ends within entry 4 of 5", {bundle: there[bundle][:-1]}),
        ("a byte behind the records", "files: Bytes follow the last", {bundle: there[bundle] + b"\0"}),
        ("two records exchanged", "files: is not the one", {bundle: hex_of(exchanged, bundle)}),
        ("a record rewritten", "files: is not the one", {bundle: hex_of(rewritten, bundle)}),
        ("records and tile exchanged", "root: ", {path: hex_of(exchanged, path) for path in (tile, bundle)}),
        ("records and tile rewritten", "root: ", {path: hex_of(rewritten, path) for path in (tile, bundle)}),
    ]
    return [(name, says, good_with(there, change)) for name, says, change in rows]


def hex_of(there: dict, path: str) -> bytes:
    return bytes.fromhex(there[path]["hex"])


def good_with(there: dict[str, bytes], change: dict) -> dict:
    changed = {path: data for path, data in (there | change).items() if data is not None}
    return {path: {"hex": data.hex()} for path, data in changed.items()}


def dishonest_records() -> list[tuple]:
    """Honestly sealed: only what stands in the journal is wrong."""
    good = some_records()

    def with_last(shown: list) -> dict:
        return exported(journal([*good[:-1], shown]))

    def with_outcome(said: list) -> dict:
        return with_last([*good[-1][:5], [SALTS[3], cbor(said)]])

    def with_bytes(data: bytes) -> dict:
        of = some()
        return exported(dataclasses.replace(of, records=(*of.records[:-1], data)))

    late = START + 60 * 7 + 10
    seconds, behind, closes = 1_000_000, "records: more than 10 s after the seal", "records: closes record"
    return [
        (
            "a record of another journal",
            "files: of another journal",
            with_last(with_item(good[4], 1, bytes(32))),
        ),
        ("a record that is none", "files: Not an array", with_bytes(b"nothing to see here")),
        ("an empty record", "files: The encoding ends early", with_bytes(b"")),
        ("a record with a byte behind", "files: Bytes follow", with_bytes(cbor(good[4]) + b"\0")),
        ("a record without a facet", "files: An array of another length", with_bytes(cbor(good[4][:-1]))),
        ("a microsecond too late", behind, with_outcome(with_item(OUTCOME, 3, late * seconds + 1))),
        (
            "fifty years too late",
            behind,
            with_outcome(with_item(OUTCOME, 3, (late + 50 * 31_536_000) * seconds)),
        ),
        ("a record that closes itself", closes, with_outcome(outcome(4, closing=[4, "succeeded"]))),
        ("a record that closes one to come", closes, with_outcome(outcome(4, closing=[9, "succeeded"]))),
    ]


def other_pasts() -> list[tuple]:
    """What was kept, signed by the log unless the name says otherwise, and does not fit."""
    good, before = some_records(), head(some(BEFORE), number=6)
    rewritten = some_records(BEFORE)
    rewritten[1] = with_item(rewritten[1], 2, rewritten[0][2])
    elsewhere = journal(some_records(journal_id=OTHER_JOURNAL), id=OTHER_JOURNAL)
    other_slot = dataclasses.replace(elsewhere, slot=2)
    longer = some(RECORDS + 1)
    thief = {"checkpoint": before["checkpoint"].replace("\n4\n", "\n9\n")}
    unseen = some_records(RECORDS + 2)
    kept_receipt = receipt(some(), 3, good[3])
    rows = [
        ("the earlier head is none", "earlier head: ", {"since": {"format": "vitrine-journal-v1"}}),
        ("the earlier head is changed", "earlier head: ", {"since": edited(before, thief)}),
        ("the earlier head is a thief's", "earlier head: ", {"since": head(some(BEFORE), signer=THIEF)}),
        (
            "the earlier head has a longer journal",
            "earlier head: The journal went back",
            {"since": head(longer)},
        ),
        ("the earlier head is of another slot", "earlier head: slot 2", {"since": head(other_slot)}),
        ("the slot had another journal", "earlier head: another journal earlier", {"since": head(elsewhere)}),
        (
            "a record was rewritten since",
            "history: History was rewritten",
            {"since": head(journal(rewritten), number=6)},
        ),
    ]
    receipts = [
        ("a receipt that does not verify", "does not verify", edited(kept_receipt, {"record/index": 2})),
        (
            "a receipt of another slot's journal",
            "another slot",
            receipt(other_slot, 0, some_records(1, OTHER_JOURNAL)[0]),
        ),
        (
            "a receipt of another journal in the slot",
            "a second one",
            receipt(elsewhere, 0, some_records(1, OTHER_JOURNAL)[0]),
        ),
        ("a receipt of a record that was dropped", "records were dropped", receipt(longer, 5, unseen[5])),
        ("a receipt of a record to come", "export it again", receipt(longer, 5, unseen[5], number=8)),
    ]
    rows += [(name, f"receipts: {says}", {"receipts": [each]}) for name, says, each in receipts]
    rows.append(
        (
            "a receipt of another record at its place",
            "receipts' records: history was rewritten",
            {"receipts": [receipt(some(), 3, good[4])]},
        )
    )
    leaves = some(RECORDS + 1).leaves
    promises = [
        ("a promise that is none", "promises: Not an array", {"hex": cbor("promised").hex()}),
        ("a thief's promise", "promises: did not sign this", promise(leaves[4], 4, 7, signer=THIEF)),
        (
            "a promise for another journal",
            "promises: another journal",
            promise(leaves[4], 4, 7, of=OTHER_JOURNAL),
        ),
        ("a promise that is due later", "promises: export it again", promise(leaves[5], 5, due=8)),
        ("a promise for a record that is not there", "promises: BROKEN", promise(leaves[5], 5, due=7)),
        ("a promise for another record", "promises kept: BROKEN", promise(leaves[3], 4, due=7)),
    ]
    return rows + [(name, says, {"promises": [each]}) for name, says, each in promises]
