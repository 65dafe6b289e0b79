"""Who may do what: keys, shared access signatures, accounts, purposes, endpoints."""

import base64
import datetime
import email.utils
import hashlib
import hmac
import http.client
import urllib.parse

import pytest
from azure.storage.blob import (
    AccountSasPermissions,
    BlobServiceClient,
    ResourceTypes,
    generate_account_sas,
)
from blob.wire import code_of
from harness.shared_key import RawClient
from server import ACCOUNT, KEY

EVERYTHING = "rwdxylacuptfi"


def sas(permission=EVERYTHING, types="sco", services="b", minutes=5, start=None, **options) -> str:
    now = datetime.datetime.now(datetime.UTC)
    return generate_account_sas(
        ACCOUNT,
        KEY,
        resource_types=ResourceTypes.from_string(types),
        permission=AccountSasPermissions.from_string(permission),
        expiry=now + datetime.timedelta(minutes=minutes),
        start=start,
        services=services,
        **options,
    )


def client_with(server, token: str) -> BlobServiceClient:
    return BlobServiceClient(server.blob_url, credential=token, retry_total=0)


@pytest.fixture
def open_blob(container):
    blob = container.get_blob_client("b c")
    blob.upload_blob(b"hello")
    return blob


def test_a_sas_does_everything_it_grants(server, container):
    with client_with(server, sas()) as service:
        there = service.get_container_client(container.container_name)
        there.upload_blob("dir/b", b"hello", metadata={"a": "1"})
        assert there.download_blob("dir/b").readall() == b"hello"
        assert [blob.name for blob in there.list_blobs()] == ["dir/b"]
        there.delete_blob("dir/b")
        assert container.container_name in [found.name for found in service.list_containers()]
        assert service.get_account_information()["account_kind"] == "StorageV2"


PERMISSION, TYPE = "AuthorizationPermissionMismatch", "AuthorizationResourceTypeMismatch"
# Permissions, resource types, what is done, and the code of the refusal; none: it is done.
GRANTS = [
    ("r", "o", lambda service, blob: blob.download_blob(), None),
    ("w", "o", lambda service, blob: blob.download_blob(), PERMISSION),
    ("r", "sc", lambda service, blob: blob.download_blob(), TYPE),
    ("r", "o", lambda service, blob: blob.upload_blob(b"", overwrite=True), PERMISSION),
    ("w", "o", lambda service, blob: blob.upload_blob(b"", overwrite=True), None),
    ("c", "o", lambda service, blob: blob.set_blob_metadata({}), PERMISSION),
    ("c", "o", lambda service, blob: blob.stage_block("11", b"x"), PERMISSION),
    ("w", "o", lambda service, blob: blob.delete_blob(), PERMISSION),
    ("d", "o", lambda service, blob: blob.delete_blob(), None),
    ("l", "s", lambda service, blob: list(service.list_containers()), None),
    ("l", "c", lambda service, blob: list(service.list_containers()), TYPE),
    (
        "l",
        "c",
        lambda service, blob: list(service.get_container_client(blob.container_name).list_blobs()),
        None,
    ),
    (
        "r",
        "c",
        lambda service, blob: list(service.get_container_client(blob.container_name).list_blobs()),
        PERMISSION,
    ),
    (
        "rwdl",
        "c",
        lambda service, blob: service.get_container_client(blob.container_name).get_container_access_policy(),
        PERMISSION,
    ),
    ("c", "c", lambda service, blob: service.create_container(blob.container_name + "-2"), None),
]


@pytest.mark.parametrize(("permission", "types", "act", "code"), GRANTS)
def test_a_sas_grants_no_more_than_it_says(server, open_blob, permission, types, act, code):
    with client_with(server, sas(permission, types)) as service:
        blob = service.get_blob_client(open_blob.container_name, open_blob.blob_name)
        if code:
            assert code_of(act, service, blob) == (403, code)
        else:
            act(service, blob)


def test_a_sas_of_another_service(server):
    with client_with(server, sas(services="qtf")) as service:
        refused = code_of(service.get_account_information)
        assert refused == (403, "AuthorizationServiceMismatch")


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (lambda: sas(minutes=-1), "AuthenticationFailed"),
        (
            lambda: sas(start=datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=2)),
            "AuthenticationFailed",
        ),
        (lambda: sas(ip="10.0.0.1"), "AuthorizationSourceIPMismatch"),
        (lambda: sas(protocol="https"), "AuthorizationProtocolMismatch"),
        (lambda: sas().replace("sp=r", "sp=rw"), "AuthenticationFailed"),
    ],
)
def test_a_sas_that_does_not_hold(raw, token, code):
    response, _ = raw.request("GET", "/devstoreaccount1/con/b", token(), sign=False)
    assert (response.status, response.getheader("x-ms-error-code")) == (403, code)


