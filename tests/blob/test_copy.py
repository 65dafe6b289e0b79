"""Copy Blob, Copy Blob From URL and Abort Copy: within an account, between accounts, and what is refused."""

import base64
import datetime
import urllib.parse
import uuid

import pytest
from azure.core import MatchConditions
from azure.storage.blob import (
    ContentSettings,
    PremiumPageBlobTier,
    StandardBlobTier,
)
from blob.wire import code_of, md5_text
from server import ACCOUNT

LARGE = bytes(range(256)) * 1024
UNVERIFIED = "CannotVerifyCopySource"


@pytest.fixture
def source(container):
    blob = container.get_blob_client("from/a b+ü%")
    blob.upload_blob(
        LARGE,
        metadata={"a": "1"},
        tags={"t": "1"},
        content_settings=ContentSettings("text/plain", None, "de", cache_control="no-cache"),
    )
    return blob


@pytest.fixture
def target(container):
    return container.get_blob_client("to")


def copied(target, *arguments, **options):
    answer = target.start_copy_from_url(*arguments, **options)
    assert answer["copy_status"] == "success"
    return answer


# ---- what is copied


def test_a_copy_is_like_its_source(container, source, target):
    answer = copied(target, source.url)
    assert target.download_blob().readall() == LARGE
    old, new = source.get_blob_properties(), target.get_blob_properties()
    assert (answer["etag"], answer["last_modified"]) == (new.etag, new.last_modified)
    assert new.metadata == {"a": "1"}
    assert (dict(new.content_settings), new.tag_count) == (dict(old.content_settings), None)
    assert (new.copy.id, new.copy.status, new.copy.source) == (answer["copy_id"], "success", source.url)
    assert new.copy.progress == f"{len(LARGE)}/{len(LARGE)}"
    assert new.copy.completion_time == new.last_modified
    assert uuid.UUID(new.copy.id)
    assert target.download_blob().properties.copy.id == new.copy.id
    assert old.copy.id is None


def test_a_listing_tells_of_copies_when_asked_to(container, source, target):
    answer = copied(target, source.url)
    with_copies = {blob.name: blob.copy for blob in container.list_blobs(include=["copy"])}
    assert with_copies["to"].id == answer["copy_id"]
    assert with_copies["to"].source == source.url
    assert with_copies["to"].status == "success"
    assert with_copies[source.blob_name].id is None
    assert all(blob.copy.id is None for blob in container.list_blobs())


def test_the_blob_tells_of_its_copy_until_it_is_changed(source, target):
    answer = copied(target, source.url)
    target.set_blob_metadata({"b": "2"})
    assert target.get_blob_properties().copy.id == answer["copy_id"]
    target.set_http_headers(ContentSettings("text/html"))
    assert target.get_blob_properties().copy.id is None
    copied(target, source.url)
    target.upload_blob(b"", overwrite=True)
    assert target.get_blob_properties().copy.id is None


def test_metadata_tags_and_tier_of_its_own(source, target):
    copied(target, source.url, metadata={"b": "2"}, tags={"x": "y"}, standard_blob_tier=StandardBlobTier.COOL)
    found = target.get_blob_properties()
    assert (found.metadata, found.blob_tier, target.get_blob_tags()) == ({"b": "2"}, "Cool", {"x": "y"})
    copied(target, source.url)
    found = target.get_blob_properties()
    assert (found.metadata, found.blob_tier, target.get_blob_tags()) == ({"a": "1"}, "Hot", {})


def test_block_lists_keep_their_blocks(container, blob_service, target):
    source = container.get_blob_client("blocks")
    for name, content in (("a", LARGE), ("b", b"small")):
        source.stage_block(name, content)
    source.commit_block_list(["a", "b"])
    other = blob_service.create_container(f"test-{uuid.uuid4().hex}")
    try:
        for copy in (target, other.get_blob_client("to")):
            copied(copy, source.url)
            committed, uncommitted = copy.get_block_list("all")
            assert [(block.id, block.size) for block in committed] == [("a", len(LARGE)), ("b", 5)]
            assert uncommitted == []
            assert copy.download_blob().readall() == LARGE + b"small"
    finally:
        other.delete_container()


