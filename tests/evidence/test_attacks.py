"""What can be tried with a server's own files, and who finds out. (docs/threat-model.md)

The attacker is the operator: whoever may stop the server, exchange its data and start it again.
"""

import hashlib
import itertools
import json
import shutil
import time

import cbor2
import pytest
from app.platform_api import Api
from evidence.outsider import Outsider, make_container, put
from evidence.published import entries, size, size_in
from server import ACCOUNT, Server

TICK = ("--seal-tick", "50")


@pytest.fixture
def outsider(tmp_path):
    """Makes somebody who knows the server's log key."""

    def make(server: Server) -> Outsider:
        folder = tmp_path / "outsider"
        folder.mkdir()
        return Outsider(folder, server)

    return make


@pytest.fixture
def begun(fresh_server):
    """A server with a container, sealed."""
    server = fresh_server(*TICK)
    make_container(server)
    sealed_put(server, "first")
    return server


def sealed_put(server: Server, name: str) -> str:
    """Uploads a blob and waits for the seal over its record; the token."""
    status, token = put(server, name)
    assert status == 201
    Api(server).receipt(token)
    return token


def wait_for_size(server: Server, least: int) -> None:
    until = time.monotonic() + 60
    while size(server) < least:
        assert time.monotonic() < until, f"the log still has {size(server)} entries"
        time.sleep(0.02)


def copy_of_data(server: Server, to) -> None:
    """As a backup of the disk would have it."""
    server.stop()
    shutil.copytree(server.data_dir, to)
    server.start()


def put_back(server: Server, copy, part: str = "") -> None:
    shutil.rmtree(server.data_dir / part)
    shutil.copytree(copy / part, server.data_dir / part)


def test_an_old_store_under_a_log_that_went_on_is_not_served(begun, tmp_path):
    copy_of_data(begun, tmp_path / "old")
    sealed_put(begun, "second")
    begun.stop()
    put_back(begun, tmp_path / "old", "store")
    with pytest.raises(Exception, match="an older state was restored"):
        begun.start()


def test_an_old_store_with_its_old_log_is_served_and_found_out_by_who_kept_a_checkpoint(
    begun, outsider, tmp_path
):
    keeper = outsider(begun)
    copy_of_data(begun, tmp_path / "old")
    token = sealed_put(begun, "second")
    receipt = keeper.keep_receipt(begun, token)
    wait_for_size(begun, size(begun) + 20)
    newest, newest_size = keeper.keep_checkpoint(begun), size(begun)
    begun.stop()
    put_back(begun, tmp_path / "old")
    begun.start()
    assert keeper.about_log(begun) == "", "the log is whole for whoever sees it for the first time"
    # A busy machine may let the log pass the kept size before anybody looks.
    caught = ("earlier checkpoint: The log went back", "history: History was rewritten")
    assert keeper.about_log(begun, since=newest).startswith(caught)
    sealed_put(begun, "another")
    wait_for_size(begun, newest_size + 1)
    assert "history: History was rewritten" in keeper.about_log(begun, since=newest)
    assert keeper.about_receipt(receipt) == "", "what the log signed stays signed"
    assert "history: " in keeper.about_log(begun, since=keeper.checkpoint_of(receipt))
    shown = json.loads(Api(begun).receipt(token))["record"]
    kept = json.loads(receipt.read_bytes())["record"]
    assert (shown["journal"], shown["index"]) == (kept["journal"], kept["index"])
    assert shown["facets"]["what"]["commitment"] != kept["facets"]["what"]["commitment"]


def test_two_servers_on_copies_of_one_store_are_a_fork(begun, fresh_server, outsider, tmp_path):
    keeper = outsider(begun)
    common = keeper.keep_checkpoint(begun)
    copy_of_data(begun, tmp_path / "copy")
    twin = fresh_server(*TICK, data_dir=tmp_path / "copy")
    for server, name in ((begun, "for one"), (twin, "for the other")):
        sealed_put(server, name.replace(" ", "-"))
        assert keeper.about_log(server, since=common) == "", "each is whole and grew from the common past"
    seen = keeper.keep_checkpoint(begun)
    wait_for_size(twin, size(begun) + 1)
    assert "history: History was rewritten" in keeper.about_log(twin, since=seen)


