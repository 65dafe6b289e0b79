"""The servers that a benchmark measures, each started on loopback with an empty folder of its own."""

import dataclasses
import pathlib
import shutil
import subprocess

from server import ACCOUNT, KEY, ROOT, Process, Server, free_ports

AZURITE = "3.37.0"


@dataclasses.dataclass
class Peer:
    """A running server that speaks the Azure Blob protocol, and what its start showed."""

    name: str
    process: Process
    address: str
    start_seconds: float
    idle_mib: float

    def peak_memory(self) -> float:
        return memory(self.process.pid, "VmHWM")

    def environment(self) -> dict[str, str]:
        return {"BENCH_ACCOUNT": ACCOUNT, "BENCH_KEY": KEY}


def memory(pid: int, field: str) -> float:
    """A field of /proc/PID/status in MiB: VmRSS is resident now, VmHWM the most that ever was."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) / 1024
    raise KeyError(field)


def start(name: str, process: Process, address: str) -> Peer:
    seconds = process.start()
    return Peer(name, process, address, seconds, memory(process.pid, "VmRSS"))


def start_vitrine(folder: pathlib.Path) -> Peer:
    server = Server(folder)
    return start("Vitrine", server, f"127.0.0.1:{server.blob_port}")


def start_azurite(folder: pathlib.Path) -> Peer:
    (port,) = free_ports(1)
    folder.mkdir()
    command = ["node", install_azurite(), "--silent", "--disableTelemetry", "--skipApiVersionCheck"]
    command += ["--location", folder, "--blobHost", "127.0.0.1", "--blobPort", port]
    # It has no health check: any answer will do.
    ready = Process(command, folder / "server.log", f"http://127.0.0.1:{port}/", range(200, 500))
    return start(f"Azurite {AZURITE}", ready, f"127.0.0.1:{port}")


def install_azurite() -> pathlib.Path:
    """Azurite's blob server, installed into build/peers by npm unless it is there."""
    folder = ROOT / "build" / "peers"
    main = folder / "node_modules/azurite/dist/src/blob/main.js"
    marker = folder / f"azurite-{AZURITE}"
    if not (main.is_file() and marker.exists()):
        if not shutil.which("npm"):
            raise SystemExit("bench: Azurite needs Node.js with npm; run ./dev setup")
        print(f"Installing Azurite {AZURITE}", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        install = [
            "npm",
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--prefix",
            folder,
            f"azurite@{AZURITE}",
        ]
        subprocess.run(install, check=True)
        marker.touch()
    return main
