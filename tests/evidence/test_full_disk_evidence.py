"""A disk without room at each step between a decision and its publication: nothing that was answered lacks
its record, and the log only grows, once there is room again."""

import time

import pytest
from app.platform_api import Api
from evidence.outsider import Outsider, make_container, put
from evidence.published import size
from harness.small_disk import SmallDisk
from server import Server

TICK = ("--seal-tick", "50", "--reserve", "8", "--write-buffer", "1")


class Run:
    """A server that is given a small disk, its clients' answers, and somebody who keeps checkpoints."""

    def __init__(self, folder, where: str, mebibytes: int):
        self.server = Server(folder / "server", TICK, data_dir=folder / "server/disk/data")
        # A directory that is there already must be a server's.
        self.server.start()
        self.server.stop()
        self.disk = SmallDisk(self.server, folder / "server/disk" / where, mebibytes)
        self.server.start()
        self.outsider = Outsider(folder, self.server)
        self.tokens: list[str] = []
        make_container(self.server)

    def put(self, name: str) -> int:
        status, token = put(self.server, name)
        if status == 201:
            self.tokens.append(token)
        return status

    def until(self, holds, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, self.server.log_tail()
            time.sleep(0.02)

    def check(self, since) -> None:
        """Every answered upload has a record under a seal, in a log that grew."""
        for token in self.tokens:
            assert self.outsider.about_receipt(self.outsider.keep_receipt(self.server, token)) == ""
        seen = size(self.server)
        self.until(lambda: size(self.server) > seen)
        assert self.outsider.about_log(self.server, since) == ""


@pytest.fixture
def run(tmp_path):
    runs: list[Run] = []

    def start(where: str, mebibytes: int) -> Run:
        runs.append(Run(tmp_path, where, mebibytes))
        return runs[0]

    yield start
    for each in runs:
        each.server.stop()


def test_no_room_for_the_logs_files(run):
    full = run("data/log", 2)
    assert full.put("before") == 201
    before = full.outsider.keep_checkpoint(full.server)
    full.disk.take_all()
    full.until(lambda: "log's files could not be written" in full.server.log.read_text())
    stands = full.outsider.keep_checkpoint(full.server)
    assert full.put("meanwhile") == 201
    address = f"/api/v1/receipts/{full.tokens[-1]}"
    api = Api(full.server)
    assert api.get(address).status_code == 409, "nobody could find its checkpoint in the published log"
    promised = api.get(f"{address}?level=promised")
    assert promised.status_code == 200, promised.text
    assert full.outsider.about_receipt(full.outsider.keep(promised.content)) == ""
    assert full.outsider.keep_checkpoint(full.server).read_bytes() == stands.read_bytes()
    assert full.outsider.about_log(full.server, before) == "", "what was published is whole"
    full.disk.ballast.unlink()
    receipt = full.outsider.keep_receipt(full.server, full.tokens[-1])
    assert full.outsider.about_log(full.server, receipt) == "", "its checkpoint is of this log"
    assert full.put("after") == 201
    full.check(since=stands)


def test_no_room_for_commits_and_seals(run):
    full = run("", 96)
    assert full.put("before") == 201
    before = full.outsider.keep_checkpoint(full.server)

    def no_seal_can_be_made() -> bool:
        full.disk.take_all()  # the room set aside for records, too, as the server makes use of it
        return "No seal could be made" in full.server.log.read_text()

    full.until(no_seal_can_be_made)
    assert full.put("meanwhile") in (500, 503, 507)
    full.disk.ballast.unlink()
    full.until(lambda: full.put("after") == 201)
    full.check(since=before)
