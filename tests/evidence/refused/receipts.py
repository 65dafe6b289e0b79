"""Receipts (docs/formats/receipt.md): the sample's, spoiled, and such as a dishonest log would sign."""

import base64
import contextlib
import copy
import datetime
import json
import pathlib

import cbor2
from evidence.refused import merkle, records
from evidence.refused.entries import ACCOUNT, SUSPENSION
from evidence.refused.proofs import LEADS_ELSEWHERE, LONGER, NO_LEAF, SHORTER
from evidence.refused.records import cbor, with_item
from evidence.refused.signing import LOG, OTHER, THIEF, b64, checkpoint_text
from evidence.refused.vectors import Vectors, flipped, merge_patch

SAMPLE = pathlib.Path(__file__).parents[1] / "sample/receipt.json"
FACETS = ("who", "what", "why", "outcome")
ABSENT = object()


def make() -> list[Vectors]:
    out = Vectors("receipt")
    good = json.loads(SAMPLE.read_text())
    out.accept("receipt", {"document": good})
    out.accept("receipt with whitespace", {"text": json.dumps(good, indent=1, ensure_ascii=False)})
    out.accept("receipt with closed facets", {"document": closed(good)})
    out.accept("receipt signed anew", {"document": signed_anew(good)})
    for rows in (no_receipts(good), spoiled(good), spoiled_facets(good), dishonest(good), misspelled(good)):
        for name, says, document in rows:
            out.fail(name, "receipt", says, as_given(good, document))
    return [out]


def as_given(good: dict, document) -> dict:
    """The text itself where it is no change to some members of the document."""
    if isinstance(document, dict):
        with contextlib.suppress(ValueError):
            merge_patch(good, document)
            return {"document": document}
    return {"text": document if isinstance(document, str) else compact(document)}


def compact(document) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def edited(receipt: dict, changes: dict) -> dict:
    """A copy with other values at some places; ABSENT takes a member away."""
    out = copy.deepcopy(receipt)
    for place, value in changes.items():
        *way, last = (int(step) if step.isdigit() else step for step in place.split("/"))
        holder = out
        for step in way:
            holder = holder[step]
        if value is ABSENT:
            del holder[last]
        else:
            holder[last] = value
    return out


def unb64(text: str) -> bytes:
    return base64.b64decode(text)


def turned(text: str, position: int = 0) -> str:
    """Base64 of the same bytes, with one bit of them turned over."""
    return b64(flipped(unb64(text), position))


def closed(receipt: dict) -> dict:
    return edited(
        receipt,
        {f"record/facets/{name}/{part}": ABSENT for name in FACETS for part in ("salt", "cbor", "reads")},
    )


def commitment(kind: int, salt: str, encoded: str) -> str:
    return b64(merkle.sha256(b"vitrine-facet-v1\n" + bytes([kind]) + unb64(salt) + unb64(encoded)))


def committed_anew(receipt: dict, facet: str, encoded: bytes) -> dict:
    """With another facet, committed to as if it had always been this one; what it reads stays."""
    place = f"record/facets/{facet}"
    salt = receipt["record"]["facets"][facet]["salt"]
    digest = commitment(FACETS.index(facet), salt, b64(encoded))
    return edited(receipt, {f"{place}/cbor": b64(encoded), f"{place}/commitment": digest})


