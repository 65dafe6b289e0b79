"""docs/formats/promise.md."""

import dataclasses

from evidence.independent import cbor, documents, receipts
from evidence.independent.merkle import leaf_hash, verify_inclusion
from evidence.independent.notes import Key, from_base64, verify_signature
from evidence.independent.refusal import check, require

LONGEST_PATH, LONGEST_TEXT = 64, 8192


@dataclasses.dataclass(frozen=True)
class Promise:
    encoded: bytes
    statement: list
    origin: str
    root: bytes
    size: int
    time: int
    due: int
    key_id: int
    signature: bytes
    journal: bytes
    index: int
    leaf: bytes
    position: int
    path: list[bytes]


def read(encoded: bytes) -> Promise:
    kind, version, statement, key_id, signature, record, position, path = cbor.array(cbor.decode(encoded), 8)
    require(cbor.text(kind) == "vitrine-promise" and cbor.number(version) == 1, "not a promise")
    domain, origin, root, size, time, seal = cbor.array(statement, 6)
    require(cbor.text(domain) == "vitrine-promise-statement-v1", "not a promise's statement")
    require(cbor.number(key_id) < 1 << 32, "a key id has four bytes")
    journal, index, leaf = cbor.array(record, 3)
    return Promise(
        encoded,
        statement,
        cbor.text(origin),
        cbor.digest(root),
        cbor.number(size),
        cbor.seconds(time),
        cbor.number(seal),
        key_id,
        cbor.blob(signature, 64),
        cbor.digest(journal),
        cbor.number(index),
        cbor.digest(leaf),
        cbor.number(position),
        [cbor.digest(each) for each in cbor.listed(path, LONGEST_PATH)],
    )


def read_text(text: str) -> Promise:
    """As the header of an answer has it."""
    text = text.strip(" \t\r\n")
    require(len(text) <= LONGEST_TEXT, "too long for a promise")
    return read(from_base64(text))


def read_either(text: str) -> Promise:
    """By itself, or in a receipt that is promised only."""
    if not text.startswith("{"):
        return read_text(text)
    value = documents.parse(text)
    receipts.head_of(value, "promised")
    receipts.read_record(value)
    return read_text(documents.text(value, "promise"))


def check_signature(promise: Promise, key: Key) -> None:
    require((promise.origin, promise.key_id) == (key.name, int.from_bytes(key.id, "big")), "of another log")
    verify_signature(key.public, cbor.encode(promise.statement), promise.signature)


def check_round(promise: Promise) -> None:
    record = ["vitrine-promised-record-v1", promise.journal, promise.index, promise.leaf]
    leaf = leaf_hash(cbor.encode(record))
    verify_inclusion(leaf, promise.position, promise.size, promise.path, promise.root)


def verify_promise(text: str, key: Key, receipt: str | None = None) -> Promise:
    with check("document"):
        promise = read_either(text)
    with check("log"):
        check_signature(promise, key)
    with check("round"):
        check_round(promise)
    if receipt is not None:
        check_kept(promise, receipt, key)
    return promise


def check_kept(promise: Promise, document: str, key: Key) -> None:
    with check("receipt"):
        require(not receipts.is_promised(document), "the receipt is promised only")
        receipt = receipts.verify_sealed_receipt(document, key)
    record, sealed = receipt.record, receipt.sealed
    too_short = receipt.seal.number >= promise.due and sealed.size <= promise.index
    with check("record"):
        require(record.journal == promise.journal, "a receipt of another journal")
        require(record.index == promise.index or too_short, "says nothing about the promised record")
    with check("kept"):
        require(record.index == promise.index, "BROKEN: the journal is too short")
        require(record.leaf == promise.leaf, "BROKEN: another record is there")
