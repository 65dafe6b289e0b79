"""`vitrine fsck`: what is damaged is found and named, and nothing else is."""

import json
import shutil
import threading
import time

import pytest
from azure.core.exceptions import AzureError
from azure.storage.blob import BlobServiceClient
from harness.damage import flip
from platform_api import run_vitrine
from server import ServerError

LARGE = 300_000


def fsck(server, *arguments):
    return run_vitrine("fsck", "--data-dir", server.data_dir, *arguments)


@pytest.fixture
def stopped(fresh_server):
    """A stopped server with small and large blobs, one of blocks."""
    server = fresh_server()
    with BlobServiceClient.from_connection_string(server.connection_string) as service:
        container = service.create_container("box")
        container.upload_blob("small", b"few bytes")
        container.upload_blob("large", bytes(range(250)) * (LARGE // 250))
        blocks = container.get_blob_client("blocks")
        blocks.stage_block("AAAA", b"first")
        blocks.stage_block("BBBB", bytes(LARGE))
        blocks.commit_block_list(["AAAA", "BBBB"])
    server.stop()
    return server


def extents(server) -> list:
    return sorted((server.data_dir / "store/extents").iterdir())


def test_a_whole_store_is_told_to_be_whole(stopped):
    looked = fsck(stopped)
    assert (looked.returncode, looked.stderr) == (0, "")
    assert "Everything is as it was written." in looked.stdout
    found = json.loads(fsck(stopped, "--json").stdout)
    assert (found["containers"], found["blobs"], found["damages"]) == (1, 3, 0)
    assert found["contentBytes"] == len(b"few bytes") + LARGE + len(b"first") + LARGE
    assert found["segments"] == 2
    stopped.start()


def test_blobs_of_every_kind_and_their_snapshots_are_told_to_be_whole(fresh_server):
    server = fresh_server()
    with BlobServiceClient.from_connection_string(server.connection_string) as service:
        container = service.create_container("box")
        page, log, blocks = (container.get_blob_client(name) for name in ("page", "log", "blocks"))
        page.create_page_blob(1 << 20, tags={"kind": "page"})
        log.create_append_blob()
        for letter in (b"a", b"b", b"c"):
            page.upload_page(letter * 65_536, offset=32_768, length=65_536)
            log.append_block(letter * 100)
            blocks.upload_blob(letter * LARGE, overwrite=True)
            for blob in (page, log, blocks):
                blob.create_snapshot()
            page.clear_page(offset=65_536, length=512)
        log.delete_blob(delete_snapshots="only")
        page.resize_blob(66_048)
        page.acquire_lease()
    server.stop()
    looked = fsck(server)
    assert (looked.returncode, looked.stderr) == (0, "")
    found = json.loads(fsck(server, "--json").stdout)
    # Three blobs, and the snapshots of two.
    assert (found["blobs"], found["damages"]) == (3 + 6, 0)


def test_copies_and_what_they_share_are_told_to_be_whole(fresh_server):
    server = fresh_server()
    with BlobServiceClient.from_connection_string(server.connection_string) as service:
        box, other = (service.create_container(name) for name in ("box", "other"))
        page, log, blocks, whole = (box.get_blob_client(name) for name in ("page", "log", "blocks", "whole"))
        page.create_page_blob(1 << 20)
        page.upload_page(b"a" * 262_144, offset=32_768, length=262_144)
        page.upload_page(b"b" * 512, offset=65_536, length=512)
        log.create_append_blob()
        for content in (b"few", b"c" * LARGE):
            log.append_block(content)
        for name, content in (("a", b"few"), ("b", b"d" * LARGE)):
            blocks.stage_block(name, content)
        blocks.commit_block_list(["a", "b", "a"])
        whole.upload_blob(b"e" * LARGE)
        for source in (page, log, blocks, whole):
            for container in (box, other):
                for number in range(2):
                    name = f"{source.blob_name} {number}"
                    container.get_blob_client(name).start_copy_from_url(source.url)
        for gone in (page, blocks, other.get_blob_client("log 0")):
            gone.delete_blob()
        whole.upload_blob(b"new", overwrite=True)
        other.get_blob_client("page 0").clear_page(offset=65_536, length=65_536)
    server.stop()
    looked = fsck(server)
    assert (looked.returncode, looked.stderr) == (0, "")
    found = json.loads(fsck(server, "--json").stdout)
    # Each body lies there once, but for small ones, which are a container's own.
    assert (found["blobs"], found["damages"]) == (4 + 16 - 3, 0)
    assert found["segments"] == 4


@pytest.mark.parametrize("at", [4096, 4096 + 65_540, 4096 + 65_556 + 70])
def test_a_flipped_bit_is_found_at_its_frame(stopped, at):
    extent = extents(stopped)[0]
    flip(extent, at)
    found = json.loads(fsck(stopped, "--json").stdout)
    assert found["damages"] == 1
    frame = 4096 + (at - 4096) // 65_556 * 65_556
    segment = f"extent {int(extent.stem, 16)}, offset 4096"
    what = f"frames that fail their checksum: 1 of 5, the first at offset {frame}"
    assert found["told"][0] == {"place": segment, "what": what}
    blob = found["told"][1]
    assert blob["place"] in ("container box, blob large", "container box, blob blocks")
    assert blob["what"] == f"has content in the damaged segment at {segment}"
    assert len(found["told"]) == 2
    flip(extent, at)
    assert fsck(stopped).returncode == 0


def test_damaged_bytes_are_never_given_out(stopped):
    flip(extents(stopped)[0], 4096 + 65_556 + 70)
    stopped.start()
    with BlobServiceClient.from_connection_string(stopped.connection_string, retry_total=0) as service:
        blobs = [service.get_blob_client("box", name) for name in ("large", "blocks")]
        broken = 0
        for blob in blobs:
            try:
                whole = blob.download_blob().readall()
            except AzureError:
                broken += 1
            else:
                assert len(whole) in (LARGE, LARGE + len(b"first"))
        assert broken == 1
        assert service.get_blob_client("box", "small").download_blob().readall() == b"few bytes"


def test_a_missing_extent_is_found(stopped):
    extents(stopped)[0].unlink()
    looked = fsck(stopped)
    assert looked.returncode == 1
    assert "extent 1, offset 4096" in looked.stdout and "from a backup" in looked.stdout


def test_a_running_servers_directory_is_not_looked_at(stopped):
    stopped.start()
    looked = fsck(stopped)
    assert looked.returncode == 2
    assert "Another server runs on the data directory" in looked.stderr


def test_no_server_starts_while_it_looks(stopped, tmp_path):
    # The program that should hold the key keeps fsck waiting in the middle.
    asked, go_on = tmp_path / "asked", tmp_path / "go-on"
    slow = tmp_path / "slow"
    slow.write_text(f"#!/bin/sh\ntouch {asked}\nuntil [ -e {go_on} ]; do sleep 0.02; done\nexit 1\n")
    slow.chmod(0o700)
    key = stopped.data_dir / "keys/operator.key"
    key.rename(tmp_path / "operator.key")  # nobody asks the program for what the file opens
    looked = []
    looking = threading.Thread(target=lambda: looked.append(fsck(stopped, "--key-command", slow)))
    looking.start()
    try:
        until = time.monotonic() + 60
        while not asked.exists() and time.monotonic() < until:
            time.sleep(0.02)
        assert asked.exists()
        with pytest.raises(ServerError, match="Another server runs on the data directory"):
            stopped.start()
    finally:
        go_on.touch()
        looking.join()
    assert looked[0].returncode == 2
    (tmp_path / "operator.key").rename(key)
    stopped.start()


def test_what_is_no_data_directory_is_not_made_one(tmp_path):
    looked = run_vitrine("fsck", "--data-dir", tmp_path / "none")
    assert (looked.returncode, (tmp_path / "none").exists()) == (2, False)
    assert "is no data directory of a server" in looked.stderr


def tables(server) -> list:
    return sorted((server.data_dir / "store/metadata").glob("*.sst"))


def test_every_damaged_table_is_named(fresh_server):
    server = fresh_server()
    for number in range(3):
        with BlobServiceClient.from_connection_string(server.connection_string) as service:
            container = service.create_container(f"box{number}")
            for name in range(20):
                container.upload_blob(f"{name}", bytes([name]) * 3000)
        server.stop()
        server.start()
    server.stop()
    damaged = tables(server)
    assert len(damaged) >= 4
    for table in damaged:
        flip(table, 40)
    looked = fsck(server)
    assert looked.returncode == 1
    for table in damaged:
        assert f"file {table.name}" in looked.stdout
    assert str(server.data_dir) not in looked.stdout


@pytest.mark.parametrize("missing", ["000*.sst", "CURRENT"])
def test_a_missing_file_is_named(stopped, missing):
    lost = sorted((stopped.data_dir / "store/metadata").glob(missing))[0]
    lost.unlink()
    looked = fsck(stopped)
    assert looked.returncode == 1
    assert lost.name in looked.stdout
    assert ".ldb" not in looked.stdout


@pytest.mark.parametrize("how", ["cut", "emptied", "swapped", "removed"])
def test_a_table_is_named_without_pointing_to_a_servers_log(stopped, how):
    other, table = sorted(tables(stopped), key=lambda file: file.stat().st_size)[-2:]
    content = table.read_bytes()
    match how:
        case "cut":
            table.write_bytes(content[:300])
        case "emptied":
            table.write_bytes(b"")
        case "swapped":
            table.write_bytes(other.read_bytes())
            other.write_bytes(content)
        case "removed":
            table.unlink()
    looked = fsck(stopped)
    assert looked.returncode == 1
    assert table.name in looked.stdout
    assert (f"{table.name} is missing" in looked.stdout) == (how == "removed")
    assert (f"file {table.name}: it holds what was written as {other.name}" in looked.stdout) == (
        how == "swapped"
    )
    assert "Its log" not in looked.stdout


@pytest.mark.parametrize("lost", ["store/metadata", "store/metadata/*", "store"])
def test_lost_metadata_is_named_and_not_made_anew(stopped, lost):
    for path in stopped.data_dir.glob(lost):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    there = sorted(stopped.data_dir.rglob("*"))
    looked = fsck(stopped)
    assert looked.returncode == 1, looked.stderr
    assert "store/metadata: it is missing or empty" in looked.stdout
    assert "as it was written" not in looked.stdout and "another store" not in looked.stdout
    with pytest.raises(ServerError, match="exited with status"):
        stopped.start()
    assert "store/metadata is missing or empty" in stopped.log.read_text()
    assert "older state" not in stopped.log.read_text()
    assert sorted(stopped.data_dir.rglob("*")) == there


@pytest.mark.parametrize("key", ["operator.key", "log.key", "another's"])
def test_without_its_keys_all_is_looked_at_that_needs_none(stopped, key):
    keys = stopped.data_dir / "keys"
    if key == "another's":
        (keys / "operator.key").write_text("7" * 64 + "\n")
    else:
        (keys / key).unlink()
    before = sorted(file.name for file in keys.iterdir())
    looked = fsck(stopped)
    # The log's key signs; nothing is read with it.
    assert looked.returncode == (0 if key == "log.key" else 2), looked.stderr
    assert ("The content of blobs was not looked at" in looked.stdout) == (key != "log.key")
    assert "2 segments" in looked.stdout
    assert sorted(file.name for file in keys.iterdir()) == before
    flip(extents(stopped)[0], 4096 + 100)
    assert fsck(stopped).returncode == 1


def test_a_store_that_is_behind_its_log_is_looked_at(stopped):
    checkpoint = stopped.data_dir / "log/checkpoint"
    lines = checkpoint.read_text().split("\n")
    lines[1] = str(int(lines[1]) + 5)
    checkpoint.write_text("\n".join(lines))
    looked = fsck(stopped)
    assert looked.returncode == 1, looked.stderr
    assert "an older state was restored, or its newest commits were lost" in looked.stdout
    assert "as it was written" not in looked.stdout
    found = json.loads(fsck(stopped, "--json").stdout)
    assert (found["damages"], len(found["remarks"])) == (0, 1)
    checkpoint.write_text("damaged")
    looked = fsck(stopped)
    assert looked.returncode == 1 and "log/checkpoint: " in looked.stdout
    checkpoint.unlink()
    looked = fsck(stopped)
    assert looked.returncode == 1 and "log/checkpoint: it is missing" in looked.stdout


def test_a_client_that_meets_damage_is_told_nothing_of_the_servers_disk(fresh_server):
    server = fresh_server()
    with BlobServiceClient.from_connection_string(server.connection_string, retry_total=0) as service:
        container = service.create_container("box")
        for name in range(30):
            container.upload_blob(f"{name}", bytes([name]) * 30_000)
        server.stop()
        flip(max(tables(server), key=lambda file: file.stat().st_size), 100)
        server.start()
        told = []
        for name in range(30):
            try:
                service.get_blob_client("box", f"{name}").download_blob().readall()
            except AzureError as error:
                told.append(str(error))
    assert told
    for message in told:
        assert "metadata is damaged in 0" in message
        assert "The server's log tells its operator more." in message
        assert str(server.data_dir) not in message and "Corruption" not in message
    assert "block checksum mismatch" in server.log.read_text()
