"""Blob Batch: as the official client sends it, as others write it, and what is refused."""

import email.parser
import email.utils
import time
import uuid

import pytest
from azure.storage.blob import PartialBatchErrorException
from blob.test_access import client_with, sas
from blob.wire import client_of
from harness.journals import Journals
from harness.shared_key import API_VERSION, signature, string_to_sign
from server import ACCOUNT

DEVELOPMENT_SLOT = 1
BOUNDARY = "batch_357de4f7-6d0b-4e02-8cd2-6361411a9525"


@pytest.fixture
def blobs(container):
    """Four blobs with names that need care."""
    names = ["plain", "dir/in a dir", "100%+ü", ACCOUNT]
    for name in names:
        container.upload_blob(name, b"content")
    return names


def left(container) -> list[str]:
    return sorted(container.list_blob_names())


def part(raw, path: str, number: int, method="DELETE", query="", shown=None, end="\r\n", headers=None) -> str:
    """A request of a batch, signed for its path, which the request line shows in the client's own way."""
    signed = signed_without_version(raw, method, path, query, headers)
    shown = path if shown is None else shown
    lines = [
        f"--{BOUNDARY}",
        "Content-Type: application/http",
        f"Content-ID: {number}",
        "Content-Transfer-Encoding: binary",
        "",
        f"{method} {shown}{'?' + query if query else ''} HTTP/1.1",
        *(f"{name}: {value}" for name, value in signed.items()),
        "",
        "",
    ]
    return end.join(lines)


def signed_without_version(raw, method, path, query, headers=None) -> dict[str, str]:
    """Clients leave x-ms-version to the batch."""
    complete = {"x-ms-date": email.utils.formatdate(usegmt=True), "Content-Length": "0", **(headers or {})}
    text = string_to_sign(method, ACCOUNT, path, query, complete)
    return {"Authorization": f"SharedKey {ACCOUNT}:{signature(raw.key, text)}", **complete}


def send(raw, parts: list[str], path=f"/{ACCOUNT}", query="comp=batch", end="\r\n", content_type=None):
    body = "".join(parts) + f"--{BOUNDARY}--{end}"
    kind = content_type or f"multipart/mixed; boundary={BOUNDARY}"
    return raw.request("POST", path, query, {"Content-Type": kind}, body.encode())


def answers(response, body: bytes) -> list[tuple[str, int, str]]:
    """Content-ID, status and error code of each part of the answer."""
    assert response.status == 202, body
    head = f"Content-Type: {response.headers['Content-Type']}\r\n\r\n".encode()
    message = email.parser.BytesParser().parsebytes(head + body)
    found = []
    for each in message.get_payload():
        assert each.get_content_type() == "application/http"
        status, _, rest = each.get_payload().partition("\r\n")
        headers = email.parser.Parser().parsestr(rest, headersonly=True)
        assert headers["x-ms-request-id"] and headers["x-ms-version"] == API_VERSION
        found.append((each["Content-ID"], int(status.split()[1]), headers["x-ms-error-code"] or ""))
    return found


def test_the_official_client_deletes_many(container, blobs):
    assert [answer.status_code for answer in container.delete_blobs(*blobs)] == [202] * len(blobs)
    assert left(container) == []


def test_the_official_client_learns_which_failed(container, blobs):
    with pytest.raises(PartialBatchErrorException) as failure:
        container.delete_blobs(blobs[0], "missing", blobs[1])
    assert [each.status_code for each in failure.value.parts] == [202, 404, 202]
    assert failure.value.parts[1].headers["x-ms-error-code"] == "BlobNotFound"
    assert left(container) == sorted(blobs[2:])


def test_with_a_sas(server, container, blobs):
    with client_with(server, sas()) as service:
        there = service.get_container_client(container.container_name)
        assert [answer.status_code for answer in there.delete_blobs(*blobs)] == [202] * len(blobs)
    assert left(container) == []


def test_a_sas_that_may_not_delete(server, container, blobs):
    with client_with(server, sas(permission="rl")) as service:
        there = service.get_container_client(container.container_name)
        with pytest.raises(PartialBatchErrorException) as failure:
            there.delete_blobs(*blobs)
    assert {each.status_code for each in failure.value.parts} == {403}
    assert left(container) == sorted(blobs)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("scope", ["service", "container"])
def test_each_client_writes_paths_in_its_own_way(raw, container, end, scope):
    box = container.container_name
    for name in "abc":
        container.upload_blob(name, b"content")
    parts = [
        part(raw, f"/{ACCOUNT}/{box}/a", 0, end=end),
        part(raw, f"/{box}/b", 1, end=end),
        part(raw, f"/{box}/c", 2, shown=f"{box}/c", end=end),
    ]
    place = (f"/{ACCOUNT}", "comp=batch")
    if scope == "container":
        place = (f"/{ACCOUNT}/{box}", "restype=container&comp=batch")
    assert answers(*send(raw, parts, *place, end=end)) == [("0", 202, ""), ("1", 202, ""), ("2", 202, "")]
    assert left(container) == []


