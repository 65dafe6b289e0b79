"""Records and their facets (docs/formats/record.md)."""

import cbor2
from evidence.refused.merkle import sha256
from evidence.refused.vectors import Vectors

JOURNAL, ROOT = sha256(b"journal"), sha256(b"content")
SALTS = [sha256(f"salt {n}".encode()) for n in range(4)]
TIME = 1_795_000_000_000_000
END_OF_TIME = 253_402_300_800_000_000  # the year 10000, in microseconds

WHO = ["account:city/key1", "shared-key", "sdk-python"]
WHAT = ["storage", "blob.get", "archive", "2026/letter.pdf", "", ROOT, None]
RESULT = [sha256(b"input"), sha256(b"model"), sha256(b"output")]
WHY = ["archive", "", True, ["charter/within-budget"], sha256(b"bundle"), ["blur_faces"], [], 4, 2]
OUTCOME = [
    False,
    [["items", 1], ["bytes", 1_048_576]],
    200,
    TIME,
    "3f1c0000-0000-4000-8000-000000000000",
    None,
]
FACETS = {"who": WHO, "what": WHAT, "why": WHY, "outcome": OUTCOME}

EARLY, LONG_FORM = "The encoding ends early", "An integer is not in its shortest form"
INDEFINITE = "Indefinite or reserved length"
LENGTH, BYTES_LENGTH = "An array of another length", "A byte string of another length"
NO_ARRAY, NO_TEXT, NO_BYTES = "Not an array", "Not a text string", "Not a byte string"
NO_NUMBER, NO_BOOLEAN = "Not an unsigned integer", "Not a boolean"
TOO_LONG, FOLLOW = "A string is longer than what follows", "Bytes follow the end"
NOT_UTF8, TIMES = "A text string that is not UTF-8", "A time lies before 1970 or after 9999"


def make() -> list[Vectors]:
    return [records(), shown_records(), facets()]


def cbor(value) -> bytes:
    return cbor2.dumps(value)


def with_item(items: list, position: int, value) -> list:
    return [*items[:position], value, *items[position + 1 :]]


def spliced(value, old: bytes, new: bytes) -> bytes:
    """The encoding with one part of it written differently."""
    encoded = cbor(value)
    assert encoded.count(old) == 1
    return encoded.replace(old, new)


def record(**changed) -> list:
    facets = FACETS | changed
    encoded = [value if isinstance(value, bytes) else cbor(value) for value in facets.values()]
    return [1, JOURNAL, *([salt, facet] for salt, facet in zip(SALTS, encoded, strict=True))]


