"""A journal as its account takes it out: one record of each answer, none that nobody asked for, and counts of
what was refused.
"""

import collections
import dataclasses
import json
import pathlib
import shutil

import cbor2
from app.platform_api import run_vitrine
from crash.clients import Answer, Asked, Refused
from server import ACCOUNT, Server

WIDTH = 256  # records of a full bundle
THE_ACCOUNT = Asked("account.create", "", "key1")
THE_EXPORT = Asked("journal.export", "", "")  # which is on record in what it exports
STRANGERS = "failed-authentication"  # as counting records call them
COUNTING = "requests.refused"
# Between taking a count and dating it the server may be kept waiting.
SLACK = 0.5  # seconds


@dataclasses.dataclass(frozen=True)
class Counted:
    """What a counting record says: how many were refused for which reason, up to when."""

    index: int
    reasons: dict[str, int]
    time: float  # seconds since 1970


def about_counts(counted: list[Counted], refused: list[Refused]) -> list[str]:
    """What is wrong with the counts of some refused requests. A count has all that were answered before it;
    those of the last second before a kill nobody counts."""
    found = [f"{each} counts what no client asked" for each in counted if set(each.reasons) - {STRANGERS}]
    total = sum(each.reasons.get(STRANGERS, 0) for each in counted)
    until = max((each.time for each in counted), default=0)
    least = sum(each.end is not None and each.end < until - SLACK for each in refused)
    most = sum(each.begin < until for each in refused)
    if not least <= total <= most:
        found.append(f"{total} refused requests are counted until {until}, and must be {least} to {most}")
    return found


@dataclasses.dataclass(frozen=True)
class Record:
    """What a record says of the request that it is of."""

    index: int
    asked: Asked
    status: int
    request_id: str


def about_records(
    records: list[Record], answered: list[Answer], unanswered: list[Asked], own: list[Asked]
) -> list[str]:
    """What is wrong with the records of some requests: of those that were answered, of those whose answer
    never came, which may have one, and of the reader's own, whose ids it does not know.
    """
    answers = {answer.request_id: answer for answer in answered}
    unseen = dict(answers)
    must_be, may_be = collections.Counter(own), collections.Counter(unanswered)
    found = []
    for record in records:
        answer = answers.get(record.request_id)
        if answer is None:
            claimed = must_be if must_be[record.asked] else may_be
            claimed[record.asked] -= 1
            if claimed[record.asked] < 0:
                found.append(f"nobody sent the request of {record}")
        elif unseen.pop(record.request_id, None) is None:
            found.append(f"{record} is not the only one of its request")
        elif (record.asked, record.status) != (answer.asked, answer.status):
            found.append(f"{answer} has a record that says {record}")
    found += [f"{answer} has no record" for answer in unseen.values()]
    return found + [f"{asked}, which was answered, has no record" for asked in must_be.elements()]


def bundles(old_size: int, new_size: int) -> list[tuple[int, str]]:
    """The first indexes and the paths of the bundles that have the records from old_size to new_size."""
    found = []
    for first in range(old_size // WIDTH * WIDTH, new_size, WIDTH):
        assert first // WIDTH < 1000, "paths of more records are not made here"
        part = "" if new_size >= first + WIDTH else f".p/{new_size - first}"
        found.append((first, f"tile/entries/{first // WIDTH:03}{part}"))
    return found


def entries(bundle: bytes) -> list[bytes]:
    found = []
    while bundle:
        length = int.from_bytes(bundle[:2])
        found.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return found


def read(index: int, entry: bytes) -> Record | Counted:
    """docs/formats/record.md, of a record that is wholly open."""
    _, _, _, (_, what), _, (_, outcome) = cbor2.loads(entry)
    _, action, container, blob, *_ = cbor2.loads(what)
    _, quantities, status, time, request_id, _ = cbor2.loads(outcome)
    if action == COUNTING:
        return Counted(index, dict(quantities), time / 1e6)
    if action == THE_ACCOUNT.action:
        blob = blob.partition(":")[0]  # its first key; the purposes behind it are the register's
    return Record(index, Asked(action, container, blob), status, request_id)


@dataclasses.dataclass
class Requests:
    """Some clients' history."""

    answered: list[Answer]
    unanswered: list[Asked] = dataclasses.field(default_factory=list)
    refused: list[Refused] = dataclasses.field(default_factory=list)


class Journal:
    """Takes the account's journal out again and again into one folder, where each must continue the last."""

    def __init__(self, server: Server):
        self.server = server
        self.folder = server.folder / "journal"
        self.earlier = server.folder / "earlier-journal.json"
        self.size = 0
        self.records = 0  # compared with requests
        self.counted = 0  # refused requests that counting records tell of
        # What is known to have been asked since the last export besides: at first by the server that was
        # started with --dev.
        self.own = [THE_ACCOUNT]

    def head_size(self) -> int:
        return json.loads((self.folder / "journal.json").read_text())["journal"]["size"]

    def export(self) -> str:
        """What is wrong, if anything is."""
        if self.size:
            shutil.copyfile(self.folder / "journal.json", self.earlier)
        place = "--server", self.server.platform_url, "--data-dir", self.server.data_dir
        ended = run_vitrine("export", "journal", ACCOUNT, self.folder, *place)
        return "" if ended.returncode == 0 else f"export journal: {ended.stderr}"

    def verify(self, key: str, receipts: list[pathlib.Path]) -> str:
        since = ["--since", self.earlier] if self.size else []
        kept = [word for receipt in receipts for word in ("--receipt", receipt)]
        ended = run_vitrine("verify", "journal", self.folder, "--log-key", key, *since, *kept)
        return "" if ended.returncode == 0 else f"verify journal: {ended.stdout}{ended.stderr}"

    def complaints(self, key: str, asked: Requests, receipts: list[pathlib.Path]) -> list[str]:
        """Asked are all requests since the last call; the answered ones are sealed."""
        if failed := self.export() or self.verify(key, receipts):
            return [failed]
        size = self.head_size()
        files = bundles(self.size, size)
        new = [
            read(first + place, entry)
            for first, path in files
            for place, entry in enumerate(entries((self.folder / path).read_bytes()))
            if first + place >= self.size
        ]
        records = [each for each in new if isinstance(each, Record)]
        found = about_records(records, asked.answered, asked.unanswered, [THE_EXPORT, *self.own])
        found += about_counts([each for each in new if isinstance(each, Counted)], asked.refused)
        if len(new) != size - self.size:
            found.append(f"{len(new)} records are where {size - self.size} must be")
        self.size = size
        self.records += len(records)
        self.counted += sum(sum(each.reasons.values()) for each in new if isinstance(each, Counted))
        self.own = []
        return found
