"""Parts of blobs."""

import hashlib
import random

import pytest
from blob.wire import client_of, code_of, crc64_text, md5_text

CONTENT = random.Random(7).randbytes(5_000_000)
SIZE = len(CONTENT)


@pytest.fixture(scope="module")
def path(server):
    """A blob of several blocks that are cut at odd places."""
    with client_of(server) as service:
        container = service.get_container_client("ranges")
        container.create_container()
        blob = container.get_blob_client("b")
        cuts = [0, 1, 100_000, 2_500_001, SIZE]
        ids = []
        for first, last in zip(cuts, cuts[1:], strict=False):
            ids.append(f"{len(ids):04}")
            blob.stage_block(ids[-1], CONTENT[first:last])
        blob.commit_block_list(ids)
        yield "/devstoreaccount1/ranges/b"
        container.delete_container()


# What is asked for, and the first and last byte that come.
RANGES = [
    ("bytes=0-0", 0, 0),
    ("bytes=0-1", 0, 1),
    ("bytes=1-99999", 1, 99_999),
    ("bytes=99999-100000", 99_999, 100_000),
    ("bytes=2500000-2500001", 2_500_000, 2_500_001),
    ("bytes=0-", 0, SIZE - 1),
    (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
    (f"bytes=4999000-{SIZE + 1000}", 4_999_000, SIZE - 1),
    ("bytes=0-18446744073709551615", 0, SIZE - 1),
]


@pytest.mark.parametrize("header", ["Range", "x-ms-range"])
@pytest.mark.parametrize(("asked", "first", "last"), RANGES)
def test_a_range_is_exactly_what_was_asked_for(wire, path, header, asked, first, last):
    got = wire.ask("GET", path, headers={header: asked})
    assert got.status == 206
    assert got.body == CONTENT[first : last + 1]
    assert got.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert got.headers["accept-ranges"] == "bytes"
    assert "content-md5" not in got.headers


def test_the_services_own_header_wins(wire, path):
    got = wire.ask("GET", path, headers={"Range": "bytes=0-1", "x-ms-range": "bytes=2-4"})
    assert got.body == CONTENT[2:5]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE}", "bytes=18446744073709551615-"])
def test_a_range_behind_the_end(wire, path, asked):
    got = wire.ask("GET", path, headers={"Range": asked})
    assert (got.status, got.code) == (416, "InvalidRange")


@pytest.mark.parametrize("asked", ["bytes=5-4", "bytes=-5", "bytes=0-1,3-4", "items=0-1", "0-1", ""])
def test_a_malformed_range(wire, path, asked):
    got = wire.ask("GET", path, headers={"x-ms-range": asked})
    assert (got.status, got.code) == (400, "InvalidHeaderValue")


def test_no_range_fits_an_empty_blob_and_the_client_copes(container):
    blob = container.get_blob_client("empty")
    blob.upload_blob(b"")
    assert code_of(blob.download_blob, offset=0, length=1) == (416, "InvalidRange")
    assert blob.download_blob().readall() == b""


def test_checksums_of_ranges(wire, path):
    part = CONTENT[10:1010]
    asked = {"x-ms-range": "bytes=10-1009"}
    got = wire.ask("GET", path, headers=asked | {"x-ms-range-get-content-md5": "true"})
    assert (got.body, got.headers["content-md5"]) == (part, md5_text(part))
    got = wire.ask("GET", path, headers=asked | {"x-ms-range-get-content-crc64": "true"})
    assert (got.body, got.headers["x-ms-content-crc64"]) == (part, crc64_text(part))
    got = wire.ask("GET", path, headers=asked | {"x-ms-range-get-content-md5": "false"})
    assert "content-md5" not in got.headers


MOST = 4 * 1024 * 1024
REFUSED = [
    ({"x-ms-range-get-content-md5": "true"}, "InvalidHeaderValue"),
    ({"x-ms-range": f"bytes=0-{MOST}", "x-ms-range-get-content-md5": "true"}, "OutOfRangeInput"),
    ({"x-ms-range": "bytes=0-", "x-ms-range-get-content-md5": "true"}, "OutOfRangeInput"),
    ({"x-ms-range": "bytes=0-1", "x-ms-range-get-content-md5": "yes"}, "InvalidHeaderValue"),
    (
        {
            "x-ms-range": "bytes=0-1",
            "x-ms-range-get-content-md5": "true",
            "x-ms-range-get-content-crc64": "true",
        },
        "InvalidInput",
    ),
]


@pytest.mark.parametrize(("headers", "code"), REFUSED)
def test_checksums_that_are_not_given(wire, path, headers, code):
    got = wire.ask("GET", path, headers=headers)
    assert (got.status, got.code) == (400, code)


def test_the_largest_range_with_a_checksum(wire, path):
    asked = {"x-ms-range": f"bytes=0-{MOST - 1}", "x-ms-range-get-content-md5": "true"}
    assert wire.ask("GET", path, headers=asked).headers["content-md5"] == md5_text(CONTENT[:MOST])


def test_the_blobs_own_md5_stands_beside_a_part(container, wire):
    blob = container.get_blob_client("b")
    blob.upload_blob(b"hello")
    path = f"/devstoreaccount1/{container.container_name}/b"
    part = wire.ask("GET", path, headers={"Range": "bytes=0-1"})
    assert part.headers["x-ms-blob-content-md5"] == md5_text(b"hello")
    whole = wire.ask("GET", path)
    assert whole.headers["content-md5"] == md5_text(b"hello")
    assert whole.headers["x-ms-blob-content-md5"] == md5_text(b"hello")


def test_the_client_verifies_a_download_in_parts(blob_service, path):
    blob = blob_service.get_blob_client("ranges", "b")
    got = blob.download_blob(validate_content=True, max_concurrency=4).readall()
    assert hashlib.sha256(got).digest() == hashlib.sha256(CONTENT).digest()
    assert blob.download_blob(offset=99_990, length=20).readall() == CONTENT[99_990:100_010]
