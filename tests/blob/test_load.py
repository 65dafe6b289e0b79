"""Many clients at once, and blobs larger than the server may keep in memory."""

import concurrent.futures
import hashlib
import random
import threading
import time

import pytest
from blob.wire import client_of

MIB = 1024 * 1024


def memory(pid: int) -> int:
    """Resident memory of a process, in bytes."""
    with open(f"/proc/{pid}/status") as status:
        line = next(line for line in status if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


class Watch:
    """Looks at a process's memory until it is left; peak is the most that was seen."""

    def __init__(self, pid: int):
        self.pid, self.peak, self.over = pid, 0, threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self) -> None:
        while not self.over.wait(0.02):
            self.peak = max(self.peak, memory(self.pid))

    def __enter__(self):
        self.start = self.peak = memory(self.pid)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


class Content:
    """A stream of repeatable bytes that never lie in memory together."""

    def __init__(self, size: int, chunk: int = MIB):
        self.size, self.left, self.digest = size, size, hashlib.sha256()
        self.block, self.count = random.Random(3).randbytes(chunk), 0

    def read(self, wanted: int = -1) -> bytes:
        piece = b""
        target = self.left if wanted < 0 else min(wanted, self.left)
        while len(piece) < target:
            self.count += 1
            piece += self.count.to_bytes(8, "big") + self.block[8 : min(len(self.block), target - len(piece))]
        piece = piece[:target]
        self.left -= len(piece)
        self.digest.update(piece)
        return piece


def up_and_down(server, size: int) -> dict:
    content = Content(size)
    with client_of(server) as service, Watch(server.pid) as watch:
        container = service.get_container_client(f"large-{size}")
        container.create_container()
        blob = container.get_blob_client("large")
        begin = time.monotonic()
        blob.upload_blob(content, length=size, max_concurrency=2)
        middle = time.monotonic()
        received = hashlib.sha256()
        for chunk in blob.download_blob(max_concurrency=1).chunks():
            received.update(chunk)
        end = time.monotonic()
        container.delete_container()
    assert received.digest() == content.digest.digest()
    return {
        "up MiB/s": round(size / MIB / (middle - begin)),
        "down MiB/s": round(size / MIB / (end - middle)),
        "grown MiB": round((watch.peak - watch.start) / MIB),
        "peak MiB": round(watch.peak / MIB),
    }


# What a server may grow by, whatever the size of a blob.
MOST_GROWTH_MIB = 96


@pytest.mark.parametrize("size", [256 * MIB, pytest.param(1024 * MIB, marks=pytest.mark.nightly)])
def test_a_large_blob_does_not_lie_in_memory(fresh_server, record_property, size):
    facts = up_and_down(fresh_server(), size)
    for name, value in facts.items():
        record_property(name, value)
    print(facts)
    assert facts["grown MiB"] < MOST_GROWTH_MIB, facts


CLIENTS, TURNS = 64, 12


def work(service, container_name: str, client: int) -> int:
    """Puts, overwrites, gets and deletes blobs of the client's own, and checks every content."""
    source = random.Random(client)
    container = service.get_container_client(container_name)
    kept: dict[str, bytes] = {}
    for turn in range(TURNS):
        name, content = (
            f"{client}/{turn % 5}",
            source.randbytes(source.choice([0, 10, 5_000, 70_000, 300_000])),
        )
        container.upload_blob(name, content, overwrite=True)
        kept[name] = content
        looked_at = source.choice(sorted(kept))
        assert container.download_blob(looked_at).readall() == kept[looked_at]
        if turn % 7 == 6:
            container.delete_blob(looked_at)
            del kept[looked_at]
    assert [blob.name for blob in container.list_blobs(f"{client}/")] == sorted(kept)
    return len(kept)


def test_many_clients_at_once(server, container):
    with client_of(server) as service, concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        done = [pool.submit(work, service, container.container_name, client) for client in range(CLIENTS)]
        kept = sum(each.result() for each in done)
    assert len(list(container.list_blob_names())) == kept


def test_writers_of_one_blob_leave_one_whole_content(server, container):
    contents = [bytes([writer]) * 50_000 for writer in range(32)]
    with client_of(server) as service, concurrent.futures.ThreadPoolExecutor(32) as pool:
        blob = service.get_blob_client(container.container_name, "shared")
        list(pool.map(lambda content: blob.upload_blob(content, overwrite=True), contents))
        assert blob.download_blob().readall() in contents


def test_of_writers_that_want_to_be_first_one_is(server, container):
    def create(writer: int) -> bool:
        try:
            container.upload_blob("first", bytes([writer]))
        except Exception as error:
            assert error.status_code == 409
            return False
        return True

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        assert sum(pool.map(create, range(32))) == 1
