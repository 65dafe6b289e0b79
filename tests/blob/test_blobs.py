"""Blobs of one piece: what is put is what is got, with its properties."""

import hashlib
import random

import pytest
from azure.storage.blob import BlobType, ContentSettings, StandardBlobTier
from blob.wire import code_of, crc64_text, md5_text

# Around the sizes at which bodies move from memory to segments and from one frame to the next.
SIZES = [0, 1, 511, 32_768, 32_769, 65_535, 65_536, 65_537, 262_144, 1_000_003, 9_437_185]


@pytest.mark.parametrize("size", SIZES)
def test_what_is_put_is_what_is_got(container, size):
    content = random.Random(size).randbytes(size)
    blob = container.get_blob_client("b")
    put = blob.upload_blob(content)
    got = blob.download_blob()
    assert got.readall() == content
    assert got.properties.size == size
    assert got.properties.etag == put["etag"]
    assert blob.get_blob_properties().content_settings.content_md5 == hashlib.md5(content).digest()


def test_properties_tell_what_was_put(container):
    settings = ContentSettings(
        content_type="text/plain; charset=utf-8",
        content_encoding="identity",
        content_language="de",
        content_disposition="attachment; filename=a.txt",
        cache_control="max-age=60",
    )
    blob = container.get_blob_client("b")
    put = blob.upload_blob(b"hello", metadata={"Who": "me"}, content_settings=settings)
    found = blob.get_blob_properties()
    assert (found.size, found.blob_type, found.metadata) == (5, BlobType.BLOCKBLOB, {"Who": "me"})
    assert (found.etag, found.last_modified) == (put["etag"], put["last_modified"])
    assert found.creation_time == found.last_modified
    assert (found.lease.status, found.lease.state) == ("unlocked", "available")
    assert (found.blob_tier, found.blob_tier_inferred) == ("Hot", True)
    assert found.server_encrypted is True
    settings.content_md5 = hashlib.md5(b"hello").digest()
    assert dict(found.content_settings) == dict(settings)
    got = blob.download_blob().properties
    assert dict(got.content_settings) == dict(settings)


def test_a_blob_without_a_type_is_a_stream_of_octets(wire, container):
    path = f"/devstoreaccount1/{container.container_name}/b"
    assert wire.ask("PUT", path, headers={"x-ms-blob-type": "BlockBlob"}, body=b"x").status == 201
    assert wire.ask("GET", path).headers["content-type"] == "application/octet-stream"


def test_overwriting_keeps_the_creation_time_alone(container):
    blob = container.get_blob_client("b")
    blob.upload_blob(b"old", metadata={"a": "1"}, content_settings=ContentSettings(content_language="de"))
    before = blob.get_blob_properties()
    assert code_of(blob.upload_blob, b"new") == (409, "BlobAlreadyExists")
    blob.upload_blob(b"newer", overwrite=True)
    after = blob.get_blob_properties()
    assert after.creation_time == before.creation_time
    assert after.etag != before.etag
    assert (after.size, after.metadata, after.content_settings.content_language) == (5, {}, None)


def test_metadata_and_headers_are_replaced_without_touching_the_content(container):
    blob = container.get_blob_client("b")
    blob.upload_blob(b"hello", metadata={"a": "1"}, content_settings=ContentSettings("text/plain"))
    tags = [blob.get_blob_properties().etag]
    tags.append(blob.set_blob_metadata({"B": "2", "c": ""})["etag"])
    tags.append(blob.set_http_headers(ContentSettings(content_language="fr"))["etag"])
    assert len(set(tags)) == 3
    found = blob.get_blob_properties()
    assert found.metadata == {"B": "2", "c": ""}
    assert found.content_settings.content_language == "fr"
    assert found.content_settings.content_type is None
    assert found.content_settings.content_md5 is None
    assert blob.download_blob().readall() == b"hello"
    blob.set_blob_metadata({})
    assert blob.get_blob_properties().metadata == {}


def test_a_deleted_blob_is_gone(container):
    blob = container.get_blob_client("b")
    blob.upload_blob(b"x")
    blob.delete_blob(delete_snapshots="include")
    assert code_of(blob.download_blob) == (404, "BlobNotFound")
    assert code_of(blob.get_blob_properties) == (404, "BlobNotFound")
    assert code_of(blob.delete_blob) == (404, "BlobNotFound")
    assert code_of(blob.set_blob_metadata, {}) == (404, "BlobNotFound")
    assert code_of(blob.set_http_headers, ContentSettings()) == (404, "BlobNotFound")


def test_deleting_snapshots_alone_leaves_the_blob(container):
    blob = container.get_blob_client("b")
    assert code_of(blob.delete_blob, delete_snapshots="only") == (404, "BlobNotFound")
    blob.upload_blob(b"x")
    blob.delete_blob(delete_snapshots="only")
    assert blob.exists()


def test_checksums_are_checked(container, raw):
    path = f"/devstoreaccount1/{container.container_name}/b"

    def put(**headers):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        response, _ = raw.request(
            "PUT", path, headers={"x-ms-blob-type": "BlockBlob"} | names, body=b"123456789"
        )
        return response.status, response.getheader("x-ms-error-code")

    md5, other, crc = md5_text(b"123456789"), md5_text(b"other"), crc64_text(b"123456789")
    assert put(Content_MD5=md5) == (201, None)
    assert put(x_ms_blob_content_md5=md5) == (201, None)
    assert put(x_ms_content_crc64=crc) == (201, None)
    assert put(Content_MD5=other) == (400, "Md5Mismatch")
    assert put(x_ms_blob_content_md5=other) == (400, "Md5Mismatch")
    assert put(Content_MD5=md5, x_ms_blob_content_md5=other) == (400, "Md5Mismatch")
    assert put(x_ms_content_crc64="AAAAAAAAAAA=") == (400, "Crc64Mismatch")
    assert put(x_ms_content_crc64=crc, Content_MD5=md5) == (400, "BothCrc64AndMd5HeaderPresent")
    assert put(Content_MD5="short") == (400, "InvalidMd5")


# What asks for more than this server has is refused by name, and nothing is changed.
UNOFFERED = [
    (
        "encryption scopes",
        lambda blob: blob.upload_blob(b"new", overwrite=True, encryption_scope="ours"),
        (501, "NotImplemented"),
    ),
    (
        "a version",
        lambda blob: blob.delete_blob(version_id="2026-01-01T00:00:00.0000000Z"),
        (404, "BlobNotFound"),
    ),
]


@pytest.mark.parametrize(("feature", "ask", "answer"), UNOFFERED, ids=[row[0] for row in UNOFFERED])
def test_what_is_not_offered_is_refused(container, feature, ask, answer):
    blob = container.get_blob_client("b")
    blob.upload_blob(b"kept")
    before = blob.get_blob_properties().etag
    assert code_of(ask, blob) == answer, feature
    assert blob.get_blob_properties().etag == before


def test_hot_is_the_tier_of_every_blob(container):
    blob = container.get_blob_client("b")
    blob.upload_blob(b"x", standard_blob_tier=StandardBlobTier.HOT)
    assert blob.get_blob_properties().blob_tier == "Hot"
