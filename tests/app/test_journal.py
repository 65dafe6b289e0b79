"""`vitrine export journal` takes an account's journal out; `vitrine verify journal` checks it anywhere."""

import json
import pathlib
import shutil
import time

import backups
import pytest
from platform_api import Api, run_vitrine
from server import ACCOUNT, Server


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A server with some hundred sealed records in one journal, two bundles of them in files."""
    server = Server(tmp_path_factory.mktemp("busy"), ["--seal-tick", "50", "--journal-tail", "256"])
    server.start()
    api = Api(server)
    for _ in range(600):
        answer = api.as_account("POST", f"/ai/{ACCOUNT}/face/v1.0/identify")
    api.receipt(answer.receipt)  # all of them are sealed
    until(lambda: list((server.data_dir / "journals").glob("*/tile/entries/001")))
    yield server, api
    server.stop()


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def export(server, folder, *arguments):
    return run_vitrine(
        "export", "journal", ACCOUNT, folder, "--server", server.platform_url, "--data-dir", server.data_dir,
        *arguments,
    )  # fmt: skip


def verify(folder, key, *arguments):
    return run_vitrine("verify", "journal", folder, "--log-key", key, *arguments)


@pytest.fixture
def folder(busy, tmp_path) -> pathlib.Path:
    """An export to be changed."""
    server, _ = busy
    exported = export(server, tmp_path / "export")
    assert exported.returncode == 0, exported.stderr
    return tmp_path / "export"


def facts(verified):
    return json.loads(verified.stdout)["facts"]


def test_an_exported_journal_verifies(busy, folder):
    _, api = busy
    verified = verify(folder, api.log_key)
    assert verified.returncode == 0, verified.stdout
    assert verified.stdout.endswith("This journal is verified.\n")
    said = facts(verify(folder, api.log_key, "--json"))
    assert int(said["records"]) >= 600
    assert said["records wholly open"] == said["records"]
    assert int(said["denied"]) >= 600


def test_the_account_itself_may_export(busy, tmp_path):
    server, api = busy
    exported = run_vitrine(
        "export", "journal", ACCOUNT, tmp_path / "own", "--server", server.platform_url, "--json"
    )  # the emulator's account has its well-known key
    assert exported.returncode == 0, exported.stderr
    assert json.loads(exported.stdout)["records"] >= 600
    assert verify(tmp_path / "own", api.log_key).returncode == 0


def test_a_second_export_adds_what_is_new_and_is_on_record(busy, folder, tmp_path):
    server, api = busy
    before = shutil.copytree(folder, tmp_path / "before")
    records = json.loads((folder / "journal.json").read_text())["journal"]["size"]
    exported = json.loads(export(server, folder, "--json").stdout)
    assert (exported["records"], exported["added"]) == (records + 1, 1), "the record of the export itself"
    verified = verify(folder, api.log_key, "--since", before, "--json")
    assert verified.returncode == 0, verified.stdout
    assert "history" in [check["name"] for check in json.loads(verified.stdout)["checks"]]
    own = b"".join(file.read_bytes() for file in folder.glob("tile/entries/*.p/*"))
    assert own.count(b"journal.export") >= 2 and b"journal.read" not in own


def test_a_receipt_is_compared_with_the_journal(busy, folder, tmp_path):
    server, api = busy
    answer = api.as_account("POST", f"/ai/{ACCOUNT}/face/v1.0/identify")
    receipt = tmp_path / "receipt.json"
    receipt.write_bytes(api.receipt(answer.receipt))
    late = verify(folder, api.log_key, "--receipt", receipt)
    assert late.returncode == 1 and "export it again" in late.stdout
    assert export(server, folder).returncode == 0
    verified = verify(folder, api.log_key, "--receipt", receipt)
    assert verified.returncode == 0, verified.stdout
    receipt.write_text(receipt.read_text().replace('"index":', '"index":1'))
    assert verify(folder, api.log_key, "--receipt", receipt).returncode == 1


def files_of(folder):
    return sorted(file for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_a_changed_file_fails_and_is_named(busy, folder, where):
    _, api = busy
    for file in files_of(folder):
        content = file.read_bytes()
        changed = bytearray(content)
        changed[int(len(changed) * where)] ^= 1
        file.write_bytes(changed)
        verified = verify(folder, api.log_key)
        assert verified.returncode == 1, f"{file}: {verified.stdout}{verified.stderr}"
        if file.name != "journal.json":
            named = str(file.relative_to(folder)).split(".p")[0]
            assert named in verified.stdout or named.replace("entries", "0") in verified.stdout
        file.write_bytes(content)
    assert verify(folder, api.log_key).returncode == 0


def test_missing_records_that_no_record_says_are_dropped_fail(busy, folder):
    _, api = busy
    (folder / "tile/entries/000").unlink()
    verified = verify(folder, api.log_key)
    assert verified.returncode == 1
    assert "Records 0 to 255 are missing, 256 in all" in verified.stdout
    (folder / "tile/0/000").unlink()
    assert verify(folder, api.log_key).returncode == 1


def test_another_key_is_refused(folder, api):
    assert verify(folder, api.log_key).returncode == 1


def test_a_copy_that_was_changed_is_not_taken_for_another_history(busy, folder):
    server, api = busy
    changes = {file: flipped(file) for file in files_of(folder) if ".p" in str(file)}
    head = json.loads((folder / "journal.json").read_text())
    head["journal"]["size"] += 10**6
    changes[folder / "journal.json"] = json.dumps(head).encode()
    assert len(changes) == 4, "records, their hashes, and the tile above"
    for file, changed in changes.items():
        content = file.read_bytes()
        file.write_bytes(changed)
        refused = export(server, folder)
        assert refused.returncode == 1, refused.stderr
        assert "Your copy was changed since it was exported: " in refused.stderr
        assert "rewritten" not in refused.stderr and "went back" not in refused.stderr
        assert file.read_bytes() == changed, "it is not overwritten"
        file.write_bytes(content)
    assert export(server, folder).returncode == 0
    assert verify(folder, api.log_key).returncode == 0


def flipped(file: pathlib.Path) -> bytes:
    changed = bytearray(file.read_bytes())
    changed[len(changed) // 2] ^= 1
    return bytes(changed)


def test_an_export_holds_a_checkpoint_of_the_log(busy, folder):
    server, api = busy
    for since in (folder, folder / "journal.json"):
        ended = run_vitrine(
            *("verify", "log", server.platform_url + "/log", "--log-key", api.log_key, "--since", since)
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert "are those that the log signed earlier" in ended.stdout


def show(folder, *arguments):
    return run_vitrine("show", "journal", folder, *arguments)


def test_an_exported_journal_can_be_read(busy, folder):
    _, api = busy
    size = int(facts(verify(folder, api.log_key, "--json"))["records"])
    shown = show(folder)
    assert shown.returncode == 0, shown.stderr
    first, *lines = shown.stdout.splitlines()
    assert "nothing was verified" in first and f"vitrine verify journal {folder}" in first
    assert len(lines) == 2 * size
    denied = [line for line in lines if "denied, status 403  image.identify-faces" in line]
    assert len(denied) >= 600
    assert f"account:{ACCOUNT}/key1, proved by account-key; for " in shown.stdout


def test_a_part_of_it_can_be_read_by_programs(busy, folder):
    shown = show(folder, "--json", "--from", "250", "--to", "520")
    assert shown.returncode == 0 and "nothing was verified" in shown.stderr
    records = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [record["index"] for record in records] == list(range(250, 521))
    assert {record["why"]["decision"] for record in records} <= {"denied", "permitted"}
    assert all(record["outcome"]["status"] and record["what"]["action"] for record in records)
    (folder / "tile/entries/001").unlink()
    shown = show(folder, "--json", "--from", "250", "--to", "520")
    lines = [json.loads(line) for line in shown.stdout.splitlines()]
    assert {"dropped": {"first": 256, "last": 511}} in lines and len(lines) == 6 + 1 + 9


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--from", "99999999"], "there is no record 99999999"),
        (["--to", "99999999"], "there is no record 99999999"),
        (["--from", "5", "--to", "4"], "--from 5 lies behind --to 4"),
        (["--from", "x"], "--from"),
    ],
)
def test_a_range_that_is_none_is_refused(folder, arguments, reason):
    refused = show(folder, *arguments)
    assert refused.returncode == 2 and reason in refused.stderr, refused.stderr


def test_a_folder_without_a_journal_is_not_shown(tmp_path):
    refused = show(tmp_path)
    assert refused.returncode == 2 and "holds no exported journal" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["export", "journal", "nobody", "DIR"], "There is no account 'nobody'"),
        (["export", "journal", ACCOUNT, "TAKEN"], "holds something else than a journal"),
        (["verify", "journal", "missing", "--log-key", "KEY"], "There is no folder missing"),
        (["verify", "journal", "TAKEN", "--log-key", "KEY"], "holds no exported journal"),
        (["verify", "journal", "EXPORT", "--log-key", "KEY", "--since", "missing"], "--since"),
        (["verify", "journal", "EXPORT", "--log-key", "KEY", "--receipt", "missing"], "--receipt"),
        (["export", "journal", ACCOUNT, "DIR", "--server", "http://127.0.0.1:1"], "Is the server running?"),
    ],
)
def test_what_cannot_be_asked_is_said(busy, folder, tmp_path, arguments, sentence):
    server, api = busy
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "thesis.txt").write_text("four years")
    names = {"DIR": tmp_path / "dir", "TAKEN": taken, "EXPORT": folder, "KEY": api.log_key}
    arguments = [names.get(argument, argument) for argument in arguments]
    if arguments[0] == "export":
        arguments += ["--data-dir", server.data_dir]
        if "--server" not in arguments:
            arguments += ["--server", server.platform_url]
    ended = run_vitrine(*arguments)
    assert (ended.returncode, sentence in ended.stderr) == (2, True), ended.stderr


def test_a_backup_holds_what_is_in_files(busy, tmp_path):
    server, _ = busy
    for number in (1, 2):
        created = backups.made(backups.create(server, tmp_path / "backup", "--json"))
        assert created["number"] == number
    second = (tmp_path / "backup/000002/manifest").read_text()
    assert "000001/journals/" in second, "what the first has is not copied again"
    checked = run_vitrine("backup", "verify", tmp_path / "backup")
    assert checked.returncode == 0 and checked.stdout.startswith("2 backups, ")
    restored = tmp_path / "restored"
    assert backups.restore(tmp_path / "backup", restored).returncode == 0
    for file in files_of(server.data_dir / "journals"):
        assert (restored / file.relative_to(server.data_dir)).read_bytes() == file.read_bytes()
    assert "damage" not in run_vitrine("fsck", "--data-dir", restored).stderr
    taken = next((tmp_path / "backup/000001/journals").iterdir())
    taken.write_bytes(taken.read_bytes()[:-1])
    assert run_vitrine("backup", "verify", tmp_path / "backup").returncode == 1


def test_a_lost_file_of_records_is_named_by_fsck(busy, tmp_path):
    server, _ = busy
    assert backups.create(server, tmp_path / "backup").returncode == 0
    assert backups.restore(tmp_path / "backup", tmp_path / "data").returncode == 0
    next((tmp_path / "data").glob("journals/*/tile/entries/000")).unlink()
    looked = run_vitrine("fsck", "--data-dir", tmp_path / "data")
    assert looked.returncode == 1
    assert "tile/entries/000" in looked.stdout + looked.stderr


def test_outsiders_read_no_journal(busy):
    _, api = busy
    for path in ("journal", "journal/tile/entries/000"):
        assert api.get(f"/api/v1/accounts/{ACCOUNT}/{path}").status_code in (401, 403)