def records() -> Vectors:
    out = Vectors("record")
    good = record()
    out.accept("record", {"hex": cbor(good).hex()})
    with_result = record(what=with_item(WHAT, 6, RESULT), outcome=with_item(OUTCOME, 5, [7, "succeeded"]))
    out.accept("closing record", {"hex": cbor(with_result).hex()})
    encoded = cbor(good)
    version = "a version that this program does not read"
    rows = [
        ("nothing", EARLY, b""),
        ("only the head of the array", EARLY, encoded[:1]),
        ("ends within the journal id", TOO_LONG, encoded[:20]),
        ("ends within a salt", TOO_LONG, encoded[:60]),
        ("the last byte is missing", TOO_LONG, encoded[:-1]),
        ("a byte follows", FOLLOW, encoded + b"\x00"),
        ("twice the same", FOLLOW, encoded * 2),
        ("version 0", version, cbor(with_item(good, 0, 0))),
        ("version 2", version, cbor(with_item(good, 0, 2))),
        ("version is a text", NO_NUMBER, cbor(with_item(good, 0, "1"))),
        ("version is negative", NO_NUMBER, cbor(with_item(good, 0, -1))),
        ("version is a float", NO_NUMBER, b"\x86\xf9\x3c\x00" + encoded[2:]),
        ("version in two bytes", LONG_FORM, b"\x86\x18\x01" + encoded[2:]),
        ("a facet is missing", LENGTH, cbor(good[:-1])),
        ("a fifth facet", LENGTH, cbor([*good, good[-1]])),
        ("a map", NO_ARRAY, cbor(dict(enumerate(good)))),
        ("a text", NO_ARRAY, cbor("record")),
        ("null", NO_ARRAY, cbor(None)),
        ("an array without its length", INDEFINITE, b"\x9f" + encoded[1:] + b"\xff"),
        ("an array's length in two bytes", LONG_FORM, b"\x98\x06" + encoded[1:]),
        ("a tag in front", NO_ARRAY, b"\xd9\xd9\xf7" + encoded),
        ("in a byte string", NO_ARRAY, cbor(encoded)),
        ("journal id of 31 bytes", BYTES_LENGTH, cbor(with_item(good, 1, JOURNAL[:-1]))),
        ("journal id of 33 bytes", BYTES_LENGTH, cbor(with_item(good, 1, JOURNAL + b"\x00"))),
        ("journal id is null", NO_BYTES, cbor(with_item(good, 1, None))),
        ("journal id is a text", NO_BYTES, cbor(with_item(good, 1, JOURNAL.hex()[:32]))),
        (
            "journal id with its length in three bytes",
            LONG_FORM,
            encoded.replace(b"\x58\x20", b"\x59\0\x20", 1),
        ),
        ("journal id in pieces", INDEFINITE, b"\x86\x01\x5f\x58\x20" + JOURNAL + b"\xff" + encoded[36:]),
        ("salt of 31 bytes", BYTES_LENGTH, cbor(with_item(good, 2, [SALTS[0][:-1], cbor(WHO)]))),
        ("salt is missing", LENGTH, cbor(with_item(good, 2, [cbor(WHO)]))),
        ("salt is null", NO_BYTES, cbor(with_item(good, 2, [None, cbor(WHO)]))),
        ("salt and facet exchanged", BYTES_LENGTH, cbor(with_item(good, 2, [cbor(WHO), SALTS[0]]))),
        ("a third item in a facet's pair", LENGTH, cbor(with_item(good, 2, [SALTS[0], cbor(WHO), None]))),
        ("facet not wrapped in a byte string", NO_BYTES, cbor(with_item(good, 2, [SALTS[0], WHO]))),
        ("facet is a bare byte string", BYTES_LENGTH, cbor(with_item(good, 2, cbor(WHO)))),
        ("facet is null", NO_BYTES, cbor(with_item(good, 2, None))),
        ("facet is empty", EARLY, cbor(record(who=b""))),
        ("facet is all zeros", NO_ARRAY, cbor(record(who=bytes(32)))),
        ("facets who and what exchanged", LENGTH, cbor([*good[:2], good[3], good[2], *good[4:]])),
        ("facets why and outcome exchanged", LENGTH, cbor([*good[:4], good[5], good[4]])),
        ("a facet is closed", "Facet 'what' of the record is closed", cbor(closed(1, good))),
        ("outcome longer than what follows", TOO_LONG, cbor(good)[: -len(cbor(OUTCOME))]),
    ]
    for name, says, data in rows:
        out.refuse(name, "record", says, {"hex": data.hex()})
    huge = b"\x86\x01\x5b" + b"\xff" * 8 + JOURNAL
    out.refuse("journal id of 2^64 - 1 bytes", "record", TOO_LONG, {"hex": huge.hex()})
    return out


def closed(facet: int, shown: list) -> list:
    """With the commitment in the place of a facet."""
    salt, encoded = shown[2 + facet]
    commitment = sha256(b"vitrine-facet-v1\n" + bytes([facet]) + salt + encoded)
    return with_item(shown, 2 + facet, commitment)


def shown_records() -> Vectors:
    """As in an exported journal: facets may be closed."""
    out = Vectors("shown-record")
    good = closed(0, record())
    out.accept("wholly open", {"hex": cbor(record()).hex()})
    out.accept("who is closed", {"hex": cbor(good).hex()})
    only_outcome = closed(2, closed(1, good))
    out.accept("only the outcome is open", {"hex": cbor(only_outcome).hex()})
    out.accept("wholly closed", {"hex": cbor(closed(3, only_outcome)).hex()})
    encoded, commitment = cbor(good), good[2]
    rows = [
        ("nothing", EARLY, b""),
        ("the last byte is missing", TOO_LONG, encoded[:-1]),
        ("a byte follows", FOLLOW, encoded + b"\x00"),
        ("version 2", "a version that this program does not read", cbor(with_item(good, 0, 2))),
        ("a facet is missing", LENGTH, cbor(good[:-1])),
        ("a fifth commitment", LENGTH, cbor([*good, commitment])),
        ("a commitment of 31 bytes", BYTES_LENGTH, cbor(with_item(good, 2, commitment[:-1]))),
        ("a commitment of 33 bytes", BYTES_LENGTH, cbor(with_item(good, 2, commitment + b"\x00"))),
        ("an empty commitment", BYTES_LENGTH, cbor(with_item(good, 2, b""))),
        ("a commitment in hexadecimal", NO_BYTES, cbor(with_item(good, 2, commitment.hex()))),
        ("null for a commitment", NO_BYTES, cbor(with_item(good, 2, None))),
        ("a commitment by itself in a list", LENGTH, cbor(with_item(good, 2, [commitment]))),
        ("a commitment with null for the facet", NO_BYTES, cbor(with_item(good, 2, [commitment, None]))),
        ("a commitment with nothing for the facet", EARLY, cbor(with_item(good, 2, [commitment, b""]))),
        ("an open facet without its salt", BYTES_LENGTH, cbor(with_item(good, 3, cbor(WHAT)))),
        ("an open facet of another kind", LENGTH, cbor(with_item(good, 3, [SALTS[1], cbor(WHO)]))),
        (
            "a commitment in pieces",
            INDEFINITE,
            encoded.replace(b"\x58\x20" + commitment, b"\x5f\x58\x20" + commitment + b"\xff"),
        ),
        (
            "a commitment with its length in three bytes",
            LONG_FORM,
            encoded.replace(b"\x58\x20" + commitment, b"\x59\x00\x20" + commitment),
        ),
    ]
    for name, says, data in rows:
        out.refuse(name, "who is closed", says, {"hex": data.hex()})
    return out


