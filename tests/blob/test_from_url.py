"""Put Blob, Put Block, Append Block and Put Page From URL."""

import base64
import time

import pytest
from azure.core import MatchConditions
from azure.storage.blob import ContentSettings, StandardBlobTier
from blob.test_access import client_with, sas
from blob.test_service_sas import blob_sas
from blob.wire import client_of, code_of, crc64_text, md5_text
from harness.journals import Journals
from server import ACCOUNT

LARGE = bytes(range(256)) * 1024
UNVERIFIED = "CannotVerifyCopySource"
COPY_TAGS = {"x-ms-copy-source-tag-option": "COPY"}


@pytest.fixture
def source(container):
    blob = container.get_blob_client("source")
    blob.upload_blob(
        LARGE,
        metadata={"a": "1"},
        tags={"t": "1"},
        content_settings=ContentSettings("text/plain", content_language="de"),
    )
    return blob


@pytest.fixture
def target(container):
    return container.get_blob_client("target")


def page_blob(target):
    target.create_page_blob(1 << 20)
    return target


# ---- Put Blob From URL


def test_a_blob_from_another_one(source, target):
    target.upload_blob_from_url(source.url)
    found = target.get_blob_properties()
    assert target.download_blob().readall() == LARGE
    assert (found.content_settings.content_type, found.content_settings.content_language) == (
        "text/plain",
        "de",
    )
    assert found.content_settings.content_md5 == source.get_blob_properties().content_settings.content_md5
    assert (found.copy.id, found.metadata, found.tag_count) == (None, {"a": "1"}, None)


def test_properties_of_its_own(source, target):
    target.upload_blob_from_url(source.url, include_source_blob_properties=False, metadata={"b": "2"})
    found = target.get_blob_properties()
    assert (found.content_settings.content_type, found.metadata) == ("application/octet-stream", {"b": "2"})
    own = ContentSettings("text/html")
    target.upload_blob_from_url(source.url, content_settings=own, overwrite=True, headers=COPY_TAGS)
    found = target.get_blob_properties()
    assert (found.content_settings.content_type, found.content_settings.content_language) == (
        "text/html",
        "de",
    )
    assert target.get_blob_tags() == {"t": "1"}


def test_a_blob_is_not_overwritten_unasked(source, target):
    target.upload_blob(b"before")
    assert code_of(target.upload_blob_from_url, source.url) == (409, "BlobAlreadyExists")
    target.upload_blob_from_url(source.url, overwrite=True, standard_blob_tier=StandardBlobTier.COOL)
    assert target.get_blob_properties().blob_tier == "Cool"


def test_any_kind_becomes_a_block_blob(container, target):
    log = container.get_blob_client("log")
    log.create_append_blob()
    log.append_block(LARGE)
    target.upload_blob_from_url(log.url)
    found = target.get_blob_properties()
    assert (found.blob_type, found.size) == ("BlockBlob", len(LARGE))
    assert target.download_blob().readall() == LARGE


def test_what_the_client_says_of_the_source_is_checked(source, target):
    right, wrong = (base64.b64decode(md5_text(content)) for content in (LARGE, b"other"))
    target.upload_blob_from_url(source.url, source_content_md5=right)
    assert code_of(target.upload_blob_from_url, source.url, source_content_md5=wrong, overwrite=True) == (
        400,
        "Md5Mismatch",
    )


# ---- blocks


def test_blocks_of_ranges(source, target):
    staged = target.stage_block_from_url("a", source.url, 10, 20)
    assert base64.b64encode(staged["content_md5"]).decode() == md5_text(LARGE[10:30])
    target.stage_block_from_url("b", source.url)
    target.commit_block_list(["a", "b", "a"])
    assert target.download_blob().readall() == LARGE[10:30] + LARGE + LARGE[10:30]


def test_blocks_are_checked(source, target):
    right, wrong = (base64.b64decode(md5_text(content)) for content in (LARGE[:9], b"other"))
    target.stage_block_from_url("a", source.url, 0, 9, source_content_md5=right)
    refused = code_of(target.stage_block_from_url, "b", source.url, 0, 9, source_content_md5=wrong)
    assert refused == (400, "Md5Mismatch")
    assert code_of(target.stage_block_from_url, "long id", source.url, 0, 9)[1] == "InvalidBlobOrBlock"


# ---- append blobs


def test_appended_ranges(source, target):
    target.create_append_blob()
    first = target.append_block_from_url(source.url, 0, 100)
    assert (first["blob_append_offset"], first["blob_committed_block_count"]) == ("0", 1)
    target.append_block_from_url(source.url, appendpos_condition=100)
    assert target.download_blob().readall() == LARGE[:100] + LARGE
    refused = code_of(target.append_block_from_url, source.url, appendpos_condition=7)
    assert refused == (412, "AppendPositionConditionNotMet")
    refused = code_of(target.append_block_from_url, source.url, maxsize_condition=100)
    assert refused == (412, "MaxBlobSizeConditionNotMet")
    assert code_of(target.append_block_from_url, source.url, 1 << 30, 10)[1] == UNVERIFIED


# ---- page blobs


def test_pages_of_ranges(source, target):
    page_blob(target)
    target.upload_pages_from_url(source.url, 512, 1024, 2048)
    content = target.download_blob().readall()
    assert content == bytes(512) + LARGE[2048:3072] + bytes((1 << 20) - 1536)
    assert [(part["start"], part["end"]) for part in target.get_page_ranges()[0]] == [(512, 1535)]


