"""Snapshots: past states of a blob that can be read and deleted, and not changed."""

import pytest
from azure.storage.blob import BlobType
from blob.wire import code_of

PAGE = 512
NEVER = "2001-01-01T00:00:00.0000000Z"


def at(blob, snapshot):
    """The client of a blob's snapshot."""
    moment = snapshot["snapshot"] if isinstance(snapshot, dict) else snapshot
    return type(blob).from_blob_url(
        blob.url.split("?")[0], credential=blob.credential, snapshot=moment, retry_total=0
    )


@pytest.fixture
def blob(container):
    client = container.get_blob_client("notes.txt")
    client.upload_blob(b"first", metadata={"round": "1"})
    return client


@pytest.fixture
def ask(wire, container, blob):
    """Sends a raw request about the blob; the status and the error code."""

    def send(method, query="", headers=None, body=None):
        path = f"/devstoreaccount1/{container.container_name}/notes.txt"
        answer = wire.ask(method, path, query, headers=headers, body=body)
        return answer.status, answer.code

    return send


def test_a_snapshot_keeps_what_the_blob_was(blob):
    before = blob.get_blob_properties()
    taken = blob.create_snapshot()
    assert (taken["etag"], taken["last_modified"]) == (before.etag, before.last_modified)
    blob.upload_blob(b"second", overwrite=True, metadata={"round": "2"})
    old = at(blob, taken)
    assert (old.download_blob().readall(), blob.download_blob().readall()) == (b"first", b"second")
    assert old.download_blob(offset=1, length=3).readall() == b"irs"
    found = old.get_blob_properties()
    assert (found.etag, found.metadata, found.size) == (before.etag, {"round": "1"}, 5)
    assert blob.get_blob_properties().metadata == {"round": "2"}


def test_a_snapshot_may_have_metadata_of_its_own(blob):
    before = blob.get_blob_properties()
    taken = blob.create_snapshot(metadata={"why": "audit"})
    assert taken["etag"] != before.etag
    found = at(blob, taken).get_blob_properties()
    assert (found.metadata, found.etag) == ({"why": "audit"}, taken["etag"])
    assert blob.get_blob_properties().etag == before.etag


def test_snapshots_have_moments_of_their_own_in_order(blob):
    moments = [blob.create_snapshot()["snapshot"] for _ in range(5)]
    assert moments == sorted(set(moments))


def test_every_read_takes_a_snapshot(blob, ask):
    blob.stage_block("YQ==", b"block")
    blob.commit_block_list(["YQ=="])
    moment = blob.create_snapshot()["snapshot"]
    blob.stage_block("Yg==", b"other")
    committed, uncommitted = at(blob, moment).get_block_list("all")
    assert ([each.id for each in committed], uncommitted) == (["YQ=="], [])
    query = f"snapshot={moment}"
    assert ask("HEAD", query) == (200, None)
    assert ask("GET", f"comp=metadata&{query}") == (200, None)
    assert ask("GET", query, {"If-Match": '"0x1"'}) == (412, "ConditionNotMet")
    for what in ("", "comp=metadata&", "comp=blocklist&"):
        assert ask("GET", f"{what}snapshot={NEVER}") == (404, "BlobNotFound")
        assert ask("GET", f"{what}snapshot=yesterday") == (400, "InvalidQueryParameterValue")
        assert ask("GET", f"{what}snapshot=") == (200, None)


@pytest.mark.parametrize(
    ("query", "headers", "body"),
    [
        ("", {"x-ms-blob-type": "BlockBlob"}, b"x"),
        ("comp=metadata", {"x-ms-meta-a": "1"}, b""),
        ("comp=properties", {"x-ms-blob-content-type": "text/plain"}, b""),
        ("comp=lease", {"x-ms-lease-action": "acquire", "x-ms-lease-duration": "-1"}, b""),
        ("comp=snapshot", {}, b""),
        ("comp=block&blockid=YQ%3D%3D", {}, b"x"),
        ("comp=appendblock", {}, b"x"),
        ("comp=page", {"x-ms-page-write": "clear", "x-ms-range": "bytes=0-511"}, b""),
    ],
)
def test_a_snapshot_cannot_be_changed(blob, ask, query, headers, body):
    moment = blob.create_snapshot()["snapshot"]
    both = "&".join(part for part in (query, f"snapshot={moment}") if part)
    assert ask("PUT", both, headers, body) == (400, "InvalidQueryParameterValue")
    assert at(blob, moment).download_blob().readall() == b"first"