def test_append_and_page_blobs_stay_what_they_are(container):
    log, disk = container.get_blob_client("log"), container.get_blob_client("disk")
    log.create_append_blob()
    for content in (b"one", LARGE):
        log.append_block(content)
    disk.create_page_blob(1 << 20, sequence_number=7)
    disk.upload_page(LARGE[:1024], 512, 1024)
    disk.upload_page(LARGE, 65536, len(LARGE))
    for source in (log, disk):
        copy = container.get_blob_client(source.blob_name + " 2")
        copied(copy, source.url)
        assert copy.download_blob().readall() == source.download_blob().readall()
        assert copy.get_blob_properties().blob_type == source.get_blob_properties().blob_type
    assert container.get_blob_client("disk 2").get_page_ranges()[0] == disk.get_page_ranges()[0]
    assert container.get_blob_client("disk 2").get_blob_properties().page_blob_sequence_number == 7
    container.get_blob_client("log 2").append_block(b"more")
    assert log.download_blob().readall() == b"one" + LARGE
    log.seal_append_blob()
    copied(container.get_blob_client("open"), log.url)
    assert not container.get_blob_client("open").get_blob_properties().is_append_blob_sealed
    copied(container.get_blob_client("sealed"), log.url, seal_destination_blob=True)
    assert container.get_blob_client("sealed").get_blob_properties().is_append_blob_sealed
    assert code_of(container.get_blob_client("log 2").start_copy_from_url, disk.url) == (
        409,
        "InvalidBlobType",
    )
    assert code_of(
        container.get_blob_client("d").start_copy_from_url, disk.url, standard_blob_tier=StandardBlobTier.COOL
    ) == (400, "InvalidBlobTier")


def test_a_snapshot_can_be_copied_and_put_back(source, target):
    snapshot = source.create_snapshot()["snapshot"]
    source.upload_blob(b"new", overwrite=True)
    url = f"{source.url}?snapshot={snapshot}"
    copied(target, url)
    assert target.get_blob_properties().copy.source == url
    copied(source, url)
    assert source.download_blob().readall() == target.download_blob().readall() == LARGE
    assert code_of(target.start_copy_from_url, f"{source.url}?snapshot=2001-01-01T00:00:00.0000000Z") == (
        404,
        "BlobNotFound",
    )


def test_a_blob_copied_onto_itself_gets_the_new_metadata(source):
    copied(source, source.url, metadata={"new": "1"})
    assert source.get_blob_properties().metadata == {"new": "1"}
    assert source.download_blob().readall() == LARGE


def test_uncommitted_blocks_go(source, target):
    target.stage_block("a", b"x")
    copied(target, source.url)
    assert target.get_block_list("all")[1] == []


# ---- conditions, leases, tiers


def test_conditions_of_the_source(source, target):
    etag = source.get_blob_properties().etag
    past, future = (
        datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes) for minutes in (-9, 9)
    )
    copied(target, source.url, source_etag=etag, source_match_condition=MatchConditions.IfNotModified)
    for broken in (
        {"source_etag": '"0x1"', "source_match_condition": MatchConditions.IfNotModified},
        {"source_etag": etag, "source_match_condition": MatchConditions.IfModified},
        {"source_if_modified_since": future},
        {"source_if_unmodified_since": past},
    ):
        assert code_of(target.start_copy_from_url, source.url, **broken) == (412, "SourceConditionNotMet")
        assert code_of(target.start_copy_from_url, source.url, requires_sync=True, **broken) == (
            412,
            "SourceConditionNotMet",
        )


def test_conditions_of_the_target(source, target):
    target.upload_blob(b"")
    assert code_of(
        target.start_copy_from_url, source.url, etag='"0x1"', match_condition=MatchConditions.IfNotModified
    ) == (412, "TargetConditionNotMet")
    assert code_of(target.start_copy_from_url, source.url, headers={"If-None-Match": "*"}) == (
        409,
        "BlobAlreadyExists",
    )


def test_leases_of_both(source, target):
    target.upload_blob(b"")
    lease = target.acquire_lease(-1)
    assert code_of(target.start_copy_from_url, source.url) == (412, "LeaseIdMissing")
    copied(target, source.url, destination_lease=lease)
    assert target.get_blob_properties().lease.state == "leased"
    held = source.acquire_lease(-1)
    copied(target, source.url, destination_lease=lease, source_lease=held)
    refused = code_of(
        target.start_copy_from_url, source.url, destination_lease=lease, source_lease=str(uuid.uuid4())
    )
    assert refused[1] == "LeaseIdMismatchWithBlobOperation"


