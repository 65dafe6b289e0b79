"""Chosen moments of death: the n-th time that a thread of the server makes a certain system call.

The program is the one that is shipped. strace watches one thread and lets it die as it enters the call, with
all that it and the other threads have not done yet left undone.
"""

import contextlib
import dataclasses
import pathlib
import random
import subprocess
import time

from server import Server

TRACER = "strace"


@dataclasses.dataclass(frozen=True)
class Point:
    """Where to die: at one of the first `most` such calls of the threads with such a name."""

    moment: str
    thread: str
    calls: str
    most: int
    in_backup: bool = False  # a slow backup runs meanwhile
    is_merge: bool = False  # there are many small extents

    def __str__(self) -> str:
        return self.moment


# Each part of the engine that works on files on a thread of its own adds the moments that matter to it.
UNDER_LOAD = [
    Point("a segment is half written", "disk", "pwrite64,pwritev", 8),
    Point("a segment is written and not synced", "disk", "fdatasync", 6),
    # The thread has told whoever waits for the sync, and looks for other work.
    Point("a segment is synced and hardly committed", "disk", "write,futex", 16),
    Point("the log is not written, or is synced and nobody was told", "committer", "write", 60),
    Point("the log is written and not synced", "committer", "fdatasync", 40),
    Point("memory is being written to a table", "rocksdb:high", "write,fdatasync,sync_file_range,openat", 12),
    Point("the public log's files are being replaced", "sealer", "rename,renameat,renameat2,fsync", 20),
    # Only these write so; what is published is written and synced with other calls.
    Point("sealed records are being moved to files", "sealer", "pwrite64,fdatasync", 8),
    # It need not call a committer that is awake.
    Point("a seal is made and not committed", "sealer", "futex", 3),
    Point("a seal is committed and not published", "sealer", "write", 20),
    Point("garbage is being given back", "reclaimer", "fallocate,unlink,ftruncate", 10),
    Point("small extents are being made one", "compactor", "pwrite64,fdatasync,write", 12, is_merge=True),
    Point("tables are being merged", "rocksdb:low", "write,pwrite64,fdatasync,unlink", 12),
    Point("a backup is being made", "backup", "write,linkat,fsync,rename,unlink", 40, in_backup=True),
]
AT_START = [
    Point("the log is being read back", "", "pread64,read", 120),
    Point("what the log said is being written to tables", "", "fdatasync,fsync,rename", 8),
    Point("files that nobody needs are being deleted", "", "unlink", 4),
]


def command(point: Point, source: random.Random) -> list[str]:
    count = source.randint(1, point.most)
    return [
        *(TRACER, "-qq", "-o", "/dev/null", "-e", f"trace={point.calls}"),
        *("-e", f"inject={point.calls}:signal=KILL:when={count}"),
    ]


def threads(pid: int, name: str) -> list[pathlib.Path]:
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):  # it may just have ended
            if (task / "comm").read_text().strip() == name:
                found.append(task)
    return found


def is_traced(task: pathlib.Path) -> bool:
    try:
        return "TracerPid:\t0\n" not in (task / "status").read_text()
    except OSError:
        return True  # the tracer was quick: the victim is dead


@contextlib.contextmanager
def death(server: Server, point: Point, source: random.Random):
    """While the block runs, the running server dies when it comes to the point."""
    tasks = []
    for _ in range(1000):  # it may be about to begin
        if tasks := threads(server.pid, point.thread):
            break
        time.sleep(0.001)
    assert tasks, f"the server has no thread {point.thread}"
    victims = [word for task in tasks for word in ("-p", task.name)]
    tracer = subprocess.Popen([*command(point, source), *victims], stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(1000):
            if tracer.poll() is not None or all(map(is_traced, tasks)):
                break
            time.sleep(0.01)
        assert not tracer.poll(), tracer.stderr.read()
        yield
    finally:
        tracer.terminate()
        tracer.communicate(timeout=30)


def at_start(point: Point, source: random.Random) -> list[str]:
    """What to put before the command of a server, so that it dies when it comes to the point while starting.

    The server stays the child of whoever starts it.
    """
    return [*command(point, source), "-D", "-f", "--"]