def test_an_old_checkpoint_shown_again_is_found_out_by_who_has_a_newer_one(begun, outsider, tmp_path):
    keeper = outsider(begun)
    begun.stop()
    mirror = shutil.copytree(begun.data_dir / "log", tmp_path / "mirror")
    begun.start()
    old = mirror / "checkpoint"
    wait_for_size(begun, size_in(old) + 1)
    newer = keeper.keep_checkpoint(begun)
    assert keeper.about_log(mirror) == "", "in itself it is whole"
    assert "earlier checkpoint: The log went back" in keeper.about_log(mirror, since=newer)
    begun.stop()
    shutil.copy(old, begun.data_dir / "log/checkpoint")
    begun.start()
    wait_for_size(begun, size_in(newer))
    assert keeper.about_log(begun, since=newer) == "", "the server goes on from its store"


def test_killed_between_commit_and_seal_the_record_is_in_a_later_seal(fresh_server, outsider):
    server = fresh_server("--seal-tick", "60000")
    keeper = outsider(server)
    before = keeper.keep_checkpoint(server)
    make_container(server)
    status, token = put(server, "first")
    assert status == 201
    unsealed = Api(server).get(f"/api/v1/receipts/{token}")
    assert unsealed.status_code == 409, "the seal is a minute away"
    server.kill()
    server.start()
    assert keeper.about_receipt(keeper.keep_receipt(server, token)) == ""
    assert keeper.about_log(server, since=before) == ""
    restarts = [entry for entry in entries(server.data_dir / "log") if entry[0] == "restart"]
    assert [entry[4] for entry in restarts] == [False, False], "neither start came after a clean stop"


# Nothing vouches for a record before its seal but the answer: this is what is not caught.
def test_a_record_dropped_before_its_seal_leaves_no_trace(fresh_server, outsider, tmp_path):
    server = fresh_server("--seal-tick", "60000")
    keeper = outsider(server)
    make_container(server)
    before = keeper.keep_checkpoint(server)
    shutil.copytree(server.data_dir, tmp_path / "old")  # nobody writes meanwhile
    status, token = put(server, "dropped")
    assert status == 201
    server.kill()
    assert (server.data_dir / "log/checkpoint").read_bytes() == before.read_bytes(), "no seal covers it"
    put_back(server, tmp_path / "old")
    server.start()
    wait_for_size(server, size_in(before) + 1)
    assert keeper.about_log(server, since=before) == ""
    assert Api(server).get(f"/api/v1/receipts/{token}").status_code == 409, "no record has this index"


def test_an_accounts_entry_opens_to_its_journal_and_to_no_other(begun):
    api = Api(begun)
    for name in ("north", "south"):
        assert api.as_operator("POST", "/accounts", json={"name": name}).status_code == 201
    accounts = api.as_operator("GET", "/accounts").json()["accounts"]
    sealed_put(begun, "second")
    created = [entry for entry in entries(begun.data_dir / "log") if entry[0] == "account-created"]
    announced = {entry[2]: entry[3] for entry in created}
    assert len(accounts) == len(announced) == 4

    def commitment(account: dict, of: dict) -> bytes:
        salt, journal = (bytes.fromhex(text) for text in (account["logSalt"], of["journal"]))
        opened = ["vitrine-account-v1", salt, account["name"], journal, b""]
        return hashlib.sha256(cbor2.dumps(opened)).digest()

    for account in accounts:
        assert commitment(account, account) == announced[account["slot"]]
    for one, other in itertools.permutations(accounts, 2):
        assert commitment(one, one) != announced[other["slot"]], "another slot"
        assert commitment(one, other) != announced[one["slot"]], "another journal"
    receipt = json.loads(api.receipt(sealed_put(begun, "third")))
    own = next(account for account in accounts if account["name"] == ACCOUNT)
    assert receipt["slot"]["number"] == own["slot"]
