"""Blobs put together from blocks."""

import base64
import hashlib

import pytest
from azure.storage.blob import ContentSettings
from blob.wire import client_of, code_of, crc64_text, md5_text


def ids_of(blocks) -> list[tuple[str, int]]:
    return [(block.id, block.size) for block in blocks]


def test_blocks_become_a_blob_in_the_order_of_the_list(container):
    blob = container.get_blob_client("b")
    for name, content in (("bb", b"world"), ("aa", b"hello "), ("cc", b"unused")):
        blob.stage_block(name, content)
    settings = ContentSettings(content_type="text/plain", content_md5=hashlib.md5(b"any").digest())
    done = blob.commit_block_list(["aa", "bb"], metadata={"a": "1"}, content_settings=settings)
    got = blob.download_blob()
    assert got.readall() == b"hello world"
    assert got.properties.etag == done["etag"]
    assert got.properties.metadata == {"a": "1"}
    assert dict(got.properties.content_settings) == dict(settings)
    committed, uncommitted = blob.get_block_list("all")
    assert ids_of(committed) == [("aa", 6), ("bb", 5)]
    assert uncommitted == []


def test_lists_tell_committed_from_uncommitted(container):
    blob = container.get_blob_client("b")
    assert code_of(blob.get_block_list, "all") == (404, "BlobNotFound")
    blob.stage_block("11", b"one")
    blob.stage_block("22", b"two!")
    assert ids_of(blob.get_block_list("uncommitted")[1]) == [("11", 3), ("22", 4)]
    assert code_of(blob.download_blob) == (404, "BlobNotFound")
    blob.commit_block_list(["22"])
    blob.stage_block("33", b"three")
    committed, uncommitted = blob.get_block_list("all")
    assert (ids_of(committed), ids_of(uncommitted)) == ([("22", 4)], [("33", 5)])
    assert blob.get_block_list("committed")[1] == []
    assert blob.get_block_list("uncommitted")[0] == []


def test_an_id_may_be_committed_and_uncommitted(raw, container):
    blob = container.get_blob_client("b")
    blob.stage_block("11", b"old")
    blob.commit_block_list(["11"])
    blob.stage_block("11", b"new")
    path = f"/devstoreaccount1/{container.container_name}/b"
    both = b"<BlockList><Uncommitted>MTE=</Uncommitted><Committed>MTE=</Committed></BlockList>"
    assert raw.request("PUT", path, "comp=blocklist", body=both)[0].status == 201
    assert blob.download_blob().readall() == b"newold"
    blob.stage_block("11", b"latest")
    blob.commit_block_list(["11"])
    assert blob.download_blob().readall() == b"latest"


def test_an_empty_list_makes_an_empty_blob(container):
    blob = container.get_blob_client("b")
    blob.commit_block_list([])
    assert blob.get_blob_properties().size == 0
    assert blob.download_blob().readall() == b""


def test_the_same_block_may_stand_twice(container):
    blob = container.get_blob_client("b")
    blob.stage_block("11", b"ab")
    blob.commit_block_list(["11", "11", "11"])
    assert blob.download_blob().readall() == b"ababab"


def test_putting_a_blob_discards_uncommitted_blocks(container):
    blob = container.get_blob_client("b")
    blob.stage_block("11", b"lost")
    blob.upload_blob(b"whole", overwrite=True)
    assert blob.get_block_list("all") == ([], [])
    assert code_of(blob.commit_block_list, ["11"]) == (400, "InvalidBlockList")


def test_the_last_of_blocks_with_one_id_counts(container):
    blob = container.get_blob_client("b")
    blob.stage_block("11", b"first")
    blob.stage_block("11", b"second")
    blob.commit_block_list(["11"])
    assert blob.download_blob().readall() == b"second"


def test_ids_are_of_one_length(container):
    blob = container.get_blob_client("b")
    blob.stage_block("11", b"x")
    assert code_of(blob.stage_block, "longer", b"x") == (400, "InvalidBlobOrBlock")


