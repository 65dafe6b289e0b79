"""A restored server that is behind its public log goes on from it, and says in the log what was lost."""

import hashlib
import json
import shutil
import subprocess
import time

import pytest
from backups import create, download, made, restore, upload
from platform_api import Api, run_vitrine
from server import ACCOUNT


@pytest.fixture
def behind(fresh_server, tmp_path):
    """A server's published log, and a data directory restored from a backup that is older."""
    server = fresh_server()
    upload(server, one=b"1")
    api = Api(server)
    api.wait_for_checkpoint()
    made(create(server, tmp_path / "backups", "--with-keys", "--json"))
    upload(server, two=b"2")
    log_key = api.log_key
    size = checkpoint_size(api)
    while checkpoint_size(api) == size:
        time.sleep(0.05)
    server.stop()
    restored = tmp_path / "restored"
    assert restore(tmp_path / "backups", restored).returncode == 0
    return server.data_dir / "log", restored, log_key


def checkpoint_size(api) -> int:
    return int(api.get("/log/checkpoint").text.splitlines()[1])


def fingerprint(file) -> str:
    """Of a person's key, as docs/formats/public-log.md says to compute it."""
    command = ["openssl", "pkey", "-in", file, "-pubout", "-outform", "DER"]
    return hashlib.sha256(subprocess.check_output(command)[-32:]).hexdigest()


@pytest.fixture
def people(tmp_path):
    """The files of two people's keys, as openssl makes them."""
    files = [tmp_path / "alice.pem", tmp_path / "bob.pem"]
    for file in files:
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", file], check=True)
    return files


def recover(data, log, *arguments):
    return run_vitrine("recover", "--data-dir", data, "--log", log, *arguments)


def test_a_journal_that_nobody_can_show_to_be_whole_is_ended_in_public(
    behind, people, fresh_server, tmp_path
):
    log, restored, log_key = behind
    before = (log / "checkpoint").read_bytes()
    doubted = recover(restored, log)
    assert doubted.returncode == 1
    assert f"account {ACCOUNT}" in doubted.stderr and "Nothing was ended" in doubted.stderr
    approvals = ["--approve", people[0], "--approve", people[1]]
    recovered = recover(restored, log, "--end", "--reason", "The disk failed.", *approvals)
    assert recovered.returncode == 0, recovered.stderr
    assert "Ended: slot" in recovered.stdout

    again = recover(restored, log)
    assert again.returncode == 2 and "nothing to recover" in again.stderr
    server = fresh_server(data_dir=restored)
    assert download(server, "one") == b"1"
    upload(server, three=b"3")
    api = Api(server)
    answer = api.as_account("POST", f"/ai/{ACCOUNT}/face/v1.0/identify")
    receipt = tmp_path / "receipt.json"
    receipt.write_bytes(api.receipt(answer.receipt))
    assert run_vitrine("verify", "receipt", receipt, "--log-key", log_key).returncode == 0
    (tmp_path / "before").write_bytes(before)
    grown = run_vitrine(
        *("verify", "log", server.platform_url + "/log", "--log-key", log_key, "--json"),
        *("--since", tmp_path / "before"),
    )
    assert grown.returncode == 0, grown.stdout
    report = json.loads(grown.stdout)
    losses = [each["facts"] for each in report["statements"] if each["kind"] == "loss"]
    assert len(losses) == int(report["facts"]["losses"]) >= 1
    for loss in losses:
        assert loss["reason"] == "The disk failed.", loss
        assert {loss["first approver"], loss["second approver"]} == {fingerprint(file) for file in people}
    assert int(report["facts"]["restarts"]) >= 2