def facets() -> Vectors:
    out = Vectors("facet")
    for kind, value in FACETS.items():
        out.accept(kind, {"facet": kind, "hex": cbor(value).hex()})
    out.accept("what with a result", {"facet": "what", "hex": cbor(with_item(WHAT, 6, RESULT)).hex()})
    closing = with_item(with_item(OUTCOME, 0, True), 5, [7, "interrupted"])
    out.accept("outcome of a closing record", {"facet": "outcome", "hex": cbor(closing).hex()})
    for kind, rows in (
        ("who", bad_who()),
        ("what", bad_what()),
        ("why", bad_why()),
        ("outcome", bad_outcome()),
    ):
        for name, says, data in [*bad_arrays(kind), *rows]:
            encoded = data if isinstance(data, bytes) else cbor(data)
            out.refuse(f"{kind}: {name}", kind, says, {"facet": kind, "hex": encoded.hex()})
    return out


def bad_arrays(kind: str) -> list[tuple]:
    value = FACETS[kind]
    encoded = cbor(value)
    return [
        ("nothing", EARLY, b""),
        ("an item missing", LENGTH, value[:-1]),
        ("an item more", LENGTH, [*value, None]),
        ("the last byte missing", EARLY if encoded[-1] in (0xF6, 0x02) else TOO_LONG, encoded[:-1]),
        ("a byte behind", FOLLOW, encoded + b"\xf6"),
        ("an array without its length", INDEFINITE, b"\x9f" + encoded[1:] + b"\xff"),
        ("a map", NO_ARRAY, dict(enumerate(value))),
    ]


def bad_who() -> list[tuple]:
    return [
        ("principal is null", NO_TEXT, with_item(WHO, 0, None)),
        ("principal is a byte string", NO_TEXT, with_item(WHO, 0, b"account:city/key1")),
        ("principal is not UTF-8", NOT_UTF8, spliced(WHO, b"city", b"cit\xff")),
        ("principal in overlong UTF-8", NOT_UTF8, spliced(WHO, b"city", b"ci\xc1\xbf")),
        ("principal has half a surrogate pair", NOT_UTF8, spliced(WHO, b"city", b"c\xed\xa0\x80")),
        ("credential's length in two bytes", LONG_FORM, spliced(WHO, b"\x6ashared", b"\x78\x0ashared")),
        ("credential in pieces", INDEFINITE, spliced(WHO, b"\x6ashared-key", b"\x7f\x6ashared-key\xff")),
        ("credential longer than what follows", TOO_LONG, spliced(WHO, b"\x6ashared", b"\x78\x64shared")),
        ("client class is a number", NO_TEXT, with_item(WHO, 2, 7)),
        ("client class is a list", NO_TEXT, with_item(WHO, 2, ["sdk-python"])),
    ]


def bad_what() -> list[tuple]:
    return [
        ("action is a number", NO_TEXT, with_item(WHAT, 1, 3)),
        ("blob is null", NO_TEXT, with_item(WHAT, 3, None)),
        ("version is a number", NO_TEXT, with_item(WHAT, 4, 1)),
        ("content root of 31 bytes", BYTES_LENGTH, with_item(WHAT, 5, ROOT[:-1])),
        ("content root of 33 bytes", BYTES_LENGTH, with_item(WHAT, 5, ROOT + b"\x00")),
        ("content root is empty", BYTES_LENGTH, with_item(WHAT, 5, b"")),
        ("content root is hexadecimal", NO_BYTES, with_item(WHAT, 5, ROOT.hex())),
        ("content root is undefined", NO_BYTES, spliced(with_item(WHAT, 5, None), b"\xf6\xf6", b"\xf7\xf6")),
        ("result of two digests", LENGTH, with_item(WHAT, 6, RESULT[:-1])),
        ("result of four digests", LENGTH, with_item(WHAT, 6, [*RESULT, ROOT])),
        ("result is empty", LENGTH, with_item(WHAT, 6, [])),
        ("result is a digest", NO_ARRAY, with_item(WHAT, 6, ROOT)),
        ("result has a text for a digest", NO_BYTES, with_item(WHAT, 6, with_item(RESULT, 1, "model"))),
        ("result has a short digest", BYTES_LENGTH, with_item(WHAT, 6, with_item(RESULT, 2, ROOT[:-1]))),
    ]


