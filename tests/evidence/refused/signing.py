"""Keys and signatures of notes (C2SP signed-note) and checkpoints (C2SP tlog-checkpoint)."""

import base64
import dataclasses

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from evidence.refused.merkle import sha256


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@dataclasses.dataclass(frozen=True)
class Signer:
    """Whoever signs in a log's name."""

    name: str
    seed: bytes

    @property
    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n\x01" + self.public)[:4]

    @property
    def text(self) -> str:
        return verifier_key(self.name, self.key_id.hex(), b"\x01" + self.public)

    def line(self, text: str) -> str:
        return signature_line(self.name, self.key_id + self.private.sign(text.encode()))

    def note(self, text: str) -> str:
        return f"{text}\n{self.line(text)}"


def verifier_key(name: str, key_id: str, typed_key: bytes) -> str:
    return f"{name}+{key_id}+{b64(typed_key)}"


def signature_line(name: str, signature: bytes) -> str:
    return f"— {name} {b64(signature)}\n"


def checkpoint_text(size: int, root: bytes, origin: str | None = None) -> str:
    return f"{LOG.name if origin is None else origin}\n{size}\n{b64(root)}\n"


# The log of the sample, whose key is no secret, another log's key, and a thief who calls himself the log.
LOG = Signer("log.example/sample", bytes([1, 2, 3]) + bytes(29))
OTHER = Signer("log.example/other", bytes([9]) * 32)
THIEF = Signer("log.example/sample", bytes([8]) * 32)
