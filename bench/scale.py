"""How it goes with ever more blobs in one container: ./dev bench --scale N.

At 10,000 blobs, ten times as many and so on up to N it measures puts, gets and pages of a listing, then stops
the server, starts it, kills it under load and starts it again. Blobs have 100 bytes.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

import peers
import plot
import report
from server import Server, ServerError

SIZE, PAGE, LEAST = 100, 5_000, 10_000
MOST_AT_ONCE = 1_000_000  # of one run of the load generator, which ends after two minutes


@dataclasses.dataclass
class Level:
    """What was measured with so many blobs; times in milliseconds unless they say otherwise."""

    blobs: int
    fill_per_second: float
    put: dict
    get: dict
    pages: list[float]
    rss_mib: float = 0
    start_seconds: float = 0
    start_after_kill_seconds: float = 0
    peak_mib: float = 0

    def page(self, part: int) -> float:
        """The median time of a page in the first (0), second (1) or last (2) third of the listing."""
        third = max(1, len(self.pages) // 3)
        chosen = sorted(self.pages[part * third : (part + 1) * third] or self.pages[-1:])
        return chosen[len(chosen) // 2]


class Scale:
    def __init__(self, options: argparse.Namespace, server: Server):
        self.options, self.server = options, server
        self.blobs = 0

    def load(self, *arguments: str) -> dict:
        command = [self.options.load, "-json", "-addr", f"127.0.0.1:{self.server.blob_port}", *arguments]
        environment = os.environ | {"BENCH_ACCOUNT": peers.ACCOUNT, "BENCH_KEY": peers.KEY}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise self.server.error(f"failed under {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def fill(self, blobs: int) -> float:
        """Puts what is missing; returns puts a second."""
        begin, before = time.monotonic(), self.blobs
        while self.blobs < blobs:
            some = min(blobs - self.blobs, MOST_AT_ONCE)
            where = ["-prefix", "s-", "-first", str(self.blobs), "-n", str(some)]
            done = self.load("-w", "put", "-create", "-size", str(SIZE), "-c", "64", *where)
            self.blobs += done["Ops"]
            print(f"{self.blobs:,} blobs, {done['OpsPerSec']:,.0f} /s", file=sys.stderr, flush=True)
        return (self.blobs - before) / (time.monotonic() - begin)

    def measure(self, blobs: int) -> Level:
        filled = self.fill(blobs)
        seconds = f"{self.options.seconds}s"
        one = ["-size", str(SIZE), "-c", "1", "-t", seconds]
        get = self.load("-w", "get", *one, "-prefix", "s-", "-keys", str(blobs))
        put = self.load("-w", "put", *one, "-prefix", "s-", "-keys", str(blobs))
        level = Level(blobs, filled, put, get, self.pages())
        level.rss_mib = peers.memory(self.server.pid, "VmRSS")
        level.peak_mib = peers.memory(self.server.pid, "VmHWM")
        self.server.stop(timeout=120)
        level.start_seconds = self.server.start()
        self.kill_under_load()
        level.start_after_kill_seconds = self.server.start()
        return level

    def pages(self) -> list[float]:
        """Times of all pages in their order."""
        return self.load("-w", "list", "-page", str(PAGE), "-prefix", "s-", "-n", "1")["Pages"]

    def kill_under_load(self) -> None:
        killer = threading.Timer(1, self.server.process.kill)
        killer.start()
        # Over the first ones, so that their number stays; the last puts fail with the server.
        where = ["-prefix", "s-", "-n", str(min(self.blobs, MOST_AT_ONCE))]
        with contextlib.suppress(ServerError):
            self.load("-w", "put", "-size", str(SIZE), "-c", "64", *where)
        killer.join()
        self.server.kill()


def table(levels: list[Level]) -> str:
    """Markdown, a column a number of blobs."""
    rows = [
        ("filled, 64 at once, /s", lambda level: f"{level.fill_per_second:,.0f}"),
        ("put, 1 at once: p50 / p99 ms", lambda level: f"{level.put['P50']:.2f} / {level.put['P99']:.2f}"),
        ("get, 1 at once: p50 / p99 ms", lambda level: f"{level.get['P50']:.2f} / {level.get['P99']:.2f}"),
        (
            f"page of {PAGE:,} names at start / middle / end, ms",
            lambda level: " / ".join(f"{level.page(part):.1f}" for part in range(3)),
        ),
        ("start after a stop, s", lambda level: f"{level.start_seconds:.2f}"),
        ("start after kill -9 under load, s", lambda level: f"{level.start_after_kill_seconds:.2f}"),
        ("memory / most, MiB", lambda level: f"{level.rss_mib:,.0f} / {level.peak_mib:,.0f}"),
    ]
    lines = [report.row(["blobs of 100 bytes", *(f"{level.blobs:,}" for level in levels)])]
    lines.append(report.row(["---"] + ["---:"] * len(levels)))
    lines += [report.row([title, *map(value, levels)]) for title, value in rows]
    return "\n".join(lines)


def chart(levels: list[Level]) -> str:
    curves = {
        "put p99, ms": lambda level: level.put["P99"],
        "get p99, ms": lambda level: level.get["P99"],
        "last page, ms": lambda level: level.page(2),
        "start after kill, ms": lambda level: 1000 * level.start_after_kill_seconds,
        "memory, MiB": lambda level: level.rss_mib,
    }
    series = {name: [(level.blobs, value(level)) for level in levels] for name, value in curves.items()}
    return plot.curves("With ever more blobs", "blobs in one container", series)


def run(options: argparse.Namespace, folder: pathlib.Path) -> None:
    server = Server(folder / "server")
    server.start()
    scale, levels, blobs = Scale(options, server), [], LEAST
    try:
        while blobs <= options.scale:
            levels.append(scale.measure(blobs))
            print(table(levels[-1:]), file=sys.stderr, flush=True)
            blobs *= 10
    finally:
        server.kill()
    print(f"\n{table(levels)}\n\n{report.circumstances()}")
    if options.chart:
        options.chart.write_text(chart(levels))
    if options.json:
        options.json.write_text(json.dumps([dataclasses.asdict(level) for level in levels], indent=1))
