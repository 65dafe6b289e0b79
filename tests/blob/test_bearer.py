"""Bearer tokens: who issued them, for whom, and which roles their holders have."""

import json
import re
import time

import pytest
from blob.bearer import BLOB, World
from blob.wire import code_of
from cryptography.hazmat.primitives import serialization
from harness.tokens import AUDIENCE, EC, ISSUER, RSA, Issuer, unsigned
from server import ACCOUNT, ServerError

PERMISSION = "AuthorizationPermissionMismatch"


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
def test_a_token_of_each_algorithm_reads(world, algorithm):
    assert world.ask(world.issuer.token(algorithm, sub="reader"))[0::2][:2] == (200, b"hello")


def test_the_sdk_works_with_tokens(world):
    with world.client("contributor") as service:
        blob = service.get_blob_client("shared", "by-token")
        blob.upload_blob(b"more", overwrite=True)
        assert blob.download_blob().readall() == b"more"
        names = [found.name for found in service.get_container_client("shared").list_blobs()]
        assert names == ["blob", "by-token"]
        blob.delete_blob()
        denied = code_of(service.get_container_client("shared").get_container_access_policy)
        assert denied == (403, PERMISSION)


NOW = time.time()
BAD = {
    "no token": lambda issuer: "",
    "nonsense": lambda issuer: "abc",
    "over": lambda issuer: issuer.token(sub="reader", nbf=NOW - 1000, exp=NOW - 301),
    "not yet": lambda issuer: issuer.token(sub="reader", nbf=NOW + 4000, exp=NOW + 5000),
    "another issuer": lambda issuer: issuer.token(sub="reader", iss="https://elsewhere.example"),
    "another audience": lambda issuer: issuer.token(sub="reader", aud="https://vault.azure.net"),
    "no end": lambda issuer: issuer.token(sub="reader", exp=None),
    "another's key": lambda issuer: Issuer().token(sub="reader"),
    "unknown key id": lambda issuer: issuer.token(sub="reader", header={"kid": "x"}),
    "no key id": lambda issuer: issuer.token(sub="reader", header={"kid": None}),
}


@pytest.mark.parametrize("name", BAD)
def test_a_token_that_does_not_hold(world, name):
    assert world.refusal(BAD[name](world.issuer)) == (401, "InvalidAuthenticationInfo")


def confusions(issuer: Issuer):
    """Tokens that a verifier takes which lets the token choose how it is verified."""
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "owner", "exp": NOW + 300}
    public = issuer.rsa.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    modulus = issuer.key_set()["keys"][0]["n"].encode()
    for name in ("none", "None", "NONE", ""):
        yield unsigned({"alg": name, "kid": issuer.ids[RSA]}, claims) + "."
    for secret in (pem, pem.strip(), der, modulus, b""):
        yield issuer.token("HS256", secret=secret, sub="owner")
        yield issuer.token("HS256", header={"kid": None}, secret=secret, sub="owner")
    yield issuer.token("RS256", header={"alg": "PS256"}, sub="owner")
    yield issuer.token("ES256", header={"kid": issuer.ids[RSA]}, sub="owner")
    yield issuer.token("RS256", header={"kid": issuer.ids[EC]}, sub="owner")
    other = Issuer()
    own_key = other.key_set()["keys"][0] | {"kid": issuer.ids[RSA]}
    yield other.token(
        header={"jwk": own_key, "jku": "http://127.0.0.1/keys", "x5u": "http://127.0.0.1/"}, sub="owner"
    )


def test_token_algorithm_confusion(world):
    for token in confusions(world.issuer):
        assert world.refusal(token) == (401, "InvalidAuthenticationInfo"), token
    assert world.ask(world.issuer.token(sub="owner"))[0] == 200


LIST, ACL = "comp=list", "restype=container&comp=acl"
PUT = {"x-ms-blob-type": "BlockBlob", "Content-Length": "0"}
# Who, what is asked, and the status.
GRANTS = [
    ("reader", {}, 200),
    ("reader", {"path": f"/{ACCOUNT}", "query": LIST}, 200),
    ("reader", {"method": "PUT", "headers": PUT}, 403),
    ("reader", {"method": "DELETE"}, 403),
    ("reader", {"path": f"/{ACCOUNT}/shared", "query": ACL}, 403),
    ("contributor", {"method": "PUT", "path": f"/{ACCOUNT}/shared/new", "headers": PUT}, 201),
    ("contributor", {"path": f"/{ACCOUNT}/shared", "query": ACL}, 403),
    (
        "contributor",
        {"method": "PUT", "path": f"/{ACCOUNT}", "query": "restype=service&comp=properties"},
        403,
    ),
    ("owner", {"path": f"/{ACCOUNT}/shared", "query": ACL}, 200),
    ("narrow", {}, 200),
    ("narrow", {"method": "DELETE"}, 403),
    ("narrow", {"method": "PUT", "path": f"/{ACCOUNT}/own/new", "headers": PUT}, 201),
    ("narrow", {"path": f"/{ACCOUNT}/own", "query": ACL}, 200),
    ("narrow", {"path": f"/{ACCOUNT}", "query": LIST}, 403),
    ("nobody", {}, 403),
]


