"""User delegation: keys for the holders of tokens, and what these lend by them."""

import base64
import datetime
import hashlib
import hmac
import urllib.parse

import pytest
from azure.storage.blob import BlobClient, ContainerClient, generate_blob_sas, generate_container_sas
from blob.bearer import BLOB, World
from blob.wire import code_of
from server import ACCOUNT

AUTHENTICATION = "AuthenticationFailed"
PERMISSION = "AuthorizationPermissionMismatch"


def soon(minutes: int = 5) -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)


def key_of(world: World, subject: str, **options):
    with world.client(subject) as service:
        return service.get_user_delegation_key(soon(-1), soon(60), **options)


def sas_of(key, permission="r", **options) -> str:
    given = {"permission": permission, "expiry": soon()} | options
    return generate_blob_sas(ACCOUNT, "shared", "blob", user_delegation_key=key, **given)


def answer(world: World, token: str, method="GET", path=BLOB, headers=None):
    response, _ = world.raw.request(method, path, token, headers, sign=False)
    return response.status, response.getheader("x-ms-error-code")


def test_a_key_signs_what_its_owner_may_do(world):
    key = key_of(world, "contributor")
    assert (key.signed_oid, key.signed_service) == ("contributor", "b")
    assert len(base64.b64decode(key.value)) == 32
    token = generate_container_sas(
        ACCOUNT, "shared", user_delegation_key=key, permission="racwdl", expiry=soon()
    )
    with ContainerClient(world.server.blob_url, "shared", token, retry_total=0) as container:
        container.upload_blob("lent", b"more")
        assert [blob.name for blob in container.list_blobs(name_starts_with="lent")] == ["lent"]
        container.delete_blob("lent")
        assert code_of(container.get_container_properties) == (403, PERMISSION)
    with BlobClient(world.server.blob_url, "shared", "blob", credential=sas_of(key)) as blob:
        assert blob.download_blob().readall() == b"hello"


def test_no_more_is_lent_than_the_role_allows(world):
    key = key_of(world, "reader")
    assert answer(world, sas_of(key, "rd")) == (200, None)
    assert answer(world, sas_of(key, "rd"), "DELETE") == (403, PERMISSION)


def test_only_a_token_gets_a_key_and_only_for_the_account(world):
    path, query = f"/{ACCOUNT}", "restype=service&comp=userdelegationkey"
    body = f"<KeyInfo><Expiry>{soon().strftime('%Y-%m-%dT%H:%M:%SZ')}</Expiry></KeyInfo>".encode()
    response, _ = world.raw.request("POST", path, query, {}, body)
    assert (response.status, response.getheader("x-ms-error-code")) == (403, AUTHENTICATION)
    narrow = world.issuer.token(sub="narrow")
    assert world.ask(narrow, "POST", path, query, body=body)[:2] == (403, PERMISSION)
    assert world.ask(world.issuer.token(sub="reader"), "POST", path, query, body=body)[0] == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "InvalidXmlDocument"),
        (b"<KeyInfo/>", "InvalidXmlNodeValue"),
        (b"<Key/>", "InvalidXmlDocument"),
        (b"<KeyInfo><Expiry>tomorrow</Expiry></KeyInfo>", "InvalidXmlNodeValue"),
        (b"<KeyInfo><Expiry>2020-01-01</Expiry></KeyInfo>", "InvalidXmlNodeValue"),
        (b"<KeyInfo><Expiry>2199-01-01</Expiry></KeyInfo>", "InvalidXmlNodeValue"),
        (b"<KeyInfo><Start>x</Start><Expiry>2199-01-01</Expiry></KeyInfo>", "InvalidXmlNodeValue"),
    ],
)
def test_a_wrong_key_info_is_refused(world, body, code):
    token = world.issuer.token(sub="reader")
    query = "restype=service&comp=userdelegationkey"
    assert world.ask(token, "POST", f"/{ACCOUNT}", query, body=body)[:2] == (400, code)