def test_blocks_need_a_container(blob_service):
    blob = blob_service.get_blob_client("absent", "b")
    assert code_of(blob.stage_block, "11", b"x") == (404, "ContainerNotFound")
    assert code_of(blob.commit_block_list, []) == (404, "ContainerNotFound")


def block_id(text: bytes) -> str:
    return base64.b64encode(text).decode().replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


LIST = b"<?xml version='1.0'?><BlockList><Latest>MTE=</Latest></BlockList>"
PUT = ("PUT", "comp=blocklist")
# Method and query, headers, body, status and code.
MALFORMED = [
    (("PUT", "comp=block"), {}, b"x", 400, "MissingRequiredQueryParameter"),
    (("PUT", "comp=block&blockid=%21"), {}, b"x", 400, "InvalidBlockId"),
    (("PUT", "comp=block&blockid=" + block_id(b"a" * 65)), {}, b"x", 400, "InvalidBlockId"),
    (("PUT", "comp=block&blockid=MTE%3D"), {}, b"", 400, "InvalidHeaderValue"),
    (("PUT", "comp=block&blockid=MTE%3D"), {"Content-MD5": md5_text(b"y")}, b"x", 400, "Md5Mismatch"),
    (
        ("PUT", "comp=block&blockid=MTE%3D"),
        {"x-ms-content-crc64": crc64_text(b"y")},
        b"x",
        400,
        "Crc64Mismatch",
    ),
    (PUT, {}, b"", 400, "InvalidXmlDocument"),
    (PUT, {}, b"<BlockList>", 400, "InvalidXmlDocument"),
    (PUT, {}, b"<Blocks/>", 400, "InvalidXmlDocument"),
    (PUT, {}, b"<BlockList><Other>MTE=</Other></BlockList>", 400, "InvalidXmlDocument"),
    (PUT, {}, b"<!DOCTYPE a [<!ENTITY e 'x'>]><BlockList/>", 400, "InvalidXmlDocument"),
    (PUT, {}, b"<BlockList><Latest>!</Latest></BlockList>", 400, "InvalidBlockId"),
    (PUT, {}, LIST, 400, "InvalidBlockList"),
    (PUT, {}, b"<BlockList>" + b"<Latest>MTE=</Latest>" * 50_001 + b"</BlockList>", 400, "BlockListTooLong"),
    (PUT, {"Content-MD5": md5_text(b"y")}, b"<BlockList/>", 400, "Md5Mismatch"),
    (PUT, {"x-ms-content-crc64": crc64_text(b"y")}, b"<BlockList/>", 400, "Crc64Mismatch"),
    (("GET", "comp=blocklist&blocklisttype=some"), {}, None, 400, "InvalidQueryParameterValue"),
]


@pytest.mark.parametrize(("line", "headers", "body", "status", "code"), MALFORMED)
def test_malformed_block_requests(raw, container, line, headers, body, status, code):
    method, query = line
    response, _ = raw.request(method, f"/devstoreaccount1/{container.container_name}/b", query, headers, body)
    assert (response.status, response.getheader("x-ms-error-code")) == (status, code)


def test_a_list_that_fails_its_checksum_changes_nothing(raw, container):
    blob = container.get_blob_client("b")
    blob.stage_block("11", b"x")
    path = f"/devstoreaccount1/{container.container_name}/b"
    answered, _ = raw.request("PUT", path, "comp=blocklist", {"Content-MD5": md5_text(LIST)}, LIST)
    assert answered.status == 201
    assert blob.download_blob().readall() == b"x"


@pytest.mark.parametrize("size", [9_000_000, 4 * 1024 * 1024 * 3])
def test_the_client_uploads_in_blocks(server, container, size):
    content = hashlib.shake_128(b"blocks").digest(size)
    with client_of(server, max_single_put_size=1024, max_block_size=1024 * 1024) as service:
        blob = service.get_blob_client(container.container_name, "big")
        blob.upload_blob(content, max_concurrency=4)
        assert len(blob.get_block_list()[0]) == -(-size // (1024 * 1024))
        assert blob.download_blob(max_concurrency=4).readall() == content
