"""Measures Vitrine, alone or beside its peers in the same run, and prints the table of docs/performance.md.

Every case is run on each server in turn, so that a busy moment of the machine hits neighbours alike; the
others idle meanwhile. That is done several rounds; a figure is the round's in the middle. Syncs are counted
afterwards, with each server under a tracer. Loads are closed loops, bounded in time, on loopback.
"""

import argparse
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Callable

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]

import accounts  # noqa: E402
import peers  # noqa: E402
import report  # noqa: E402
import scale  # noqa: E402
import syncs  # noqa: E402
from report import Case  # noqa: E402
from server import ServerError  # noqa: E402

LARGE = 4 << 20
COUNTED_SECONDS = 2  # of a case, at most, where syncs are counted
PEER_ROUNDS = 5


def cases(names: int, large: int) -> list[Case]:
    """The rows of the table; the objects they read are those that `prepare` puts."""
    small = ("-prefix", "small-", "-keys", str(names))
    big = ("-size", str(LARGE), "-prefix", "large-", "-keys", str(large))
    return [
        *(
            Case(
                f"{verb.title()} Blob 4 KiB, {clients} at once",
                ("-w", verb, "-c", str(clients), *which),
                "OpsPerSec",
            )
            for verb, which in (("put", ()), ("get", small))
            for clients in (1, 8, 64)
        ),
        *(
            Case(
                f"{verb.title()} Blob 4 MiB, {clients} at once",
                ("-w", verb, "-c", str(clients), *which),
                "MiBPerSec",
            )
            for verb, which in (("put", ("-size", str(LARGE))), ("get", big))
            for clients in (1, 8)
        ),
        Case(f"List {names:,} blobs", ("-w", "list", "-page", "5000", "-prefix", "small-"), "ListedPerSec"),
    ]


class Bench:
    def __init__(self, options: argparse.Namespace):
        self.options = options

    def load(self, peer: peers.Peer, *arguments: str) -> dict:
        """One run of the load generator; any failed operation ends the benchmark."""
        target = ["-mode", peer.mode, "-addr", peer.address, "-pid", str(peer.process.pid)]
        command = [self.options.load, "-json", *target, *arguments]
        done = subprocess.run(command, env=os.environ | peer.environment(), capture_output=True, text=True)
        if done.returncode != 0:
            said = json.loads(done.stdout)["FirstError"] if done.stdout else done.stderr
            raise peer.process.error(f"failed under {' '.join(arguments)}: {said.strip()}")
        return json.loads(done.stdout)

    def prepare(self, peer: peers.Peer) -> None:
        """Puts the objects that gets and lists read, and checks that they come back byte by byte."""
        small = ["-w", "put", "-create", "-c", "8", "-prefix", "small-", "-n", str(self.options.names)]
        large = ["-w", "put", "-size", str(LARGE), "-prefix", "large-", "-n", str(self.options.large)]
        self.load(peer, *small, "-verify", "100")
        self.load(peer, *large, "-verify", "2")

    def measure(self, case: Case, peer: peers.Peer, seconds: int) -> dict | None:
        """One run of a case; nothing where the server cannot do it."""
        if peer.mode == "http" and "list" in case.arguments:
            return None
        return self.load(peer, *case.arguments, "-t", f"{seconds}s")

    def measure_aloud(self, case: Case, peer: peers.Peer) -> dict | None:
        result = self.measure(case, peer, self.options.seconds)
        if result:
            print(f"{case.title}: {peer.name}: {case.value(result)}", file=sys.stderr, flush=True)
        return result

    def measure_all(self, case: Case, servers: list[peers.Peer]) -> list[dict | None]:
        """Of each server the round whose figure is in the middle."""
        rounds = [[self.measure_aloud(case, peer) for peer in servers] for _ in range(self.options.rounds)]
        return [middle(case, results) for results in zip(*rounds, strict=True)]

    def count_syncs(self, starter, folder: pathlib.Path, rows: list[Case]) -> list[float | None]:
        """Of each case how often the server, under a tracer, makes data durable for one operation."""
        trace = folder.with_suffix(".trace")
        peer = starter(folder, syncs.tracer(trace))
        try:
            self.prepare(peer)
            return [self.count_of(case, peer, trace) for case in rows]
        finally:
            peer.kill()

    def count_of(self, case: Case, peer: peers.Peer, trace: pathlib.Path) -> float | None:
        before = syncs.count(trace.read_text())
        result = self.measure(case, peer, min(COUNTED_SECONDS, self.options.seconds))
        return result and (syncs.count(trace.read_text()) - before) / result["Ops"]


