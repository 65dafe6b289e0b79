"""Promises (docs/formats/promise.md): malformed, spoiled, and broken by the log that made them."""

import json

from evidence.refused import merkle
from evidence.refused.entries import END_OF_TIME, START
from evidence.refused.proofs import LEADS_ELSEWHERE, LONGER, NO_LEAF, SHORTER
from evidence.refused.receipts import FACETS, SAMPLE, closed, edited, signed_anew, unb64
from evidence.refused.records import (
    BYTES_LENGTH,
    EARLY,
    FOLLOW,
    INDEFINITE,
    LENGTH,
    LONG_FORM,
    NO_ARRAY,
    NO_BYTES,
    NO_NUMBER,
    NO_TEXT,
    NOT_UTF8,
    TIMES,
    TOO_LONG,
    cbor,
    spliced,
    with_item,
)
from evidence.refused.signing import LOG, OTHER, THIEF, Signer, b64
from evidence.refused.vectors import Vectors, flipped

DUE, SEALED = 5, 5  # the sample's receipt is of seal 5
STATEMENT, KEY_ID, SIGNATURE, RECORD, POSITION, PATH = range(2, 8)
ORIGIN, ROOT, SIZE, TIME, SEAL = range(1, 6)
STRANGER = "is not a promise, or of a version that this program does not read"


def make() -> list[Vectors]:
    out = Vectors("promise")
    receipt = json.loads(SAMPLE.read_text())
    good = promise(receipt)
    kept = {"hex": cbor(good).hex(), "receipt": receipt}
    out.accept("promise", {"hex": cbor(good).hex()})
    out.accept("text", {"text": b64(cbor(good)) + "\r\n"})
    out.accept("promise and receipt", kept)
    out.accept("promise of a record by itself", {"hex": cbor(promise(receipt, others=0)).hex()})
    for name, says, data in [
        *no_promises(good),
        *bad_statements(good),
        *bad_items(good),
        *spoiled(receipt, good),
    ]:
        encoded = data if isinstance(data, bytes) else cbor(data)
        out.fail(name, "promise", says, {"hex": encoded.hex()})
    for name, text in bad_texts(good):
        out.fail(name, "text", "document: ", {"text": text})
    for name, says, of, shown in not_kept(receipt):
        out.fail(name, "promise and receipt", says, {"hex": cbor(of).hex(), "receipt": shown})
    return [out]


def leaf_of(receipt: dict) -> bytes:
    facets = receipt["record"]["facets"]
    commitments = [unb64(facets[name]["commitment"]) for name in FACETS]
    return merkle.leaf_hash(cbor([1, unb64(receipt["record"]["journal"]), *commitments]))


def promise(receipt: dict, others: int = 2, index: int | None = None, due: int = DUE, **changed) -> list:
    """Of the receipt's record, in a round with others before it, signed by the log."""
    record = [
        unb64(receipt["record"]["journal"]),
        receipt["record"]["index"] if index is None else index,
        leaf_of(receipt),
    ]
    round_of = [*([record[0], 100 + n, merkle.sha256(bytes([n]))] for n in range(others)), record]
    leaves = [merkle.leaf_hash(cbor(["vitrine-promised-record-v1", *each])) for each in round_of]
    statement = [
        changed.get("domain", "vitrine-promise-statement-v1"),
        changed.get("origin", LOG.name),
        merkle.root(leaves),
        len(leaves),
        START,
        due,
    ]
    signer: Signer = changed.get("signer", LOG)
    return [
        "vitrine-promise",
        1,
        statement,
        int.from_bytes(signer.key_id, "big"),
        signer.private.sign(cbor(statement)),
        record,
        others,
        merkle.inclusion(others, leaves),
    ]


def within(promised: list, part: int, position: int, value) -> list:
    return with_item(promised, part, with_item(promised[part], position, value))