def signed_anew(
    receipt: dict,
    version: int = 1,
    domain: str = "vitrine-head-v1",
    seal: dict | None = None,
    entry: bytes | None = None,
) -> dict:
    """What the log would have signed had it stood behind this record: every root above it is made to fit.

    `seal` changes items of the seal by position; `entry` stands in the log in the seal's place.
    """
    out = copy.deepcopy(receipt)
    record, journal, slot = out["record"], out["journal"], out["slot"]
    commitments = [unb64(record["facets"][name]["commitment"]) for name in FACETS]
    leaf = merkle.leaf_hash(cbor([version, unb64(record["journal"]), *commitments]))
    root = merkle.follow(leaf, record["index"], journal["size"], [unb64(each) for each in journal["path"]])
    journal["root"] = b64(root)
    head = [domain, unb64(slot["salt"]), unb64(record["journal"]), journal["size"], root]
    sealed = cbor2.loads(unb64(out["seal"]["entry"]))
    path = [unb64(each) for each in slot["path"]]
    sealed[4] = merkle.follow(merkle.leaf_hash(cbor(head)), slot["number"], sealed[5], path)
    for position, value in (seal or {}).items():
        sealed[position] = value
    out["seal"]["entry"] = b64(entry or cbor(sealed))
    return log_signed_anew(out)


def log_signed_anew(receipt: dict) -> dict:
    seal, size = receipt["seal"], int(receipt["checkpoint"].split("\n")[1])
    path = [unb64(each) for each in seal["path"]]
    root = merkle.follow(merkle.leaf_hash(unb64(seal["entry"])), seal["index"], size, path)
    return edited(receipt, {"checkpoint": LOG.note(checkpoint_text(size, root))})


def no_receipts(good: dict) -> list[tuple]:
    """What cannot even be read."""
    no_json, whole = "document: The document is not JSON", "whole"
    number, short = "is not a whole number from 0", "is not the base64 form of 32 bytes"
    rows = [
        ("nothing", no_json, ""),
        ("cut off", no_json, compact(good)[:-1]),
        ("something behind", no_json, compact(good) + "x"),
        ("a comma too many", no_json, compact(good)[:-1] + ",}"),
        ("single quotes", no_json, compact(good).replace('"', "'")),
        (
            "not a number",
            no_json,
            compact(edited(good, {"record/index": whole})).replace(f'"{whole}"', "NaN"),
        ),
        (
            "a whole number written as a fraction",
            f"document: /record/index {number}",
            compact(edited(good, {"record/index": whole})).replace(f'"{whole}"', "3.0"),
        ),
        (
            "a leading zero",
            no_json,
            compact(edited(good, {"record/index": whole})).replace(f'"{whole}"', "03"),
        ),
        ("null", "document: /format is missing", None),
        ("a list", "document: /format is missing", [good]),
        ("a text", "document: /format is missing", compact(good["record"]["journal"])),
    ]
    absent = """format level record record/version record/journal record/index record/facets record/facets/why
        record/facets/who/commitment record/facets/who/cbor journal journal/size journal/root journal/path
        slot slot/number slot/salt slot/path seal seal/entry seal/index seal/path checkpoint""".split()
    for place in absent:
        rows.append((f"without {place}", f"document: /{place} is missing", edited(good, {place: ABSENT})))
    changes = [
        ("another format", "/format is not", {"format": "vitrine-receipt-v2"}),
        ("a level that there is not", "/level is not", {"level": "certain"}),
        ("level is a number", "/level is not a text", {"level": 1}),
        ("record version 2", "/record/version is one that this program does not read", {"record/version": 2}),
        ("record version 0", "/record/version is one that this program does not read", {"record/version": 0}),
        ("record version is a text", f"/record/version {number}", {"record/version": "1"}),
        ("record is a list", "/record/version is missing", {"record": []}),
        ("journal id of 31 bytes", f"/record/journal {short}", {"record/journal": b64(bytes(31))}),
        ("journal id is hexadecimal", f"/record/journal {short}", {"record/journal": bytes(32).hex()}),
        ("journal id is null", "/record/journal is not a text", {"record/journal": None}),
        ("index is negative", f"/record/index {number}", {"record/index": -1}),
        ("index has a fraction", f"/record/index {number}", {"record/index": 3.5}),
        ("index is a text", f"/record/index {number}", {"record/index": "3"}),
        ("index is beyond 64 bits", f"/record/index {number}", {"record/index": 2**64}),
        ("index is true", f"/record/index {number}", {"record/index": True}),
        ("cbor is not base64", "/record/facets/what/cbor is not base64", {"record/facets/what/cbor": "%%%%"}),
        (
            "salt without padding",
            "/record/facets/what/salt is not base64",
            {"record/facets/what/salt": good["record"]["facets"]["what"]["salt"].rstrip("=")},
        ),
        ("path is a text", "/journal/path is not an array", {"journal/path": good["journal"]["path"][0]}),
        ("path has a short hash", f"/journal/path/1 {short}", {"journal/path/1": b64(bytes(31))}),
        ("path has a null", "/slot/path/0 is not a text", {"slot/path/0": None}),
        ("path of 65 hashes", "/seal/path is longer than any path", {"seal/path": [b64(bytes(32))] * 65}),
        ("seal's entry is a list", "/seal/entry is not a text", {"seal/entry": []}),
        ("checkpoint is an object", "/checkpoint is not a text", {"checkpoint": {}}),
    ]
    return rows + [(name, f"document: {says}", edited(good, change)) for name, says, change in changes]


