"""A published log as anybody can read it, without our code."""

import pathlib

import cbor2
from app.platform_api import Api
from server import Server


def size(server: Server) -> int:
    return int(Api(server).wait_for_checkpoint().split(b"\n")[1])


def size_in(checkpoint: pathlib.Path) -> int:
    return int(checkpoint.read_text().split("\n")[1])


def entries(log: pathlib.Path) -> list[list]:
    """Of a log of fewer entries than a tile has."""
    count = size_in(log / "checkpoint")
    rest = (log / f"tile/entries/000.p/{count}").read_bytes()
    found = []
    while rest:
        length = int.from_bytes(rest[:2])
        found.append(cbor2.loads(rest[2 : 2 + length]))
        rest = rest[2 + length :]
    assert len(found) == count
    return found
