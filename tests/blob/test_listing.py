"""Listings, held against a sorted reference."""

import json
import random
import threading
import time
import xml.etree.ElementTree as xml

import pytest
from app.platform_api import Api
from azure.storage.blob import BlobPrefix
from blob.wire import client_of, code_of
from harness.shared_key import RawClient
from server import ACCOUNT, KEY

RECEIPT = "x-ms-vitrine-receipt"

SEGMENTS = ["a", "b", "B", "a b", "a+b", "10", "9", "é", "日本", "%41", "a-", "a.", "~", "\x01"]


def make_names(count: int) -> list[str]:
    random_source = random.Random(count)
    names = set()
    while len(names) < count:
        depth = random_source.randint(1, 4)
        names.add("/".join(random_source.choice(SEGMENTS) for _ in range(depth)))
    return sorted(names, key=str.encode)


NAMES = make_names(400)


@pytest.fixture(scope="module")
def listed(server):
    with client_of(server) as service:
        container = service.get_container_client("listing")
        container.create_container()
        for name in random.Random(1).sample(NAMES, len(NAMES)):
            container.upload_blob(name, b"")
        yield container
        container.delete_container()


def hierarchy(prefix: str, delimiter: str) -> list[str]:
    """What a listing by hierarchy holds, in order; prefixes end with the delimiter."""
    items = []
    for name in NAMES:
        if not name.startswith(prefix):
            continue
        cut = name.find(delimiter, len(prefix))
        item = name if cut < 0 else name[: cut + len(delimiter)]
        if item not in items:
            items.append(item)
    return items


@pytest.mark.parametrize("page_size", [1, 7, 399, 400, 401, None])
def test_flat_pages(listed, page_size):
    pages = listed.list_blobs(results_per_page=page_size).by_page()
    found = [[blob.name for blob in page] for page in pages]
    assert sum(found, []) == NAMES
    assert all(len(page) == page_size for page in found[:-1])


@pytest.mark.parametrize("prefix", ["", "a", "a/", "a/b", "é", "日", "\x01", "%", "none", "9/~"])
def test_prefixes(listed, prefix):
    expected = [name for name in NAMES if name.startswith(prefix)]
    assert [blob.name for blob in listed.list_blobs(name_starts_with=prefix)] == expected


@pytest.mark.parametrize("page_size", [1, 3, 5000])
@pytest.mark.parametrize(
    ("prefix", "delimiter"), [("", "/"), ("a/", "/"), ("a", "/"), ("", "a"), ("", "/a"), ("", "b/")]
)
def test_hierarchies(listed, prefix, delimiter, page_size):
    walked = listed.walk_blobs(name_starts_with=prefix, delimiter=delimiter, results_per_page=page_size)
    found = list(walked)
    names = [item.name for item in found]
    expected = hierarchy(prefix, delimiter)
    if page_size == 1:
        assert names == expected
    # Within a page the client puts prefixes before blobs.
    assert sorted(names) == sorted(expected)
    for item in found:
        assert isinstance(item, BlobPrefix) == (item.name.find(delimiter, len(prefix)) >= 0)


def test_a_marker_outlives_changes(container):
    for name in "abcdefgh":
        container.upload_blob(name, b"")
    pages = container.list_blobs(results_per_page=3).by_page()
    assert [blob.name for blob in next(pages)] == ["a", "b", "c"]
    for name in "bde":
        container.delete_blob(name)
    container.upload_blob("aa", b"")
    container.upload_blob("ff", b"")
    rest = container.list_blobs(results_per_page=3).by_page(pages.continuation_token)
    assert [blob.name for page in rest for blob in page] == ["f", "ff", "g", "h"]


def test_listings_show_properties_and_metadata_on_request(container):
    container.upload_blob("b", b"hello", metadata={"Key": "value <&>"})
    (plain,) = container.list_blobs()
    assert plain.metadata is None or plain.metadata == {}
    (full,) = container.list_blobs(include=["metadata", "snapshots", "versions", "tags", "copy", "deleted"])
    assert full.metadata == {"Key": "value <&>"}
    head = container.get_blob_client("b").get_blob_properties()
    for found in (plain, full):
        assert (found.size, f'"{found.etag}"', found.last_modified) == (5, head.etag, head.last_modified)
        assert (found.creation_time, found.blob_type) == (head.creation_time, head.blob_type)
        assert found.content_settings.content_md5 == head.content_settings.content_md5
        assert found.blob_tier == "Hot" and not found.deleted and found.snapshot is None