def bad_why() -> list[tuple]:
    return [
        ("decision is 1", NO_BOOLEAN, with_item(WHY, 2, 1)),
        ("decision is a text", NO_BOOLEAN, with_item(WHY, 2, "permitted")),
        ("decision is null", NO_BOOLEAN, with_item(WHY, 2, None)),
        ("decision in two bytes", LONG_FORM, cbor(WHY).replace(b"\xf5", b"\xf8\x15", 1)),
        ("policies are a text", NO_ARRAY, with_item(WHY, 3, "charter/within-budget")),
        ("a policy is a number", NO_TEXT, with_item(WHY, 3, [1])),
        ("more than a thousand policies", "An array that is too long", with_item(WHY, 3, [""] * 1001)),
        (
            "a count of 2^32 - 1 policies",
            "An array that is too long",
            spliced(with_item(WHY, 3, ["only"]), b"\x81\x64only", b"\x9a\xff\xff\xff\xff\x64only"),
        ),
        (
            "fewer policies than their count",
            NO_TEXT,
            spliced(with_item(WHY, 3, ["only"]), b"\x81\x64only", b"\x82\x64only"),
        ),
        ("bundle hash of 20 bytes", BYTES_LENGTH, with_item(WHY, 4, ROOT[:20])),
        ("bundle hash is null", NO_BYTES, with_item(WHY, 4, None)),
        ("obligations are null", NO_ARRAY, with_item(WHY, 5, None)),
        ("an obligation is not UTF-8", NOT_UTF8, spliced(WHY, b"blur_faces", b"blur_\xfface")),
        ("obligations done are a map", NO_ARRAY, with_item(WHY, 6, {})),
        ("policy epoch is negative", NO_NUMBER, with_item(WHY, 7, -1)),
        ("policy epoch is a float", NO_NUMBER, with_item(WHY, 7, 4.0)),
        ("suspension epoch is a big number", NO_NUMBER, with_item(WHY, 8, 2**64)),
    ]


def bad_outcome() -> list[tuple]:
    return [
        ("measure is 0", NO_BOOLEAN, with_item(OUTCOME, 0, 0)),
        ("quantities are a map", NO_ARRAY, with_item(OUTCOME, 1, {"items": 1})),
        ("a quantity without its amount", LENGTH, with_item(OUTCOME, 1, [["items"]])),
        ("a quantity with a unit", LENGTH, with_item(OUTCOME, 1, [["bytes", 1, "KiB"]])),
        ("a negative amount", NO_NUMBER, with_item(OUTCOME, 1, [["items", -1]])),
        ("an amount with a fraction", NO_NUMBER, with_item(OUTCOME, 1, [["items", 1.5]])),
        ("an amount beyond 64 bits", NO_NUMBER, with_item(OUTCOME, 1, [["bytes", 2**64]])),
        (
            "an amount in nine bytes",
            LONG_FORM,
            spliced(OUTCOME, b"items\x01", b"items\x1b" + bytes(7) + b"\x01"),
        ),
        (
            "more than a thousand quantities",
            "An array that is too long",
            with_item(OUTCOME, 1, [["", 0]] * 1001),
        ),
        ("status is a text", NO_NUMBER, with_item(OUTCOME, 2, "200")),
        ("status is negative", NO_NUMBER, with_item(OUTCOME, 2, -200)),
        ("a time before 1970", TIMES, with_item(OUTCOME, 3, -1)),
        ("a time in the year 10000", TIMES, with_item(OUTCOME, 3, END_OF_TIME)),
        ("the largest time", TIMES, with_item(OUTCOME, 3, 2**63 - 1)),
        ("a time beyond 63 bits", "Not a 64-bit integer", with_item(OUTCOME, 3, 2**63)),
        ("a time as text", "Not a 64-bit integer", with_item(OUTCOME, 3, "2026-11-22T10:30:00Z")),
        ("a time with a tag", "Not a 64-bit integer", spliced(OUTCOME, b"\x1b\x00\x06", b"\xc1\x1b\x00\x06")),
        ("request id is null", NO_TEXT, with_item(OUTCOME, 4, None)),
        ("closing is a number", NO_ARRAY, with_item(OUTCOME, 5, 7)),
        ("closing without an end state", LENGTH, with_item(OUTCOME, 5, [7])),
        ("closing a negative index", NO_NUMBER, with_item(OUTCOME, 5, [-1, "failed"])),
        ("closing with an end state of bytes", NO_TEXT, with_item(OUTCOME, 5, [7, b"failed"])),
    ]