def test_each_request_is_authorised_by_itself(raw, container, blobs):
    box = container.container_name
    good, forged, unsigned = (part(raw, f"/{ACCOUNT}/{box}/plain", n) for n in range(3))
    forged = forged.replace("x-ms-date: ", "x-ms-client-request-id: not signed\r\nx-ms-date: ")
    unsigned = "\r\n".join(line for line in unsigned.split("\r\n") if not line.startswith("Authorization"))
    got = answers(*send(raw, [forged, unsigned, good]))
    assert [status for _, status, _ in got] == [403, 401, 202]


def test_conditions_hold_for_each(raw, container, blobs):
    path = f"/{ACCOUNT}/{container.container_name}/plain"
    refused = part(raw, path, 0, headers={"If-Match": '"0x1"'})
    assert answers(*send(raw, [refused])) == [("0", 412, "ConditionNotMet")]
    assert left(container) == sorted(blobs)


def test_only_deletions_and_tiers(raw, container, blobs):
    box = f"/{ACCOUNT}/{container.container_name}"
    parts = [
        part(raw, f"{box}/plain", 0, method="GET"),
        part(raw, box, 1, query="restype=container"),
        part(raw, f"/{ACCOUNT}", 2, method="POST", query="comp=batch"),
        part(raw, f"{box}/plain", 3, method="PUT", query="comp=metadata"),
    ]
    got = answers(*send(raw, parts))
    assert [(status, code) for _, status, code in got] == [(400, "InvalidInput")] * 4
    assert left(container) == sorted(blobs)


def test_a_batch_of_a_container_stays_in_it(raw, container, blobs, blob_service):
    other = blob_service.create_container(f"other-{uuid.uuid4().hex}")
    path = f"/{ACCOUNT}/{container.container_name}/plain"
    got = answers(
        *send(raw, [part(raw, path, 0)], f"/{ACCOUNT}/{other.container_name}", "restype=container&comp=batch")
    )
    other.delete_container()
    assert got == [("0", 400, "InvalidInput")]
    assert left(container) == sorted(blobs)


def test_256_at_most(raw, container):
    path = f"/{ACCOUNT}/{container.container_name}/missing"
    parts = [part(raw, path, number) for number in range(257)]
    assert len(answers(*send(raw, parts[:256]))) == 256
    response, body = send(raw, parts)
    assert (response.status, response.headers["x-ms-error-code"]) == (400, "InvalidInput")
    assert b"more than 256" in body


@pytest.mark.parametrize(
    "content_type, change, code",
    [
        ("application/xml", None, "InvalidHeaderValue"),
        ("multipart/mixed", None, "InvalidHeaderValue"),
        (f"multipart/mixed; boundary={'x' * 71}", None, "InvalidHeaderValue"),
        ("multipart/mixed; boundary=another", None, "InvalidInput"),
        (None, lambda text: text.replace("application/http", "text/plain"), "InvalidInput"),
        (None, lambda text: text.replace("Content-ID: 0", "Content-ID: 0\rX-Injected: 1"), "InvalidInput"),
        (None, lambda text: text + "a body\r\n", "InvalidInput"),
        (None, lambda text: text.replace("x-ms-date:", " x-ms-date:"), "InvalidInput"),
        (None, lambda text: "", "InvalidInput"),
    ],
)
def test_what_is_no_batch_is_refused(raw, container, blobs, content_type, change, code):
    text = part(raw, f"/{ACCOUNT}/{container.container_name}/plain", 0)
    response, body = send(raw, [change(text) if change else text], content_type=content_type)
    assert (response.status, response.headers["x-ms-error-code"]) == (400, code), body
    assert left(container) == sorted(blobs)


def test_a_request_that_is_none_fails_alone(raw, container, blobs):
    path = f"/{ACCOUNT}/{container.container_name}/plain"
    broken = part(raw, path, 0).replace(f"DELETE {path} HTTP/1.1", f"DELETE {path}")
    assert [status for _, status, _ in answers(*send(raw, [broken, part(raw, path, 1)]))] == [400, 202]


def test_each_leaves_a_record_of_its_own(fresh_server):
    server = fresh_server("--seal-tick", "50")
    with client_of(server) as service:
        container = service.create_container("box")
        for name in "ab":
            container.upload_blob(name, b"content")
        container.delete_blobs("a", "b")
    expected = ["container.batch", "blob.delete", "blob.delete"]
    journals = Journals(server)
    until = time.monotonic() + 30
    while (told := actions(journals))[-3:] != expected:
        assert time.monotonic() < until, told
        time.sleep(0.05)


def actions(journals) -> list[str]:
    return [record["what"]["action"] for record in journals.records(DEVELOPMENT_SLOT)]
