"""Starts, watches and stops a Vitrine server for tests, benchmarks and the demo."""

import contextlib
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]

# The development account that every Azure storage emulator has.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


class ServerError(Exception):
    """The server did not do what it was started for; the message ends with its log's tail."""


def binary() -> pathlib.Path:
    """The server to run: VITRINE_BIN, or the release build's."""
    return pathlib.Path(os.environ.get("VITRINE_BIN") or ROOT / "build/release/bin/vitrine")


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def answers(url: str, statuses: range, trust: ssl.SSLContext | None = None) -> bool:
    """Whether a GET is answered with one of the statuses now."""
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
    )
    try:
        with opener.open(url, timeout=2) as response:
            return response.status in statuses
    except urllib.error.HTTPError as error:
        return error.code in statuses
    except OSError:
        return False


class Process:
    """A server process: its command, its log, and the URL that answers once it is ready."""

    POLL_SECONDS = 0.005

    def __init__(self, command: list, log: pathlib.Path, ready_url: str, ready_statuses=range(200, 201)):
        self.command = [str(word) for word in command]
        self.log = log
        self.ready_url = ready_url
        self.ready_statuses = ready_statuses
        self.trust: ssl.SSLContext | None = None  # for a ready_url over https; None: the system's
        self.process: subprocess.Popen | None = None

    @property
    def pid(self) -> int:
        assert self.process, "the server was not started"
        return self.process.pid

    def start(self, environment: dict | None = None, timeout: float = 60) -> float:
        """Starts it and waits until it is ready; returns the seconds that took."""
        begin = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=os.environ | (environment or {}),
                process_group=0,  # Ctrl-C is for us alone: we end the server in order
            )
        while not answers(self.ready_url, self.ready_statuses, self.trust):
            if self.process.poll() is not None:
                raise self.error(f"exited with status {self.process.returncode} before it was ready")
            if time.monotonic() - begin > timeout:
                self.kill()
                raise self.error(f"was not ready after {timeout} s")
            time.sleep(self.POLL_SECONDS)
        return time.monotonic() - begin

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, timeout: float = 30) -> None:
        """Ends it as an operator would, by SIGTERM; anything but a clean exit is an error."""
        if not self.process:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise self.error(f"did not end within {timeout} s after SIGTERM") from None
        self.process = None
        if status != 0:
            raise self.error(f"ended with status {status}")

    def kill(self) -> None:
        """Ends it as a crash would, by SIGKILL."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def log_tail(self, lines: int = 40) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def error(self, what: str) -> ServerError:
        return ServerError(f"{' '.join(self.command)}\n{what}; the end of its log:\n{self.log_tail()}")


class Server(Process):
    """A `vitrine serve --dev` with a folder and loopback ports of its own, kept over restarts."""

    def __init__(
        self,
        folder: pathlib.Path,
        arguments=(),
        environment: dict | None = None,
        program: pathlib.Path | None = None,
        data_dir: pathlib.Path | None = None,
    ):
        program = program or binary()
        if not program.is_file():
            raise ServerError(f"there is no server at {program}: run ./dev build, or set VITRINE_BIN")
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.data_dir = data_dir or folder / "data"
        self.environment = environment or {}
        self.blob_port, self.platform_port = free_ports(2)
        ports = ["--blob-port", self.blob_port, "--platform-port", self.platform_port]
        command = [program, "serve", "--dev", "--data-dir", self.data_dir, *ports, *arguments]
        super().__init__(command, folder / "server.log", f"{self.platform_url}/healthz")

    @property
    def platform_url(self) -> str:
        return f"http://127.0.0.1:{self.platform_port}"

    @property
    def blob_url(self) -> str:
        """The blob endpoint of the development account."""
        return f"http://127.0.0.1:{self.blob_port}/{ACCOUNT}"

    @property
    def connection_string(self) -> str:
        parts = {"DefaultEndpointsProtocol": "http", "AccountName": ACCOUNT, "AccountKey": KEY}
        return ";".join(
            f"{name}={value}" for name, value in (parts | {"BlobEndpoint": self.blob_url}).items()
        )

    def start(self, environment: dict | None = None, timeout: float = 60) -> float:
        return super().start(self.environment | (environment or {}), timeout)

    def restart(self) -> float:
        """Starts it again on the same data and ports after stop or kill; ends it first if it runs."""
        if self.running():
            self.stop()
        return self.start()
