"""docs/formats/receipt.md: receipts of both levels."""

import dataclasses

from evidence.independent import documents, promises
from evidence.independent.entries import TOLERANCE, Seal
from evidence.independent.merkle import verify_inclusion
from evidence.independent.notes import Key
from evidence.independent.records import FACETS, commitment, leaf_of, read_facet, time_of
from evidence.independent.refusal import check, require
from evidence.independent.sealed import Sealed, b64, read_sealed, verify_sealed

FORMAT = "vitrine-receipt-v1"


@dataclasses.dataclass(frozen=True)
class Record:
    """The member record."""

    journal: bytes
    index: int
    commitments: dict[str, bytes]
    opened: dict[str, tuple[bytes, bytes]]  # salt and CBOR

    @property
    def leaf(self) -> bytes:
        return leaf_of(self.journal, [self.commitments[kind] for kind in FACETS])

    def written(self) -> dict:
        facets = {kind: {"commitment": b64(self.commitments[kind])} for kind in FACETS}
        for kind, (salt, encoded) in self.opened.items():
            facets[kind] |= {"salt": b64(salt), "cbor": b64(encoded), "reads": read_facet(kind, encoded)}
        return {"version": 1, "journal": b64(self.journal), "index": self.index, "facets": facets}


def read_record(document: dict) -> Record:
    require(documents.number(document, "record", "version") == 1, "a record of another version")
    facets = {kind: documents.member(document, "record", "facets", kind) for kind in FACETS}
    open_ones = {kind: each for kind, each in facets.items() if isinstance(each, dict) and "salt" in each}
    return Record(
        documents.digest(document, "record", "journal"),
        documents.number(document, "record", "index"),
        {kind: documents.digest(each, "commitment") for kind, each in facets.items()},
        {
            kind: (documents.digest(each, "salt"), documents.blob(each, "cbor"))
            for kind, each in open_ones.items()
        },
    )


def check_facets(record: Record) -> None:
    for kind in FACETS:
        with check(f"facet {kind}"):
            if kind in record.opened:
                salt, encoded = record.opened[kind]
                require(commitment(kind, salt, encoded) == record.commitments[kind], "not the committed one")
                read_facet(kind, encoded)


def check_time(record: Record, contained: int) -> None:
    with check("time"):
        if "outcome" in record.opened:
            claimed = time_of(record.opened["outcome"][1])
            require(claimed <= (contained + TOLERANCE) * 1_000_000, "later than what contains it")


def head_of(document: dict, level: str) -> None:
    require(documents.text(document, "format") == FORMAT, "not a receipt")
    require(documents.text(document, "level") == level, "another level")


@dataclasses.dataclass(frozen=True)
class Receipt:
    """A sealed one."""

    record: Record
    path: list[bytes]
    sealed: Sealed
    seal: Seal | None = None

    def written(self) -> dict:
        path = [b64(each) for each in self.path]
        journal = {"size": self.sealed.size, "root": b64(self.sealed.root), "path": path}
        members = {"record": self.record.written(), "journal": journal, **self.sealed.members()}
        return {"format": FORMAT, "level": "sealed", **members}


def is_promised(document: str) -> bool:
    value = documents.parse(document)
    return value.get("level") == "promised"


def read_receipt(document: str) -> Receipt:
    value = documents.parse(document)
    head_of(value, "sealed")
    record = read_record(value)
    size, root = documents.number(value, "journal", "size"), documents.digest(value, "journal", "root")
    path = documents.path(value, "journal", "path")
    return Receipt(record, path, read_sealed(value, record.journal, size, root))


def verify_receipt(document: str, key: Key) -> Receipt | Record:
    """Of either level."""
    with check("document"):
        promised = is_promised(document)
    return verify_promised_receipt(document, key) if promised else verify_sealed_receipt(document, key)


def verify_sealed_receipt(document: str, key: Key) -> Receipt:
    with check("document"):
        receipt = read_receipt(document)
    record, sealed = receipt.record, receipt.sealed
    seal = verify_sealed(sealed, key)
    with check("journal"):
        verify_inclusion(record.leaf, record.index, sealed.size, receipt.path, sealed.root)
    check_facets(record)
    with check("readable fields"):
        documents.must_be_spelled(document, receipt.written())
    check_time(record, seal.time)
    return dataclasses.replace(receipt, seal=seal)


def verify_promised_receipt(document: str, key: Key) -> Record:
    with check("document"):
        value = documents.parse(document)
        head_of(value, "promised")
        record = read_record(value)
        text = documents.text(value, "promise")
        promise = promises.read_text(text)
    with check("promise"):
        promises.check_signature(promise, key)
        promises.check_round(promise)
    with check("record"):
        promised = (promise.journal, promise.index, promise.leaf)
        require(promised == (record.journal, record.index, record.leaf), "the promise is for another record")
    check_facets(record)
    with check("readable fields"):
        members = {"record": record.written(), "promise": b64(promise.encoded)}
        documents.must_be_spelled(document, {"format": FORMAT, "level": "promised", **members})
    check_time(record, promise.time)
    return record