def middle(case: Case, results: tuple[dict | None, ...]) -> dict | None:
    done = sorted((each for each in results if each), key=lambda each: each[case.figure])
    return done[len(done) // 2] if done else None


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--load", required=True, help="the load generator (./dev bench gives it)")
    parser.add_argument("--azurite", action="store_true", help="measure Azurite beside Vitrine")
    parser.add_argument("--minio", action="store_true", help="measure MinIO, an S3 server, beside it")
    parser.add_argument("--nginx", action="store_true", help="measure nginx, a plain file server, beside it")
    parser.add_argument("--no-vitrine", action="store_true", help="measure the peers alone")
    parser.add_argument("--seconds", type=int, default=5, help="duration of a case, at most 120")
    parser.add_argument("--rounds", type=int, help="how often each case is run in turn; 1, 5 beside peers")
    parser.add_argument(
        "--no-syncs", action="store_true", help="do not count syncs, which takes its own time"
    )
    parser.add_argument("--names", type=int, default=10_000, help="4 KiB objects to read and list")
    parser.add_argument("--large", type=int, default=64, help="4 MiB objects to read")
    parser.add_argument("--json", type=pathlib.Path, help="write every result there, too")
    parser.add_argument("--chart", type=pathlib.Path, help="draw them there as SVG, too")
    parser.add_argument(
        "--scale", type=int, metavar="N", help="fill one container up to N blobs and measure on the way"
    )
    parser.add_argument(
        "--accounts", type=int, metavar="N", help="make up to N accounts and measure sealing on the way"
    )
    parser.add_argument(
        "--journal",
        type=int,
        metavar="N",
        help="fill one journal with N records; measure receipts and export",
    )
    parser.add_argument(
        "--without-records", action="store_true", help="measure a build without records beside it"
    )
    options = parser.parse_args()
    has_peers = options.azurite or options.minio or options.nginx or options.without_records
    if options.no_vitrine and not has_peers:
        parser.error("--no-vitrine needs a peer: --azurite, --minio, --nginx or --without-records")
    options.rounds = options.rounds or (PEER_ROUNDS if has_peers else 1)
    return options


def chosen(options: argparse.Namespace) -> list:
    wanted = {
        peers.start_vitrine: not options.no_vitrine,
        peers.start_without_records: options.without_records,
        peers.start_nginx: options.nginx,
        peers.start_minio: options.minio,
        peers.start_azurite: options.azurite,
    }
    return [starter for starter, is_wanted in wanted.items() if is_wanted]


def run(options: argparse.Namespace, folder: pathlib.Path) -> None:
    bench, rows = Bench(options), cases(options.names, options.large)
    with contextlib.ExitStack() as stack:
        servers = []
        for starter in chosen(options):
            peer = starter(folder / starter.__name__)
            stack.callback(peer.kill)
            print(f"{peer.name}: {peer.start_seconds:.2f} s, {peer.idle_mib:.0f} MiB", file=sys.stderr)
            servers.append(peer)
        for peer in servers:
            bench.prepare(peer)
        measured = [(case, bench.measure_all(case, servers)) for case in rows]
        speed = report.table(servers, measured)
    if not options.no_syncs:
        for number, starter in enumerate(chosen(options)):
            counted = bench.count_syncs(starter, folder / f"{starter.__name__}-traced", rows)
            for (_, results), syncs_each in zip(measured, counted, strict=True):
                if results[number]:
                    results[number]["SyncsEach"] = syncs_each
    print(f"\n{speed}\n\n{report.costs(servers, measured)}\n\n{report.circumstances()}")
    if options.chart:
        options.chart.write_text(report.chart(servers, measured))
    if options.json:
        results = {
            case.title: dict(zip((p.name for p in servers), found, strict=True)) for case, found in measured
        }
        options.json.write_text(json.dumps(results, indent=1))


def fill_journal(options: argparse.Namespace, folder: pathlib.Path) -> None:
    subprocess.run([ROOT / "build/release/bin/journal_bench", folder, str(options.journal)], check=True)
    print(f"\n{report.circumstances()}")


def task(options: argparse.Namespace) -> Callable[[argparse.Namespace, pathlib.Path], None]:
    asked = {scale.run: options.scale, accounts.run: options.accounts, fill_journal: options.journal}
    return next((each for each, number in asked.items() if number), run)


def main() -> int:
    options = parse()
    # Below build/ and not in the system's folder for such things, which may be memory and not a disk.
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "build") as folder:
        try:
            task(options)(options, pathlib.Path(folder))
        except ServerError as error:
            print(f"bench: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
