"""Service SAS: what an account key lends of one container or blob."""

import base64
import datetime
import hashlib
import hmac
import urllib.parse

import pytest
from azure.storage.blob import (
    AccessPolicy,
    BlobClient,
    BlobSasPermissions,
    ContainerClient,
    ContainerSasPermissions,
    generate_blob_sas,
    generate_container_sas,
)
from blob.wire import code_of
from server import ACCOUNT, KEY

PERMISSION, AUTHENTICATION = "AuthorizationPermissionMismatch", "AuthenticationFailed"


def soon(minutes: int = 5) -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)


def blob_sas(blob, permission="r", minutes=5, **options) -> str:
    return generate_blob_sas(
        ACCOUNT,
        blob.container_name,
        blob.blob_name,
        account_key=KEY,
        permission=BlobSasPermissions.from_string(permission),
        expiry=soon(minutes),
        **options,
    )


def container_sas(container, permission="rl", **options) -> str:
    return generate_container_sas(
        ACCOUNT,
        container.container_name,
        account_key=KEY,
        permission=ContainerSasPermissions.from_string(permission),
        expiry=soon(),
        **options,
    )


def borrowed(server, blob, token: str) -> BlobClient:
    return BlobClient(server.blob_url, blob.container_name, blob.blob_name, credential=token, retry_total=0)


def path_of(client) -> str:
    return urllib.parse.urlparse(client.url).path


@pytest.fixture
def open_blob(container):
    blob = container.get_blob_client("dir/b ü+%?")
    blob.upload_blob(b"hello")
    return blob


# Permissions, what is done with the blob, and the code of the refusal; none: it is done.
GRANTS = [
    ("r", lambda blob: blob.download_blob().readall(), None),
    ("r", lambda blob: blob.get_blob_properties(), None),
    ("r", lambda blob: blob.get_account_information(), None),
    ("w", lambda blob: blob.download_blob(), PERMISSION),
    ("r", lambda blob: blob.upload_blob(b"", overwrite=True), PERMISSION),
    ("c", lambda blob: blob.upload_blob(b"", overwrite=True), "UnauthorizedBlobOverwrite"),
    ("w", lambda blob: blob.upload_blob(b"", overwrite=True), None),
    ("c", lambda blob: blob.set_blob_metadata({}), PERMISSION),
    ("w", lambda blob: blob.acquire_lease(15), None),
    ("rw", lambda blob: blob.delete_blob(), PERMISSION),
    ("d", lambda blob: blob.delete_blob(), None),
]


@pytest.mark.parametrize(("permission", "act", "code"), GRANTS)
def test_a_sas_of_a_blob_grants_no_more_than_it_says(server, open_blob, permission, act, code):
    with borrowed(server, open_blob, blob_sas(open_blob, permission)) as blob:
        if code:
            assert code_of(act, blob) == (403, code)
        else:
            act(blob)


def test_create_makes_new_blobs_only(server, container):
    new = container.get_blob_client("new")
    with borrowed(server, new, blob_sas(new, "c")) as blob:
        blob.upload_blob(b"first")
        assert code_of(blob.upload_blob, b"second", overwrite=True) == (403, "UnauthorizedBlobOverwrite")
    assert new.download_blob().readall() == b"first"


def test_a_sas_of_a_container_is_for_its_blobs(server, container, open_blob):
    token = container_sas(container, "rwdl")
    with ContainerClient(server.blob_url, container.container_name, token, retry_total=0) as there:
        there.upload_blob("other", b"more")
        assert {blob.name for blob in there.list_blobs()} == {"other", open_blob.blob_name}
        assert there.download_blob("other").readall() == b"more"
        there.delete_blob("other")
        for act in (
            there.get_container_properties,
            there.get_container_access_policy,
            there.delete_container,
            lambda: there.set_container_metadata({"a": "b"}),
        ):
            assert code_of(act) == (403, PERMISSION)


def test_a_sas_holds_where_it_was_made_for(raw, container, open_blob, blob_service):
    container.upload_blob("other", b"more")
    elsewhere = blob_service.get_container_client(container.container_name + "-2")
    elsewhere.create_container()
    elsewhere.upload_blob(open_blob.blob_name, b"elsewhere")
    one, all_of_them = blob_sas(open_blob), container_sas(container)
    for token, path, query in (
        (one, path_of(container.get_blob_client("other")), ""),
        (one, path_of(elsewhere.get_blob_client(open_blob.blob_name)), ""),
        (one, path_of(container), "restype=container&comp=list&"),
        (one, f"/{ACCOUNT}", "comp=list&"),
        (all_of_them, path_of(elsewhere.get_blob_client(open_blob.blob_name)), ""),
        (all_of_them, f"/{ACCOUNT}", "comp=list&"),
    ):
        response, body = raw.request("GET", path, query + token, sign=False)
        assert (response.status, response.getheader("x-ms-error-code")) == (403, AUTHENTICATION), path
        assert b"elsewhere" not in body
    elsewhere.delete_container()


def test_a_sas_does_not_list_beyond_its_permissions(server, container, open_blob):
    with ContainerClient(
        server.blob_url, container.container_name, container_sas(container, "r"), retry_total=0
    ) as there:
        assert code_of(lambda: list(there.list_blobs())) == (403, PERMISSION)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"minutes": -1}, AUTHENTICATION),
        ({"start": soon(2)}, AUTHENTICATION),
        ({"ip": "10.0.0.1"}, "AuthorizationSourceIPMismatch"),
        ({"protocol": "https"}, "AuthorizationProtocolMismatch"),
        ({"policy_id": "absent"}, AUTHENTICATION),
    ],
)
def test_a_sas_that_does_not_hold(raw, open_blob, options, code):
    response, _ = raw.request("GET", path_of(open_blob), blob_sas(open_blob, **options), sign=False)
    assert (response.status, response.getheader("x-ms-error-code")) == (403, code)


