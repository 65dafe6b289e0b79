"""`vitrine fsck`: what is damaged is found and named, and nothing else is."""

import json

import pytest
from azure.core.exceptions import AzureError
from azure.storage.blob import BlobServiceClient
from harness.damage import flip
from platform_api import run_vitrine

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


@pytest.mark.parametrize("at", [4096, 4096 + 65_540, 4096 + 65_556 + 70])
def test_a_flipped_bit_is_found_at_its_frame(stopped, at):
    extent = extents(stopped)[0]
    flip(extent, at)
    found = json.loads(fsck(stopped, "--json").stdout)
    assert found["damages"] == 1
    frame = 4096 + (at - 4096) // 65_556 * 65_556
    assert found["told"] == [
        {
            "place": f"extent {int(extent.stem, 16)}, offset {frame}",
            "what": "a frame does not have its checksum",
        }
    ]
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


def test_what_is_no_data_directory_is_not_made_one(tmp_path):
    looked = run_vitrine("fsck", "--data-dir", tmp_path / "none")
    assert (looked.returncode, (tmp_path / "none").exists()) == (2, False)
    assert "is no data directory of a server" in looked.stderr
