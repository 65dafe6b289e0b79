"""Append blobs: blocks that are added at the end, one record each."""

import concurrent.futures

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobType, ContentSettings
from blob.wire import code_of, crc64_text


@pytest.fixture
def blob(container):
    client = container.get_blob_client("log")
    client.create_append_blob(content_settings=ContentSettings("text/plain"), metadata={"a": "1"})
    return client


def test_a_new_one_is_empty(blob):
    found = blob.get_blob_properties()
    assert (found.blob_type, found.size, found.append_blob_committed_block_count) == (
        BlobType.APPENDBLOB,
        0,
        0,
    )
    assert (found.content_settings.content_type, found.metadata) == ("text/plain", {"a": "1"})
    assert found.blob_tier is None
    assert blob.download_blob().readall() == b""


def test_blocks_are_added_at_the_end(blob):
    parts = [b"one\n", b"x" * 70_000, b"three\n"]
    offset, tags = 0, [blob.get_blob_properties().etag]
    for count, part in enumerate(parts, 1):
        answer = blob.append_block(part)
        assert (int(answer["blob_append_offset"]), answer["blob_committed_block_count"]) == (offset, count)
        offset += len(part)
        tags.append(answer["etag"])
    assert len(set(tags)) == 4
    whole = b"".join(parts)
    assert blob.download_blob().readall() == whole
    assert blob.download_blob(offset=2, length=70_003).readall() == whole[2:70_005]
    assert blob.get_blob_properties().size == len(whole)


def test_conditions_on_place_and_size(blob):
    blob.append_block(b"12345", appendpos_condition=0, maxsize_condition=5)
    assert code_of(blob.append_block, b"6", appendpos_condition=4) == (412, "AppendPositionConditionNotMet")
    assert code_of(blob.append_block, b"6", maxsize_condition=5) == (412, "MaxBlobSizeConditionNotMet")
    blob.append_block(b"6", appendpos_condition=5, maxsize_condition=6)
    assert blob.download_blob().readall() == b"123456"


def test_appends_at_once_are_all_kept_in_one_order(blob):
    lines = [f"{number:04}\n".encode() for number in range(200)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        offsets = list(pool.map(lambda line: int(blob.append_block(line)["blob_append_offset"]), lines))
    content = blob.download_blob().readall()
    assert sorted(offsets) == [5 * number for number in range(200)]
    for line, offset in zip(lines, offsets, strict=True):
        assert content[offset : offset + 5] == line


def test_of_those_who_want_one_place_one_gets_it(blob):
    def append(number):
        try:
            blob.append_block(b"x", appendpos_condition=0)
            return None
        except HttpResponseError as refused:
            return refused.error_code

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(append, range(16)))
    assert answers.count(None) == 1
    assert set(answers) == {None, "AppendPositionConditionNotMet"}


def test_a_sealed_one_takes_nothing_more(blob):
    blob.append_block(b"12")
    assert code_of(blob.seal_append_blob, appendpos_condition=1) == (412, "AppendPositionConditionNotMet")
    assert blob.seal_append_blob()["blob_sealed"] is True
    assert blob.get_blob_properties().is_append_blob_sealed is True
    assert code_of(blob.append_block, b"3") == (409, "BlobIsSealed")
    assert blob.download_blob().readall() == b"12"


def test_checksums_are_checked(wire, container, blob):
    path = f"/devstoreaccount1/{container.container_name}/log"

    def append(**headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = wire.ask("PUT", path, "comp=appendblock", headers=sent, body=b"hello")
        return answer.status, answer.headers.get("x-ms-error-code"), answer.headers.get("x-ms-content-crc64")

    crc = crc64_text(b"hello")
    assert append(x_ms_content_crc64=crc) == (201, None, crc)
    assert append(x_ms_content_crc64="AAAAAAAAAAA=")[:2] == (400, "Crc64Mismatch")
    assert append(Content_MD5="AAAAAAAAAAAAAAAAAAAAAA==")[:2] == (400, "Md5Mismatch")
    assert blob.download_blob().readall() == b"hello"


def test_kinds_are_not_mixed(container, blob):
    block = container.get_blob_client("block")
    block.upload_blob(b"x")
    assert code_of(block.append_block, b"y") == (409, "InvalidBlobType")
    assert code_of(block.seal_append_blob) == (409, "InvalidBlobType")
    assert code_of(blob.stage_block, "YQ==", b"y") == (409, "InvalidBlobType")
    assert code_of(blob.commit_block_list, []) == (409, "InvalidBlobType")
    missing = container.get_blob_client("missing")
    assert code_of(missing.append_block, b"y") == (404, "BlobNotFound")


def test_one_takes_the_place_of_another(container, blob):
    blob.append_block(b"old")
    blob.create_append_blob()
    assert blob.download_blob().readall() == b""
    blob.append_block(b"new")
    blob.upload_blob(b"a block blob", overwrite=True)
    assert blob.download_blob().readall() == b"a block blob"
    blob.create_append_blob()
    assert blob.get_blob_properties().blob_type == BlobType.APPENDBLOB
    blob.delete_blob()
    assert not blob.exists()


def test_what_cannot_be_appended_is_refused(wire, container, blob):
    path = f"/devstoreaccount1/{container.container_name}/log"
    assert (
        wire.ask("PUT", path, "comp=appendblock", body=b"").headers["x-ms-error-code"] == "InvalidHeaderValue"
    )
    more = {"x-ms-blob-type": "AppendBlob"}
    assert wire.ask("PUT", path, headers=more, body=b"x").headers["x-ms-error-code"] == "InvalidHeaderValue"
    bad = {"x-ms-blob-condition-appendpos": "-1"}
    answer = wire.ask("PUT", path, "comp=appendblock", headers=bad, body=b"x")
    assert answer.headers["x-ms-error-code"] == "InvalidHeaderValue"


def test_listings_tell_the_kind(container, blob):
    assert [each.blob_type for each in container.list_blobs()] == [BlobType.APPENDBLOB]


def test_a_lease_keeps_others_from_appending(blob):
    lease = blob.acquire_lease()
    assert code_of(blob.append_block, b"x") == (412, "LeaseIdMissing")
    blob.append_block(b"x", lease=lease)
    assert code_of(blob.seal_append_blob) == (412, "LeaseIdMissing")
