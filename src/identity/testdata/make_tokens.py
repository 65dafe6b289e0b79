"""Makes tokens.json beside this file: an issuer's keys, tokens that hold and tokens that do not.

Run in the repository's root with cryptography installed and PYTHONPATH=tests; the test reads the committed
result, whose tokens hold in 2026.
"""

import json
import pathlib

from cryptography.hazmat.primitives import serialization
from harness.tokens import AUDIENCE, EC, ISSUER, RSA, Issuer, unsigned, url64

BEGIN, END = 1_767_225_600, 1_798_761_600  # the year 2026


def main():
    issuer, other = Issuer(), Issuer()
    claims = {"nbf": BEGIN, "exp": END}
    of_rsa = issuer.rsa.public_key()
    pem = of_rsa.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    keys = issuer.key_set()
    modulus = keys["keys"][0]["n"].encode()

    def token(algorithm="RS256", by=issuer, header=None, secret=b"", **more):
        return by.token(algorithm, header, secret, **claims | more)

    signed = token()
    head, body, signature = signed.split(".")
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice"} | claims
    good = {
        "RS256": token(),
        "PS256": token("PS256"),
        "ES256": token("ES256"),
        "several audiences": token(aud=["urn:other", AUDIENCE + "/"]),
        "object id": token(oid="8a6f", tid="t1"),
        "no beginning": token(nbf=None),
    }
    bad = {
        "no algorithm": unsigned({"alg": "none", "kid": "rsa"}, said) + ".",
        "no algorithm in other words": unsigned({"alg": "nOnE"}, said) + "." + signature,
        "keyed by the public key": token("HS256", secret=pem),
        "keyed by the modulus": token("HS256", secret=modulus, header={"kid": issuer.ids[RSA]}),
        "RS256 of the other key's id": token(header={"kid": issuer.ids[EC]}),
        "ES256 of the other key's id": token("ES256", header={"kid": issuer.ids[RSA]}),
        "RS256 said to be PS256": token(header={"alg": "PS256"}),
        "PS256 said to be RS256": token("PS256", header={"alg": "RS256"}),
        "RS512": token(header={"alg": "RS512"}),
        "lower case": token(header={"alg": "rs256"}),
        "no kid among two": token(header={"kid": None}),
        "unknown kid": token(header={"kid": "other"}),
        "another's key": token(by=other),
        "critical header": token(header={"crit": ["b64"], "b64": False}),
        "own key in the header": token(by=other, header={"jwk": other.key_set()["keys"][0]}),
        "changed claims": f"{head}.{url64(json.dumps(said | {'sub': 'bob'}).encode())}.{signature}",
        "another issuer": token(iss="https://issuer.example"),
        "no issuer": token(iss=None),
        "another audience": token(aud="https://vault.azure.net"),
        "no audience": token(aud=None),
        "no end": token(exp=None),
        "over": token(exp=BEGIN + 1),
        "not yet": token(nbf=END - 1),
        "nobody's": token(sub=None),
        "padding": signed + "=",
        "two parts": f"{head}.{body}",
        "four parts": signed + ".x",
    }
    result = {"keys": keys, "good": good, "bad": bad}
    (pathlib.Path(__file__).parent / "tokens.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