def test_uncommitted_blobs_are_listed_on_request_only(container):
    container.upload_blob("a", b"")
    container.get_blob_client("b").stage_block("11", b"x")
    container.upload_blob("c", b"")
    assert list(container.list_blob_names()) == ["a", "c"]
    found = container.list_blobs(include=["uncommittedblobs"], results_per_page=1)
    assert [blob.name for blob in found] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("maxresults=0", 400, "OutOfRangeQueryParameterValue"),
        ("maxresults=-1", 400, "InvalidQueryParameterValue"),
        ("maxresults=ten", 400, "InvalidQueryParameterValue"),
        ("maxresults=", 400, "InvalidQueryParameterValue"),
        ("include=everything", 400, "InvalidQueryParameterValue"),
        ("marker=guess", 200, None),
        ("marker=1%21", 400, "OutOfRangeInput"),
        # A name, NUL, and what no listing puts there: nothing, x, a state of no kind, a cut-off one.
        ("marker=1%21bmFtZQA%3D", 400, "OutOfRangeInput"),
        ("marker=1%21bmFtZQB4", 400, "OutOfRangeInput"),
        ("marker=1%21bmFtZQADAAAAAAAAAAA%3D", 400, "OutOfRangeInput"),
        ("marker=1%21bmFtZQABAAAAAAAAAA%3D%3D", 400, "OutOfRangeInput"),
        ("showonly=deleted", 200, None),
        ("showonly=all", 400, "InvalidQueryParameterValue"),
        ("maxresults=999999", 200, None),
    ],
)
def test_listing_parameters(raw, container, query, status, code):
    path = f"/devstoreaccount1/{container.container_name}"
    response, _ = raw.request("GET", path, f"restype=container&comp=list&{query}")
    assert (response.status, response.getheader("x-ms-error-code")) == (status, code)


def test_a_listing_repeats_its_request(raw, container):
    path = f"/devstoreaccount1/{container.container_name}"
    query = "restype=container&comp=list&prefix=a%01&delimiter=%2F&maxresults=5"
    _, body = raw.request("GET", path, query)
    text = body.decode()
    endpoint = f"http://127.0.0.1:{raw.port}/devstoreaccount1/"
    assert f'ServiceEndpoint="{endpoint}" ContainerName="{container.container_name}"' in text
    assert '<Prefix Encoded="true">a%01</Prefix>' in text
    assert "<MaxResults>5</MaxResults>" in text and "<Delimiter>/</Delimiter>" in text
    assert text.endswith("<NextMarker></NextMarker></EnumerationResults>")


def test_an_absent_container_is_not_empty(blob_service):
    absent = blob_service.get_container_client("absent-container")
    assert code_of(lambda: list(absent.list_blobs())) == (404, "ContainerNotFound")


def test_a_listing_shows_what_is_in_front_of_its_record_and_nothing_behind(fresh_server):
    """Blobs are put while listings are made; the records of both tell the order."""
    server = fresh_server("--seal-tick", "100")
    with client_of(server) as service:
        busy = service.create_container("busy")
        for number in range(500):
            busy.upload_blob(f"before-{number}", b"")
    container = f"/{ACCOUNT}/busy"
    put: dict[str, str] = {}
    done = threading.Event()

    def put_blobs() -> None:
        raw = RawClient("127.0.0.1", server.blob_port, ACCOUNT, KEY)
        while not done.is_set():
            name = f"during-{len(put)}"
            answer, _ = raw.request("PUT", f"{container}/{name}", headers={"x-ms-blob-type": "BlockBlob"})
            assert answer.status == 201
            put[name] = answer.headers[RECEIPT]

    putting = threading.Thread(target=put_blobs)
    putting.start()
    raw = RawClient("127.0.0.1", server.blob_port, ACCOUNT, KEY)
    listings = []
    patience = time.monotonic() + 60
    while (len(listings) < 10 or len(put) < 20) and time.monotonic() < patience:
        listings.append(raw.request("GET", container, "restype=container&comp=list"))
    done.set()
    putting.join()

    api = Api(server)
    index = {name: json.loads(api.receipt(receipt))["record"]["index"] for name, receipt in put.items()}
    for answer, page in listings:
        own = json.loads(api.receipt(answer.headers[RECEIPT]))["record"]["index"]
        seen = {name.text for name in xml.fromstring(page).iter("Name")}
        assert {name for name in put if name in seen} == {name for name in put if index[name] < own}
    assert len(listings) >= 10 and len(put) >= 20, "not much happened"
