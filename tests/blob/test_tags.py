"""Index tags of blobs: set with the blob or alone, and told by reads and listings."""

import datetime

import pytest
from azure.storage.blob import BlobClient, generate_account_sas
from blob.wire import code_of
from server import ACCOUNT, KEY

TAGS = {"project": "vitrine 2", "State/Kind": "a+b=c:d._-"}


@pytest.fixture
def blob(container):
    client = container.get_blob_client("notes.txt")
    client.upload_blob(b"x", tags=TAGS)
    return client


def test_tags_come_with_the_blob(container, blob):
    assert blob.get_blob_tags() == TAGS
    assert blob.get_blob_properties().tag_count == 2
    assert blob.download_blob().properties.tag_count == 2
    page, append, blocks = (container.get_blob_client(name) for name in ("page", "append", "blocks"))
    page.create_page_blob(512, tags=TAGS)
    append.create_append_blob(tags=TAGS)
    blocks.stage_block("YQ==", b"x")
    blocks.commit_block_list(["YQ=="], tags=TAGS)
    for each in (page, append, blocks):
        assert each.get_blob_tags() == TAGS


def test_tags_are_replaced_together(blob):
    before = blob.get_blob_properties()
    blob.set_blob_tags({"other": ""})
    assert blob.get_blob_tags() == {"other": ""}
    after = blob.get_blob_properties()
    assert (after.etag, after.last_modified) == (before.etag, before.last_modified)
    blob.set_blob_tags({"space": " "})
    assert blob.get_blob_tags() == {"space": " "}
    blob.set_blob_tags({})
    assert blob.get_blob_tags() == {}
    assert not blob.get_blob_properties().tag_count


def test_a_new_content_has_the_tags_that_come_with_it(blob):
    blob.set_blob_metadata({"a": "1"})
    assert blob.get_blob_tags() == TAGS
    blob.upload_blob(b"y", overwrite=True)
    assert blob.get_blob_tags() == {}


def test_listings_tell_of_tags(container, blob):
    container.upload_blob("plain", b"x")
    tagged, plain = container.list_blobs(include=["tags"])
    assert (tagged.tags, tagged.tag_count) == (TAGS, 2)
    assert (plain.tags, plain.tag_count) == (None, None)
    (first, _) = container.list_blobs()
    assert (first.tags, first.tag_count) == (None, 2)


def test_a_lease_keeps_the_tags(blob):
    lease = blob.acquire_lease()
    assert code_of(blob.set_blob_tags, {"a": "b"}) == (412, "LeaseIdMissing")
    blob.set_blob_tags({"a": "b"}, lease=lease)
    assert blob.get_blob_tags() == {"a": "b"}


def document(*pairs: tuple[str, str]) -> bytes:
    tags = "".join(f"<Tag><Key>{key}</Key><Value>{value}</Value></Tag>" for key, value in pairs)
    return f"<Tags><TagSet>{tags}</TagSet></Tags>".encode()


@pytest.mark.parametrize(
    ("headers", "body", "answer"),
    [
        ({}, document(("a", "1")), (204, None)),
        ({}, document(*((f"k{n}", "") for n in range(11))), (400, "InvalidInput")),
        ({}, document(("a", "1"), ("a", "2")), (400, "InvalidInput")),
        ({}, document(("", "1")), (400, "InvalidInput")),
        ({}, document(("k" * 129, "1")), (400, "InvalidInput")),
        ({}, document(("a", "v" * 257)), (400, "InvalidInput")),
        ({}, document(("a,b", "1")), (400, "InvalidInput")),
        ({}, b"<Tags/>", (400, "InvalidXmlDocument")),
        ({}, b"", (400, "InvalidXmlDocument")),
        ({"Content-MD5": "A" * 22 + "=="}, document(("a", "1")), (400, "Md5Mismatch")),
    ],
)
def test_documents_of_tags(wire, container, blob, headers, body, answer):
    path = f"/devstoreaccount1/{container.container_name}/notes.txt"
    reply = wire.ask("PUT", path, "comp=tags", headers, body)
    assert (reply.status, reply.code) == answer


@pytest.mark.parametrize("header", ["a", "=1", "a=1&a=2", "a=%26", "a=%zz", "&".join("abcdefghijk")])
def test_headers_of_tags(wire, container, blob, header):
    path = f"/devstoreaccount1/{container.container_name}/notes.txt"
    reply = wire.ask("PUT", path, "", {"x-ms-blob-type": "BlockBlob", "x-ms-tags": header}, b"y")
    assert (reply.status, reply.code) == (400, "InvalidHeaderValue")
    assert blob.download_blob().readall() == b"x"


def test_tags_of_what_is_not_there(container):
    missing = container.get_blob_client("missing")
    assert code_of(missing.get_blob_tags) == (404, "BlobNotFound")
    assert code_of(missing.set_blob_tags, {"a": "b"}) == (404, "BlobNotFound")


def test_a_signature_must_allow_tags(blob):
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)

    def bearing(permission: str) -> BlobClient:
        sas = generate_account_sas(
            ACCOUNT, KEY, resource_types="o", permission=permission, expiry=until, services="b"
        )
        return BlobClient.from_blob_url(blob.url, credential=sas, retry_total=0)

    refused = (403, "AuthorizationPermissionMismatch")
    assert code_of(bearing("rw").get_blob_tags) == refused
    assert code_of(bearing("rw").upload_blob, b"y", overwrite=True, tags=TAGS) == refused
    bearing("rwt").upload_blob(b"y", overwrite=True, tags=TAGS)
    assert bearing("t").get_blob_tags() == TAGS


def test_snapshots_have_the_tags_of_their_time(blob):
    taken = blob.create_snapshot()["snapshot"]
    blob.set_blob_tags({"new": "1"})
    old = BlobClient.from_blob_url(blob.url, credential=blob.credential, snapshot=taken)
    assert old.get_blob_tags() == TAGS
