"""A disk that takes no more writes: 5xx without anything acknowledged being lost, and all goes on afterwards.

A file system cannot be made read-only under a program that has files of it open for writing, but by an error
of its own. So the running server's system calls answer as they do then; a start happens on one that truly is.
"""

import contextlib
import os
import pathlib
import subprocess
import time

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobServiceClient
from platform_api import Api
from server import Server, ServerError, answers

BODY = os.urandom(1 << 20)
# Those by which data and names reach the disk. Opening fails for reading as well: it is one call.
CHANGING = "openat,pwrite64,fallocate,ftruncate,fdatasync,fsync,unlink,rename,mkdir"


@contextlib.contextmanager
def read_only(server: Server):
    """While the block runs, the server's disk takes no writes."""
    inject = f"inject={CHANGING}:error=EROFS"
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={CHANGING}", "-e", inject]
    tracer = subprocess.Popen([*command, "-p", str(server.pid)], stderr=subprocess.PIPE, text=True)
    try:
        tasks = pathlib.Path(f"/proc/{server.pid}/task")
        for _ in range(1000):
            if all("TracerPid:\t0\n" not in (task / "status").read_text() for task in tasks.iterdir()):
                break
            assert tracer.poll() is None, tracer.stderr.read()
            time.sleep(0.01)
        yield
    finally:
        tracer.terminate()
        tracer.communicate(timeout=30)


def status_of(call, *arguments, **options) -> int:
    """Of an operation that is refused."""
    with pytest.raises(HttpResponseError) as raised:
        call(*arguments, **options)
    return raised.value.status_code


def until(what, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_nothing_acknowledged_is_lost_and_the_server_goes_on_by_itself(server):
    pid = server.pid
    with BlobServiceClient.from_connection_string(server.connection_string, retry_total=0) as service:
        box = service.create_container("read-only")
        names = [f"blob-{number}" for number in range(5)]
        for name in names:
            box.upload_blob(name, BODY)
        with read_only(server):
            for _ in range(10):
                assert status_of(box.upload_blob, "small", b"few bytes") in (500, 503)
                assert status_of(box.upload_blob, "large", BODY) in (500, 503)
                assert status_of(box.download_blob, names[0]) in (500, 503), "a read leaves a record"
                assert status_of(box.delete_blob, names[0]) in (500, 503)
            assert answers(f"{server.platform_url}/readyz", range(503, 504))
            assert answers(f"{server.platform_url}/healthz", range(200, 201))
        until(lambda: answers(f"{server.platform_url}/readyz", range(200, 201)))
        for name in names:
            assert box.download_blob(name).readall() == BODY
        box.upload_blob("later", BODY)
        assert {blob.name for blob in box.list_blobs()} >= {*names, "later"}
        assert server.pid == pid and server.running()
    lines = Api(server).get("/metrics").text.splitlines()
    recoveries = next(line for line in lines if line.startswith("vitrine_store_recoveries_total "))
    assert float(recoveries.split()[1]) >= 1


def test_a_start_on_a_read_only_disk_is_refused_in_one_sentence(tmp_path):
    server = Server(tmp_path / "server", data_dir=tmp_path / "disk" / "data")
    (tmp_path / "disk").mkdir()
    server.start()
    with BlobServiceClient.from_connection_string(server.connection_string, retry_total=0) as service:
        service.create_container("box").upload_blob("blob", BODY)
    server.stop()
    usual, size = server.command, server.log.stat().st_size
    # A mount of one's own needs a name space; who is not root is its root.
    space = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    server.command = [*space, "sh", "-c", mount, str(tmp_path / "disk"), *usual]
    with pytest.raises(ServerError, match="exited with status"):
        server.start()
    told = server.log.read_text()[size:]
    assert len(told.splitlines()) < 10, told
    assert "Read-only file system. Check the disk and mount it for writing." in told

    # Whoever restored the folder with other permissions is not sent after those first.
    (server.data_dir / "keys").chmod(0o755)
    size = server.log.stat().st_size
    server.command = [*space, "sh", "-c", mount, str(tmp_path / "disk"), *usual]
    with pytest.raises(ServerError, match="exited with status"):
        server.start()
    told = server.log.read_text()[size:]
    assert "its file system is read-only" in told and "belong to" not in told

    server.command = usual
    server.start()
    with BlobServiceClient.from_connection_string(server.connection_string, retry_total=0) as service:
        assert service.get_blob_client("box", "blob").download_blob().readall() == BODY
    server.stop()
