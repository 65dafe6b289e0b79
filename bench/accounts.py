"""What sealing costs with ever more accounts: ./dev bench --accounts N.

At 100 accounts, ten times as many and so on up to N it measures the sealer, which seals each second while
some account or other does something now and then, and then a start of the server.
"""

import argparse
import contextlib
import dataclasses
import http.client
import json
import pathlib
import random
import sys
import threading
import time
import urllib.request

import peers
import report
from harness.shared_key import RawClient
from server import Server

LEAST, PER_SECOND, SECONDS_A_DAY = 100, 100, 86_400


@dataclasses.dataclass
class Level:
    """What was measured with so many accounts, over some seals."""

    accounts: int
    create_ms: float
    seals_per_second: float
    sealer_ms: float  # of CPU a seal
    cpu: float  # of the whole process, in cores, under the light load
    rss_mib: float
    log_mib_a_day: float
    start_seconds: float = 0


class Sealing:
    def __init__(self, server: Server, seconds: int):
        self.server, self.seconds = server, seconds
        self.accounts: list[tuple[str, str]] = []  # names and keys

    def create(self, accounts: int) -> float:
        """Makes what is missing; milliseconds of one."""
        token = (self.server.data_dir / "keys/operator.token").read_text().strip()
        connection = http.client.HTTPConnection("127.0.0.1", self.server.platform_port)
        begin, before = time.monotonic(), len(self.accounts)
        while len(self.accounts) < accounts:
            name = f"account{len(self.accounts):06}"
            body = json.dumps({"name": name, "keys": [{"name": "key1", "purpose": "archive"}]})
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            connection.request("POST", "/api/v1/accounts", body, headers)
            answer = connection.getresponse()
            made = answer.read()
            assert answer.status == 201, made
            self.accounts.append((name, json.loads(made)["keys"][0]["secret"]))
        return 1000 * (time.monotonic() - begin) / max(1, len(self.accounts) - before)

    def load(self, over: threading.Event) -> None:
        """A record a time, of any account."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.blob_port)
        while not over.wait(1 / PER_SECOND):
            name, key = random.choice(self.accounts)
            signer = RawClient("127.0.0.1", self.server.blob_port, name, key)
            headers = signer.signed("GET", f"/{name}", "comp=list", {})
            connection.request("GET", f"/{name}?comp=list", headers=headers)
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status == 200, said

    def figures(self) -> tuple[float, float, float, float]:
        """Now: seals, the sealer's and the process' CPU seconds, and entries of the public log."""
        with urllib.request.urlopen(f"{self.server.platform_url}/metrics") as answer:
            lines = answer.read().decode().splitlines()
        seals = next(float(line.split()[1]) for line in lines if line.startswith("vitrine_seals_total "))
        tasks = list(pathlib.Path(f"/proc/{self.server.pid}/task").iterdir())
        cpu = {task: int((task / "schedstat").read_text().split()[0]) / 1e9 for task in tasks}
        sealer = sum(cpu[task] for task in tasks if (task / "comm").read_text().strip() == "sealer")
        return seals, sealer, sum(cpu.values()), self.log_bytes()

    def log_bytes(self) -> int:
        """Of the log's entries and the hashes over them, as far as files are full or newest."""
        files = [file for file in (self.server.data_dir / "log/tile").rglob("*") if file.is_file()]
        newest = {}
        for file in sorted(files, key=lambda each: (len(each.name), each.name)):
            newest[file.parent if file.parent.suffix == ".p" else file] = file.stat().st_size
        return sum(newest.values())

    def measure(self, accounts: int) -> Level:
        create_ms = self.create(accounts)
        time.sleep(3)  # until these are in a seal
        over = threading.Event()
        loader = threading.Thread(target=self.load, args=[over])
        loader.start()
        begin, before = time.monotonic(), self.figures()
        time.sleep(self.seconds)
        took = time.monotonic() - begin
        seals, sealer, cpu, log = (now - then for now, then in zip(self.figures(), before, strict=True))
        over.set()
        loader.join()
        level = Level(accounts, create_ms, seals / took, 1000 * sealer / seals, cpu / took, 0, 0)
        level.log_mib_a_day = log / seals * SECONDS_A_DAY / (1 << 20)
        level.rss_mib = peers.memory(self.server.pid, "VmRSS")
        self.server.stop(timeout=120)
        level.start_seconds = self.server.start()
        return level


def table(levels: list[Level]) -> str:
    """Markdown, a column a number of accounts."""
    rows = [
        ("making one, ms", lambda level: f"{level.create_ms:.1f}"),
        ("seals a second", lambda level: f"{level.seals_per_second:.2f}"),
        ("CPU of the sealer, ms a seal", lambda level: f"{level.sealer_ms:.1f}"),
        (f"CPU of all, {PER_SECOND} requests/s, % of a core", lambda level: f"{100 * level.cpu:.1f}"),
        ("memory, MiB", lambda level: f"{level.rss_mib:,.0f}"),
        ("public log, MiB a day", lambda level: f"{level.log_mib_a_day:.1f}"),
        ("start, s", lambda level: f"{level.start_seconds:.2f}"),
    ]
    lines = [report.row(["accounts", *(f"{level.accounts:,}" for level in levels)])]
    lines.append(report.row(["---"] + ["---:"] * len(levels)))
    lines += [report.row([title, *map(value, levels)]) for title, value in rows]
    return "\n".join(lines)


def run(options: argparse.Namespace, folder: pathlib.Path) -> None:
    server = Server(folder / "server")
    server.start()
    sealing, levels, accounts = Sealing(server, options.seconds), [], LEAST
    with contextlib.ExitStack() as stack:
        stack.callback(server.kill)
        while accounts <= options.accounts:
            levels.append(sealing.measure(accounts))
            print(table(levels[-1:]), file=sys.stderr, flush=True)
            accounts *= 10
    print(f"\n{table(levels)}\n\n{report.circumstances()}")
    if options.json:
        options.json.write_text(json.dumps([dataclasses.asdict(level) for level in levels], indent=1))
