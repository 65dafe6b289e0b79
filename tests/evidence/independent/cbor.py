"""CBOR in deterministic encoding (RFC 8949 §4.2), of the types that docs/formats/record.md names."""

from evidence.independent.refusal import RefusedError, require

DEEPEST = 8  # no format nests deeper
SIMPLE = {20: False, 21: True, 22: None}
YEAR_10000 = 253_402_300_800  # seconds


def decode(data: bytes):
    value, rest = item(data, 0)
    require(not rest, "bytes follow the item")
    return value


def item(data: bytes, depth: int):
    require(bool(data) and depth <= DEEPEST, "the encoding ends early, or nests too deep")
    major, low = data[0] >> 5, data[0] & 31
    if major == 7:
        require(low in SIMPLE, "neither boolean nor null")
        return SIMPLE[low], data[1:]
    argument, rest = read_argument(low, data[1:])
    match major:
        case 0:
            return argument, rest
        case 1:
            return -1 - argument, rest
        case 2 | 3:
            require(argument <= len(rest), "a string is longer than what follows")
            taken = rest[:argument]
            return taken if major == 2 else utf8(taken), rest[argument:]
        case 4:
            items = []
            for _ in range(argument):
                value, rest = item(rest, depth + 1)
                items.append(value)
            return items, rest
    raise RefusedError("a map or a tag")


def read_argument(low: int, rest: bytes) -> tuple[int, bytes]:
    if low < 24:
        return low, rest
    require(low <= 27, "an indefinite or reserved length")
    size = 1 << (low - 24)
    require(len(rest) >= size, "the encoding ends early")
    number = int.from_bytes(rest[:size], "big")
    shortest = 24 if size == 1 else 1 << (4 * size)
    require(number >= shortest, "an integer is not in its shortest form")
    return number, rest[size:]


def utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError("a text is not UTF-8") from error


def encode(value) -> bytes:
    match value:
        case None:
            return b"\xf6"
        case bool():
            return b"\xf5" if value else b"\xf4"
        case int():
            return head(0, value) if value >= 0 else head(1, -1 - value)
        case bytes():
            return head(2, len(value)) + value
        case str():
            return head(3, len(value.encode())) + value.encode()
        case list():
            return head(4, len(value)) + b"".join(encode(each) for each in value)
    raise TypeError(value)


def head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    size = next(size for size in (1, 2, 4, 8) if number < 1 << 8 * size)
    return bytes([major << 5 | 24 + size.bit_length() - 1]) + number.to_bytes(size, "big")


# What an item must be.


def array(value, items: int) -> list:
    require(isinstance(value, list) and len(value) == items, f"not an array of {items} items")
    return value


def listed(value, most: int) -> list:
    require(isinstance(value, list) and len(value) <= most, f"not an array of at most {most} items")
    return value


def number(value) -> int:
    """From 0 to 2^64 - 1, as all numbers but times."""
    require(
        isinstance(value, int) and not isinstance(value, bool) and value >= 0, "not a whole number from 0"
    )
    return value


def text(value) -> str:
    require(isinstance(value, str), "not a text")
    return value


def blob(value, size: int | None = None) -> bytes:
    require(isinstance(value, bytes) and size in (None, len(value)), f"not a byte string of {size} bytes")
    return value


def digest(value) -> bytes:
    return blob(value, 32)


def boolean(value) -> bool:
    require(isinstance(value, bool), "not a boolean")
    return value


def seconds(value) -> int:
    require(number(value) < YEAR_10000, "a time after 9999")
    return value


def microseconds(value) -> int:
    require(number(value) < YEAR_10000 * 1_000_000, "a time after 9999")
    return value
