"""If-* headers, as a table: what is answered for a blob that is there, and for one that is not."""

import datetime
import email.utils

import pytest


def http_date(delta: datetime.timedelta) -> str:
    return email.utils.format_datetime(datetime.datetime.now(datetime.UTC) + delta, usegmt=True)


HOUR = datetime.timedelta(hours=1)
OTHER = '"0x8D0000000000000"'

# Headers ("THIS" is the blob's tag, PAST and FUTURE are times around its last change), then the status and
# error code of GET, of Set Metadata and of Put Blob.
OK, MET, CREATED = (200, None), (412, "ConditionNotMet"), (201, None)
SAME = (304, "ConditionNotMet")
BAD = (400, "UnsatisfiableCondition")
ROWS = [
    ({}, OK, OK, CREATED),
    ({"If-Match": "THIS"}, OK, OK, CREATED),
    ({"If-Match": "*"}, OK, OK, CREATED),
    ({"If-Match": OTHER}, MET, MET, MET),
    ({"If-None-Match": OTHER}, OK, OK, CREATED),
    ({"If-None-Match": "THIS"}, SAME, MET, MET),
    ({"If-None-Match": "*"}, BAD, OK, (409, "BlobAlreadyExists")),
    ({"If-Modified-Since": "PAST"}, OK, OK, CREATED),
    ({"If-Modified-Since": "FUTURE"}, SAME, MET, MET),
    ({"If-Unmodified-Since": "PAST"}, MET, MET, MET),
    ({"If-Unmodified-Since": "FUTURE"}, OK, OK, CREATED),
    ({"If-Match": "THIS", "If-Unmodified-Since": "PAST"}, MET, OK, CREATED),
    ({"If-None-Match": "THIS", "If-Modified-Since": "PAST"}, OK, MET, MET),
]


def filled(headers: dict, tag: str) -> dict:
    words = {"THIS": tag, "PAST": http_date(-HOUR), "FUTURE": http_date(HOUR)}
    return {name: words.get(value, value) for name, value in headers.items()}


@pytest.mark.parametrize(("headers", "read", "changed", "put"), ROWS, ids=[str(row[0]) for row in ROWS])
def test_on_a_blob_that_is_there(wire, container, headers, read, changed, put):
    path = f"/devstoreaccount1/{container.container_name}/b"
    plain = {"x-ms-blob-type": "BlockBlob"}
    tag = wire.ask("PUT", path, headers=plain, body=b"x").headers["etag"]

    for method in ("GET", "HEAD"):
        got = wire.ask(method, path, headers=filled(headers, tag))
        assert (got.status, got.code) == read
        if got.status == 304:
            assert got.body == b""
    answer = wire.ask("PUT", path, "comp=metadata", filled(headers, tag), b"")
    assert (answer.status, answer.code) == changed
    tag = answer.headers.get("etag", tag)
    answer = wire.ask("PUT", path, headers=plain | filled(headers, tag), body=b"y")
    assert (answer.status, answer.code) == put


ABSENT = [
    ({}, (404, "BlobNotFound"), CREATED),
    ({"If-Match": "*"}, MET, MET),
    ({"If-Match": OTHER}, MET, MET),
    ({"If-None-Match": "*"}, None, CREATED),
    ({"If-None-Match": OTHER}, (404, "BlobNotFound"), CREATED),
    ({"If-Unmodified-Since": "FUTURE"}, None, None),
]


@pytest.mark.parametrize(("headers", "read", "put"), ABSENT, ids=[str(row[0]) for row in ABSENT])
def test_on_a_blob_that_is_not_there(wire, container, headers, read, put):
    path = f"/devstoreaccount1/{container.container_name}/absent"
    if read:
        answer = wire.ask("GET", path, headers=filled(headers, OTHER))
        assert (answer.status, answer.code) == read
    if put:
        answer = wire.ask(
            "PUT", path, headers={"x-ms-blob-type": "BlockBlob"} | filled(headers, OTHER), body=b""
        )
        assert (answer.status, answer.code) == put


def test_deletion_is_guarded_too(wire, container):
    path = f"/devstoreaccount1/{container.container_name}/b"
    tag = wire.ask("PUT", path, headers={"x-ms-blob-type": "BlockBlob"}, body=b"x").headers["etag"]
    assert wire.ask("DELETE", path, headers={"If-Match": OTHER}).status == 412
    assert wire.ask("DELETE", path, headers={"If-None-Match": tag}).status == 412
    assert wire.ask("DELETE", path, headers={"If-Match": tag}).status == 202


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"If-Match": ""}, "InvalidHeaderValue"),
        ({"If-Modified-Since": "yesterday"}, "InvalidHeaderValue"),
    ],
)
def test_malformed_conditions(wire, container, headers, code):
    path = f"/devstoreaccount1/{container.container_name}/b"
    wire.ask("PUT", path, headers={"x-ms-blob-type": "BlockBlob"}, body=b"x")
    answer = wire.ask("GET", path, headers=headers)
    assert (answer.status, answer.code) == (400, code)


@pytest.mark.parametrize(
    "headers",
    [
        {"If-Match": f'{OTHER}, "0x8D0000000000001"'},
        {"If-Match": OTHER, "If-None-Match": OTHER},
        {"If-Modified-Since": "PAST", "If-Unmodified-Since": "FUTURE"},
    ],
)
def test_conditions_that_do_not_go_together_in_a_write(wire, container, headers):
    path = f"/devstoreaccount1/{container.container_name}/b"
    sent = {"x-ms-blob-type": "BlockBlob"} | filled(headers, OTHER)
    answer = wire.ask("PUT", path, headers=sent, body=b"x")
    assert (answer.status, answer.code) == (400, "MultipleConditionHeadersNotSupported")
