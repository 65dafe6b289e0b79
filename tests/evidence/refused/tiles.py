"""Paths of tiles, tiles and entry bundles (C2SP tlog-tiles)."""

from evidence.refused.merkle import leaf_hash
from evidence.refused.vectors import Vectors


def make() -> list[Vectors]:
    return [paths(), tiles(), bundles()]


def paths() -> Vectors:
    out = Vectors("tile-path")
    for path in ("tile/0/000", "tile/1/x001/234.p/8", "tile/entries/x001/x234/067", "tile/63/999.p/255"):
        out.accept(path, {"text": path})
    full, grouped = "tile/0/000", "tile/1/x001/234.p/8"
    rows = [
        ("nothing", full, ""),
        ("no prefix", full, "0/000"),
        ("a slash in front", full, "/tile/0/000"),
        ("a slash behind", full, "tile/0/000/"),
        ("two slashes", full, "tile//0/000"),
        ("no index", full, "tile/0/"),
        ("no level", full, "tile/000"),
        ("a level above 63", full, "tile/64/000"),
        ("a level with a leading zero", full, "tile/00/000"),
        ("a negative level", full, "tile/-1/000"),
        ("a level that is a word", full, "tile/data/000"),
        ("an index of two digits", full, "tile/0/00"),
        ("an index of four digits", full, "tile/0/0000"),
        ("a needless group of zeros", full, "tile/0/x000/000"),
        ("a step up", full, "tile/0/../0/000"),
        ("a step up in other letters", full, "tile/0/%2e%2e/000"),
        ("a backslash", full, "tile\\0\\000"),
        ("a NUL behind", full, "tile/0/000\0"),
        ("a newline behind", full, "tile/0/000\n"),
        ("a query behind", full, "tile/0/000?x=1"),
        ("the height of another layout", full, "tile/8/0/000"),
        ("capitals", full, "TILE/0/000"),
        ("a group without its mark", grouped, "tile/1/001/234.p/8"),
        ("a mark at the last group", grouped, "tile/1/x001/x234.p/8"),
        ("a mark in capitals", grouped, "tile/1/X001/234.p/8"),
        ("a width of zero", grouped, "tile/1/x001/234.p/0"),
        ("a width of 256", grouped, "tile/1/x001/234.p/256"),
        ("a width with a leading zero", grouped, "tile/1/x001/234.p/08"),
        ("a negative width", grouped, "tile/1/x001/234.p/-8"),
        ("no width", grouped, "tile/1/x001/234.p/"),
        ("two widths", grouped, "tile/1/x001/234.p/8.p/8"),
        ("an index beyond 64 bits", grouped, "tile/1/x018/x446/x744/x073/x709/x551/616"),
    ]
    for name, of, path in rows:
        out.refuse(name, of, "not the path of a tile or entry bundle", {"text": path})
    return out


HASHES = b"".join(leaf_hash(bytes([n])) for n in range(3))


def tiles() -> Vectors:
    out = Vectors("tile")
    out.accept("tile of three", {"width": 3, "hex": HASHES.hex()})
    rows = [
        ("empty", 3, b""),
        ("a byte missing", 3, HASHES[:-1]),
        ("a byte more", 3, HASHES + b"\x00"),
        ("a hash missing", 3, HASHES[:-32]),
        ("a hash more", 3, HASHES + HASHES[:32]),
        ("wider than its file", 4, HASHES),
        ("narrower than its file", 2, HASHES),
        ("full by its name only", 256, HASHES),
        ("in hexadecimal", 3, HASHES.hex().encode()),
    ]
    for name, width, data in rows:
        says = f"A tile of {width} hashes has {32 * width} bytes; this one has {len(data)}"
        out.refuse(name, "tile of three", says, {"width": width, "hex": data.hex()})
    return out


def bundles() -> Vectors:
    out = Vectors("bundle")

    def bundle(*entries: bytes) -> bytes:
        return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)

    three = bundle(b"one", b"", b"three")
    out.accept("bundle of three", {"width": 3, "hex": three.hex()})
    ends, follow = "ends within entry", "Bytes follow the last entry"
    rows = [
        ("empty", 3, b"", f"{ends} 0 of 3, at byte 0"),
        ("half a length", 3, three[:1], f"{ends} 0 of 3, at byte 0"),
        ("ends behind a length", 3, three[:2], f"{ends} 0 of 3, at byte 0"),
        ("a byte missing", 3, three[:-1], f"{ends} 2 of 3, at byte 7"),
        ("an entry missing", 3, bundle(b"one", b""), f"{ends} 2 of 3, at byte 7"),
        ("half a length at the end", 3, bundle(b"one", b"") + b"\x00", f"{ends} 2 of 3, at byte 7"),
        ("a byte behind", 3, three + b"\x00", f"{follow} of the bundle, at byte 14"),
        ("an entry more", 3, three + bundle(b"four"), f"{follow} of the bundle, at byte 14"),
        ("narrower than its file", 2, three, f"{follow} of the bundle, at byte 7"),
        ("wider than its file", 4, three, f"{ends} 3 of 4, at byte 14"),
        (
            "lengths the other way round",
            3,
            three.replace(b"\x00\x03", b"\x03\x00"),
            f"{ends} 0 of 3, at byte 0",
        ),
        ("lengths of four bytes", 3, b"\x00\x00\x00\x03one" * 3, f"{follow} of the bundle"),
        ("a length of 65,535", 3, b"\xff\xff" + three, f"{ends} 0 of 3, at byte 0"),
        ("a length one too large", 3, three[:-6] + b"\x06three", f"{ends} 2 of 3, at byte 7"),
        ("a length one too small", 3, three[:-6] + b"\x04three", f"{follow} of the bundle, at byte 13"),
    ]
    for name, width, data, says in rows:
        out.refuse(name, "bundle of three", says, {"width": width, "hex": data.hex()})
    return out
