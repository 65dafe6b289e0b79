"""The servers that a benchmark measures, each started on loopback with an empty folder of its own."""

import dataclasses
import os
import pathlib
import shutil
import subprocess
import urllib.request
from collections.abc import Callable

from server import ACCOUNT, KEY, ROOT, Process, Server, free_ports

AZURITE = "3.37.0"


@dataclasses.dataclass
class Peer:
    """A running server, how it is spoken to, and what its start showed."""

    name: str
    process: Process
    address: str
    start_seconds: float
    idle_mib: float
    mode: str = "azure"  # or http: plain PUT and GET of files, no listing
    syncs: Callable[[], float] | None = None  # of its log, so far; of whoever counts them

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
    peer = start("Vitrine", server, f"127.0.0.1:{server.blob_port}")
    peer.syncs = lambda: metric(server, "vitrine_store_rounds_total")
    return peer


def metric(server: Server, name: str) -> float:
    with urllib.request.urlopen(f"{server.platform_url}/metrics", timeout=30) as response:
        lines = response.read().decode().splitlines()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} "))


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


def start_nginx(folder: pathlib.Path) -> Peer:
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
    peer = start("nginx", ready, f"127.0.0.1:{port}")
    peer.mode = "http"
    return peer


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