def test_exports_of_accounts_that_rested_since_give_back_everything(fresh_server, tmp_path):
    server = fresh_server()
    api = Api(server)
    upload(server, one=b"1")
    made(create(server, tmp_path / "backups", "--with-keys", "--json"))
    upload(server, two=b"2")
    folders = []
    for account in ("system", ACCOUNT):
        folders += ["--journal", tmp_path / account]
        exported = run_vitrine(
            *("export", "journal", account, tmp_path / account),
            *("--server", server.platform_url, "--data-dir", server.data_dir),
        )
        assert exported.returncode == 0, exported.stderr
    log_key = api.log_key
    server.stop()
    before = shutil.copy(server.data_dir / "log/checkpoint", tmp_path / "before")
    restored = tmp_path / "restored"
    assert restore(tmp_path / "backups", restored).returncode == 0
    doubted = recover(restored, server.data_dir / "log")
    assert doubted.returncode == 1 and "Nothing was ended" in doubted.stderr
    recovered = recover(restored, server.data_dir / "log", *folders)
    assert recovered.returncode == 0, recovered.stderr
    assert "with all records of its journals" in recovered.stdout
    again = fresh_server(data_dir=restored)
    Api(again).wait_for_checkpoint()
    grown = run_vitrine(
        *("verify", "log", again.platform_url + "/log", "--log-key", log_key, "--json", "--since", before)
    )
    assert grown.returncode == 0, grown.stdout
    assert "losses" not in json.loads(grown.stdout)["facts"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--end"], "needs --reason"),
        (["--end", "--reason", "fire"], "needs two people"),
        (["--end", "--reason", "fire", "--approve", "ALICE", "--approve", "ALICE"], "the same key"),
        (["--end", "--reason", "fire", "--approve", "ALICE", "--approve", "LOG"], "--approve"),
        (["--journal", "missing"], "There is no folder missing"),
    ],
)
def test_what_is_missing_is_said_and_nothing_changes(behind, people, arguments, sentence):
    log, restored, _ = behind
    names = {"ALICE": people[0], "LOG": log / "checkpoint"}
    ended = recover(restored, log, *(names.get(argument, argument) for argument in arguments))
    assert ended.returncode == 2 and sentence in ended.stderr, ended.stderr
    doubted = recover(restored, log)
    assert doubted.returncode == 1 and "Nothing was ended" in doubted.stderr


def test_right_after_a_restore_the_log_has_to_be_named(behind, tmp_path):
    log, restored, _ = behind
    for checkpoint in (None, log / "checkpoint"):
        if checkpoint:
            shutil.copy(checkpoint, restored / "log/checkpoint")
        ended = run_vitrine("recover", "--data-dir", restored)
        assert ended.returncode == 2, ended.stderr
        assert "has no more of the public log than the backup: name by --log" in ended.stderr
    shutil.copytree(log, restored / "log", dirs_exist_ok=True)
    doubted = run_vitrine("recover", "--data-dir", restored)
    assert doubted.returncode == 1 and "Nothing was ended" in doubted.stderr, "all files are there"


def test_a_recovery_that_was_broken_off_is_done_again(behind, people, fresh_server):
    log, restored, log_key = behind
    ending = ["--end", "--reason", "fire", "--approve", people[0], "--approve", people[1]]
    tiles = restored / "log/tile"
    tiles.rename(restored / "aside")
    tiles.write_text("in the way")
    broken = recover(restored, log, *ending)
    assert broken.returncode == 1, broken.stdout
    refused = run_vitrine(
        "serve", "--dev", "--data-dir", restored, "--blob-port", "0", "--platform-port", "0"
    )
    assert refused.returncode != 0 and "`vitrine recover`" in refused.stderr
    tiles.unlink()
    again = recover(restored, log, *ending)
    assert again.returncode == 0 and "but for the public log's files" in again.stdout, again.stderr
    assert "nothing to recover" in recover(restored, log, *ending).stderr
    files = run_vitrine("verify", "log", restored / "log", "--log-key", log_key)
    assert files.returncode == 0, (
        "what is published is whole before a server goes on with it: " + files.stdout
    )
    server = fresh_server(data_dir=restored)
    upload(server, three=b"3")
    Api(server).wait_for_checkpoint()
    verified = run_vitrine("verify", "log", server.platform_url + "/log", "--log-key", log_key, "--json")
    assert verified.returncode == 0, verified.stdout


def test_a_changed_log_is_not_taken_over(behind, tmp_path):
    log, restored, _ = behind
    for file in log.rglob("tile/entries/**/*"):
        if file.is_file():
            content = bytearray(file.read_bytes())
            content[-3] ^= 1
            file.write_bytes(content)
    refused = recover(restored, log)
    assert refused.returncode == 1 and "does not verify" in refused.stderr
