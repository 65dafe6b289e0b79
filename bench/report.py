"""The table of docs/performance.md: one row a case, one pair of columns a server."""

import dataclasses
import datetime
import os
import pathlib
import platform
import subprocess
import sys
from collections.abc import Callable

import plot
from peers import Peer
from server import ROOT

UNITS = {"OpsPerSec": "/s", "MiBPerSec": "MiB/s", "ListedPerSec": "names/s"}


@dataclasses.dataclass(frozen=True)
class Case:
    """One row: what is done, the load that does it, and which figure of the load's result counts."""

    title: str
    arguments: tuple[str, ...]
    figure: str

    def value(self, result: dict) -> str:
        return f"{result[self.figure]:,.0f} {UNITS[self.figure]}"


def row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


Measured = list[tuple[Case, list[dict | None]]]  # of each case a result of each server that can do it


def table(servers: list[Peer], measured: Measured) -> str:
    """Markdown: figure and 99th percentile of each server, then how often the first is each other one."""
    header = ["operation"]
    for peer in servers:
        header += [peer.name, "p99 ms"]
    header += [f"× {peer.name}" for peer in servers[1:]]
    lines = [row(header), row(["---"] + ["---:"] * (len(header) - 1))]
    for case, results in measured:
        cells = [case.title]
        for result in results:
            cells += [case.value(result), f"{result['P99']:.2f}"] if result else ["–", "–"]
        first, *others = (result and result[case.figure] for result in results)
        lines.append(row(cells + [f"{first / other:.2f}" if other else "–" for other in others]))
    padding = [""] * (len(servers) - 1)
    for title, figures in process_rows(servers):
        cells = [title]
        for figure in figures:
            cells += [figure, ""]
        lines.append(row(cells + padding))
    return "\n".join(lines)


def process_rows(servers: list[Peer]) -> list[tuple[str, list[str]]]:
    return [
        ("Start to first answer", [f"{peer.start_seconds:.2f} s" for peer in servers]),
        ("Memory after start", [f"{peer.idle_mib:.0f} MiB" for peer in servers]),
        ("Most memory", [f"{peer.peak_memory():.0f} MiB" for peer in servers]),
    ]


def cpu_each(result: dict) -> float:
    """Microseconds of the server's CPU for one operation."""
    return result["ServerCPU"] * result["Seconds"] / result["Ops"] * 1e6


def costs(servers: list[Peer], measured: Measured) -> str:
    """Markdown: what one operation takes of each server, in CPU and, where they were counted, in syncs."""
    header = ["operation"]
    for peer in servers:
        header += [f"{peer.name}: CPU µs each", "syncs each"]
    lines = [row(header), row(["---"] + ["---:"] * (len(header) - 1))]
    for case, results in measured:
        cells = [case.title]
        for result in results:
            syncs = result.get("SyncsEach") if result else None
            cells += [f"{cpu_each(result):,.0f}" if result else "–", "–" if syncs is None else f"{syncs:.3f}"]
        lines.append(row(cells))
    return "\n".join(lines)


def chart(servers: list[Peer], measured: Measured) -> str:
    """SVG: a bar a server of each case, its rate, what it takes in CPU and, where counted, in syncs."""

    def drawn(figure: Callable[[dict], float | None]) -> plot.Rows:
        return [(case.title, [each and figure(each) for each in results]) for case, results in measured]

    rates = [
        (f"{case.title} ({UNITS[case.figure]})", [each and each[case.figure] for each in results])
        for case, results in measured
    ]
    sections = [
        ("Beside one another; longer is faster", rates),
        ("CPU µs of the server for one operation; shorter is cheaper", drawn(cpu_each)),
        ("Syncs for one operation, counted apart", drawn(lambda result: result.get("SyncsEach"))),
    ]
    return plot.bars([peer.name for peer in servers], sections)


def field(file: str, name: str) -> str:
    """The value of the first `name: value` line of a file of /proc."""
    lines = pathlib.Path(file).read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "unknown")


def circumstances() -> str:
    """When and where this was measured, and by which command."""
    describe = ["git", "-C", ROOT, "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(describe, capture_output=True, text=True).stdout.strip() or "no commit"
    gib = int(field("/proc/meminfo", "MemTotal").split()[0]) >> 20
    cpu = f"{os.cpu_count()} × {field('/proc/cpuinfo', 'model name')}"
    given = " ".join(["./dev bench", *sys.argv[3:]])  # without the --load that ./dev adds
    return (
        f"Measured {datetime.date.today()} at {commit} on {cpu}, {gib} GiB, Linux {platform.release()}, "
        f"the load generator on the same machine: `{given}`."
    )
