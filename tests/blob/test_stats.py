"""What the account tells of its secondary endpoint, and listings within bounds."""

import datetime
import email.utils
import re

import pytest
from server import ACCOUNT


def test_the_secondary_endpoint_is_never_behind(raw):
    response, body = raw.request("GET", f"/{ACCOUNT}-secondary", "restype=service&comp=stats")
    assert (response.status, response.getheader("Content-Type")) == (200, "application/xml")
    assert response.getheader("x-ms-vitrine-receipt")
    text = body.decode()
    assert "<StorageServiceStats><GeoReplication><Status>live</Status><LastSyncTime>" in text
    synced = email.utils.parsedate_to_datetime(re.search("<LastSyncTime>(.*)</LastSyncTime>", text)[1])
    behind = datetime.datetime.now(datetime.UTC) - synced
    assert abs(behind) < datetime.timedelta(minutes=1)


def test_the_primary_endpoint_has_no_statistics(raw):
    response, _ = raw.request("GET", f"/{ACCOUNT}", "restype=service&comp=stats")
    assert (response.status, response.getheader("x-ms-error-code")) == (400, "InvalidQueryParameterValue")


@pytest.fixture
def letters(container):
    for name in ("a", "b", "b/1", "b/2", "c", "d"):
        container.upload_blob(name, b"x")
    return container


def listed(raw, container, query: str) -> str:
    response, body = raw.request(
        "GET", f"/{ACCOUNT}/{container.container_name}", f"restype=container&comp=list&{query}"
    )
    assert response.status == 200
    text = body.decode()
    names = [part.split("</Name>")[0] for part in text.split("<Name>")[1:]]
    return " ".join(names) + ("" if "<NextMarker></NextMarker>" in text or "<NextMarker/>" in text else "+")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("startFrom=b", "b b/1 b/2 c d"),
        ("startFrom=b/1", "b/1 b/2 c d"),
        ("startFrom=bb", "c d"),
        ("startFrom=z", ""),
        ("startFrom=a&prefix=b", "b b/1 b/2"),
        ("startFrom=c&prefix=b", ""),
        ("endBefore=b", "a"),
        ("endBefore=bb", "a b b/1 b/2"),
        ("startFrom=b&endBefore=c", "b b/1 b/2"),
        ("startFrom=b&endBefore=b/2&maxresults=2", "b b/1"),
        ("startFrom=b&maxresults=2", "b b/1+"),
        ("startFrom=b/1&delimiter=/", "b/ c d"),
        ("startFrom=c&endBefore=b", ""),
    ],
)
def test_listings_within_bounds(raw, letters, query, names):
    assert listed(raw, letters, query) == names


def test_pages_from_a_name_on(letters):
    pages = letters.list_blobs(start_from="b", results_per_page=2).by_page()
    assert [[blob.name for blob in page] for page in pages] == [["b", "b/1"], ["b/2", "c"], ["d"]]
