"""docs/formats/public-log.md and seal.md: entries of the public log, and the rules among them."""

import dataclasses

from evidence.independent import cbor
from evidence.independent.merkle import leaf_hash
from evidence.independent.notes import verify_signature
from evidence.independent.refusal import require

TOLERANCE = 10  # seconds
AGREEMENT_HOLDS = 3600 + TOLERANCE


@dataclasses.dataclass(frozen=True)
class Seal:
    number: int
    time: int
    heads_root: bytes
    slots: int
    previous: bytes
    policy_epoch: int


@dataclasses.dataclass(frozen=True)
class Account:
    slot: int
    commitment: bytes


@dataclasses.dataclass(frozen=True)
class Suspension:
    state: int
    service: str
    subject: bytes
    time: int


@dataclasses.dataclass(frozen=True)
class Restart:
    time: int
    last_seal: int
    in_order: bool


@dataclasses.dataclass(frozen=True)
class Loss:
    slot: int
    size: int
    root: bytes
    reason: str
    commitment: bytes
    time: int
    approvals: list[tuple[bytes, bytes]]


@dataclasses.dataclass(frozen=True)
class Erasure:
    slot: int
    records: int
    who: bool
    what: bool
    order: bytes
    agreed: int
    approvals: list[tuple[bytes, bytes]]


def seal(items: list) -> Seal:
    number, time, root, slots, previous, epoch, witnessed = cbor.array(items, 7)
    require(witnessed is None or len(cbor.digest(witnessed)) == 32, "witnessed is a digest or null")
    return Seal(
        cbor.number(number),
        cbor.seconds(time),
        cbor.digest(root),
        cbor.number(slots),
        cbor.digest(previous),
        cbor.number(epoch),
    )


def account(items: list) -> Account:
    slot, commitment = cbor.array(items, 2)
    return Account(cbor.number(slot), cbor.digest(commitment))


def suspension(items: list) -> Suspension:
    state, service, subject, time = cbor.array(items, 4)
    require(cbor.number(state) <= 3, "no such state")
    return Suspension(state, cbor.text(service), cbor.digest(subject), cbor.seconds(time))


def restart(items: list) -> Restart:
    time, last_seal, in_order = cbor.array(items, 3)
    return Restart(cbor.seconds(time), cbor.number(last_seal), cbor.boolean(in_order))


def loss(items: list) -> Loss:
    slot, size, root, reason, commitment, time, approvals = cbor.array(items, 7)
    require(1 <= len(cbor.text(reason).encode()) <= 1000, "a reason has 1 to 1,000 bytes")
    return Loss(
        cbor.number(slot),
        cbor.number(size),
        cbor.digest(root),
        reason,
        cbor.digest(commitment),
        cbor.seconds(time),
        approved(approvals),
    )


def approved(items: list) -> list[tuple[bytes, bytes]]:
    pairs = [cbor.array(each, 2) for each in cbor.array(items, 2)]
    return [(cbor.digest(key), cbor.blob(signature, 64)) for key, signature in pairs]


def erasure(items: list) -> Erasure:
    slot, records, who, what, order, agreed, approvals = cbor.array(items, 7)
    require(1 <= cbor.number(records) <= 10_000, "1 to 10,000 records are erased from")
    require(cbor.boolean(who) or cbor.boolean(what), "who or what is erased")
    cbor.boolean(what)
    return Erasure(
        cbor.number(slot),
        records,
        who,
        what,
        cbor.digest(order),
        cbor.seconds(agreed),
        approved(approvals),
    )


KINDS = {
    "seal": seal,
    "account-created": account,
    "suspension": suspension,
    "restart": restart,
    "loss": loss,
    "erasure": erasure,
}
Entry = Seal | Account | Suspension | Restart | Loss | Erasure


def read_entry(data: bytes) -> Entry:
    items = cbor.decode(data)
    require(isinstance(items, list) and len(items) >= 2, "not an array of kind and version")
    kind, version, *rest = items
    require(cbor.text(kind) in KINDS and cbor.number(version) == 1, "an unknown kind or version")
    return KINDS[kind](rest)


def loss_statement(origin: str, of: Loss) -> bytes:
    return cbor.encode(
        ["vitrine-loss-v1", origin, of.slot, of.size, of.root, of.reason, of.commitment, of.time]
    )


def erasure_statement(origin: str, of: Erasure) -> bytes:
    return cbor.encode(
        ["vitrine-erasure-v1", origin, of.slot, of.records, of.who, of.what, of.order, of.agreed]
    )


class Rules:
    """Follows the entries of a log in order."""

    def __init__(self, origin: str):
        self.origin = origin
        self.accounts = 0
        self.last: Seal | None = None
        self.last_hash = bytes(32)
        self.latest = 0  # of the entries since the last seal
        self.agreed = 0  # of the erasures since then

    def follow(self, data: bytes) -> None:
        entry = read_entry(data)
        match entry:
            case Seal():
                self.follow_seal(entry)
                self.last, self.last_hash, self.latest, self.agreed = entry, leaf_hash(data), 0, 0
            case Account():
                require(entry.slot == self.accounts, "slots are given out in order")
                self.accounts += 1
            case Erasure():
                require(entry.slot < self.accounts, "an erasure is of a slot that was given out")
                recent = not self.last or entry.agreed + AGREEMENT_HOLDS >= self.last.time
                require(recent, "an old agreement was used")
                self.check_approvals(entry, erasure_statement(self.origin, entry))
                self.agreed = max(self.agreed, entry.agreed)
            case _:
                self.follow_dated(entry)

    def follow_seal(self, seal: Seal) -> None:
        require(seal.number == (self.last.number if self.last else 0) + 1, "seals are numbered without gaps")
        require(seal.previous == self.last_hash, "a seal names the one before it")
        require(seal.slots == self.accounts, "a seal covers the accounts created before it")
        require(self.latest <= seal.time + TOLERANCE, "an entry is dated behind its seal")
        require(self.agreed <= seal.time + AGREEMENT_HOLDS, "agreed to behind its seal")
        if self.last:
            require(seal.time >= self.last.time, "time went back")
            require(seal.policy_epoch >= self.last.policy_epoch, "the policy epoch went back")

    def follow_dated(self, entry: Suspension | Restart | Loss) -> None:
        if isinstance(entry, Restart):
            require(
                entry.last_seal == (self.last.number if self.last else 0), "a restart names the last seal"
            )
        if isinstance(entry, Loss):
            require(entry.slot < self.accounts, "a loss is of a slot that was given out")
            self.check_approvals(entry, loss_statement(self.origin, entry))
        require(not self.last or entry.time + TOLERANCE >= self.last.time, "an entry is dated back")
        self.latest = max(self.latest, entry.time)

    def check_approvals(self, of: Loss | Erasure, statement: bytes) -> None:
        for key, signature in of.approvals:
            verify_signature(key, statement, signature)
        require(of.approvals[0][0] != of.approvals[1][0], "one person approved twice")
