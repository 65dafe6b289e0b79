"""A journal as its account takes it out: one record of each answer, and none that nobody asked for."""

import collections
import dataclasses
import json
import pathlib
import shutil

import cbor2
from app.platform_api import run_vitrine
from crash.clients import Answer, Asked
from server import ACCOUNT, Server

WIDTH = 256  # records of a full bundle
THE_EXPORT = Asked("journal.export", "", "")  # which is on record in what it exports


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


def read(index: int, entry: bytes) -> Record:
    """docs/formats/record.md, of a record that is wholly open."""
    _, _, _, (_, what), _, (_, outcome) = cbor2.loads(entry)
    _, action, container, blob, *_ = cbor2.loads(what)
    _, _, status, _, request_id, _ = cbor2.loads(outcome)
    return Record(index, Asked(action, container, blob), status, request_id)


class Journal:
    """Takes the account's journal out again and again into one folder, where each must continue the last."""

    def __init__(self, server: Server):
        self.server = server
        self.folder = server.folder / "journal"
        self.earlier = server.folder / "earlier-journal.json"
        self.size = 0
        self.records = 0  # compared with requests
        # What is known to have been asked since the last export besides: at first by the server that was
        # started with --dev.
        self.own = [Asked("account.create", "", "")]

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

    def complaints(
        self, key: str, answered: list[Answer], unanswered: list[Asked], receipts: list[pathlib.Path]
    ) -> list[str]:
        """Answered and unanswered are all requests since the last call; the answered ones are sealed."""
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
        found = about_records(new, answered, unanswered, [THE_EXPORT, *self.own])
        if len(new) != size - self.size:
            found.append(f"{len(new)} records are where {size - self.size} must be")
        self.size = size
        self.records += len(new)
        self.own = []
        return found