def test_every_changed_part_of_the_key_is_noticed(world):
    token = sas_of(key_of(world, "reader"))
    assert answer(world, token) == (200, None)
    fields = dict(urllib.parse.parse_qsl(token))
    for name, value in (
        ("skoid", "owner"),
        ("sktid", "other"),
        ("skt", "2026-01-01T00:00:00Z"),
        ("ske", "2099-01-01T00:00:00Z"),
        ("sks", "q"),
        ("skv", "2018-11-09"),
        ("sp", "rw"),
        ("sr", "c"),
    ):
        changed = urllib.parse.urlencode(fields | {name: value})
        assert answer(world, changed) == (403, AUTHENTICATION), name
    for missing in ("skoid", "skt", "ske", "sks", "sig", "se", "sp"):
        lacking = urllib.parse.urlencode({k: v for k, v in fields.items() if k != missing})
        assert answer(world, lacking)[0] in (401, 403), missing


def test_a_key_and_its_sas_have_their_times(world):
    key = key_of(world, "reader")
    assert answer(world, sas_of(key, expiry=soon(-1))) == (403, AUTHENTICATION)
    assert answer(world, sas_of(key, start=soon(2))) == (403, AUTHENTICATION)
    with world.client("reader") as service:
        later = service.get_user_delegation_key(soon(10), soon(60))
    assert answer(world, sas_of(later)) == (403, AUTHENTICATION)


@pytest.mark.parametrize(
    ("version", "lines"),
    [
        ("2018-11-09", "{head}\n\n\n{sv}\nb\n\n\n\n\n\n"),
        ("2020-02-10", "{head}\n\n\n\n\n\n{sv}\nb\n\n\n\n\n\n"),
        ("2020-12-06", "{head}\n\n\n\n\n\n{sv}\nb\n\n\n\n\n\n\n"),
        ("2025-07-05", "{head}\n\n\n\n\n\n\n\n{sv}\nb\n\n\n\n\n\n\n"),
        ("2026-04-06", "{head}\n\n\n\n\n\n\n\n{sv}\nb\n\n\n\n\n\n\n\n\n"),
    ],
)
def test_every_version_is_read_as_it_was_signed(world, version, lines):
    key, expiry = key_of(world, "reader"), soon().strftime("%Y-%m-%dT%H:%M:%SZ")
    signed = {
        "skoid": key.signed_oid,
        "sktid": key.signed_tid,
        "skt": key.signed_start,
        "ske": key.signed_expiry,
        "sks": key.signed_service,
        "skv": key.signed_version,
    }
    head = "\n".join(["r", "", expiry, f"/blob{BLOB}", *signed.values()])
    digest = hmac.digest(
        base64.b64decode(key.value), lines.format(head=head, sv=version).encode(), hashlib.sha256
    )
    fields = signed | {"sv": version, "sr": "b", "sp": "r", "se": expiry, "sig": base64.b64encode(digest)}
    assert answer(world, urllib.parse.urlencode(fields)) == (200, None)
    other = "2018-11-09" if version != "2018-11-09" else "2026-04-06"
    assert answer(world, urllib.parse.urlencode(fields | {"sv": other})) == (403, AUTHENTICATION)


def test_a_sas_for_one_user_needs_that_users_token(world):
    token = sas_of(key_of(world, "contributor"), user_delegation_oid="8a6f-oid")
    assert answer(world, token) == (403, AUTHENTICATION)
    users, others = world.issuer.token(oid="8a6f-oid"), world.issuer.token(oid="other")
    assert world.ask(users, query=token)[0] == 200
    assert world.ask(others, query=token)[:2] == (403, AUTHENTICATION)
    assert world.ask(users + "x", query=token)[0] == 401


def test_a_sas_binds_headers_and_parameters_of_the_request(world):
    token = sas_of(key_of(world, "contributor"), "rw", request_headers={"x-ms-meta-a": "1"})
    assert answer(world, token, headers={"x-ms-meta-a": "1"}) == (200, None)
    assert answer(world, token, headers={"x-ms-meta-a": "2"}) == (403, AUTHENTICATION)
    assert answer(world, token) == (403, AUTHENTICATION)


def test_without_an_issuer_no_delegation_holds(world, raw):
    token = sas_of(key_of(world, "owner"))
    response, _ = raw.request("GET", BLOB, token, sign=False)
    assert (response.status, response.getheader("x-ms-error-code")) == (403, AUTHENTICATION)
