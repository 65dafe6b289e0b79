"""Others' programs follow the public log of a running server, and find its receipts right."""

import shutil
import time

import pytest
from app.platform_api import Api
from evidence.tampering import flip
from server import ACCOUNT, Server

pytestmark = pytest.mark.nightly  # as test_go_interop.py

SEAL_TICK_MS = 10  # so that a full tile and more come in seconds
ENTRIES = 300


def entries(api: Api) -> int:
    return int(api.wait_for_checkpoint().split(b"\n")[1])


def wait_for_entries(api: Api, least: int) -> None:
    until = time.monotonic() + 60
    while entries(api) < least:
        assert time.monotonic() < until, f"the log still has {entries(api)} entries"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """A server with four accounts whose log has grown beyond a tile; with it, an early checkpoint."""
    server = Server(tmp_path_factory.mktemp("live"), ["--seal-tick", SEAL_TICK_MS])
    server.start()
    api = Api(server)
    early = server.folder / "early.checkpoint"
    early.write_bytes(api.wait_for_checkpoint())
    for name in ("first", "second"):
        assert api.as_operator("POST", "/accounts", json={"name": name}).status_code == 201
    wait_for_entries(api, ENTRIES)
    yield server, api, early
    server.stop()


def test_a_client_follows_it(live, interop):
    server, api, early = live
    result = interop("client", f"{server.platform_url}/log", api.log_key, early)
    assert result.returncode == 0, result.stderr
    consistent, proved = result.stdout.splitlines()
    assert int(consistent.split()[2]) > 0 and int(proved.split()[0]) >= ENTRIES, result.stdout


def test_fsck_finds_it_whole(live, interop):
    server, api, _ = live
    result = interop("fsck", f"{server.platform_url}/log", api.log_key)
    assert (result.returncode, result.stdout) == (0, "whole\n"), result.stderr


def test_its_receipts_proofs_hold(live, interop, tmp_path):
    _, api, _ = live
    answers = [api.as_account("POST", f"/ai/{ACCOUNT}/face/v1.0/identify") for _ in range(5)]
    for answer in answers:
        file = tmp_path / "receipt.json"
        file.write_bytes(api.receipt(answer.receipt))
        result = interop("receipt", file, api.log_key)
        assert result.returncode == 0, result.stderr
        assert " of 4, seal " in result.stdout, "the accounts' slots, and the server's own"


@pytest.mark.parametrize("reader", ["client", "fsck"])
@pytest.mark.parametrize("file", ["tile/0/000", "tile/entries/000"])
def test_a_file_that_was_changed_behind_it_is_refused(live, interop, tmp_path, reader, file):
    server, api, _ = live
    path = server.data_dir / "log" / file
    whole = shutil.copy(path, tmp_path / "whole")
    flip(path)
    try:
        result = interop(reader, f"{server.platform_url}/log", api.log_key)
    finally:
        shutil.copy(whole, path)
    assert result.returncode == 1 and f"refused by {reader}: " in result.stderr, result
    assert interop(reader, f"{server.platform_url}/log", api.log_key).returncode == 0


def test_its_files_are_whole_too(live, interop):
    server, api, early = live
    key, log = api.log_key, server.data_dir / "log"
    server.stop()
    for command in (["log", log, key], ["fsck", log, key], ["client", log, key, early]):
        result = interop(*command)
        assert result.returncode == 0, result.stderr
    server.start()
