"""What receipts and exported journals share: docs/formats/receipt.md, seal.md."""

import base64
import dataclasses

from evidence.independent import cbor, documents
from evidence.independent.entries import Seal, read_entry
from evidence.independent.merkle import leaf_hash, verify_inclusion
from evidence.independent.notes import Key, open_checkpoint
from evidence.independent.records import iso_seconds
from evidence.independent.refusal import RefusedError, check


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@dataclasses.dataclass(frozen=True)
class Sealed:
    """The members slot, seal and checkpoint, and the head that they are for."""

    journal: bytes
    size: int
    root: bytes
    slot: int
    slot_salt: bytes
    slot_path: list[bytes]
    entry: bytes
    index: int
    log_path: list[bytes]
    checkpoint: str

    def members(self) -> dict:
        """As they are written. Raises RefusedError where the entry is no seal."""
        seal = seal_in(self.entry)
        reads = {
            "number": seal.number,
            "time": iso_seconds(seal.time),
            "slots": seal.slots,
            "policy_epoch": seal.policy_epoch,
        }
        slot_path, log_path = ([b64(each) for each in path] for path in (self.slot_path, self.log_path))
        return {
            "slot": {"number": self.slot, "salt": b64(self.slot_salt), "path": slot_path},
            "seal": {"entry": b64(self.entry), "index": self.index, "path": log_path, "reads": reads},
            "checkpoint": self.checkpoint,
        }


def read_sealed(document: dict, journal: bytes, size: int, root: bytes) -> Sealed:
    return Sealed(
        journal,
        size,
        root,
        documents.number(document, "slot", "number"),
        documents.digest(document, "slot", "salt"),
        documents.path(document, "slot", "path"),
        documents.blob(document, "seal", "entry"),
        documents.number(document, "seal", "index"),
        documents.path(document, "seal", "path"),
        documents.text(document, "checkpoint"),
    )


def seal_in(entry: bytes) -> Seal:
    seal = read_entry(entry)
    if isinstance(seal, Seal):
        return seal
    raise RefusedError("the entry is not a seal")


def verify_sealed(sealed: Sealed, key: Key) -> Seal:
    """The checks checkpoint, log, seal and slot."""
    with check("checkpoint"):
        log = open_checkpoint(sealed.checkpoint.encode("utf-8", "surrogatepass"), key)
    with check("log"):
        verify_inclusion(leaf_hash(sealed.entry), sealed.index, log.size, sealed.log_path, log.root)
    with check("seal"):
        seal = seal_in(sealed.entry)
    with check("slot"):
        head = ["vitrine-head-v1", sealed.slot_salt, sealed.journal, sealed.size, sealed.root]
        leaf = leaf_hash(cbor.encode(head))
        verify_inclusion(leaf, sealed.slot, seal.slots, sealed.slot_path, seal.heads_root)
    return seal
