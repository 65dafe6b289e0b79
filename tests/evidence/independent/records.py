"""docs/formats/record.md: records, their facets and leaves."""

import dataclasses
import datetime

from evidence.independent import cbor
from evidence.independent.merkle import leaf_hash, sha256
from evidence.independent.refusal import require

FACETS = ("who", "what", "why", "outcome")
LIST = 1000
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def iso_seconds(time: int) -> str:
    return f"{EPOCH + datetime.timedelta(seconds=time):%Y-%m-%dT%H:%M:%SZ}"


def iso_microseconds(time: int) -> str:
    moment = EPOCH + datetime.timedelta(microseconds=time)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06}0Z"


def who(facet) -> dict:
    principal, credential, client_class = (cbor.text(each) for each in cbor.array(facet, 3))
    return {"principal": principal, "credential": credential, "client_class": client_class}


def what(facet) -> dict:
    *texts, content_root, result = cbor.array(facet, 7)
    names = ("service", "action", "container", "blob", "version")
    reads = {name: cbor.text(each) for name, each in zip(names, texts, strict=True)}
    reads["content_root"] = None if content_root is None else cbor.digest(content_root).hex()
    reads["result"] = None
    if result is not None:
        roots = (cbor.digest(each).hex() for each in cbor.array(result, 3))
        reads["result"] = dict(zip(("input_root", "model_hash", "output_root"), roots, strict=True))
    return reads


def texts(value) -> list[str]:
    return [cbor.text(each) for each in cbor.listed(value, LIST)]


def why(facet) -> dict:
    purpose, basis, permitted, policies, bundle, obligations, done, policy, suspension = cbor.array(facet, 9)
    return {
        "purpose": cbor.text(purpose),
        "basis": cbor.text(basis),
        "decision": "permitted" if cbor.boolean(permitted) else "denied",
        "policies": texts(policies),
        "bundle_hash": cbor.digest(bundle).hex(),
        "obligations": texts(obligations),
        "obligations_done": texts(done),
        "policy_epoch": cbor.number(policy),
        "suspension_epoch": cbor.number(suspension),
    }


def outcome(facet) -> dict:
    actual, quantities, status, time, request_id, closing = cbor.array(facet, 6)
    pairs = [cbor.array(each, 2) for each in cbor.listed(quantities, LIST)]
    reads = {
        "measure": "actual" if cbor.boolean(actual) else "upper bounds",
        "quantities": [{"name": cbor.text(name), "amount": cbor.number(amount)} for name, amount in pairs],
        "status": cbor.number(status),
        "time": iso_microseconds(cbor.microseconds(time)),
        "request_id": cbor.text(request_id),
        "closing": None,
    }
    if closing is not None:
        first, end_state = cbor.array(closing, 2)
        reads["closing"] = {"first_index": cbor.number(first), "end_state": cbor.text(end_state)}
    return reads


READS = {"who": who, "what": what, "why": why, "outcome": outcome}


def read_facet(kind: str, encoded: bytes) -> dict:
    """What the facet says, named and spelled as receipts do."""
    return READS[kind](cbor.decode(encoded))


def time_of(outcome_cbor: bytes) -> int:
    """Microseconds since 1970."""
    return cbor.decode(outcome_cbor)[3]


def commitment(kind: str, salt: bytes, encoded: bytes) -> bytes:
    return sha256(b"vitrine-facet-v1\n" + bytes([FACETS.index(kind)]) + salt + encoded)


def leaf_of(journal: bytes, commitments: list[bytes]) -> bytes:
    return leaf_hash(cbor.encode([1, journal, *commitments]))


@dataclasses.dataclass(frozen=True)
class Shown:
    """A record of which facets may be closed."""

    journal: bytes
    commitments: list[bytes]
    opened: dict[str, bytes]  # the facets' CBOR

    @property
    def leaf(self) -> bytes:
        return leaf_of(self.journal, self.commitments)


def read_shown(data: bytes) -> Shown:
    version, journal, *facets = cbor.array(cbor.decode(data), 6)
    require(cbor.number(version) == 1, "another version")
    commitments, opened = [], {}
    for kind, facet in zip(FACETS, facets, strict=True):
        if isinstance(facet, bytes):
            commitments.append(cbor.digest(facet))
            continue
        salt, encoded = cbor.array(facet, 2)
        read_facet(kind, cbor.blob(encoded))
        commitments.append(commitment(kind, cbor.digest(salt), encoded))
        opened[kind] = encoded
    return Shown(cbor.digest(journal), commitments, opened)


def read_record(data: bytes) -> Shown:
    """With every facet open, as it is stored."""
    shown = read_shown(data)
    require(len(shown.opened) == len(FACETS), "a facet is closed")
    return shown