def test_archived_content_is_copied_to_be_rehydrated(source, target):
    source.set_standard_blob_tier(StandardBlobTier.ARCHIVE)
    for tier in ({}, {"standard_blob_tier": StandardBlobTier.ARCHIVE}):
        assert code_of(target.start_copy_from_url, source.url, **tier) == (409, "BlobArchived")
    assert code_of(source.start_copy_from_url, source.url, standard_blob_tier=StandardBlobTier.HOT) == (
        409,
        "BlobArchived",
    )
    copied(target, source.url, standard_blob_tier=StandardBlobTier.COOL, rehydrate_priority="High")
    found = target.get_blob_properties()
    assert (found.blob_tier, found.archive_status) == ("Archive", "rehydrate-pending-to-cool")
    assert found.rehydrate_priority == "High"
    assert code_of(target.download_blob) == (409, "BlobBeingRehydrated")
    assert code_of(target.start_copy_from_url, source.url, requires_sync=True) == (409, UNVERIFIED)


# ---- Copy From URL and Abort Copy


def test_copy_from_url_checks_the_bytes_and_takes_tags(source, target):
    answer = copied(target, source.url, requires_sync=True)
    assert uuid.UUID(answer["copy_id"])
    assert target.download_blob().readall() == LARGE
    assert target.get_blob_properties().metadata == {"a": "1"}
    assert target.get_blob_tags() == {}
    copied(target, source.url, requires_sync=True, tags="COPY")
    assert target.get_blob_tags() == {"t": "1"}
    md5 = base64.b64decode(md5_text(LARGE))
    headers = {"x-ms-source-content-md5": base64.b64encode(md5).decode()}
    copied(target, source.url, requires_sync=True, headers=headers)
    headers = {"x-ms-source-content-md5": md5_text(b"other")}
    refused = code_of(target.start_copy_from_url, source.url, requires_sync=True, headers=headers)
    assert refused == (400, "Md5Mismatch")


def test_there_is_no_copy_to_be_aborted(container, source, target):
    answer = copied(target, source.url)
    for copy_id in (answer["copy_id"], str(uuid.uuid4())):
        assert code_of(target.abort_copy, copy_id) == (409, "NoPendingCopyOperation")
    assert code_of(container.get_blob_client("none").abort_copy, str(uuid.uuid4())) == (404, "BlobNotFound")


def test_the_name_of_a_premium_tier_is_none(source, target):
    refused = code_of(target.start_copy_from_url, source.url, premium_page_blob_tier=PremiumPageBlobTier.P10)
    assert refused[0] == 400


def test_names_are_read_as_they_are_encoded(container, target):
    for name in ("a/b", "a%2Fb", "ü 100%", "q?x=1&y", "plus+plus", "#"):
        source = container.get_blob_client(name)
        source.upload_blob(name.encode())
        assert urllib.parse.urlparse(source.url).fragment == ""
        copied(target, source.url)
        assert target.download_blob().readall() == name.encode()


@pytest.mark.parametrize("operation", ["copy", "copy from url", "put blob from url"])
def test_a_copy_is_of_the_whole_source(wire, container, source, operation):
    sent = {"x-ms-copy-source": source.url, "x-ms-source-range": "bytes=0-0"}
    if operation == "copy from url":
        sent["x-ms-requires-sync"] = "true"
    if operation == "put blob from url":
        sent["x-ms-blob-type"] = "BlockBlob"
    answer = wire.ask("PUT", f"/{ACCOUNT}/{container.container_name}/to", "", sent, b"")
    assert (answer.status, answer.code) == (400, "UnsupportedHeader")
    assert not container.get_blob_client("to").exists()


@pytest.mark.parametrize("end", ["?snapshot=%01", "?versionid=%7F", "?snapshot=%FF", "?versionid=%EF%BF%BF"])
def test_what_no_list_could_tell_is_no_source(wire, container, source, end):
    sent = {"x-ms-copy-source": source.url + end}
    answer = wire.ask("PUT", f"/{ACCOUNT}/{container.container_name}/to", "", sent, b"")
    assert (answer.status, answer.code) == (400, "InvalidHeaderValue")
