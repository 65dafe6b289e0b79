"""Entries of the public log (docs/formats/public-log.md, docs/formats/seal.md)."""

from evidence.refused.merkle import sha256
from evidence.refused.records import (
    BYTES_LENGTH,
    EARLY,
    FOLLOW,
    INDEFINITE,
    LENGTH,
    LONG_FORM,
    NO_ARRAY,
    NO_BOOLEAN,
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
from evidence.refused.vectors import Vectors

START = 1_795_000_000
END_OF_TIME = 253_402_300_800  # the year 10000, in seconds

SEAL = ["seal", 1, 7, START, sha256(b"heads"), 3, sha256(b"previous"), 4, None]
ACCOUNT = ["account-created", 1, 2, sha256(b"account")]
SUSPENSION = ["suspension", 1, 0, "image", sha256(b"subject"), START]
RESTART = ["restart", 1, START, 6, True]
LOSS = [
    "loss",
    1,
    1,
    7,
    sha256(b"root"),
    "the disk of rack 4 burnt",
    sha256(b"account"),
    START,
    [[sha256(b"one key"), sha256(b"one") * 2], [sha256(b"other key"), sha256(b"other") * 2]],
]
ERASURE = ["erasure", 1, 1, 3, True, False, sha256(b"order"), START, LOSS[8]]
ENTRIES = {
    "seal": SEAL,
    "account-created": ACCOUNT,
    "suspension": SUSPENSION,
    "restart": RESTART,
    "loss": LOSS,
    "erasure": ERASURE,
}


def make() -> list[Vectors]:
    out = Vectors("entry")
    for kind, value in ENTRIES.items():
        out.accept(kind, {"hex": cbor(value).hex()})
    out.accept("witnessed seal", {"hex": cbor(with_item(SEAL, 8, sha256(b"checkpoint"))).hex()})
    for kind, value in ENTRIES.items():
        for name, says, data in [*bad_heads(kind, value), *BAD_ITEMS[kind]()]:
            encoded = data if isinstance(data, bytes) else cbor(data)
            out.refuse(f"{kind}: {name}", kind, says, {"hex": encoded.hex()})
    for name, says, data in strangers():
        encoded = data if isinstance(data, bytes) else cbor(data)
        out.refuse(name, "seal", says, {"hex": encoded.hex()})
    return [out]


def bad_heads(kind: str, value: list) -> list[tuple]:
    encoded = cbor(value)
    items = f"An entry of kind '{kind}' has {len(value)} items"
    ends = EARLY if value[-1] in (None, True) else TOO_LONG
    return [
        ("an item missing", items, value[:-1]),
        ("an item more", items, [*value, None]),
        ("only kind and version", items, value[:2]),
        ("version 0", f"entries of kind '{kind}', version 0", with_item(value, 1, 0)),
        ("version 2", f"entries of kind '{kind}', version 2", with_item(value, 1, 2)),
        ("version is a text", NO_NUMBER, with_item(value, 1, "1")),
        ("the last byte missing", EARLY if value is SUSPENSION else ends, encoded[:-1]),
        ("a byte behind", FOLLOW, encoded + b"\x00"),
        ("an array without its length", INDEFINITE, b"\x9f" + encoded[1:] + b"\xff"),
        ("kind and version exchanged", NO_TEXT, [value[1], value[0], *value[2:]]),
    ]


def bad_seals() -> list[tuple]:
    return [
        ("number is negative", NO_NUMBER, with_item(SEAL, 2, -7)),
        ("number is null", NO_NUMBER, with_item(SEAL, 2, None)),
        ("number in two bytes", LONG_FORM, spliced(SEAL, b"seal\x01\x07", b"seal\x01\x18\x07")),
        ("a time before 1970", TIMES, with_item(SEAL, 3, -1)),
        ("a time in the year 10000", TIMES, with_item(SEAL, 3, END_OF_TIME)),
        ("a time with a fraction", "Not a 64-bit integer", with_item(SEAL, 3, START + 0.5)),
        ("heads root of 31 bytes", BYTES_LENGTH, with_item(SEAL, 4, SEAL[4][:-1])),
        ("heads root is null", NO_BYTES, with_item(SEAL, 4, None)),
        ("slots are negative", NO_NUMBER, with_item(SEAL, 5, -3)),
        ("slots are a list", NO_NUMBER, with_item(SEAL, 5, [0, 1, 2])),
        ("previous is null", NO_BYTES, with_item(SEAL, 6, None)),
        ("previous is empty", BYTES_LENGTH, with_item(SEAL, 6, b"")),
        ("policy epoch is a text", NO_NUMBER, with_item(SEAL, 7, "4")),
        ("witnessed is false", NO_BYTES, with_item(SEAL, 8, False)),
        ("witnessed of 33 bytes", BYTES_LENGTH, with_item(SEAL, 8, bytes(33))),
        ("witnessed is undefined", NO_BYTES, cbor(SEAL)[:-1] + b"\xf7"),
    ]


def bad_accounts() -> list[tuple]:
    return [
        ("slot is negative", NO_NUMBER, with_item(ACCOUNT, 2, -1)),
        ("slot is a text", NO_NUMBER, with_item(ACCOUNT, 2, "2")),
        ("slot in three bytes", LONG_FORM, spliced(ACCOUNT, b"\x01\x02\x58", b"\x01\x19\0\x02\x58")),
        ("commitment of 31 bytes", BYTES_LENGTH, with_item(ACCOUNT, 3, ACCOUNT[3][:-1])),
        ("commitment is the account's name", NO_BYTES, with_item(ACCOUNT, 3, "city")),
        ("commitment in pieces", INDEFINITE, spliced(ACCOUNT, b"\x58\x20", b"\x5f\x58\x20") + b"\xff"),
    ]


def bad_suspensions() -> list[tuple]:
    return [
        ("a state that there is not", "A suspension has no state 4", with_item(SUSPENSION, 2, 4)),
        ("a state beyond a byte", "A suspension has no state 256", with_item(SUSPENSION, 2, 256)),
        ("state is negative", NO_NUMBER, with_item(SUSPENSION, 2, -1)),
        ("state is a text", NO_NUMBER, with_item(SUSPENSION, 2, "imposed")),
        ("service is null", NO_TEXT, with_item(SUSPENSION, 3, None)),
        ("service is not UTF-8", NOT_UTF8, spliced(SUSPENSION, b"image", b"imag\xe9")),
        ("subject is a name", NO_BYTES, with_item(SUSPENSION, 4, "city")),
        ("subject of 64 bytes", BYTES_LENGTH, with_item(SUSPENSION, 4, SUSPENSION[4] * 2)),
        ("a time before 1970", TIMES, with_item(SUSPENSION, 5, -START)),
        ("time is null", "Not a 64-bit integer", with_item(SUSPENSION, 5, None)),
    ]


def bad_restarts() -> list[tuple]:
    return [
        ("a time in the year 10000", TIMES, with_item(RESTART, 2, END_OF_TIME)),
        ("last seal is negative", NO_NUMBER, with_item(RESTART, 3, -1)),
        ("last seal is null", NO_NUMBER, with_item(RESTART, 3, None)),
        ("after a clean stop is 1", NO_BOOLEAN, with_item(RESTART, 4, 1)),
        ("after a clean stop is null", NO_BOOLEAN, with_item(RESTART, 4, None)),
    ]


def bad_losses() -> list[tuple]:
    reason = "The reason of a loss has 1 to 1000 bytes"
    return [
        ("slot is negative", NO_NUMBER, with_item(LOSS, 2, -1)),
        ("slot is null", NO_NUMBER, with_item(LOSS, 2, None)),
        ("size is a text", NO_NUMBER, with_item(LOSS, 3, "7")),
        ("size beyond 64 bits", NO_NUMBER, with_item(LOSS, 3, 2**64)),
        ("root of 31 bytes", BYTES_LENGTH, with_item(LOSS, 4, LOSS[4][:-1])),
        ("root is null", NO_BYTES, with_item(LOSS, 4, None)),
        ("no reason", reason, with_item(LOSS, 5, "")),
        ("a reason of 1,001 bytes", reason, with_item(LOSS, 5, "x" * 1001)),
        ("a reason of 1,002 bytes in 501 letters", reason, with_item(LOSS, 5, "é" * 501)),
        ("reason is null", NO_TEXT, with_item(LOSS, 5, None)),
        ("reason is not UTF-8", NOT_UTF8, spliced(LOSS, b"burnt", b"burn\xff")),
        ("commitment is a name", NO_BYTES, with_item(LOSS, 6, "city")),
        ("commitment of 33 bytes", BYTES_LENGTH, with_item(LOSS, 6, LOSS[6] + b"\0")),
        ("a time before 1970", TIMES, with_item(LOSS, 7, -1)),
        ("a time in the year 10000", TIMES, with_item(LOSS, 7, END_OF_TIME)),
        *bad_approvals(LOSS),
    ]


def bad_approvals(value: list) -> list[tuple]:
    (key, signature), other = value[8]

    def approved(*given) -> list:
        return with_item(value, 8, list(given))

    return [
        ("approvals are null", NO_ARRAY, with_item(value, 8, None)),
        ("approved by nobody", LENGTH, approved()),
        ("approved by one", LENGTH, approved([key, signature])),
        ("approved by three", LENGTH, approved([key, signature], other, other)),
        ("approvals in one row", NO_ARRAY, approved(key, signature)),
        ("an approval without its signature", LENGTH, approved([key], other)),
        ("an approval with a name", LENGTH, approved([key, signature, "Ann"], other)),
        ("a key of 31 bytes", BYTES_LENGTH, approved([key[:-1], signature], other)),
        ("a signature of 63 bytes", BYTES_LENGTH, approved([key, signature[:-1]], other)),
        ("key and signature exchanged", BYTES_LENGTH, approved([signature, key], other)),
        ("the second signature is null", NO_BYTES, approved([key, signature], [other[0], None])),
    ]


def bad_erasures() -> list[tuple]:
    count = facets = "An erasure is of 1 to 10000 records, and of who or what"
    return [
        ("slot is negative", NO_NUMBER, with_item(ERASURE, 2, -1)),
        ("of no records", count, with_item(ERASURE, 3, 0)),
        ("of 10,001 records", count, with_item(ERASURE, 3, 10_001)),
        ("number of records is a text", NO_NUMBER, with_item(ERASURE, 3, "3")),
        ("of neither facet", facets, with_item(ERASURE, 4, False)),
        ("who is 1", NO_BOOLEAN, with_item(ERASURE, 4, 1)),
        ("what is null", NO_BOOLEAN, with_item(ERASURE, 5, None)),
        ("order of 31 bytes", BYTES_LENGTH, with_item(ERASURE, 6, ERASURE[6][:-1])),
        ("order is null", NO_BYTES, with_item(ERASURE, 6, None)),
        ("a time before 1970", TIMES, with_item(ERASURE, 7, -1)),
        ("a time in the year 10000", TIMES, with_item(ERASURE, 7, END_OF_TIME)),
        *bad_approvals(ERASURE),
    ]


BAD_ITEMS = {
    "seal": bad_seals,
    "account-created": bad_accounts,
    "suspension": bad_suspensions,
    "restart": bad_restarts,
    "loss": bad_losses,
    "erasure": bad_erasures,
}


def strangers() -> list[tuple]:
    """What is no known entry at all."""
    return [
        ("nothing", EARLY, b""),
        ("an empty array", EARLY, []),
        ("a text", NO_ARRAY, "seal"),
        ("a map", NO_ARRAY, {"kind": "seal"}),
        ("in a byte string", NO_ARRAY, cbor(cbor(SEAL))),
        ("a tag in front", NO_ARRAY, b"\xd9\xd9\xf7" + cbor(SEAL)),
        ("an unknown kind", "entries of kind 'note', version 1", ["note", 1, "nothing to see here"]),
        ("a kind in capitals", "entries of kind 'Seal', version 1", with_item(SEAL, 0, "Seal")),
        ("a kind with a NUL behind", "version 1; use a newer one", with_item(SEAL, 0, "seal\0")),
        ("an empty kind", "entries of kind '', version 1", with_item(SEAL, 0, "")),
        ("a kind of bytes", NO_TEXT, with_item(SEAL, 0, b"seal")),
        ("more items than any kind has", "An array that is too long", ["seal", 1, *range(80)]),
    ]
