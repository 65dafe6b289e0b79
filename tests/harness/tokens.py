"""An issuer of bearer tokens: its keys, as a JWK set, and the tokens that it signs."""

import base64
import datetime
import hashlib
import hmac
import json
import pathlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

ISSUER = "https://issuer.example/tenant"
AUDIENCE = "https://storage.azure.com"
RSA, EC = "RSA", "EC"


def url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number64(number: int, size: int | None = None) -> str:
    return url64(number.to_bytes(size or (number.bit_length() + 7) // 8))


def unsigned(header: dict, claims: dict) -> str:
    return ".".join(url64(json.dumps(part).encode()) for part in (header, claims))


class Issuer:
    """Has one key of each kind, which are new with each instance."""

    def __init__(self, prefix: str = ""):
        self.rsa = rsa.generate_private_key(65537, 2048)
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self.ids = {RSA: prefix + "rsa", EC: prefix + "ec"}

    def key_set(self) -> dict:
        of_rsa, of_ec = self.rsa.public_key().public_numbers(), self.ec.public_key().public_numbers()
        return {
            "keys": [
                {
                    "kty": "RSA",
                    "use": "sig",
                    "kid": self.ids[RSA],
                    "n": number64(of_rsa.n),
                    "e": number64(of_rsa.e),
                },
                {
                    "kty": "EC",
                    "crv": "P-256",
                    "kid": self.ids[EC],
                    "x": number64(of_ec.x, 32),
                    "y": number64(of_ec.y, 32),
                },
            ]
        }

    def write(self, file: pathlib.Path) -> pathlib.Path:
        file.write_text(json.dumps(self.key_set()))
        return file

    def signature(self, algorithm: str, text: bytes, secret: bytes = b"") -> bytes:
        match algorithm:
            case "RS256":
                return self.rsa.sign(text, padding.PKCS1v15(), hashes.SHA256())
            case "PS256":
                pss = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
                return self.rsa.sign(text, pss, hashes.SHA256())
            case "ES256":
                r, s = utils.decode_dss_signature(self.ec.sign(text, ec.ECDSA(hashes.SHA256())))
                return r.to_bytes(32) + s.to_bytes(32)
            case "HS256":
                return hmac.digest(secret, text, hashlib.sha256)
            case _:
                return b""

    def token(self, algorithm: str = "RS256", header=None, secret: bytes = b"", **claims) -> str:
        """A token that holds for five minutes; claims given as None are left out."""
        now = datetime.datetime.now(datetime.UTC).timestamp()
        usual = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "nbf": now - 1, "exp": now + 300}
        said = {name: value for name, value in (usual | claims).items() if value is not None}
        kind = EC if algorithm == "ES256" else RSA
        usual_header = {"alg": algorithm, "typ": "JWT", "kid": self.ids[kind]}
        named = {name: value for name, value in (usual_header | (header or {})).items() if value is not None}
        text = unsigned(named, said)
        return f"{text}.{url64(self.signature(algorithm, text.encode(), secret))}"