def no_promises(good: list) -> list[tuple]:
    encoded = cbor(good)
    rows = [
        ("nothing", EARLY, b""),
        ("only the head of the array", EARLY, encoded[:1]),
        ("ends within the root", TOO_LONG, encoded[:60]),
        ("the last byte is missing", TOO_LONG, encoded[:-1]),
        ("a byte follows", FOLLOW, encoded + b"\x00"),
        ("twice the same", FOLLOW, encoded * 2),
        ("another kind", STRANGER, with_item(good, 0, "vitrine-receipt")),
        ("kind in capitals", STRANGER, with_item(good, 0, "Vitrine-Promise")),
        ("kind is a byte string", NO_TEXT, with_item(good, 0, b"vitrine-promise")),
        ("version 0", "of a version", with_item(good, 1, 0)),
        ("version 2", "of a version", with_item(good, 1, 2)),
        ("version is a text", NO_NUMBER, with_item(good, 1, "1")),
        ("an item is missing", LENGTH, good[:-1]),
        ("an item more", LENGTH, [*good, None]),
        ("a map", NO_ARRAY, dict(enumerate(good))),
        ("in a byte string", NO_ARRAY, cbor(encoded)),
        ("a tag in front", NO_ARRAY, b"\xd9\xd9\xf7" + encoded),
        ("an array without its length", INDEFINITE, b"\x9f" + encoded[1:] + b"\xff"),
        ("an array's length in two bytes", LONG_FORM, b"\x98\x08" + encoded[1:]),
    ]
    return [(name, f"document: {says}", data) for name, says, data in rows]


def bad_statements(good: list) -> list[tuple]:
    rows = [
        ("statement wrapped in a byte string", NO_ARRAY, with_item(good, STATEMENT, cbor(good[STATEMENT]))),
        ("statement without its seal", LENGTH, with_item(good, STATEMENT, good[STATEMENT][:-1])),
        ("statement with an item more", LENGTH, with_item(good, STATEMENT, [*good[STATEMENT], 1])),
        ("statement of another domain", STRANGER, within(good, STATEMENT, 0, "vitrine-head-v1")),
        ("origin is a byte string", NO_TEXT, within(good, STATEMENT, ORIGIN, LOG.name.encode())),
        ("origin is not UTF-8", NOT_UTF8, spliced(good, b"log.example", b"log.exampl\xff")),
        ("root of 31 bytes", BYTES_LENGTH, within(good, STATEMENT, ROOT, good[STATEMENT][ROOT][:-1])),
        ("root is null", NO_BYTES, within(good, STATEMENT, ROOT, None)),
        ("size is negative", NO_NUMBER, within(good, STATEMENT, SIZE, -3)),
        ("size is a float", NO_NUMBER, within(good, STATEMENT, SIZE, 3.0)),
        ("a time before 1970", TIMES, within(good, STATEMENT, TIME, -1)),
        ("a time in the year 10000", TIMES, within(good, STATEMENT, TIME, END_OF_TIME)),
        ("seal is negative", NO_NUMBER, within(good, STATEMENT, SEAL, -DUE)),
        ("seal is null", NO_NUMBER, within(good, STATEMENT, SEAL, None)),
    ]
    return [(name, f"document: {says}", data) for name, says, data in rows]


def bad_items(good: list) -> list[tuple]:
    rows = [
        ("key id is a text", NO_NUMBER, with_item(good, KEY_ID, LOG.key_id.hex())),
        ("key id of five bytes", "four bytes at most", with_item(good, KEY_ID, 1 << 32)),
        ("signature of 63 bytes", BYTES_LENGTH, with_item(good, SIGNATURE, good[SIGNATURE][:-1])),
        ("signature of 65 bytes", BYTES_LENGTH, with_item(good, SIGNATURE, good[SIGNATURE] + b"\x00")),
        ("signature is null", NO_BYTES, with_item(good, SIGNATURE, None)),
        ("record without its leaf", LENGTH, with_item(good, RECORD, good[RECORD][:-1])),
        ("record with an item more", LENGTH, with_item(good, RECORD, [*good[RECORD], 1])),
        ("record is null", NO_ARRAY, with_item(good, RECORD, None)),
        ("journal id of 33 bytes", BYTES_LENGTH, within(good, RECORD, 0, good[RECORD][0] + b"\x00")),
        ("index is negative", NO_NUMBER, within(good, RECORD, 1, -1)),
        ("leaf of 20 bytes", BYTES_LENGTH, within(good, RECORD, 2, good[RECORD][2][:20])),
        ("position is negative", NO_NUMBER, with_item(good, POSITION, -1)),
        ("path is a digest", NO_ARRAY, with_item(good, PATH, good[PATH][0])),
        ("path has a short digest", BYTES_LENGTH, with_item(good, PATH, [good[PATH][0][:-1]])),
        ("path has a null", NO_BYTES, with_item(good, PATH, [None])),
        ("path of 65 digests", "An array that is too long", with_item(good, PATH, [bytes(32)] * 65)),
    ]
    return [(name, f"document: {says}", data) for name, says, data in rows]


