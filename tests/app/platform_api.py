"""The program as an operator meets it: its commands, and the API of its platform port."""

import dataclasses
import json
import os
import subprocess
import time

import requests
from harness.shared_key import RawClient
from server import ACCOUNT, KEY, Server, binary


def run_vitrine(*arguments, environment: dict | None = None) -> subprocess.CompletedProcess:
    """Runs a command to its end; its output is text."""
    return subprocess.run(
        [str(word) for word in (binary(), *arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | (environment or {}),
    )


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    def json(self):
        return json.loads(self.body)

    @property
    def receipt(self) -> str:
        return self.headers["x-ms-vitrine-receipt"]


class Api:
    """The platform port of a server: as anybody, as its operator, or as the holder of an account's key."""

    def __init__(self, server: Server):
        self.server = server

    def get(self, path: str, **options) -> requests.Response:
        return requests.get(self.server.platform_url + path, timeout=30, **options)

    def as_operator(self, method: str, path: str, **options) -> requests.Response:
        token = (self.server.data_dir / "keys/operator.token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.server.platform_url}/api/v1{path}"
        return requests.request(method, url, headers=headers, timeout=30, **options)

    def as_account(
        self, method: str, path: str, body: dict | None = None, key: str = KEY, headers: dict | None = None
    ) -> Answer:
        client = RawClient("127.0.0.1", self.server.platform_port, ACCOUNT, key)
        sent = None if body is None else json.dumps(body).encode()
        response, received = client.request(method, path, headers=headers, body=sent)
        return Answer(response.status, response.headers, received)

    def receipt(self, token: str) -> bytes:
        """The receipt's document, once the next seal covers it."""
        for _ in range(600):
            answer = self.get(f"/api/v1/receipts/{token}")
            if answer.status_code != 409:
                assert answer.status_code == 200, answer.text
                return answer.content
            assert answer.headers["Retry-After"] == "1"
            time.sleep(0.05)
        raise AssertionError("no seal within 30 s")

    def wait_for_checkpoint(self) -> bytes:
        for _ in range(600):
            answer = self.get("/log/checkpoint")
            if answer.status_code == 200:
                return answer.content
            time.sleep(0.05)
        raise AssertionError("no checkpoint within 30 s")

    @property
    def log_key(self) -> str:
        return self.get("/log/key").text.strip()
