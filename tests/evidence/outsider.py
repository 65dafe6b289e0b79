"""Whoever keeps what a server published and answered, and holds it against what the server says later."""

import json
import pathlib

from app.platform_api import Api, run_vitrine
from harness.shared_key import RawClient
from server import ACCOUNT, KEY, Server


class Outsider:
    """Keeps checkpoints and receipts in a folder of its own; asks one server or another on their account."""

    def __init__(self, folder: pathlib.Path, server: Server):
        self.folder = folder
        self.kept = 0
        self.log_key = Api(server).log_key

    def keep(self, what: bytes) -> pathlib.Path:
        self.kept += 1
        file = self.folder / f"kept-{self.kept}"
        file.write_bytes(what)
        return file

    def keep_checkpoint(self, server: Server) -> pathlib.Path:
        return self.keep(Api(server).wait_for_checkpoint())

    def keep_receipt(self, server: Server, token: str) -> pathlib.Path:
        return self.keep(Api(server).receipt(token))

    def checkpoint_of(self, receipt: pathlib.Path) -> pathlib.Path:
        """What the log signed, as the receipt has it: enough to find out whether others see the same log."""
        return self.keep(json.loads(receipt.read_bytes())["checkpoint"].encode())

    def about_log(self, where: Server | pathlib.Path, since: pathlib.Path | None = None) -> str:
        """What is wrong with the log, seen from an earlier checkpoint; empty when nothing is."""
        place = f"{where.platform_url}/log" if isinstance(where, Server) else where
        return self.verify("log", place, *([] if since is None else ["--since", since]))

    def about_receipt(self, receipt: pathlib.Path) -> str:
        return self.verify("receipt", receipt)

    def verify(self, what: str, *arguments) -> str:
        ended = run_vitrine("verify", what, *arguments, "--log-key", self.log_key, "--json")
        assert ended.returncode in (0, 1), ended.stdout + ended.stderr
        failed = [check for check in json.loads(ended.stdout)["checks"] if check["state"] == "failed"]
        assert bool(failed) == bool(ended.returncode), ended.stdout
        return "".join(f"{check['name']}: {check['sentence']}" for check in failed)


def blob_port(server: Server) -> RawClient:
    return RawClient("127.0.0.1", server.blob_port, ACCOUNT, KEY)


def make_container(server: Server, name: str = "box") -> None:
    response, body = blob_port(server).request("PUT", f"/{ACCOUNT}/{name}", "restype=container")
    assert response.status == 201, body


def put(server: Server, name: str, body: bytes = b"content") -> tuple[int, str | None]:
    """Uploads a blob into the container `box`; the status, and the token of the record."""
    headers = {"x-ms-blob-type": "BlockBlob"}
    path = f"/{ACCOUNT}/box/{name}"
    response, _ = blob_port(server).request("PUT", path, headers=headers, body=body)
    return response.status, response.headers.get("x-ms-vitrine-receipt")
