"""The servers that a benchmark measures, each started on loopback with an empty folder of its own.

A starter may be given the words of a command to start its server under, such as a tracer's.
"""

import dataclasses
import os
import pathlib
import shutil
import signal
import subprocess
from collections.abc import Sequence

from server import ACCOUNT, KEY, ROOT, Process, Server, free_ports

AZURITE = "3.37.0"
MINIO = "v0.0.0-20260212201848-7aac2a2c5b7c"
PEERS = ROOT / "build" / "peers"


@dataclasses.dataclass
class Peer:
    """A running server, how it is spoken to, and what its start showed."""

    name: str
    process: Process
    address: str
    start_seconds: float
    idle_mib: float
    mode: str = "azure"  # or s3; or http: plain PUT and GET of files, no listing
    account: str = ACCOUNT
    key: str = KEY

    def peak_memory(self) -> float:
        return memory(self.process.pid, "VmHWM")

    def environment(self) -> dict[str, str]:
        return {"BENCH_ACCOUNT": self.account, "BENCH_KEY": self.key}

    def kill(self) -> None:
        """With its workers and its tracer: each server has a process group of its own."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()


def memory(group: int, field: str) -> float:
    """The sum over a process group of a field of /proc/PID/status, in MiB: VmRSS is resident now, VmHWM the
    most that ever was."""
    return sum(kib_of(pid, field) for pid in processes(group)) / 1024


def processes(group: int) -> list[int]:
    """Those of a process group that run now."""

    def group_of(pid: int) -> int:
        try:
            return os.getpgid(pid)
        except ProcessLookupError:
            return 0

    pids = (int(entry.name) for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in pids if group_of(pid) == group]


def kib_of(pid: int, field: str) -> int:
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{field}:")), 0)


Words = Sequence[str]


def start(name: str, process: Process, address: str, under: Words, environment: dict | None = None) -> Peer:
    process.command[:0] = under
    seconds = process.start(environment)
    return Peer(name, process, address, seconds, memory(process.pid, "VmRSS"))


def start_vitrine(folder: pathlib.Path, under: Words = ()) -> Peer:
    server = Server(folder)
    return start("Vitrine", server, f"127.0.0.1:{server.blob_port}", under)


def start_without_records(folder: pathlib.Path, under: Words = ()) -> Peer:
    """The same server with recording left out when it was compiled."""
    server = Server(folder, program=ROOT / "build/release/bin/vitrine_without_records")
    return start("without records", server, f"127.0.0.1:{server.blob_port}", under)


# A file server at its plainest: what a network and a file system can do. It syncs nothing.
NGINX = """
daemon off; worker_processes auto; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; keepalive_requests 1000000000; client_max_body_size 0;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; client_body_buffer_size 64k;
  open_file_cache max=20000;
  server {{ listen 127.0.0.1:{port}; root {folder}/files; location / {{ dav_methods PUT; }} }}
}}
"""


def start_nginx(folder: pathlib.Path, under: Words = ()) -> Peer:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not program:
        raise SystemExit("bench: nginx is not installed; ./dev bench installs it")
    (port,) = free_ports(1)
    (folder / "files/bench").mkdir(parents=True)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "conf").write_text(NGINX.format(folder=folder, port=port, user=user))
    ready = Process(
        [program, "-p", folder, "-c", folder / "conf", "-e", folder / "error.log"],
        folder / "server.log",
        f"http://127.0.0.1:{port}/",
        range(200, 500),
    )
    peer = start("nginx", ready, f"127.0.0.1:{port}", under)
    peer.mode = "http"
    return peer


def start_azurite(folder: pathlib.Path, under: Words = ()) -> Peer:
    (port,) = free_ports(1)
    folder.mkdir()
    command = ["node", install_azurite(), "--silent", "--disableTelemetry", "--skipApiVersionCheck"]
    command += ["--location", folder, "--blobHost", "127.0.0.1", "--blobPort", port]
    # It has no health check: any answer will do.
    ready = Process(command, folder / "server.log", f"http://127.0.0.1:{port}/", range(200, 500))
    return start(f"Azurite {AZURITE}", ready, f"127.0.0.1:{port}", under)


def install_azurite() -> pathlib.Path:
    """Azurite's blob server, installed into build/peers by npm unless it is there."""
    folder = PEERS
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


def start_minio(folder: pathlib.Path, under: Words = ()) -> Peer:
    port, console = free_ports(2)
    folder.mkdir()
    address = f"127.0.0.1:{port}"
    command = [install_minio(), "server", "--address", address, "--console-address", f"127.0.0.1:{console}"]
    ready = Process(
        [*command, folder / "data"], folder / "server.log", f"http://{address}/minio/health/cluster"
    )
    account, key = "bench", "bench-secret"
    quiet = {"MINIO_BROWSER": "off", "MINIO_UPDATE": "off"}  # it is to serve, and to ask nobody for news
    secrets = {"MINIO_ROOT_USER": account, "MINIO_ROOT_PASSWORD": key}
    released = MINIO.split("-")[1]
    name = f"MinIO {released[:4]}-{released[4:6]}-{released[6:8]}"
    peer = start(name, ready, address, under, quiet | secrets)
    peer.mode, peer.account, peer.key = "s3", account, key
    return peer


def install_minio() -> pathlib.Path:
    """MinIO's server, built into build/peers through the Go module proxy unless it is there.

    It is AGPL: a program to measure beside, of which nothing goes into ours.
    """
    folder = PEERS / f"minio-{MINIO}"
    program = folder / "minio"
    if not program.is_file():
        if not shutil.which("go"):
            raise SystemExit("bench: MinIO needs Go; run ./dev setup go")
        print(f"Building MinIO {MINIO}: some minutes", flush=True)
        install = ["nice", "go", "install", "-trimpath", f"github.com/minio/minio@{MINIO}"]
        subprocess.run(install, check=True, env=os.environ | {"GOBIN": str(folder)})
    return program
