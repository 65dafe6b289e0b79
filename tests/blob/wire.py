"""Clients of the blob port: the official one, and requests as bytes."""

import base64
import dataclasses
import hashlib
import re
import socket

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobServiceClient
from harness.shared_key import RawClient
from server import ACCOUNT, KEY, Server


def client_of(server: Server, **options) -> BlobServiceClient:
    """The official client with options, and with retries off: a test must see the first answer."""
    return BlobServiceClient.from_connection_string(server.connection_string, retry_total=0, **options)


def code_of(call, *arguments, **options) -> tuple[int, str]:
    """The status and the service's error code that a call of the official client fails with."""
    with pytest.raises(HttpResponseError) as failure:
        call(*arguments, **options)
    return failure.value.status_code, failure.value.response.headers.get("x-ms-error-code")


def md5_text(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content).digest()).decode()


def crc64_text(content: bytes) -> str:
    """CRC-64/NVME, as x-ms-content-crc64 carries it."""
    crc = (1 << 64) - 1
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x9A6C9329AC4BC9B5 if crc & 1 else 0)
    return base64.b64encode((crc ^ (1 << 64) - 1).to_bytes(8, "little")).decode()


@dataclasses.dataclass
class Reply:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def code(self) -> str | None:
        return self.headers.get("x-ms-error-code")


class Wire:
    """One TCP connection: sends exactly the given bytes, reads one reply after another."""

    def __init__(self, server: Server):
        self.socket = socket.create_connection(("127.0.0.1", server.blob_port), timeout=30)
        self.input = self.socket.makefile("rb")
        self.signer = RawClient("127.0.0.1", server.blob_port, ACCOUNT, KEY)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.input.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def ask(self, method: str, path: str, query: str = "", headers=None, body: bytes | None = None) -> Reply:
        """Sends a signed request; a body comes with its length if that is not sent."""
        sent = dict(headers or {})
        lower = {name.lower() for name in sent}
        if body is not None and not lower & {"content-length", "transfer-encoding"}:
            sent["Content-Length"] = str(len(body))
        sent = {"Host": "localhost", **self.signer.signed(method, path, query, sent)}
        lines = [f"{method} {path}{'?' if query else ''}{query} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in sent.items()]
        self.send("\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b""))
        return self.read(method)

    def read(self, method: str = "GET") -> Reply:
        status_line = self.input.readline()
        matched = re.match(rb"HTTP/1\.1 (\d{3}) ", status_line)
        assert matched, f"no status line but {status_line!r}"
        headers = {}
        while (line := self.input.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            assert name.lower() not in headers, f"{name} came twice"
            headers[name.lower()] = value.strip()
        status = int(matched[1])
        has_body = method != "HEAD" and status not in (204, 304)
        body = self.input.read(int(headers.get("content-length", 0))) if has_body else b""
        return Reply(status, headers, body)

    def is_closed(self) -> bool:
        """Whether the server closed the connection and sent nothing more."""
        return self.input.read(1) == b""