def spoiled(good: dict) -> list[tuple]:
    """One part changed; the check of that part must notice."""
    checkpoint, journal, slot, seal = (good[part] for part in ("checkpoint", "journal", "slot", "seal"))
    text = checkpoint.partition("\n\n")[0] + "\n"
    size, root = text.split("\n")[1:3]
    other_root = checkpoint_text(int(size), unb64(turned(root)))
    exchanged = {
        "record/facets/who/commitment": good["record"]["facets"]["what"]["commitment"],
        "record/facets/what/commitment": good["record"]["facets"]["who"]["commitment"],
    }
    rows = [
        ("checkpoint without a signature", "checkpoint: no signatures follow", {"checkpoint": text}),
        ("checkpoint is empty", "checkpoint: no signatures follow", {"checkpoint": ""}),
        (
            "checkpoint of another size",
            "checkpoint: is wrong",
            {"checkpoint": checkpoint.replace(f"\n{size}\n", "\n8\n")},
        ),
        ("checkpoint by another log", "checkpoint: no signature by", {"checkpoint": OTHER.note(text)}),
        ("checkpoint by a thief", "checkpoint: no signature by", {"checkpoint": THIEF.note(text)}),
        ("checkpoint of another tree", f"log: {LEADS_ELSEWHERE}", {"checkpoint": LOG.note(other_root)}),
        (
            "checkpoint from before the seal",
            f"log: {NO_LEAF}",
            {"checkpoint": LOG.note(checkpoint_text(4, unb64(root)))},
        ),
        ("seal at another index", f"log: {LEADS_ELSEWHERE}", {"seal/index": seal["index"] - 1}),
        ("seal behind the end", f"log: {NO_LEAF}", {"seal/index": int(size)}),
        ("seal of another number", f"log: {LEADS_ELSEWHERE}", {"seal/entry": turned(seal["entry"], 7)}),
        ("log path too short", f"log: {SHORTER}", {"seal/path": seal["path"][:-1]}),
        ("log path too long", f"log: {LONGER}", {"seal/path": [*seal["path"], seal["path"][0]]}),
        ("log path upside down", f"log: {LEADS_ELSEWHERE}", {"seal/path": seal["path"][::-1]}),
        ("log path is empty", f"log: {SHORTER}", {"seal/path": []}),
        ("another slot", f"slot: {LEADS_ELSEWHERE}", {"slot/number": 0}),
        ("slot behind the last", f"slot: {NO_LEAF}", {"slot/number": 3}),
        ("another slot salt", f"slot: {LEADS_ELSEWHERE}", {"slot/salt": turned(slot["salt"])}),
        ("slot path too short", f"slot: {SHORTER}", {"slot/path": slot["path"][:-1]}),
        ("slot path changed", f"slot: {LEADS_ELSEWHERE}", {"slot/path/1": turned(slot["path"][1])}),
        (
            "another journal",
            f"slot: {LEADS_ELSEWHERE}",
            {"record/journal": turned(good["record"]["journal"])},
        ),
        ("another journal root", f"slot: {LEADS_ELSEWHERE}", {"journal/root": turned(journal["root"])}),
        ("a longer journal", f"slot: {LEADS_ELSEWHERE}", {"journal/size": journal["size"] + 1}),
        ("a shorter journal", f"slot: {LEADS_ELSEWHERE}", {"journal/size": journal["size"] - 1}),
        ("another index", f"journal: {LEADS_ELSEWHERE}", {"record/index": 2}),
        ("index behind the end", f"journal: {NO_LEAF}", {"record/index": journal["size"]}),
        ("journal path is empty", f"journal: {SHORTER}", {"journal/path": []}),
        (
            "journal path too long",
            f"journal: {LONGER}",
            {"journal/path": [*journal["path"], journal["root"]]},
        ),
        ("journal path exchanged for the slot's", f"journal: {SHORTER}", {"journal/path": slot["path"]}),
        ("commitments exchanged", f"journal: {LEADS_ELSEWHERE}", exchanged),
    ]
    return [(name, says, edited(good, change)) for name, says, change in rows]


