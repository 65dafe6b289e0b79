"""Access tiers of block blobs: what is archived cannot be read before it is rehydrated."""

import pytest
from azure.storage.blob import StandardBlobTier
from blob.wire import client_of, code_of

ARCHIVED = (409, "BlobArchived")


@pytest.fixture
def blob(container):
    client = container.get_blob_client("notes.txt")
    client.upload_blob(b"x")
    return client


def test_a_tier_is_set_and_told(container, blob):
    before = blob.get_blob_properties()
    assert (before.blob_tier, before.blob_tier_inferred) == ("Hot", True)
    for tier in (StandardBlobTier.COOL, StandardBlobTier.COLD, StandardBlobTier.HOT):
        blob.set_standard_blob_tier(tier)
        found = blob.get_blob_properties()
        assert (found.blob_tier, found.blob_tier_inferred, found.etag) == (tier, False, before.etag)
        assert found.blob_tier_change_time >= before.last_modified
        (listed,) = container.list_blobs()
        assert (listed.blob_tier, listed.blob_tier_inferred) == (tier, None)
    assert blob.download_blob().readall() == b"x"


def test_a_tier_comes_with_the_blob(container):
    blob = container.get_blob_client("b")
    blob.upload_blob(b"x", standard_blob_tier=StandardBlobTier.COOL)
    assert blob.get_blob_properties().blob_tier == "Cool"
    blob.stage_block("YQ==", b"y")
    blob.commit_block_list(["YQ=="], standard_blob_tier=StandardBlobTier.COLD)
    assert blob.get_blob_properties().blob_tier == "Cold"
    blob.upload_blob(b"z", overwrite=True)
    assert blob.get_blob_properties().blob_tier == "Hot"


def test_what_is_archived_can_be_neither_read_nor_changed(blob):
    blob.set_standard_blob_tier(StandardBlobTier.ARCHIVE)
    for call in (
        lambda: blob.download_blob(),
        lambda: blob.create_snapshot(),
        lambda: blob.set_blob_metadata({"a": "1"}),
        lambda: blob.set_http_headers(),
        lambda: blob.commit_block_list([]),
    ):
        assert code_of(call) == ARCHIVED
    found = blob.get_blob_properties()
    assert (found.blob_tier, found.archive_status, found.size) == ("Archive", None, 1)
    blob.set_blob_tags({"a": "1"})
    blob.set_standard_blob_tier(StandardBlobTier.ARCHIVE)
    blob.upload_blob(b"new", overwrite=True)
    assert blob.download_blob().readall() == b"new"
    blob.set_standard_blob_tier(StandardBlobTier.ARCHIVE)
    blob.delete_blob()


def test_rehydration_takes_its_time(container, blob):
    blob.set_standard_blob_tier(StandardBlobTier.ARCHIVE)
    blob.set_standard_blob_tier(StandardBlobTier.COOL)
    found = blob.get_blob_properties()
    assert (found.blob_tier, found.archive_status) == ("Archive", "rehydrate-pending-to-cool")
    (listed,) = container.list_blobs()
    assert (listed.blob_tier, listed.archive_status) == ("Archive", "rehydrate-pending-to-cool")
    being = (409, "BlobBeingRehydrated")
    assert code_of(blob.download_blob) == being
    assert code_of(blob.set_standard_blob_tier, StandardBlobTier.HOT) == being
    blob.set_standard_blob_tier(StandardBlobTier.COOL, rehydrate_priority="High")
    assert blob.get_blob_properties().rehydrate_priority == "High"


def test_the_times_are_the_operators(fresh_server):
    server = fresh_server("--rehydration-minutes", "0", "--fast-rehydration-minutes", "60")
    with client_of(server) as service:
        container = service.create_container("box")
        soon, late = (container.upload_blob(name, b"x") for name in ("soon", "late"))
        for blob in (soon, late):
            blob.set_standard_blob_tier(StandardBlobTier.ARCHIVE)
        soon.set_standard_blob_tier(StandardBlobTier.HOT)
        late.set_standard_blob_tier(StandardBlobTier.HOT, rehydrate_priority="High")
        assert soon.download_blob().readall() == b"x"
        assert soon.get_blob_properties().archive_status is None
        assert code_of(late.download_blob) == (409, "BlobBeingRehydrated")


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({"x-ms-access-tier": "cool"}, (200, None)),
        ({}, (400, "MissingRequiredHeader")),
        ({"x-ms-access-tier": "P10"}, (400, "InvalidHeaderValue")),
        ({"x-ms-access-tier": "Hot", "x-ms-rehydrate-priority": "Now"}, (400, "InvalidHeaderValue")),
        (
            {"x-ms-access-tier": "Hot", "x-ms-lease-id": "11111111-2222-3333-4444-555555555555"},
            (412, "LeaseNotPresentWithBlobOperation"),
        ),
    ],
)
def test_what_requests_must_say(wire, container, blob, headers, answer):
    path = f"/devstoreaccount1/{container.container_name}/notes.txt"
    reply = wire.ask("PUT", path, "comp=tier", headers, b"")
    assert (reply.status, reply.code) == answer


def test_only_block_blobs_have_tiers(container):
    append, page, missing = (container.get_blob_client(name) for name in ("append", "page", "missing"))
    append.create_append_blob()
    page.create_page_blob(512)
    for blob in (append, page):
        assert code_of(blob.set_standard_blob_tier, "Cool") == (409, "InvalidBlobType")
    assert code_of(missing.set_standard_blob_tier, "Cool") == (404, "BlobNotFound")
    assert code_of(page.create_page_blob, 512, premium_page_blob_tier="P10")[0] == 400
