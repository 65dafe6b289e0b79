"""Changing files behind everybody's back."""

import pathlib


def flip(file: pathlib.Path, position: int | None = None) -> None:
    """Turns one bit over: of the byte at the position, or of the one in the middle."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2 if position is None else position] ^= 1
    file.write_bytes(content)