def test_a_blob_with_snapshots_is_deleted_with_them_or_not_at_all(blob):
    moments = [blob.create_snapshot() for _ in range(3)]
    assert code_of(blob.delete_blob) == (409, "SnapshotsPresent")
    blob.delete_blob(delete_snapshots="include")
    assert not blob.exists()
    for moment in moments:
        assert code_of(at(blob, moment).get_blob_properties)[0] == 404
    blob.upload_blob(b"anew")
    assert code_of(at(blob, moments[0]).get_blob_properties)[0] == 404
    blob.delete_blob()


def test_snapshots_go_alone(blob):
    moments = [blob.create_snapshot() for _ in range(3)]
    at(blob, moments[1]).delete_blob()
    assert code_of(at(blob, moments[1]).delete_blob) == (404, "BlobNotFound")
    assert at(blob, moments[2]).download_blob().readall() == b"first"
    blob.delete_blob(delete_snapshots="only")
    assert not at(blob, moments[0]).exists()
    assert not at(blob, moments[2]).exists()
    assert blob.download_blob().readall() == b"first"
    blob.delete_blob()


def test_what_a_deletion_may_say(blob, ask):
    moment = blob.create_snapshot()["snapshot"]
    both = ask("DELETE", f"snapshot={moment}", {"x-ms-delete-snapshots": "include"})
    assert both == (400, "InvalidHeaderValue")
    assert ask("DELETE", "", {"x-ms-delete-snapshots": "all"}) == (400, "InvalidHeaderValue")
    assert ask("DELETE", f"snapshot={NEVER}") == (404, "BlobNotFound")
    assert ask("DELETE", f"snapshot={moment}", {"If-Match": '"0x1"'}) == (412, "ConditionNotMet")
    assert ask("DELETE", f"snapshot={moment}") == (202, None)


def test_a_lease_is_of_the_blob_and_not_of_its_snapshots(blob):
    lease = blob.acquire_lease()
    taken = blob.create_snapshot()
    assert blob.create_snapshot(lease=lease)["snapshot"] > taken["snapshot"]
    other = "11111111-2222-3333-4444-555555555555"
    assert code_of(blob.create_snapshot, lease=other) == (412, "LeaseIdMismatchWithBlobOperation")
    assert at(blob, taken).get_blob_properties().lease.state is None
    at(blob, taken).delete_blob()
    assert code_of(blob.delete_blob, delete_snapshots="include") == (412, "LeaseIdMissing")
    blob.delete_blob(delete_snapshots="only")
    blob.delete_blob(lease=lease)


def test_snapshots_are_taken_on_condition(container, blob):
    tag = blob.get_blob_properties().etag
    blob.create_snapshot(if_match=tag)
    assert code_of(blob.create_snapshot, if_none_match=tag) == (412, "ConditionNotMet")
    missing = container.get_blob_client("missing")
    assert code_of(missing.create_snapshot) == (404, "BlobNotFound")


def test_listings_show_snapshots_before_their_blob(container, blob):
    moments = [blob.create_snapshot()["snapshot"] for _ in range(3)]
    container.upload_blob("other", b"x")
    expected = [("notes.txt", moment) for moment in moments] + [("notes.txt", None), ("other", None)]
    listed = list(container.list_blobs(include=["snapshots", "metadata"]))
    assert [(each.name, each.snapshot) for each in listed] == expected
    assert all(each.metadata == {"round": "1"} for each in listed[:4])
    assert [(each.name, each.snapshot) for each in container.list_blobs()] == expected[3:]
    paged = container.list_blobs(include="snapshots", results_per_page=2).by_page()
    assert [[(each.name, each.snapshot) for each in page] for page in paged] == [
        expected[0:2],
        expected[2:4],
        expected[4:],
    ]
    container.upload_blob("dir/hidden", b"x").create_snapshot()
    walk = container.walk_blobs(include="snapshots", results_per_page=1)
    assert [(each.name, each.get("snapshot")) for each in walk] == [("dir/", None), *expected]