def test_a_changed_or_repeated_parameter_is_refused(raw, open_blob):
    token = blob_sas(open_blob, start=soon(-5), ip="127.0.0.1", protocol="https,http")
    assert raw.request("GET", path_of(open_blob), token, sign=False)[1] == b"hello"
    for changed in (
        token.replace("sp=r", "sp=rw"),
        token.replace("ip=127.0.0.1", "ip=127.0.0.1-127.0.0.2"),
        token + "&rsct=text/html",
    ):
        response, _ = raw.request("GET", path_of(open_blob), changed, sign=False)
        assert (response.status, response.getheader("x-ms-error-code")) == (403, AUTHENTICATION)
    signature = token[token.index("sig=") :].partition("&")[0]
    for repeated in (signature, "SIG" + signature[3:], "sp=rw"):
        response, _ = raw.request("GET", path_of(open_blob), f"{token}&{repeated}", sign=False)
        assert response.status == 400
        assert response.getheader("x-ms-error-code") == "InvalidQueryParameterValue"


def test_a_stored_policy_binds_every_sas_that_names_it(raw, container, open_blob):
    path = path_of(open_blob)
    lent = {"permission": None, "expiry": None, "account_key": KEY, "policy_id": "readers"}
    token = generate_blob_sas(ACCOUNT, open_blob.container_name, open_blob.blob_name, **lent)
    of_container = generate_container_sas(ACCOUNT, container.container_name, **lent)

    def answer(token: str, method: str = "GET"):
        response, _ = raw.request(method, path, token, sign=False)
        return response.status, response.getheader("x-ms-error-code")

    def set_policy(**terms):
        container.set_container_access_policy({"readers": AccessPolicy(**terms)})

    assert answer(token) == answer(of_container) == (403, AUTHENTICATION), "there is no such policy"
    set_policy(permission="r", expiry=soon())
    assert answer(token) == answer(of_container) == (200, None)
    assert answer(of_container, "DELETE") == (403, PERMISSION)
    assert answer(blob_sas(open_blob, policy_id="readers")) == (403, AUTHENTICATION), "both say how"
    set_policy(permission="r", expiry=soon(-1))
    assert answer(token) == (403, AUTHENTICATION), "it is over"
    set_policy(permission="r", expiry=soon(), start=soon(2))
    assert answer(token) == (403, AUTHENTICATION), "it has not begun"
    set_policy(permission="r")
    assert answer(token) == (403, AUTHENTICATION), "nobody says until when"
    ending = generate_blob_sas(
        ACCOUNT, open_blob.container_name, open_blob.blob_name, **lent | {"expiry": soon()}
    )
    assert answer(ending) == (200, None)
    container.set_container_access_policy({})
    assert answer(ending) == (403, AUTHENTICATION), "it was revoked"


OVERRIDES = {
    "cache_control": "no-store",
    "content_disposition": 'attachment; filename="x.txt"',
    "content_encoding": "identity",
    "content_language": "de",
    "content_type": "text/plain",
}


def test_a_sas_overrides_headers_of_the_answer(raw, open_blob):
    token = blob_sas(open_blob, **OVERRIDES)
    for method, headers, status in (
        ("GET", {}, 200),
        ("HEAD", {}, 200),
        ("GET", {"Range": "bytes=1-2"}, 206),
    ):
        response, _ = raw.request(method, path_of(open_blob), token, headers=headers, sign=False)
        assert response.status == status
        for name, value in OVERRIDES.items():
            assert response.headers.get_all(name.replace("_", "-")) == [value]
    signed = "&".join(part for part in token.split("&") if part.startswith("rs"))
    response, _ = raw.request("GET", path_of(open_blob), signed)
    assert response.getheader("Content-Type") == "application/octet-stream"


@pytest.mark.parametrize(
    ("version", "lines"),
    [
        ("2012-02-12", "r\n\n{se}\n/{at}\n\n{sv}"),
        ("2013-08-15", "r\n\n{se}\n/{at}\n\n{sv}\n\n\n\n\n"),
        ("2015-02-21", "r\n\n{se}\n/blob/{at}\n\n{sv}\n\n\n\n\n"),
        ("2015-04-05", "r\n\n{se}\n/blob/{at}\n\n\n\n{sv}\n\n\n\n\n"),
        ("2018-11-09", "r\n\n{se}\n/blob/{at}\n\n\n\n{sv}\nb\n\n\n\n\n\n"),
        ("2020-12-06", "r\n\n{se}\n/blob/{at}\n\n\n\n{sv}\nb\n\n\n\n\n\n\n"),
    ],
)
def test_every_version_is_read_as_it_was_signed(raw, open_blob, version, lines):
    expiry = soon().strftime("%Y-%m-%dT%H:%MZ")
    at = f"{ACCOUNT}/{open_blob.container_name}/{open_blob.blob_name}"
    text = lines.format(se=expiry, sv=version, at=at)
    digest = hmac.digest(base64.b64decode(KEY), text.encode(), hashlib.sha256)
    fields = {"sv": version, "sr": "b", "sp": "r", "se": expiry, "sig": base64.b64encode(digest)}
    query = urllib.parse.urlencode(fields)
    assert raw.request("GET", path_of(open_blob), query, sign=False)[1] == b"hello"
    later = query.replace(version, "2026-04-06" if version < "2018" else "2013-08-15")
    assert raw.request("GET", path_of(open_blob), later, sign=False)[0].status == 403
