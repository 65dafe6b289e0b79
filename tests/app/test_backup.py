"""`vitrine backup`: made while the server works, complete or none, restored only when it is whole."""

import hashlib
import json
import pathlib
import shutil
import threading
import time

import pytest
from azure.core.exceptions import AzureError
from backups import create, download, made, restore, upload
from harness.damage import flip
from platform_api import Api, run_vitrine

LARGE = 300_000


def newest_file(backups: pathlib.Path, pattern: str) -> pathlib.Path:
    return sorted(backups.glob(pattern))[-1]


def give_keys(server, data: pathlib.Path) -> None:
    for name in ("operator.key", "log.key"):
        shutil.copy(server.data_dir / "keys" / name, data / "keys" / name)


def test_a_stopped_server_is_backed_up_and_restored_whole(fresh_server, tmp_path):
    server = fresh_server()
    upload(server, small=b"few bytes", large=bytes(LARGE))
    server.stop()
    completed = create(server, tmp_path / "backups")
    assert completed.returncode == 0, completed.stderr
    assert "The keys are NOT in it" in completed.stdout
    published = server.data_dir / "log/checkpoint"
    done = restore(tmp_path / "backups", tmp_path / "new", "--published", published)
    assert done.returncode == 0, done.stderr
    assert "all read again and whole." in done.stdout and "put operator.key and log.key" in done.stdout
    assert files_of(tmp_path / "new/log").items() <= files_of(published.parent).items()
    give_keys(server, tmp_path / "new")
    again = fresh_server(data_dir=tmp_path / "new")
    assert download(again, "small") == b"few bytes" and download(again, "large") == bytes(LARGE)
    upload(again, other=b"it goes on")
    api = Api(again)
    api.wait_for_checkpoint()
    again.stop()
    assert not (tmp_path / "new/restored").exists()
    checked = run_vitrine(
        "verify", "log", again.data_dir / "log", "--log-key", key_of(server), "--since", published
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def files_of(folder: pathlib.Path) -> dict:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def key_of(server) -> str:
    for line in server.log.read_text().splitlines():
        if "log key" in line:
            return line.split("log key")[1].strip()
    raise AssertionError("the server did not tell its log key")


def test_a_running_server_is_backed_up_without_a_stop(fresh_server, tmp_path):
    server = fresh_server()
    upload(server, one=bytes(LARGE))
    done = threading.Event()

    def load():
        number = 0
        while not done.is_set():
            upload(server, **{f"churn{number % 7}": bytes([number % 256]) * LARGE})
            number += 1

    loader = threading.Thread(target=load)
    loader.start()
    try:
        first = made(create(server, tmp_path / "backups", "--json"))
        second = made(create(server, tmp_path / "backups", "--json"))
    finally:
        done.set()
        loader.join()
    assert (first["number"], second["number"]) == (1, 2)
    assert second["version"] > first["version"]
    quiet = made(create(server, tmp_path / "backups", "--json"))
    assert quiet["copiedBytes"] < quiet["bytes"]
    looked = run_vitrine("backup", "verify", tmp_path / "backups", "--json")
    assert (looked.returncode, json.loads(looked.stdout)["faults"]) == (0, [])
    for number in (1, 2, 3):
        data = tmp_path / f"new{number}"
        done_with = restore(tmp_path / "backups", data, "--backup", number)
        assert done_with.returncode == 0, done_with.stderr


def test_keys_are_in_it_only_when_asked_for(fresh_server, tmp_path):
    server = fresh_server()
    without = create(server, tmp_path / "without")
    assert without.returncode == 0 and "The keys are NOT in it" in without.stdout
    secret = (server.data_dir / "keys/operator.key").read_bytes()
    files = [file for file in (tmp_path / "without").rglob("*") if file.is_file()]
    assert all(secret not in file.read_bytes() for file in files)
    with_them = create(server, tmp_path / "with", "--with-keys")
    assert with_them.returncode == 0 and "The keys ARE in it" in with_them.stdout
    kept = tmp_path / "with/000001/keys/operator.key"
    assert kept.read_bytes() == secret
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("pattern", ["metadata/*.sst", "extents/*.part", "manifest"])
def test_a_damaged_backup_is_told_and_not_restored(fresh_server, tmp_path, pattern):
    server = fresh_server()
    upload(server, large=bytes(LARGE))
    server.stop()
    made(create(server, tmp_path / "backups", "--json"))
    file = newest_file(tmp_path / "backups/000001", pattern)
    flip(file, file.stat().st_size // 2)
    looked = run_vitrine("backup", "verify", tmp_path / "backups")
    assert looked.returncode == 1
    assert str(file.relative_to(tmp_path / "backups")) in looked.stdout
    refused = restore(tmp_path / "backups", tmp_path / "new")
    assert refused.returncode == 1, refused.stdout
    if pattern == "manifest":
        assert not (tmp_path / "new").exists()
        return
    half = run_vitrine(
        "serve", "--dev", "--data-dir", tmp_path / "new", "--blob-port", 0, "--platform-port", 0
    )
    assert half.returncode == 1 and "only in part" in half.stderr
    assert run_vitrine("fsck", "--data-dir", tmp_path / "new").returncode != 0


def test_a_spoiled_backup_is_told_from_whole_ones(fresh_server, tmp_path):
    server = fresh_server()
    upload(server, one=b"1" * LARGE)
    server.stop()
    folder = tmp_path / "backups"
    assert create(server, folder).returncode == 0
    assert create(server, folder, "--full").returncode == 0
    assert json.loads(run_vitrine("backup", "verify", folder, "--json").stdout)["spoiled"] == []
    # The second copied everything anew, and only that one's is lost.
    next(path for path in sorted((folder / "000002").rglob("*")) if path.stat().st_size > LARGE).unlink()
    looked = run_vitrine("backup", "verify", folder)
    assert looked.returncode == 1
    assert "They spoil these backups: 2. Restore another one." in looked.stdout
    first, second = run_vitrine("backup", "list", folder).stdout.splitlines()
    assert "missing" not in first
    assert second.endswith("; cannot be restored: 1 of its files are missing")


def test_a_killed_backup_leaves_the_earlier_ones(fresh_server, tmp_path):
    server = fresh_server()
    upload(server, **{f"blob{i}": bytes([i]) * 1_000_000 for i in range(8)})
    backups = tmp_path / "backups"
    made(create(server, backups, "--json"))
    upload(server, **{f"more{i}": bytes([i]) * 1_000_000 for i in range(8)})
    slow = threading.Thread(target=create, args=(server, backups, "--rate", "1"))
    slow.start()
    while not (backups / "000002").exists():
        time.sleep(0.01)
    time.sleep(0.5)
    server.kill()
    slow.join()
    assert not (backups / "000002/manifest").exists()
    listed = json.loads(run_vitrine("backup", "list", backups, "--json").stdout)["backups"]
    assert [(each["number"], each["complete"]) for each in listed] == [(1, True), (2, False)]
    assert "unfinished: no backup" in run_vitrine("backup", "list", backups).stdout
    assert restore(backups, tmp_path / "new").returncode == 0
    server.start()
    assert not (server.data_dir / "store/frozen").exists()
    third = made(create(server, backups, "--json"))
    assert third["number"] == 3
    assert list((backups / "000002").rglob("*.part")) == []
    assert run_vitrine("backup", "verify", backups).returncode == 0


def test_the_api_tells_how_far_it_is_and_ends_it(fresh_server, tmp_path):
    server = fresh_server()
    upload(server, **{f"blob{i}": bytes([i]) * 1_000_000 for i in range(4)})
    api = Api(server)
    assert api.as_operator("GET", "/backups").json() == {"state": "none"}
    assert api.get("/api/v1/backups").status_code == 401
    body = {"to": str(tmp_path / "backups"), "bytesPerSecond": 200_000}
    assert api.as_operator("POST", "/backups", json=body | {"to": "relative"}).status_code == 400
    begun = api.as_operator("POST", "/backups", json=body)
    assert (begun.status_code, begun.json()["state"]) == (202, "running")
    assert api.as_operator("POST", "/backups", json=body).status_code == 503
    assert api.as_operator("DELETE", "/backups").status_code == 202
    for _ in range(200):
        state = api.as_operator("GET", "/backups").json()
        if state["state"] != "running":
            break
        time.sleep(0.05)
    assert state["state"] == "failed" and "ended before it was done" in state["message"]
    upload(server, after=b"the server works on")


def test_what_is_no_backup_folder_is_left_alone(fresh_server, tmp_path):
    server = fresh_server()
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious/file").write_text("x")
    refused = create(server, tmp_path / "precious")
    assert refused.returncode == 1 and "neither empty nor a folder of backups" in refused.stderr
    assert [file.name for file in (tmp_path / "precious").iterdir()] == ["file"]
    nothing = run_vitrine("backup", "list", tmp_path / "precious")
    assert nothing.returncode == 2 and "There are no backups" in nothing.stderr
    made(create(server, tmp_path / "backups", "--json"))
    full = restore(tmp_path / "backups", tmp_path / "precious")
    assert full.returncode == 2 and "is not empty" in full.stderr


def test_damaged_content_is_named_and_the_rest_is_kept(fresh_server, tmp_path):
    server = fresh_server()
    upload(server, bad=bytes(LARGE), good=b"g" * LARGE)
    server.stop()
    flip(sorted((server.data_dir / "store/extents").iterdir())[0], 4096 + 100)
    completed = create(server, tmp_path / "backups", "--with-keys")
    assert completed.returncode == 1
    assert "DAMAGED in the store already, and so in this backup: extent 1, offset 4096" in completed.stdout
    published = ["--published", server.data_dir / "log/checkpoint"]
    assert restore(tmp_path / "backups", tmp_path / "refused", *published).returncode == 1
    accepted = restore(tmp_path / "backups", tmp_path / "accepted", "--accept-damage", *published)
    assert accepted.returncode == 0, accepted.stderr
    again = fresh_server(data_dir=tmp_path / "accepted")
    assert download(again, "good") == b"g" * LARGE
    with pytest.raises(AzureError):
        download(again, "bad")
    looked = run_vitrine("backup", "verify", tmp_path / "backups")
    assert looked.returncode == 1
    assert "extent 1, offset 4096: was damaged in the store already" in looked.stdout
    assert json.loads(run_vitrine("backup", "verify", tmp_path / "backups", "--json").stdout)["faults"] == []


def table_of_bodies(server) -> pathlib.Path:
    return max((server.data_dir / "store/metadata").glob("*.sst"), key=lambda file: file.stat().st_size)


@pytest.mark.parametrize("running", [False, True])
def test_a_damaged_table_is_named_and_accepted_by_name(fresh_server, tmp_path, running):
    server = fresh_server()
    upload(server, **{f"small{i}": bytes([i]) * 30_000 for i in range(30)}, large=b"g" * LARGE)
    server.stop()
    table = table_of_bodies(server)
    flip(table, 100)
    if running:
        server.start()
    backups = tmp_path / "backups"
    for _ in range(2):
        completed = create(server, backups, "--with-keys", "--json")
        assert completed.returncode == 1, completed.stderr
        told = json.loads(completed.stdout)
        assert told["damaged"] == [f"file {table.name}"]
        assert told["copiedBytes"] > 800_000
    assert f"damaged table {table.name}\n" in (backups / "000002/manifest").read_text()
    looked = run_vitrine("backup", "verify", backups)
    assert looked.returncode == 1 and f"file {table.name}: was damaged" in looked.stdout
    refused = restore(backups, tmp_path / "refused")
    assert refused.returncode == 1 and "--accept-damage" in refused.stderr
    flip(table, 100)
    assert made(create(server, backups, "--json"))["damaged"] == []
    assert restore(backups, tmp_path / "healed").returncode == 0
    accepted = restore(backups, tmp_path / "accepted", "--accept-damage", "--backup", 2)
    assert accepted.returncode == 0, accepted.stderr
    assert "damaged as they were before" in accepted.stdout


def test_only_the_damage_that_was_recorded_is_accepted(fresh_server, tmp_path):
    server = fresh_server()
    upload(server, one=bytes(LARGE), two=b"2" * LARGE)
    server.stop()
    extent = sorted((server.data_dir / "store/extents").iterdir())[0]
    flip(extent, 4096 + 100)
    backups = tmp_path / "backups"
    assert create(server, backups).returncode == 1
    manifest = backups / "000001/manifest"
    text = manifest.read_text()
    assert text.count("damaged 1 4096\n") == 1
    text = text.replace("damaged 1 4096\n", "damaged 1 999424\n")
    body = text[: text.rindex("sha256 ")]
    manifest.write_text(body + f"sha256 {hashlib.sha256(body.encode()).hexdigest()}\n")
    refused = restore(backups, tmp_path / "refused", "--accept-damage")
    assert refused.returncode == 1
    assert (
        "extent 1, offset 4096" in refused.stderr and "was not so when the backup was made" in refused.stderr
    )


@pytest.mark.parametrize("by", ["server", "variable"])
def test_a_stopped_store_is_backed_up_whatever_server_is_named(fresh_server, tmp_path, by):
    server = fresh_server()
    upload(server, one=b"1")
    server.stop()
    words = ["backup", "create", "--to", tmp_path / "backups", "--data-dir", server.data_dir]
    nobody = "http://127.0.0.1:1"
    named = ["--server", nobody] if by == "server" else []
    done = run_vitrine(*words, *named, environment={"VITRINE_SERVER": nobody} if by == "variable" else {})
    assert done.returncode == 0, done.stderr


def test_a_backup_beside_its_data_is_warned_of(fresh_server, tmp_path):
    server = fresh_server()
    beside = create(server, server.data_dir / "backups")
    assert beside.returncode == 0 and "into the data directory itself" in beside.stderr
    assert create(server, tmp_path / "elsewhere").stderr == ""


def test_another_port_is_not_taken_for_the_platforms(fresh_server, tmp_path):
    server = fresh_server()
    asked = ["backup", "create", "--to", tmp_path / "b", "--data-dir", server.data_dir]
    wrong = run_vitrine(*asked, "--server", server.blob_url)
    assert wrong.returncode != 0
    assert "not as a Vitrine server's platform port does: --server names that port" in wrong.stderr


def test_a_lost_extent_does_not_end_the_backup(fresh_server, tmp_path):
    server = fresh_server()
    upload(server, large=bytes(LARGE), small=b"few bytes")
    server.stop()
    sorted((server.data_dir / "store/extents").iterdir())[0].unlink()
    completed = create(server, tmp_path / "backups", "--with-keys")
    assert completed.returncode == 1
    assert "DAMAGED in the store already, and so in this backup: extent 1, offset 4096" in completed.stdout
    published = ["--published", server.data_dir / "log/checkpoint"]
    accepted = restore(tmp_path / "backups", tmp_path / "accepted", "--accept-damage", *published)
    assert accepted.returncode == 0, accepted.stderr
    assert download(fresh_server(data_dir=tmp_path / "accepted"), "small") == b"few bytes"


def test_one_damaged_blob_comes_back_from_a_backup_while_the_server_goes_on(fresh_server, tmp_path):
    server = fresh_server()
    upload(server, one=b"1" * LARGE, other=b"2" * LARGE)
    made(create(server, tmp_path / "backups", "--json"))
    server.stop()
    flip(sorted((server.data_dir / "store/extents").iterdir())[0], 4096 + 100)
    server.start()
    look = ["fsck", "--online", "--data-dir", server.data_dir, "--server", server.platform_url]
    assert run_vitrine(*look).returncode == 1
    aside, published = tmp_path / "aside", tmp_path / "backups/000001/checkpoint"
    assert restore(tmp_path / "backups", aside, "--published", published).returncode == 0
    give_keys(server, aside)
    second = fresh_server(data_dir=aside)
    upload(server, one=download(second, "one"), other=download(second, "other"))
    assert download(server, "one") == b"1" * LARGE and download(server, "other") == b"2" * LARGE
    deadline = time.monotonic() + 30
    while run_vitrine(*look).returncode == 1:
        assert time.monotonic() < deadline, "what was damaged is collected"