def spoiled_facets(good: dict) -> list[tuple]:
    rows = []
    for facet in FACETS:
        place, opened = f"record/facets/{facet}", good["record"]["facets"][facet]
        rows += [
            (
                f"another commitment to {facet}",
                f"journal: {LEADS_ELSEWHERE}",
                {f"{place}/commitment": turned(opened["commitment"])},
            ),
            (
                f"another salt of {facet}",
                f"facet {facet}: does not match its commitment",
                {f"{place}/salt": turned(opened["salt"], 31)},
            ),
            (
                f"another {facet}",
                f"facet {facet}: does not match its commitment",
                {f"{place}/cbor": turned(opened["cbor"], 5)},
            ),
            (f"{facet} is empty", f"facet {facet}: does not match its commitment", {f"{place}/cbor": ""}),
        ]
    return [(name, says, edited(good, change)) for name, says, change in rows]


def dishonest(good: dict) -> list[tuple]:
    """Every hash and signature fits; what they stand for must not pass."""
    no_seal, no_facet = "seal: The log's entry is not a seal", "facet {}: is committed to, but it is not what"
    rows = [
        ("an account's entry as the seal", no_seal, signed_anew(good, entry=cbor(ACCOUNT))),
        ("a suspension as the seal", no_seal, signed_anew(good, entry=cbor(SUSPENSION))),
        ("a text as the seal", no_seal, signed_anew(good, entry=b"seal")),
        ("a seal of version 2", no_seal, signed_anew(good, seal={1: 2})),
        ("a seal of a negative number", no_seal, signed_anew(good, seal={2: -5})),
        ("a seal with a time of text", no_seal, signed_anew(good, seal={3: "2026-11-18"})),
        ("a seal over other heads", f"slot: {LEADS_ELSEWHERE}", signed_anew(good, seal={4: bytes(32)})),
        ("a seal over fewer journals", f"slot: {NO_LEAF}", signed_anew(good, seal={5: 1})),
        ("a seal over more journals", f"slot: {SHORTER}", signed_anew(good, seal={5: 9})),
        ("a head of another format", f"slot: {LEADS_ELSEWHERE}", signed_anew(good, domain="vitrine-head-v2")),
        ("a leaf of another version", f"journal: {LEADS_ELSEWHERE}", signed_anew(good, version=2)),
    ]
    for facet, wrong in (
        ("who", cbor(records.WHO[:2])),
        ("what", cbor(with_item(records.WHAT, 5, bytes(31)))),
        ("why", cbor(with_item(records.WHY, 2, 1))),
        ("outcome", cbor(with_item(records.OUTCOME, 3, -1))),
        ("who", b""),
        ("outcome", cbor(records.OUTCOME) + b"\x00"),
    ):
        name = f"a committed {facet} of {len(wrong)} bytes that is none"
        rows.append((name, no_facet.format(facet), signed_anew(committed_anew(good, facet, wrong))))
    swapped = signed_anew(committed_anew(good, "who", cbor(records.WHAT)))
    rows.append(("a what in the place of the who", no_facet.format("who"), swapped))
    too_late = "time: more than 10 s after the seal"
    for late, when in ((11, "11 s"), (86_400, "a day"), (31_536_000 * 50, "fifty years")):
        rows.append((f"a record {when} later than its seal", too_late, later_than_its_seal(good, late)))
    return rows


