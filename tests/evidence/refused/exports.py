"""Journals as they are exported, with receipts and promises of their records, as the log would sign them."""

import dataclasses
import datetime

from evidence.refused import merkle
from evidence.refused.entries import ACCOUNT, SEAL, START
from evidence.refused.receipts import FACETS
from evidence.refused.records import JOURNAL, OUTCOME, SALTS, WHO, cbor, record, with_item
from evidence.refused.signing import LOG, Signer, b64, checkpoint_text

SLOT, SLOT_SALT = 1, merkle.sha256(b"slot salt")
OTHER_JOURNAL = merkle.sha256(b"another journal")
RECORDS, BEFORE = 5, 3  # of the journal, and of it when somebody looked earlier


@dataclasses.dataclass(frozen=True)
class Journal:
    """Records as they are shown, and where the journal stands. Its hashes are those of its records."""

    records: tuple[bytes, ...]
    leaves: tuple[bytes, ...]
    id: bytes = JOURNAL
    slot: int = SLOT

    @property
    def root(self) -> bytes:
        return merkle.root(list(self.leaves))


def committed(shown: list) -> list[bytes]:
    """docs/formats/record.md: the commitments of a record in its shown form."""
    return [
        facet
        if isinstance(facet, bytes)
        else merkle.sha256(b"vitrine-facet-v1\n" + bytes([kind]) + facet[0] + facet[1])
        for kind, facet in enumerate(shown[2:])
    ]


def leaf(shown: list) -> bytes:
    return merkle.leaf_hash(cbor([1, shown[1], *committed(shown)]))


def journal(records: list[list], **changed) -> Journal:
    return Journal(tuple(cbor(each) for each in records), tuple(leaf(each) for each in records), **changed)


def outcome(number: int, **changed) -> list:
    said = with_item(with_item(OUTCOME, 3, (START + number) * 1_000_000), 4, f"request {number}")
    return with_item(said, 5, changed.get("closing"))


def some_records(count: int = RECORDS, journal_id: bytes = JOURNAL) -> list[list]:
    return [
        with_item(record(who=[f"account:city/key{number}", *WHO[1:]], outcome=outcome(number)), 1, journal_id)
        for number in range(count)
    ]


def some(count: int = RECORDS) -> Journal:
    return journal(some_records(count))


def seal_reads(seal: list) -> dict:
    made = datetime.datetime.fromtimestamp(seal[3], datetime.UTC)
    return {
        "number": seal[2],
        "time": f"{made:%Y-%m-%dT%H:%M:%SZ}",
        "slots": seal[5],
        "policy_epoch": seal[7],
    }


def sealed(of: Journal, number: int = 7, signer: Signer = LOG, **changed) -> dict:
    """The members slot, seal and checkpoint: the journal in a seal, and that in a signed log."""
    beside = merkle.leaf_hash(cbor(["vitrine-head-v1", SALTS[0], OTHER_JOURNAL, 0, merkle.root([])]))
    head = merkle.leaf_hash(cbor(["vitrine-head-v1", SLOT_SALT, of.id, len(of.leaves), of.root]))
    heads = [beside, beside, beside]
    heads[of.slot] = head
    seal = with_item(with_item(SEAL, 2, number), 3, START + 60 * number)
    seal = with_item(with_item(seal, 4, merkle.root(heads)), 5, len(heads))
    entry = changed.get("entry", cbor(seal))
    log = [merkle.leaf_hash(cbor(with_item(ACCOUNT, 2, slot))) for slot in range(3)]
    log += [merkle.leaf_hash(entry)]
    return {
        "slot": {
            "number": of.slot,
            "salt": b64(SLOT_SALT),
            "path": [b64(each) for each in merkle.inclusion(of.slot, heads)],
        },
        "seal": {
            "entry": b64(entry),
            "index": 3,
            "path": [b64(each) for each in merkle.inclusion(3, log)],
            "reads": seal_reads(seal),
        },
        "checkpoint": signer.note(checkpoint_text(len(log), merkle.root(log))),
    }


def head(of: Journal, **changed) -> dict:
    return {
        "format": "vitrine-journal-v1",
        "journal": {"id": b64(of.id), "size": len(of.leaves), "root": b64(of.root)},
        **sealed(of, **changed),
    }


def files(of: Journal) -> dict[str, dict]:
    """Of a journal of fewer records than a bundle has."""
    width = len(of.leaves)
    bundle = b"".join(len(each).to_bytes(2, "big") + each for each in of.records)
    there = {f"tile/0/000.p/{width}": b"".join(of.leaves), f"tile/entries/000.p/{width}": bundle}
    return {path: {"hex": data.hex()} for path, data in there.items()} if width else {}


def exported(of: Journal, **changed) -> dict:
    return {"head": head(of, **changed), "files": files(of)}


def receipt(of: Journal, index: int, shown: list, number: int = 7) -> dict:
    """With every facet closed; of a record that need not be the one in the journal."""
    facets = dict(zip(FACETS, ({"commitment": b64(each)} for each in committed(shown)), strict=True))
    leaves = [*of.leaves[:index], leaf(shown), *of.leaves[index + 1 :]]
    shown_journal = dataclasses.replace(of, leaves=tuple(leaves))
    return {
        "format": "vitrine-receipt-v1",
        "level": "sealed",
        "record": {"version": 1, "journal": b64(of.id), "index": index, "facets": facets},
        "journal": {
            "size": len(leaves),
            "root": b64(shown_journal.root),
            "path": [b64(each) for each in merkle.inclusion(index, leaves)],
        },
        **sealed(shown_journal, number),
    }


def promise(leaf_hash: bytes, index: int, due: int, signer: Signer = LOG, of: bytes = JOURNAL) -> dict:
    """Of one record, by itself in its round."""
    promised = [of, index, leaf_hash]
    root = merkle.leaf_hash(cbor(["vitrine-promised-record-v1", *promised]))
    statement = ["vitrine-promise-statement-v1", LOG.name, root, 1, START, due]
    key_id = int.from_bytes(LOG.key_id, "big")
    signature = signer.private.sign(cbor(statement))
    return {"hex": cbor(["vitrine-promise", 1, statement, key_id, signature, promised, 0, []]).hex()}