def spoiled(receipt: dict, good: list) -> list[tuple]:
    """What is read, and is not what the log signed, or not of this round."""
    unsigned, stranger = "log: did not sign this", "log: of the log"
    leaf, path = good[RECORD][2], good[PATH]
    return [
        ("another root", unsigned, within(good, STATEMENT, ROOT, flipped(good[STATEMENT][ROOT]))),
        ("a larger round", unsigned, within(good, STATEMENT, SIZE, 4)),
        ("a later time", unsigned, within(good, STATEMENT, TIME, START + 1)),
        ("an earlier seal", unsigned, within(good, STATEMENT, SEAL, DUE - 1)),
        ("a later seal", unsigned, within(good, STATEMENT, SEAL, DUE + 1)),
        ("a bit of the signature", unsigned, with_item(good, SIGNATURE, flipped(good[SIGNATURE], 40))),
        ("a signature of zeros", unsigned, with_item(good, SIGNATURE, bytes(64))),
        ("another log's name", stranger, within(good, STATEMENT, ORIGIN, OTHER.name)),
        ("another log's promise", stranger, promise(receipt, origin=OTHER.name, signer=OTHER)),
        ("another key id", stranger, with_item(good, KEY_ID, good[KEY_ID] ^ 1)),
        ("a thief's promise in the log's name", stranger, promise(receipt, signer=THIEF)),
        (
            "a thief's promise with the log's key id",
            unsigned,
            with_item(promise(receipt, signer=THIEF), KEY_ID, good[KEY_ID]),
        ),
        ("another journal", f"round: {LEADS_ELSEWHERE}", within(good, RECORD, 0, merkle.sha256(b"journal"))),
        ("the next index", f"round: {LEADS_ELSEWHERE}", within(good, RECORD, 1, good[RECORD][1] + 1)),
        ("another leaf", f"round: {LEADS_ELSEWHERE}", within(good, RECORD, 2, flipped(leaf))),
        ("position of the neighbour", "round: ", with_item(good, POSITION, 1)),
        ("position behind the round", f"round: {NO_LEAF}", with_item(good, POSITION, 3)),
        ("path is empty", f"round: {SHORTER}", with_item(good, PATH, [])),
        ("path with a digest more", f"round: {LONGER}", with_item(good, PATH, [*path, bytes(32)])),
        (
            "a bit of the path",
            f"round: {LEADS_ELSEWHERE}",
            with_item(good, PATH, [flipped(path[0]), *path[1:]]),
        ),
    ]


def bad_texts(good: list) -> list[tuple]:
    text = b64(cbor(good))
    return [
        ("text: nothing", ""),
        ("text: only white space", " \r\n"),
        ("text: hexadecimal", cbor(good).hex()),
        ("text: cut off", text[:-3]),
        ("text: broken into lines", text[:64] + "\n" + text[64:]),
        ("text: in the alphabet of addresses", text.replace("+", "-").replace("/", "_")),
        ("text: with the header's name", f"x-ms-vitrine-promise: {text}"),
        ("text: a JSON text", json.dumps(text)),
        ("text: ten thousand letters", "A" * 10_000),
        ("text: an empty object", "{}"),
    ]


def not_kept(receipt: dict) -> list[tuple]:
    """Receipts that show nothing about the promise, and such as show it broken."""
    replaced = signed_anew(
        edited(closed(receipt), {"record/facets/what/commitment": b64(merkle.sha256(b"x"))})
    )
    spoiled_receipt = edited(receipt, {"record/index": 4})
    size = receipt["journal"]["size"]
    return [
        ("a receipt that does not verify", "receipt: does not verify", promise(receipt), spoiled_receipt),
        (
            "a receipt of another record",
            "record: says nothing about it",
            promise(receipt, index=receipt["record"]["index"] + 1),
            receipt,
        ),
        (
            "a journal that is short before the promise is due",
            "record: says nothing about it",
            promise(receipt, index=size, due=SEALED + 1),
            receipt,
        ),
        ("another record at its place", "kept: BROKEN", promise(receipt), replaced),
        (
            "another record at its place before it is due",
            "kept: BROKEN",
            promise(receipt, due=SEALED + 9),
            replaced,
        ),
        ("a journal that ends before it", "kept: BROKEN", promise(receipt, index=size), receipt),
        ("a journal far too short", "kept: BROKEN", promise(receipt, index=10**6, due=1), receipt),
    ]
