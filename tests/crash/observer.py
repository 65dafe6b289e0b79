"""What the evidence must show after a crash: a record of every answer, and a log that only grew."""

import base64
import hashlib
import http.client
import json
import pathlib
import random
import time

import cbor2
from app.platform_api import run_vitrine
from crash.clients import Answer, Asked
from crash.journal import Journal, Requests
from server import Server

SEAL_TICK_MS = 50  # so that seals, too, are caught at their work


def is_kept(promise: str, record: dict) -> bool:
    """Whether the record in a receipt is the promised one, by its place and its leaf."""
    *_, (journal, index, leaf), _, _ = cbor2.loads(base64.b64decode(promise))
    facets = (record["facets"][name]["commitment"] for name in ("who", "what", "why", "outcome"))
    leaf_data = cbor2.dumps([1, journal, *(base64.b64decode(each) for each in facets)])
    there = hashlib.sha256(b"\0" + leaf_data).digest()
    return (base64.b64decode(record["journal"]), record["index"], there) == (journal, index, leaf)


class Evidence:
    """An outsider who keeps what the server published and answered, and holds it against what comes later.

    Complaints are sentences; none means that everything is as it must be.
    """

    VERIFIED_RECEIPTS = 3  # of each round: a process each

    def __init__(self, server: Server, source: random.Random):
        self.server, self.source = server, source
        self.connection = http.client.HTTPConnection("127.0.0.1", server.platform_port, timeout=60)
        self.checkpoint = server.folder / "earlier.checkpoint"
        self.key = self.get("/log/key")[1].decode().strip()
        self.journal = Journal(server)
        self.owners: dict[int, str] = {}  # request ids, by the index of their record

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            return self.ask(path)
        except (OSError, http.client.HTTPException):  # the connection of a server that was killed since
            self.connection.close()
            return self.ask(path)

    def ask(self, path: str) -> tuple[int, bytes]:
        self.connection.request("GET", path)
        response = self.connection.getresponse()
        return response.status, response.read()

    def receipt(self, answer: Answer) -> bytes | None:
        status, document = self.get(f"/api/v1/receipts/{answer.receipt}")
        return document if status == 200 else None

    def wait_for_seal(self, newest: Answer) -> None:
        """Until the newest record is sealed, and with it all that are older."""
        for _ in range(600):
            if self.receipt(newest):
                return
            time.sleep(SEAL_TICK_MS / 1000)
        raise AssertionError(f"no seal within 30 s for {newest}")

    def keep_checkpoint(self) -> None:
        status, checkpoint = self.get("/log/checkpoint")
        assert status == 200, checkpoint
        self.checkpoint.write_bytes(checkpoint)

    def complaints(self, asked: Requests) -> list[str]:
        """Asked are all requests since the last call; the newest answer is the last."""
        self.wait_for_seal(asked.answered[-1])
        found = []
        receipts, promises = [], []
        for answer in asked.answered:
            receipt = self.receipt(answer)
            found += self.about_record(answer, receipt)
            if receipt:
                receipts.append(receipt)
            if receipt and answer.promise:
                promises.append((answer.promise, receipt))
        kept = self.keep(self.source.sample(receipts, min(self.VERIFIED_RECEIPTS, len(receipts))))
        for receipt in kept:
            found += self.verify("receipt", receipt)
        for promise, receipt in self.source.sample(promises, min(self.VERIFIED_RECEIPTS, len(promises))):
            file, held_against = self.server.folder / "promise", self.server.folder / "promised.json"
            file.write_text(promise)
            held_against.write_bytes(receipt)
            found += self.verify("promise", file, "--receipt", held_against)
        found += self.verify("log", f"{self.server.platform_url}/log", "--since", self.checkpoint)
        return found + self.journal.complaints(self.key, asked, kept)

    def keep(self, receipts: list[bytes]) -> list[pathlib.Path]:
        files = [self.server.folder / f"receipt-{number}.json" for number in range(len(receipts))]
        for file, receipt in zip(files, receipts, strict=True):
            file.write_bytes(receipt)
        return files

    def about_record(self, answer: Answer, receipt: bytes | None) -> list[str]:
        if receipt is None:
            return [f"{answer} has no receipt"]
        record = json.loads(receipt)["record"]
        what, outcome = (record["facets"][part]["reads"] for part in ("what", "outcome"))
        asked = Asked(what["action"], what["container"], what["blob"])
        says = asked, outcome["status"], outcome["request_id"]
        if says != (answer.asked, answer.status, answer.request_id):
            return [f"{answer} has a receipt that says {says}"]
        if answer.promise and not is_kept(answer.promise, record):
            return [f"{answer} was promised another record than there is now"]
        owner = self.owners.setdefault(record["index"], answer.request_id)
        return [] if owner == answer.request_id else [f"{answer} has the record of the request {owner}"]

    def verify(self, what: str, subject: pathlib.Path | str, *options) -> list[str]:
        ended = run_vitrine("verify", what, subject, *options, "--log-key", self.key)
        return [] if ended.returncode == 0 else [f"verify {what}: {ended.stdout}{ended.stderr}"]