@pytest.mark.parametrize(("subject", "request_", "status"), GRANTS)
def test_roles_reach_as_far_as_they_say(world, subject, request_, status):
    found = world.ask(world.issuer.token(sub=subject), **request_)
    assert found[0] == status
    assert found[1] == (PERMISSION if status == 403 else None)


def test_a_role_can_be_of_an_object_id(world):
    assert world.ask(world.issuer.token(sub="somebody", oid="8a6f-oid", tid="t"))[0] == 200
    assert world.ask(world.issuer.token(sub="somebody", oid="other", tid="t"))[0] == 403


def test_a_holder_chooses_among_the_roles_purposes(world):
    token = world.issuer.token(sub="reader")
    assert world.ask(token, headers={"x-ms-vitrine-purpose": "journalism"})[0] == 200
    denied = world.ask(token, headers={"x-ms-vitrine-purpose": "publication"})
    assert denied[:2] == (403, "PolicyDenied")


def test_the_servers_own_account_is_nobodys(world):
    assert world.ask(world.issuer.token(sub="owner"), path="/system", query=LIST)[:2] == (403, PERMISSION)


def test_without_credentials_the_answer_says_where_to_get_a_token(world):
    response, _ = world.raw.request("GET", BLOB, sign=False)
    assert (response.status, response.getheader("x-ms-error-code")) == (401, "NoAuthenticationInformation")
    assert re.fullmatch(
        r"Bearer authorization_uri=\S+ resource_id=\S+", response.getheader("WWW-Authenticate")
    )


def test_keys_are_rotated_without_a_restart(world):
    old, new = world.issuer, Issuer("new-")
    of_both = {"keys": old.key_set()["keys"] + new.key_set()["keys"]}
    assert world.ask(new.token(sub="reader"))[0] == 401
    world.keys.write_text(json.dumps(of_both))
    assert world.ask(new.token(sub="reader"))[0] == world.ask(old.token(sub="reader"))[0] == 200
    new.write(world.keys)
    assert world.ask(new.token(sub="reader"))[0] == 200
    assert world.ask(old.token(sub="reader"))[0] == 401
    world.keys.write_text("{")
    assert world.ask(new.token(sub="reader"))[0] == 200, "what cannot be read changes nothing"
    old.write(world.keys)
    assert world.ask(old.token(sub="reader"))[0] == 200


def test_a_development_server_without_roles_lets_every_holder_in(fresh_server, tmp_path):
    issuer = Issuer()
    keys = issuer.write(tmp_path / "keys.json")
    server = fresh_server("--oidc-issuer", ISSUER, "--oidc-keys", keys, "--oidc-audience", "urn:a,urn:b")
    world = World(server, issuer, keys)
    container = f"/{ACCOUNT}/con"
    for audience, status in (("urn:a", 201), ("urn:b", 409), (AUDIENCE, 401)):
        token = issuer.token(sub="anybody", aud=audience)
        headers = {"Content-Length": "0"}
        assert world.ask(token, "PUT", container, "restype=container", headers)[0] == status
    assert world.ask(issuer.token(sub="anybody", aud="urn:a"), path="/system", query=LIST)[0] == 403


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ('oidc-issuer = "i"\n', "go together"),
        (
            '[[role]]\nprincipal = "a"\nrole = "owner"\naccount = "acct"\npurpose = "archive"\n',
            "--oidc-issuer",
        ),
        ('oidc-issuer = "i"\noidc-keys = "absent.json"\n', "--oidc-keys"),
        ('[[role]]\nprincipal = "a"\n', "line 1: it lacks 'role'"),
        ('[[role]]\nprincipal = "a"\nrole = "admin"\naccount = "acct"\npurpose = "archive"\n', "is no role"),
        ('[[role]]\nprincipal = "a"\nrule = "owner"\n', "it has no 'rule'"),
        ('role = "owner"\n', "[[role]]"),
        ('oidc-issuer = "i"\noidc-keys = "k"\noidc-audience = ","\n', "--oidc-audience"),
    ],
)
def test_a_configuration_that_is_wrong_is_named(fresh_server, tmp_path, config, words):
    file = tmp_path / "vitrine.toml"
    file.write_text(config)
    with pytest.raises(ServerError, match=re.escape(words)):
        fresh_server("--config", file)
