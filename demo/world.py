"""What the steps act on: a server of their own, its clients, and a folder for what they keep."""

import functools
import json
import pathlib
import socket
import subprocess

import requests
from azure.storage.blob import BlobServiceClient
from harness.shared_key import RawClient
from screen import Screen
from server import ACCOUNT, KEY, Process, binary


class Failed(Exception):
    """A step did not show what it says; the message is for the reader."""


def require_free(port: int, option: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Failed(
                f"Port {port} is taken by another program. End that, or choose another: {option} {port + 100}"
            ) from None


class World:
    """A `vitrine serve --dev` on the given ports and data directory, and how the steps reach it."""

    def __init__(
        self, screen: Screen, data: pathlib.Path, out: pathlib.Path, blob_port: int, platform_port: int
    ):
        self.screen, self.data, self.out = screen, data, out
        self.platform = f"http://127.0.0.1:{platform_port}"
        self.blob_endpoint = f"http://127.0.0.1:{blob_port}/{ACCOUNT}"
        self.connection_string = (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
            f"BlobEndpoint={self.blob_endpoint};"
        )
        self.serve = [binary(), "serve", "--dev", "--data-dir", data]
        self.serve += ["--blob-port", blob_port, "--platform-port", platform_port]
        self.server = Process(self.serve, out / "server.log", f"{self.platform}/healthz")
        self._signed = RawClient("127.0.0.1", platform_port, ACCOUNT, KEY)

    @functools.cached_property
    def blobs(self) -> BlobServiceClient:
        return BlobServiceClient.from_connection_string(self.connection_string)

    def cli(self, *words, status: int = 0) -> str:
        """Runs a command as a user would type it, after printing it; it must end with the given status."""
        self.screen.command(["vitrine", *words])
        return self.quietly(*words, status=status)

    def quietly(self, *words, status: int = 0) -> str:
        command = [str(word) for word in (binary(), *words)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        said = done.stdout + done.stderr
        if done.returncode != status:
            raise Failed(
                f"'vitrine {words[0]}' ended with status {done.returncode}, not {status}: {said.strip()}"
            )
        return said

    def job(self, *words) -> dict:
        """A job, as `vitrine job …` on this server tells it."""
        return json.loads(self.quietly("job", *words, *self.as_account, "--json"))

    @property
    def as_account(self) -> tuple:
        return ("--account", ACCOUNT, "--server", self.platform)

    def signed(self, method: str, path: str, body: dict, purpose: str) -> tuple[int, dict, str]:
        """A request to the API, signed with the account's key: status, answer and receipt token."""
        headers = {"Content-Type": "application/json", "x-ms-vitrine-purpose": purpose}
        response, answer = self._signed.request(method, path, headers=headers, body=json.dumps(body).encode())
        return response.status, json.loads(answer), response.headers["x-ms-vitrine-receipt"]

    def get(self, path: str) -> requests.Response:
        """A plain request to the platform port, as anybody may send it."""
        return requests.get(self.platform + path, timeout=30)