def test_every_kind_has_snapshots(container):
    appended = container.get_blob_client("log")
    appended.create_append_blob()
    appended.append_block(b"one")
    taken = appended.create_snapshot()
    appended.append_block(b"two")
    old = at(appended, taken)
    assert (old.download_blob().readall(), appended.download_blob().readall()) == (b"one", b"onetwo")
    assert old.get_blob_properties().blob_type == BlobType.APPENDBLOB
    container.delete_blob("log", delete_snapshots="include")
    assert not old.exists()


@pytest.fixture
def disk(container):
    client = container.get_blob_client("disk")
    client.create_page_blob(8 * PAGE)
    return client


def write(disk, letter: str, page: int, count: int = 1) -> None:
    disk.upload_page(letter.encode() * (count * PAGE), offset=page * PAGE, length=count * PAGE)


def span(page: int, count: int = 1) -> dict:
    return {"start": page * PAGE, "end": (page + count) * PAGE - 1}


def differences(disk, since, **options) -> tuple[list[dict], list[dict]]:
    return disk.get_page_ranges(previous_snapshot_diff=since["snapshot"], **options)


def test_page_snapshots_and_what_changed_since(disk):
    write(disk, "a", 0, 4)
    first = disk.create_snapshot()
    write(disk, "b", 1)
    disk.clear_page(offset=3 * PAGE, length=PAGE)
    second = disk.create_snapshot()
    write(disk, "c", 6)
    letters = [at(disk, taken).download_blob().readall()[::PAGE] for taken in (first, second)]
    assert letters == [b"aaaa\0\0\0\0", b"aba\0\0\0\0\0"]
    assert disk.download_blob().readall()[::PAGE] == b"aba\0\0\0c\0"
    assert at(disk, first).get_page_ranges()[0] == [span(0, 4)]
    assert differences(disk, first) == ([span(1), span(6)], [span(3)])
    assert differences(disk, second) == ([span(6)], [])
    assert differences(at(disk, second), first) == ([span(1)], [span(3)])
    assert differences(disk, first, offset=3 * PAGE, length=PAGE) == ([], [span(3)])
    listed = disk.list_page_ranges(previous_snapshot=first["snapshot"], results_per_page=1)
    assert [(each.start // PAGE, each.cleared) for each in listed] == [(1, False), (3, True), (6, False)]


def test_differences_from_what_cannot_be_compared(container, disk, wire):
    write(disk, "a", 0)
    first, second = disk.create_snapshot(), disk.create_snapshot()
    path = f"/devstoreaccount1/{container.container_name}/disk"

    def ask(query, **headers):
        answer = wire.ask("GET", path, f"comp=pagelist{query}", headers=headers)
        return answer.status, answer.code

    newer = f"&snapshot={first['snapshot']}&prevsnapshot={second['snapshot']}"
    assert ask(newer) == (400, "PreviousSnapshotCannotBeNewer")
    assert ask(f"&prevsnapshot={NEVER}") == (409, "PreviousSnapshotNotFound")
    assert ask("&prevsnapshot=then") == (400, "InvalidQueryParameterValue")
    address = f"http://localhost{path}?snapshot={first['snapshot']}"
    assert ask("", **{"x-ms-previous-snapshot-url": address}) == (200, None)
    other = address.replace("/disk?", "/other?")
    assert ask("", **{"x-ms-previous-snapshot-url": other}) == (400, "InvalidHeaderValue")
    disk.create_page_blob(PAGE)
    assert code_of(differences, disk, first) == (409, "BlobOverwritten")
