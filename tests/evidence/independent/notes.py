"""C2SP signed-note with Ed25519, and C2SP tlog-checkpoint."""

import base64
import binascii
import dataclasses

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from evidence.independent.merkle import sha256
from evidence.independent.refusal import RefusedError, require

MOST_BYTES, MOST_SIGNATURES = 1 << 20, 100
DASH = "\u2014 "


def from_base64(text: str) -> bytes:
    """The padded form of RFC 4648 §4, in its one spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise RefusedError("not base64") from error
    require(base64.b64encode(data).decode() == text, "not base64 as it is written")
    return data


P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def must_have_a_holder(key: bytes) -> None:
    """RFC 8032: a point of which the order divides 8 has y = 0, 1 or -1, or twice it has y = 0."""
    y = (int.from_bytes(key, "little") & (1 << 255) - 1) % P
    small = y in (0, 1, P - 1) or (D * pow(y, 4, P) + 2 * y * y - 1) % P == 0
    require(not small, "a key of small order, which signs for everybody")


def verify_signature(key: bytes, signed: bytes, signature: bytes) -> None:
    must_have_a_holder(key)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except (InvalidSignature, ValueError) as error:
        raise RefusedError("the key did not sign this") from error


def must_be_a_name(name: str) -> None:
    spaces = any(each.isspace() or each == "+" or ord(each) < 0x20 for each in name)
    require(bool(name) and not spaces, "not a key's name")


@dataclasses.dataclass(frozen=True)
class Key:
    """A log's key as it is published: name+hash+base64."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n\x01" + self.public)[:4]

    @classmethod
    def parse(cls, text: str) -> "Key":
        parts = text.split("+", 2)
        require(len(parts) == 3, "a key has three parts")
        typed = from_base64(parts[2])
        require(len(typed) == 33 and typed[0] == 1, "not an Ed25519 key")
        must_have_a_holder(typed[1:])
        must_be_a_name(parts[0])
        key = cls(parts[0], typed[1:])
        require(key.id.hex() == parts[1], "the hash is not that of name and key")
        return key


def open_note(document: bytes, key: Key) -> str:
    """The text, once the key signed it."""
    require(len(document) <= MOST_BYTES, "larger than 1 MiB")
    try:
        note = document.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError("not UTF-8") from error
    require(not any(ord(each) < 0x20 and each != "\n" for each in note), "control characters")
    text, gap, lines = note.rpartition("\n\n")
    require(bool(gap and lines) and lines.endswith("\n"), "no signatures follow an empty line")
    text += "\n"
    signatures = [signature(line) for line in lines[:-1].split("\n")]
    require(len(signatures) <= MOST_SIGNATURES, "too many signatures")
    own = [each for name, key_id, each in signatures if (name, key_id) == (key.name, key.id)]
    require(bool(own), "not signed by the key")
    for each in own:
        verify_signature(key.public, text.encode(), each)
    return text


def signature(line: str) -> tuple[str, bytes, bytes]:
    require(line.startswith(DASH), "a signature line begins with a dash")
    name, space, encoded = line[len(DASH) :].partition(" ")
    must_be_a_name(name)
    data = from_base64(encoded)
    require(bool(space) and len(data) > 4, "a signature line holds a key id and a signature")
    return name, data[:4], data[4:]


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    size: int
    root: bytes


def open_checkpoint(document: bytes, key: Key) -> Checkpoint:
    lines = open_note(document, key).split("\n")
    require(len(lines) > 3 and all(lines[:-1]), "origin, size and root are three lines")
    require(lines[0] == key.name, "the checkpoint of another log")
    digits = lines[1].isascii() and lines[1].isdigit()
    require(
        digits and str(int(lines[1])) == lines[1] and int(lines[1]) < 1 << 64, "size is no decimal number"
    )
    root = from_base64(lines[2])
    require(len(root) == 32, "the root has 32 bytes")
    return Checkpoint(int(lines[1]), root)
