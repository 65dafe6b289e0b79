"""Counts how often a server makes data durable: strace writes down each such call, with little else slowed.

With --seccomp-bpf only the calls named here stop the server. That still changes what they cost, so figures
of time come from other runs.
"""

import pathlib
import re
import shutil

CALLS = ("fsync", "fdatasync", "syncfs", "sync", "msync")
# A file opened so is synced by each write to it: such an open counts as one.
OPENS = ("open", "openat")
SYNCED_OPEN = re.compile(r"\bO_D?SYNC\b")
# `PID name(arguments…`; a call that another thread's line breaks off is resumed on a line that is no call.
CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)")


def tracer(trace: pathlib.Path) -> list[str]:
    """The words to start a server under, so that `count` can read from `trace` what it did so far."""
    program = shutil.which("strace")
    if not program:
        raise SystemExit("bench: strace is not installed; run ./dev setup")
    calls = ",".join((*CALLS, *OPENS))
    return [program, "-f", "--seccomp-bpf", "-qq", "-s", "0", "-e", f"trace={calls}", "-o", str(trace)]


def count(trace: str) -> int:
    """How often the calls of a trace made something durable."""
    return sum(is_sync(line) for line in trace.splitlines())


def is_sync(line: str) -> bool:
    call = CALL.match(line)
    if not call:
        return False
    name, arguments = call.groups()
    if name in OPENS:
        return SYNCED_OPEN.search(arguments) is not None
    return name in CALLS and "MS_ASYNC" not in arguments
