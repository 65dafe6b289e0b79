"""JSON documents as receipts and journals' heads are: docs/formats/receipt.md."""

import json

from evidence.independent.notes import from_base64
from evidence.independent.refusal import RefusedError, require

MOST_BYTES, LONGEST_PATH = 1 << 20, 64


def no_constant(name: str):
    raise ValueError(name)


def parse(document: str) -> dict:
    require(len(document.encode("utf-8", "surrogatepass")) <= MOST_BYTES, "larger than 1 MiB")
    try:
        value = json.loads(document, parse_constant=no_constant)
    except (ValueError, RecursionError) as error:
        raise RefusedError("not JSON") from error
    require(isinstance(value, dict), "not an object")
    return value


def written(value: dict) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def without_whitespace(document: str) -> str:
    """Without the whitespace between tokens."""
    out, in_text, escaped = [], False, False
    for each in document:
        if in_text or each not in " \t\r\n":
            out.append(each)
        if each == '"' and not escaped:
            in_text = not in_text
        escaped = in_text and each == "\\" and not escaped
    return "".join(out)


def must_be_spelled(document: str, expected: dict) -> None:
    require(without_whitespace(document) == written(expected), "the document is written in another way")


def member(value, *names: str):
    for name in names:
        require(isinstance(value, dict) and name in value, f"{name} is missing")
        value = value[name]
    return value


def text(value, *names: str) -> str:
    found = member(value, *names)
    require(isinstance(found, str), f"{names[-1]} is not a text")
    return found


def number(value, *names: str) -> int:
    found = member(value, *names)
    whole = isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 1 << 64
    require(whole, f"{names[-1]} is not a whole number")
    return found


def blob(value, *names: str) -> bytes:
    return from_base64(text(value, *names))


def digest(value, *names: str) -> bytes:
    data = blob(value, *names)
    require(len(data) == 32, f"{names[-1]} is not of 32 bytes")
    return data


def path(value, *names: str) -> list[bytes]:
    found = member(value, *names)
    require(isinstance(found, list) and len(found) <= LONGEST_PATH, f"{names[-1]} is not a path")
    return [digest({"hash": each}, "hash") for each in found]