def test_a_sas_that_names_its_place_holds(server, open_blob):
    with client_with(server, sas(ip="127.0.0.0-127.0.0.9", protocol="https,http")) as service:
        blob = service.get_blob_client(open_blob.container_name, open_blob.blob_name)
        assert blob.download_blob().readall() == b"hello"


def anybody(raw, method: str, client, query: str = ""):
    response, body = raw.request(method, urllib.parse.urlparse(client.url).path, query, sign=False)
    return response.status, response.getheader("x-ms-error-code"), body


REFUSED = (401, "NoAuthenticationInformation")
LIST, PROPERTIES, ACL = "restype=container&comp=list", "restype=container", "restype=container&comp=acl"


@pytest.mark.parametrize("level", ["blob", "container"])
def test_anybody_reads_what_is_public(raw, container, open_blob, level):
    container.set_container_access_policy({}, public_access=level)
    assert anybody(raw, "GET", open_blob) == (200, None, b"hello")
    assert anybody(raw, "HEAD", open_blob)[0] == 200
    assert anybody(raw, "GET", open_blob, "comp=metadata")[0] == 200
    absent = container.get_blob_client("absent")
    assert anybody(raw, "GET", absent)[:2] == (404, "BlobNotFound")
    whole = level == "container"
    for query in (LIST, PROPERTIES):
        found = anybody(raw, "GET", container, query)
        assert found[0] == 200 if whole else found[:2] == REFUSED
    for method, client, query in (
        ("PUT", open_blob, ""),
        ("PUT", open_blob, "comp=metadata"),
        ("DELETE", open_blob, ""),
        ("GET", open_blob, "comp=tags"),
        ("GET", container, ACL),
        ("PUT", container, ACL),
        ("DELETE", container, PROPERTIES),
        ("GET", container, "restype=account&comp=properties"),
    ):
        headers = {"x-ms-blob-type": "BlockBlob"}
        path = urllib.parse.urlparse(client.url).path
        response, _ = raw.request(method, path, query, headers=headers, sign=False)
        assert (response.status, response.getheader("x-ms-error-code")) == REFUSED, (method, query)
    response, _ = raw.request("GET", f"/{ACCOUNT}", "comp=list", sign=False)
    assert (response.status, response.getheader("x-ms-error-code")) == REFUSED
    container.set_container_access_policy({})
    assert anybody(raw, "GET", open_blob)[:2] == REFUSED
    assert open_blob.download_blob().readall() == b"hello"


def test_anybody_chooses_no_purpose(raw, container, open_blob):
    container.set_container_access_policy({}, public_access="blob")
    path = urllib.parse.urlparse(open_blob.url).path
    headers = {"x-ms-vitrine-purpose": "archive"}
    response, _ = raw.request("GET", path, headers=headers, sign=False)
    assert (response.status, response.getheader("x-ms-error-code")) == (400, "UnsupportedHeader")


def test_nothing_is_public_by_itself(raw, open_blob):
    path = urllib.parse.urlparse(open_blob.url).path
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        response, body = raw.request(method, path, sign=False)
        assert response.status == 401
        assert response.getheader("x-ms-error-code") == "NoAuthenticationInformation"
        assert response.getheader("WWW-Authenticate")
        assert b"hello" not in body
    assert open_blob.exists()


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        ("Bearer abc", 400, "InvalidAuthenticationInfo"),
        ("Basic abc", 400, "InvalidAuthenticationInfo"),
        ("SharedKey", 400, "InvalidAuthenticationInfo"),
        ("SharedKey devstoreaccount1", 400, "InvalidAuthenticationInfo"),
        ("SharedKey devstoreaccount1:AAAA", 400, "InvalidAuthenticationInfo"),
        ("SharedKey devstoreaccount1:" + "A" * 43 + "=", 403, "AuthenticationFailed"),
        ("SharedKey other:" + "A" * 43 + "=", 403, "AuthenticationFailed"),
    ],
)
def test_a_signature_that_does_not_hold(raw, header, status, code):
    response, _ = raw.request("GET", "/devstoreaccount1", "comp=list", {"Authorization": header})
    assert (response.status, response.getheader("x-ms-error-code")) == (status, code)


@pytest.mark.parametrize("minutes", [-16, 16])
def test_an_old_or_future_date(raw, minutes):
    date = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
    headers = {"x-ms-date": email.utils.format_datetime(date, usegmt=True)}
    response, _ = raw.request("GET", "/devstoreaccount1", "comp=list", headers)
    assert (response.status, response.getheader("x-ms-error-code")) == (403, "AuthenticationFailed")


