"""A full disk: new content is refused with 507 while reading and deleting go on, and nothing is restarted.

The server's data lie on a small file system of their own, which only it sees.
"""

import contextlib
import errno
import os
import pathlib
import time
import uuid

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobServiceClient
from harness.small_disk import SmallDisk
from platform_api import Api
from server import Server

DISK_MIB = 96
BODY = os.urandom(1 << 20)


class FullServer(SmallDisk):
    """A server whose data lie on a disk of DISK_MIB."""

    def __init__(self, folder: pathlib.Path):
        disk = folder / "disk"
        server = Server(folder, ["--reserve", "8", "--write-buffer", "1"], data_dir=disk / "data")
        super().__init__(server, disk, DISK_MIB)

    def reading(self, name: str) -> float:
        lines = Api(self.server).get("/metrics").text.splitlines()
        return float(next(line for line in lines if line.startswith(name + " ")).split()[1])


@pytest.fixture
def small(tmp_path):
    small = FullServer(tmp_path)
    small.server.start()
    yield small
    small.server.stop()


@pytest.fixture
def box(small):
    connection = small.server.connection_string
    with BlobServiceClient.from_connection_string(connection, retry_total=0) as service:
        yield service.create_container("box")


def refusal(call, *arguments, **options) -> tuple[int | None, str | None]:
    """The status and the code that the SDK shows."""
    with pytest.raises(HttpResponseError) as raised:
        call(*arguments, **options)
    return raised.value.status_code, raised.value.error_code


def fill(box) -> list[str]:
    """Uploads until it is refused; the names of what was taken."""
    names: list[str] = []
    while len(names) < DISK_MIB:
        name = f"blob-{len(names)}"
        try:
            box.upload_blob(name, BODY)
        except HttpResponseError as error:
            assert (error.status_code, error.error_code) == (507, "InsufficientStorage")
            return names
        names.append(name)
    raise AssertionError("the disk never got full")


def until_taken(box, seconds: float = 20) -> float:
    """Uploads until it is taken again; how long that took."""
    begin = time.monotonic()
    while True:
        try:
            box.upload_blob(f"late-{uuid.uuid4()}", BODY)
            return time.monotonic() - begin
        except HttpResponseError as error:
            assert time.monotonic() - begin < seconds, error
            time.sleep(0.1)


def test_a_full_disk_takes_nothing_new_and_gives_and_removes_what_it_has(small, box):
    small.take(DISK_MIB - 40)
    names = fill(box)
    assert len(names) > 5
    assert small.reading("vitrine_store_full") == 0, "there is room for records"
    told = [line for line in small.server.log.read_text().splitlines() if "passed over" in line]
    assert len(told) == 1 and "store/extents" in told[0] and " warning " in told[0], told
    # What is left is too small for a body of its own; those that lie in tables end it.
    while small.reading("vitrine_store_full") == 0:
        with contextlib.suppress(HttpResponseError):
            box.upload_blob(f"small-{uuid.uuid4()}", BODY[:30_000])
    full = (507, "InsufficientStorage")
    assert refusal(box.upload_blob, "large", BODY * 8) == full
    assert refusal(box.upload_blob, "small", b"few bytes") == full
    assert refusal(box.get_blob_client("blocks").stage_block, "AAAA", BODY[:9]) == full
    assert refusal(box.set_container_metadata, {"note": "few bytes"}) == full
    connection = small.server.connection_string
    with BlobServiceClient.from_connection_string(connection, retry_total=0) as service:
        assert refusal(service.create_container, "another") == full
    assert Api(small.server).get("/readyz").status_code == 200

    for _ in range(20):
        assert all(box.download_blob(name).readall() == BODY for name in names[:5])
    assert {blob.name for blob in box.list_blobs()} >= set(names)
    for name in names:
        box.delete_blob(name)
    assert until_taken(box) < 20, "the room of what was deleted came back"
    assert small.reading("vitrine_store_recoveries_total") == 0, "the disk never refused anything"


def test_when_somebody_else_takes_the_last_byte_reading_goes_on(small, box):
    box.upload_blob("blob", BODY)
    small.take_all()
    with pytest.raises(OSError) as raised:
        small.take(1)
    assert raised.value.errno == errno.ENOSPC
    deadline = time.monotonic() + 20
    read = 0
    while read < 100:
        try:
            assert box.download_blob("blob").readall() == BODY
            read += 1
        except HttpResponseError as error:
            assert error.status_code in (500, 503)
            assert time.monotonic() < deadline, error
            time.sleep(0.05)
    assert refusal(box.upload_blob, "new", BODY) == (507, "InsufficientStorage")
    pid = small.server.pid
    small.ballast.unlink()
    assert until_taken(box) < 20
    assert box.download_blob("blob").readall() == BODY
    assert small.server.pid == pid and small.reading("vitrine_store_full") == 0