def later_than_its_seal(good: dict, seconds: int) -> dict:
    sealed = cbor2.loads(unb64(good["seal"]["entry"]))
    return signed_anew(dated(good, sealed[3] + seconds))


def dated(receipt: dict, seconds: int) -> dict:
    """With another time in its record, committed to as if it had always been this one."""
    outcome = cbor2.loads(unb64(receipt["record"]["facets"]["outcome"]["cbor"]))
    outcome[3] = seconds * 1_000_000
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    reads = {"record/facets/outcome/reads/time": f"{moment:%Y-%m-%dT%H:%M:%S}.0000000Z"}
    return edited(committed_anew(receipt, "outcome", cbor(outcome)), reads)


def misspelled(good: dict) -> list[tuple]:
    """What people read is not what was sealed, or not written as receipts are."""
    facets, differs = "record/facets", "readable fields: '/{}' does not say what the sealed bytes say"
    spelling = "readable fields: The document has fields twice, in another order or in another spelling"
    changes = {
        f"{facets}/who/reads/principal": "account:sample/key2",
        f"{facets}/what/reads/blob": "2026/case-4.mp4",
        f"{facets}/what/reads/content_root": None,
        f"{facets}/why/reads/decision": "denied",
        f"{facets}/why/reads/policies": [],
        f"{facets}/why/reads/policy_epoch": 5,
        f"{facets}/outcome/reads/quantities/1/amount": 1,
        f"{facets}/outcome/reads/status": 404,
        f"{facets}/outcome/reads/time": "2026-11-18T11:06:41.0000000Z",
        f"{facets}/outcome/reads/closing": {},
        "seal/reads/number": 6,
        "seal/reads/time": "2026-11-18T11:06:44Z",
        "seal/reads/policy_epoch": 0,
        "note": "seen and approved",
        "seal/note": 1,
        f"{facets}/who/note": None,
        f"{facets}/where": {},
        "slot/secret": "",
    }
    rows = [
        (f"{place} changed or added", differs.format(place), edited(good, {place: value}))
        for place, value in changes.items()
    ]
    for place in (f"{facets}/why/reads", f"{facets}/what/reads/version", "seal/reads", "seal/reads/slots"):
        rows.append((f"without {place}", differs.format(place), edited(good, {place: ABSENT})))
    unsalted = edited(good, {f"{facets}/who/salt": ABSENT})
    rows.append(("an opened facet without its salt", differs.format(f"{facets}/who/cbor"), unsalted))
    text = compact(good)
    first, *others = good
    for name, written in (
        ("level twice", text.replace('"level":', '"level":"sealed","level":', 1)),
        ("record twice, the first of another account", f'{{"record":null,{text[1:]}'),
        ("fields in another order", compact({name: good[name] for name in (*others, first)})),
        ("an escaped letter", text.replace('"sealed"', '"\\u0073ealed"')),
        ("an escaped slash", text.replace("log.example/sample", "log.example\\/sample", 1)),
        ("a number in another form", text.replace('"status":200', '"status":2e2')),
    ):
        rows.append((name, spelling if "number" not in name else "readable fields: ", written))
    return rows
