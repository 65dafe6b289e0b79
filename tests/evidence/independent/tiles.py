"""C2SP tlog-tiles: paths, tiles, entry bundles, and a whole tree read from its files."""

import re
from collections.abc import Callable, Iterator

from evidence.independent.merkle import Growing, node_hash
from evidence.independent.refusal import RefusedError, require

WIDTH = 256
# A file by its path, or None where there is none.
Read = Callable[[str], bytes | None]

PATH = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)


def index_path(index: int) -> str:
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    return "/".join(groups)


def path(level: int | str, index: int, width: int) -> str:
    return f"tile/{level}/{index_path(index)}" + ("" if width == WIDTH else f".p/{width}")


def must_be_a_path(given: str) -> None:
    found = PATH.fullmatch(given)
    require(found is not None, "not the path of a tile")
    level, groups, width = found.groups()
    index = int(re.sub("[x/]", "", groups))
    require(index < 1 << 64 and path(level, index, int(width or WIDTH)) == given, "not as it is written")
    require(int(width or 1) < WIDTH, "a partial tile is not full")


def hashes(tile: bytes, width: int) -> list[bytes]:
    require(len(tile) == 32 * width, f"a tile of {width} hashes has {32 * width} bytes")
    return [tile[at : at + 32] for at in range(0, len(tile), 32)]


def entries(bundle: bytes, width: int) -> list[bytes]:
    found = []
    for _ in range(width):
        length = int.from_bytes(bundle[:2], "big")
        require(len(bundle) >= 2 + length and len(bundle) >= 2, "the bundle ends within an entry")
        found.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    require(not bundle, "bytes follow the last entry")
    return found


class Tree:
    """Reads every entry and every tile of a tree once, and checks that the tiles are those of the entries."""

    def __init__(self, read: Read, size: int, leaf_of: Callable[[bytes], bytes], entries_may_be_gone=False):
        self.read, self.size, self.leaf_of = read, size, leaf_of
        self.entries_may_be_gone = entries_may_be_gone
        self.growing = Growing()
        self.rows: list[list[bytes]] = [[]]  # of each level, the hashes that its next tile must hold
        self.index: list[int] = [0]

    def fetch(self, level: int | str, index: int, width: int) -> tuple[bytes, int] | None:
        """The file, and how many it holds: where a partial one is gone, the full one is there."""
        for there in dict.fromkeys((width, WIDTH)):
            data = self.read(path(level, index, there))
            if data is not None:
                return data, there
        return None

    def fetch_hashes(self, level: int, index: int, width: int) -> list[bytes]:
        found = self.fetch(level, index, width)
        if found is None:
            raise RefusedError(f"{path(level, index, width)} is missing")
        return hashes(*found)[:width]

    def __iter__(self) -> Iterator[tuple[bytes | None, bytes]]:
        """Each entry, or None where it is gone, and its leaf."""
        for first in range(0, self.size, WIDTH):
            index, width = first // WIDTH, min(WIDTH, self.size - first)
            found = self.fetch("entries", index, width)
            if found is not None:
                pairs = [(entry, self.leaf_of(entry)) for entry in entries(*found)[:width]]
            else:
                require(self.entries_may_be_gone, f"{path('entries', index, width)} is missing")
                pairs = [(None, each) for each in self.fetch_hashes(0, index, width)]
            for entry, leaf in pairs:
                self.add(0, leaf)
                self.growing.append(leaf)
                yield entry, leaf
        for level, row in enumerate(self.rows):
            if row:
                self.compare(level, row)

    def add(self, level: int, found: bytes) -> None:
        if level == len(self.rows):
            self.rows.append([])
            self.index.append(0)
        self.rows[level].append(found)
        if len(self.rows[level]) < WIDTH:
            return
        full, self.rows[level] = self.rows[level], []
        self.compare(level, full)
        self.index[level] += 1
        while len(full) > 1:
            full = [node_hash(full[at], full[at + 1]) for at in range(0, len(full), 2)]
        self.add(level + 1, full[0])

    def compare(self, level: int, row: list[bytes]) -> None:
        there = self.fetch_hashes(level, self.index[level], len(row))
        require(there == row, f"tile {level}/{self.index[level]} does not hold the hashes below it")
