"""Damage as a disk does it."""

import pathlib


def flip(file: pathlib.Path, at: int) -> None:
    """Changes one bit of a file in place, which a running server may have open."""
    with file.open("r+b") as stream:
        stream.seek(at)
        byte = stream.read(1)[0]
        stream.seek(at)
        stream.write(bytes([byte ^ 1]))