def test_a_range_of_pages_and_its_source_are_of_one_length(raw, source, target, container):
    page_blob(target)
    path = f"/{ACCOUNT}/{container.container_name}/target"
    headers = {
        "x-ms-page-write": "update",
        "x-ms-copy-source": source.url,
        "x-ms-source-range": "bytes=0-511",
        "x-ms-range": "bytes=0-1023",
        "Content-Length": "0",
    }
    answer, _ = raw.request("PUT", path, "comp=page", headers)
    assert (answer.status, answer.getheader("x-ms-error-code")) == (416, "InvalidPageRange")
    del headers["x-ms-source-range"]
    answer, _ = raw.request("PUT", path, "comp=page", headers)
    assert (answer.status, answer.getheader("x-ms-error-code")) == (400, "MissingRequiredHeader")


def test_sequence_numbers_guard_pages(source, target):
    page_blob(target)
    refused = code_of(target.upload_pages_from_url, source.url, 0, 512, 0, if_sequence_number_eq=3)
    assert refused == (412, "SequenceNumberConditionNotMet")


# ---- what all have in common

CALLS = {
    "blob": lambda target, url, **options: target.upload_blob_from_url(url, overwrite=True, **options),
    "block": lambda target, url, **_: target.stage_block_from_url("a", url, 0, 512),
    "append": lambda target, url, **options: target.append_block_from_url(url, 0, 512, **options),
    "page": lambda target, url, **options: target.upload_pages_from_url(url, 0, 512, 0, **options),
}


def made(kind, target):
    if kind == "append":
        target.create_append_blob()
    if kind == "page":
        page_blob(target)
    return target


@pytest.mark.parametrize("kind", CALLS)
def test_a_source_that_cannot_be_read(server, container, source, target, kind):
    call, target = CALLS[kind], made(kind, target)
    none = container.get_blob_client("none")
    assert code_of(call, target, none.url) == (404, UNVERIFIED)
    assert code_of(call, target, f"{source.url}?{blob_sas(source, 'w')}") == (403, UNVERIFIED)
    assert code_of(call, target, "http://elsewhere.example/a/c/b") == (404, UNVERIFIED)
    with client_with(server, sas("waco", "o")) as service:
        borrowed = service.get_blob_client(container.container_name, target.blob_name)
        assert code_of(call, borrowed, source.url) == (403, UNVERIFIED)
        call(borrowed, f"{source.url}?{blob_sas(source)}")


@pytest.mark.parametrize("kind", [kind for kind in CALLS if kind != "block"])
def test_conditions_of_the_source(source, target, kind):
    call, target = CALLS[kind], made(kind, target)
    etag = source.get_blob_properties().etag
    call(target, source.url, source_etag=etag, source_match_condition=MatchConditions.IfNotModified)
    for tag, condition in (('"0x1"', MatchConditions.IfNotModified), (etag, MatchConditions.IfModified)):
        refused = code_of(call, target, source.url, source_etag=tag, source_match_condition=condition)
        assert refused == (412, "SourceConditionNotMet")


def test_an_answer_says_what_was_found_at_the_source(raw, container, source):
    path = f"/{ACCOUNT}/{container.container_name}/target"
    headers = {"x-ms-copy-source": source.url + "2", "Content-Length": "0"}
    answer, content = raw.request("PUT", path, "comp=block&blockid=YQ==", headers)
    assert answer.getheader("x-ms-copy-source-status-code") == "404"
    assert answer.getheader("x-ms-copy-source-error-code") == "BlobNotFound"
    assert b"<CopySourceErrorCode>BlobNotFound</CopySourceErrorCode>" in content


def test_a_checksum_of_the_other_kind(raw, container, source):
    path = f"/{ACCOUNT}/{container.container_name}/target"
    small = container.get_blob_client("small")
    small.upload_blob(b"hello")
    for crc, status in ((crc64_text(b"hello"), 201), (crc64_text(b"other"), 400)):
        headers = {"x-ms-copy-source": small.url, "x-ms-source-content-crc64": crc, "Content-Length": "0"}
        answer, _ = raw.request("PUT", path, "comp=block&blockid=YQ==", headers)
        assert answer.status == status
        if status == 201:
            assert answer.getheader("x-ms-content-crc64") == crc


def test_a_body_has_no_place_beside_a_source(raw, container, source):
    path = f"/{ACCOUNT}/{container.container_name}/target"
    headers = {"x-ms-copy-source": source.url}
    answer, _ = raw.request("PUT", path, "comp=block&blockid=YQ==", headers, b"hello")
    assert (answer.status, answer.getheader("x-ms-error-code")) == (400, "InvalidHeaderValue")


def test_each_leaves_a_record_of_the_read_and_its_own(fresh_server):
    server = fresh_server("--seal-tick", "50")
    with client_of(server) as service:
        container = service.create_container("box")
        source = container.upload_blob("source", LARGE)
        for kind, call in CALLS.items():
            call(made(kind, container.get_blob_client(kind)), source.url)
    expected = [
        "blob.get blob.put-from-url",
        "blob.get blob.put-block-from-url",
        "append.create blob.get append.append-block-from-url",
        "page.create blob.get page.put-from-url",
    ]
    journals = Journals(server)
    until = time.monotonic() + 30
    while (told := actions(journals)) != " ".join(["container.create blob.put", *expected]).split():
        assert time.monotonic() < until, told
        time.sleep(0.05)


def actions(journals) -> list[str]:
    told = (record["what"]["action"] for record in journals.records(1))
    return [action for action in told if action not in ("account.create", "requests.refused")]
