"""Programs that keep trees of files: sync both ways, back up and restore, go on after an interruption."""

import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from azure.storage.blob import BlobServiceClient, generate_account_sas
from server import ACCOUNT, KEY

pytestmark = pytest.mark.nightly
FILES = 2000


def make_tree(root: pathlib.Path, seed: int) -> None:
    """Files of all small sizes and some large ones, in folders, with names that need care."""
    chance = random.Random(seed)
    for number in range(FILES):
        folder = root / f"dir {number % 17}" / f"é+%{number % 5}"
        folder.mkdir(parents=True, exist_ok=True)
        size = 6 << 20 if number % 500 == 0 else chance.randrange(4000)
        (folder / f"file #{number} & co.txt").write_bytes(chance.randbytes(size))


def tree(root: pathlib.Path) -> dict[str, str]:
    return {
        str(file.relative_to(root)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in root.rglob("*")
        if file.is_file()
    }


@pytest.fixture
def store(fresh_server):
    """A server of the test's own, as the environment by which rclone knows it."""
    server = fresh_server()
    # Debian's rclone takes another address than Azure's in this form only.
    sas = generate_account_sas(ACCOUNT, KEY, "sco", "rwdlac", datetime.now(UTC) + timedelta(hours=1))
    settings = {"TYPE": "azureblob", "SAS_URL": f"{server.blob_url}?{sas}", "CHUNK_SIZE": "1Mi"}
    named = {f"RCLONE_CONFIG_STORE_{name}": value for name, value in settings.items()}
    return server, os.environ | named | {"RCLONE_CONFIG": "/dev/null"}


def run(environment: dict, *words) -> str:
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def test_rclone_syncs_a_tree_both_ways(store, tmp_path, seed):
    _, environment = store
    here, there = tmp_path / "here", tmp_path / "there"
    make_tree(here, seed)
    run(environment, "rclone", "sync", here, "store:box/tree", "--transfers", "16")
    run(environment, "rclone", "check", here, "store:box/tree", "--download")
    run(environment, "rclone", "sync", "store:box/tree", there, "--transfers", "16")
    assert tree(there) == tree(here)
    # Changed, renamed and removed on the other side, and back again.
    files = sorted(file for file in there.rglob("*") if file.is_file())
    for file in files[:50]:
        file.unlink()
    for file in files[50:100]:
        file.rename(file.with_name(file.name + " renamed"))
    for file in files[100:150]:
        file.write_bytes(b"changed")
    run(environment, "rclone", "sync", there, "store:box/tree", "--transfers", "16", "--checksum")
    run(environment, "rclone", "sync", "store:box/tree", here, "--transfers", "16", "--checksum")
    assert tree(here) == tree(there)


def test_rclone_goes_on_after_a_crash_of_the_server(store, tmp_path, seed):
    server, environment = store
    here, there = tmp_path / "here", tmp_path / "there"
    make_tree(here, seed)
    words = ["rclone", "copy", here, "store:box/tree"]
    running = subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL)
    with BlobServiceClient.from_connection_string(server.connection_string) as service:
        box = service.get_container_client("box")
        while not box.exists() or next(iter(box.list_blob_names()), None) is None:
            assert running.poll() is None
    server.kill()
    # It would try again for minutes.
    running.kill()
    running.wait()
    server.start()
    run(environment, "rclone", "copy", here, "store:box/tree", "--transfers", "16")
    run(environment, "rclone", "copy", "store:box/tree", there, "--transfers", "16")
    assert tree(there) == tree(here)


def test_restic_backs_up_and_restores(store, tmp_path, seed):
    _, environment = store
    environment |= {"RESTIC_REPOSITORY": "rclone:store:vault/repo", "RESTIC_PASSWORD": "secret"}
    environment["RESTIC_CACHE_DIR"] = str(tmp_path / "cache")
    here, back = tmp_path / "here", tmp_path / "back"
    make_tree(here, seed)
    run(environment, "restic", "init")
    run(environment, "restic", "backup", here)
    first = tree(here)
    shutil.rmtree(here / "dir 3")
    run(environment, "restic", "backup", here)
    run(environment, "restic", "check", "--read-data")
    snapshots = json.loads(run(environment, "restic", "snapshots", "--json"))
    for snapshot, expected in zip(snapshots, (first, tree(here)), strict=True):
        run(environment, "restic", "restore", snapshot["id"], "--target", back)
        assert tree(back / here.relative_to("/")) == expected
        shutil.rmtree(back)
    run(environment, "restic", "forget", "--keep-last", "1", "--prune")
    run(environment, "restic", "check")