def test_shared_key_lite(server, open_blob):
    path = urllib.parse.urlparse(open_blob.url).path
    date = email.utils.formatdate(usegmt=True)
    text = f"GET\n\n\n\nx-ms-date:{date}\nx-ms-version:2025-07-05\n/{ACCOUNT}{path}"
    signature = base64.b64encode(hmac.digest(base64.b64decode(KEY), text.encode(), hashlib.sha256)).decode()
    connection = http.client.HTTPConnection("127.0.0.1", server.blob_port)
    headers = {"x-ms-date": date, "x-ms-version": "2025-07-05"}
    for authorization, status in (
        (f"SharedKeyLite {ACCOUNT}:{signature}", 200),
        (f"SharedKey {ACCOUNT}:{signature}", 403),
    ):
        connection.request("GET", path, headers=headers | {"Authorization": authorization})
        response = connection.getresponse()
        response.read()
        assert response.status == status
    connection.close()


def test_accounts_of_the_environment_are_apart(fresh_server):
    keys = {"first": "A" * 43 + "=", "second": "B" * 42 + "A="}
    server = fresh_server(
        environment={"AZURITE_ACCOUNTS": ";".join(f"{name}:{key}" for name, key in keys.items())}
    )
    for name, key in keys.items():
        credential = {"account_name": name, "account_key": key}
        url = f"http://127.0.0.1:{server.blob_port}/{name}"
        with BlobServiceClient(url, credential=credential, retry_total=0) as service:
            service.create_container("own").upload_blob("b", name.encode())
    for name, key in keys.items():
        raw = RawClient("127.0.0.1", server.blob_port, name, key)
        assert raw.request("GET", f"/{name}/own/b")[1] == name.encode()
        other = next(each for each in keys if each != name)
        response, _ = raw.request("GET", f"/{other}/own/b")
        assert (response.status, response.getheader("x-ms-error-code")) == (403, "AuthenticationFailed")
    response, _ = raw.request("GET", "/absent/own/b")
    assert (response.status, response.getheader("x-ms-error-code")) == (404, "ResourceNotFound")


def test_hosts_may_name_the_account(wire, open_blob):
    path = urllib.parse.urlparse(open_blob.url).path.removeprefix("/devstoreaccount1")
    got = wire.ask("GET", path, headers={"Host": "devstoreaccount1.blob.localhost:10000"})
    assert (got.status, got.body) == (200, b"hello")
    got = wire.ask("GET", "/", "comp=list", {"Host": "devstoreaccount1.blob.localhost:10000"})
    assert b'ServiceEndpoint="http://devstoreaccount1.blob.localhost:10000/"' in got.body


def test_the_secondary_endpoint_reads(server, open_blob):
    raw = RawClient("127.0.0.1", server.blob_port, ACCOUNT, KEY)
    path = urllib.parse.urlparse(open_blob.url).path.replace(ACCOUNT, f"{ACCOUNT}-secondary", 1)
    assert raw.request("GET", path)[1] == b"hello"
    response, _ = raw.request("DELETE", path)
    assert (response.status, response.getheader("x-ms-error-code")) == (405, "UnsupportedHttpVerb")
    assert open_blob.exists()


def test_a_purpose_is_chosen_by_a_signed_header(raw, open_blob):
    path = urllib.parse.urlparse(open_blob.url).path
    response, body = raw.request("GET", path, headers={"x-ms-vitrine-purpose": "archive"})
    assert (response.status, body) == (200, b"hello")
    response, body = raw.request("GET", path, headers={"x-ms-vitrine-purpose": "operations"})
    assert (response.status, response.getheader("x-ms-error-code")) == (403, "PolicyDenied")
    assert response.getheader("x-ms-vitrine-policy") and response.getheader("x-ms-vitrine-receipt")
    assert b"<PolicyId>" in body and b"hello" not in body
    response, _ = raw.request("GET", path, headers={"x-ms-vitrine-purpose": "No Name"})
    assert (response.status, response.getheader("x-ms-error-code")) == (400, "InvalidHeaderValue")
    response, _ = raw.request("GET", path, sas(), headers={"x-ms-vitrine-purpose": "archive"}, sign=False)
    assert (response.status, response.getheader("x-ms-error-code")) == (400, "UnsupportedHeader")


def test_a_purpose_outside_of_the_signature_does_not_hold(raw, open_blob):
    path = urllib.parse.urlparse(open_blob.url).path
    signed = raw.signed("GET", path, "", {})
    response, _ = raw.request("GET", path, headers=signed | {"x-ms-vitrine-purpose": "archive"}, sign=False)
    assert (response.status, response.getheader("x-ms-error-code")) == (403, "AuthenticationFailed")
