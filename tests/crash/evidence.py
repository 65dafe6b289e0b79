"""What the evidence must show after a crash: a record of every answer, and a log that only grew."""

import http.client
import json
import pathlib
import random
import subprocess
import time

from crash.clients import Answer
from server import Server, binary

SEAL_TICK_MS = 50  # so that seals, too, are caught at their work


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
        self.owners: dict[int, str] = {}  # request ids, by the index of their record
        self.unknown = 0  # requests that may have a record though nobody got an answer

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

    def complaints(self, answered: list[Answer]) -> list[str]:
        self.wait_for_seal(answered[-1])
        found = []
        receipts = []
        for answer in answered:
            receipt = self.receipt(answer)
            found += self.about_record(answer, receipt)
            if receipt:
                receipts.append(receipt)
        others = max(self.owners) + 1 - min(self.owners) - len(self.owners)
        if others > self.unknown:
            found.append(
                f"{others} records belong to no answer, but only {self.unknown} outcomes are unknown"
            )
        for receipt in self.source.sample(receipts, min(self.VERIFIED_RECEIPTS, len(receipts))):
            file = self.server.folder / "receipt.json"
            file.write_bytes(receipt)
            found += self.verify("receipt", file)
        return found + self.verify("log", f"{self.server.platform_url}/log", "--since", self.checkpoint)

    def about_record(self, answer: Answer, receipt: bytes | None) -> list[str]:
        if receipt is None:
            return [f"{answer} has no receipt"]
        record = json.loads(receipt)["record"]
        what, outcome = (record["facets"][part]["reads"] for part in ("what", "outcome"))
        says = what["action"], what["container"], what["blob"], outcome["status"], outcome["request_id"]
        if says != (answer.action, answer.container, answer.blob, answer.status, answer.request_id):
            return [f"{answer} has a record that says {says}"]
        owner = self.owners.setdefault(record["index"], answer.request_id)
        return [] if owner == answer.request_id else [f"{answer} has the record of the request {owner}"]

    def verify(self, what: str, subject: pathlib.Path | str, *options) -> list[str]:
        command = [str(word) for word in (binary(), "verify", what, subject, *options, "--log-key", self.key)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
        return [] if ended.returncode == 0 else [f"{' '.join(command)}: {ended.stdout}{ended.stderr}"]
