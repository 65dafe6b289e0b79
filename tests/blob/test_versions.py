"""Versions: what a blob was before each change, in accounts that keep it."""

import datetime
import itertools

import pytest
from app.platform_api import run_vitrine
from azure.storage.blob import ImmutabilityPolicy, RetentionPolicy, StandardBlobTier, generate_blob_sas
from blob.wire import Wire, client_of, code_of
from server import ACCOUNT, KEY, Server

MISSING = (404, "BlobNotFound")


@pytest.fixture(scope="module")
def versioned(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("versioned"), ("--versioned-accounts", ACCOUNT))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def service(versioned):
    with client_of(versioned) as client:
        yield client


@pytest.fixture
def box(service, request):
    return service.create_container(request.node.name[:40].replace("_", "-").strip("-"))


def states(box, *include):
    return [
        (each.name, each.version_id, bool(each.is_current_version))
        for each in box.list_blobs(include=list(include) or ["versions"])
    ]


def test_every_write_has_a_version_id(box):
    blob = box.get_blob_client("b")
    ids = [blob.upload_blob(text, overwrite=True)["version_id"] for text in (b"1", b"22", b"333")]
    ids.append(blob.set_blob_metadata({"a": "1"})["version_id"])
    blob.stage_block("YQ==", b"4444")
    ids.append(blob.commit_block_list(["YQ=="])["version_id"])
    assert ids == sorted(set(ids)) and all(ids)
    assert states(box) == [("b", each, each == ids[-1]) for each in ids]
    assert [(name, current) for name, _, current in states(box, "metadata")] == [("b", True)]
    texts = [blob.download_blob(version_id=each).readall() for each in ids]
    assert texts == [b"1", b"22", b"333", b"333", b"4444"]
    found = blob.get_blob_properties()
    assert (found.version_id, found.is_current_version) == (ids[-1], True)
    assert blob.get_blob_properties(version_id=ids[-1]).is_current_version
    old = blob.get_blob_properties(version_id=ids[2])
    assert (old.version_id, old.is_current_version, old.size, old.metadata) == (ids[2], None, 3, {})
    assert blob.get_blob_properties(version_id=ids[3]).metadata == {"a": "1"}


def test_other_kinds_have_versions_when_they_are_made_anew(box):
    append, page = box.get_blob_client("append"), box.get_blob_client("page")
    first = append.create_append_blob()["version_id"]
    append.append_block(b"one")
    assert append.get_blob_properties().version_id == first
    append.create_append_blob()
    append.append_block(b"two")
    assert append.download_blob(version_id=first).readall() == b"one"
    first = page.create_page_blob(512)["version_id"]
    page.upload_page(b"a" * 512, 0, 512)
    kept = page.set_blob_metadata({"a": "1"})["version_id"]
    page.upload_page(b"b" * 512, 0, 512)
    assert page.download_blob(version_id=first).readall() == b"a" * 512
    assert page.download_blob(version_id=kept).readall() == b"b" * 512


def test_a_deleted_blob_leaves_its_versions(box):
    blob = box.get_blob_client("b")
    first, second = (blob.upload_blob(text, overwrite=True)["version_id"] for text in (b"1", b"2"))
    blob.delete_blob()
    assert code_of(blob.get_blob_properties)[0] == 404
    assert states(box) == [("b", first, False), ("b", second, False)]
    assert [each.name for each in box.list_blobs()] == []
    (found,) = box.list_blobs(include=["deletedwithversions"])
    assert (found.name, found.version_id, found.has_versions_only) == ("b", second, True)
    assert blob.download_blob(version_id=second).readall() == b"2"
    third = blob.upload_blob(b"3")["version_id"]
    assert states(box) == [("b", first, False), ("b", second, False), ("b", third, True)]


def test_versions_are_deleted_one_by_one(box):
    blob = box.get_blob_client("b")
    first, second = (blob.upload_blob(text, overwrite=True)["version_id"] for text in (b"1", b"2"))
    assert code_of(blob.delete_blob, version_id=second)[0] == 400
    blob.delete_blob(version_id=first)
    assert code_of(blob.delete_blob, version_id=first) == MISSING
    assert states(box) == [("b", second, True)]
    blob.delete_blob()
    blob.delete_blob(version_id=second)
    assert states(box) == []


def test_a_snapshot_begins_a_version(box):
    blob = box.get_blob_client("b")
    first = blob.upload_blob(b"1")["version_id"]
    taken = blob.create_snapshot()
    assert taken["version_id"] > first
    assert states(box) == [("b", first, False), ("b", taken["version_id"], True)]
    assert code_of(blob.delete_blob) == (409, "SnapshotsPresent")
    blob.delete_blob(delete_snapshots="include")
    assert len(list(box.list_blobs(include=["snapshots"]))) == 0
    assert [current for _, _, current in states(box)] == [False, False]
    for _, version, _ in states(box):
        assert blob.download_blob(version_id=version).readall() == b"1"
        blob.delete_blob(version_id=version)
    assert states(box) == []


def test_tiers_and_tags_are_of_a_version(box):
    blob = box.get_blob_client("b")
    first = blob.upload_blob(b"1", tags={"a": "1"})["version_id"]
    blob.upload_blob(b"2", overwrite=True)
    blob.set_standard_blob_tier(StandardBlobTier.COOL, version_id=first)
    blob.set_blob_tags({"b": "2"}, version_id=first)
    assert blob.get_blob_properties(version_id=first).blob_tier == "Cool"
    assert blob.get_blob_tags(version_id=first) == {"b": "2"}
    assert (blob.get_blob_properties().blob_tier, blob.get_blob_tags()) == ("Hot", {})


def test_deleted_versions_can_be_restored(fresh_server):
    server = fresh_server("--versioned-accounts", "all")
    with client_of(server) as service:
        service.set_service_properties(delete_retention_policy=RetentionPolicy(enabled=True, days=1))
        box = service.create_container("box")
        blob = box.get_blob_client("b")
        first = blob.upload_blob(b"1")["version_id"]
        second = blob.upload_blob(b"2", overwrite=True)["version_id"]
        assert len(list(box.list_blobs(include=["snapshots", "deleted"]))) == 1
        blob.delete_blob(version_id=first)
        assert states(box) == [("b", second, True)]
        assert code_of(blob.download_blob, version_id=first)[0] == 404
        assert [bool(each.deleted) for each in box.list_blobs(include=["versions", "deleted"])] == [
            True,
            False,
        ]
        blob.undelete_blob()
        assert states(box) == [("b", first, False), ("b", second, True)]
        assert blob.download_blob(version_id=first).readall() == b"1"


def test_versions_stay_when_no_more_are_made(fresh_server):
    server = fresh_server("--versioned-accounts", "all")
    with client_of(server) as service:
        first = service.create_container("box").upload_blob("b", b"1").get_blob_properties().version_id
    server.stop()
    plain = fresh_server(data_dir=server.data_dir)
    with client_of(plain) as service:
        box = service.get_container_client("box")
        blob = box.get_blob_client("b")
        assert blob.upload_blob(b"2", overwrite=True)["version_id"] is None
        blob.upload_blob(b"3", overwrite=True)
        assert states(box) == [("b", first, False), ("b", None, False)]
        assert blob.download_blob(version_id=first).readall() == b"1"
        blob.delete_blob()
        assert states(box) == [("b", first, False)]


def test_a_check_finds_all_that_is_kept_whole(fresh_server):
    server = fresh_server("--versioned-accounts", ACCOUNT, "--container-retention", "1")
    with client_of(server) as service:
        service.set_service_properties(delete_retention_policy=RetentionPolicy(enabled=True, days=1))
        box = service.create_container("box")
        for size in (10, 100_000):
            piece, append, page = (
                box.get_blob_client(f"{kind}{size}") for kind in ("piece", "append", "page")
            )
            for _ in range(2):
                piece.upload_blob(b"x" * size, overwrite=True)
                append.create_append_blob()
                append.append_block(b"y" * size)
                page.create_page_blob(1 << 20)
                page.upload_page(b"z" * 512 * size, 0, 512 * size) if size < 100 else page.clear_page(0, 512)
                for blob in (piece, append, page):
                    blob.create_snapshot()
                    blob.set_blob_metadata({"a": "1"})
            for blob in (piece, append, page):
                blob.delete_blob(delete_snapshots="include")
        for each in list(box.list_blobs(include=["versions"]))[::2]:
            box.get_blob_client(each.name).delete_blob(version_id=each.version_id)
        service.create_container("other").upload_blob("b", b"1" * 50_000)
        service.delete_container("other")
    server.stop()
    looked = run_vitrine("fsck", "--data-dir", server.data_dir)
    assert (looked.returncode, "Everything is as it was written." in looked.stdout) == (0, True), looked


def test_a_sas_says_whether_versions_may_be_deleted(box):
    blob = box.get_blob_client("b")
    first = blob.upload_blob(b"1")["version_id"]
    blob.upload_blob(b"2", overwrite=True)

    def with_sas(letters):
        sas = generate_blob_sas(
            ACCOUNT,
            box.container_name,
            "b",
            account_key=KEY,
            permission=letters,
            expiry=datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1),
        )
        return type(blob).from_blob_url(f"{blob.url}?{sas}", retry_total=0)

    refused = (403, "AuthorizationPermissionMismatch")
    assert code_of(with_sas("d").delete_blob, version_id=first) == refused
    with_sas("x").delete_blob(version_id=first)
    options = {"immutability_policy": policy(), "overwrite": True}
    assert code_of(with_sas("w").upload_blob, b"3", **options) == refused
    with_sas("wi").upload_blob(b"3", **options)
    with_sas("i").delete_immutability_policy()


def policy():
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    return ImmutabilityPolicy(expiry_time=until, policy_mode="Unlocked")


def test_what_names_no_version(versioned, box):
    box.upload_blob("b", b"x")
    taken = box.get_blob_client("b").create_snapshot()["snapshot"]
    path, never = f"/{ACCOUNT}/{box.container_name}/b", "2001-01-01T00:00:00.0000000Z"
    with Wire(versioned) as wire:
        for method, query, answer in (
            ("GET", f"versionid={never}", MISSING),
            ("GET", "versionid=yesterday", (400, "InvalidQueryParameterValue")),
            ("GET", f"versionid={never}&snapshot={taken}", (400, "InvalidQueryParameterValue")),
            ("PUT", f"comp=metadata&versionid={never}", (400, "InvalidQueryParameterValue")),
            ("PUT", f"comp=snapshot&versionid={never}", (400, "InvalidQueryParameterValue")),
            ("GET", "versionid=", (200, None)),
        ):
            reply = wire.ask(method, path, query, {}, b"" if method == "PUT" else None)
            assert (reply.status, reply.code) == answer, query


def test_accounts_have_none_unless_told(container):
    blob = container.get_blob_client("b")
    assert blob.upload_blob(b"x")["version_id"] is None
    blob.upload_blob(b"y", overwrite=True)
    assert blob.get_blob_properties().version_id is None
    assert [each.version_id for each in container.list_blobs(include=["versions"])] == [None]
    assert code_of(blob.get_blob_properties, version_id="2026-01-01T00:00:00.0000000Z")[0] == 404


def test_a_copy_of_a_version_makes_it_current_again(box):
    blob = box.get_blob_client("b")
    first = blob.upload_blob(b"first")["version_id"]
    second = blob.upload_blob(b"second", overwrite=True)["version_id"]
    copied = blob.start_copy_from_url(f"{blob.url}?versionid={first}")
    assert copied["copy_status"] == "success"
    assert blob.download_blob().readall() == b"first"
    current = blob.get_blob_properties().version_id
    assert current not in (first, second)
    assert blob.download_blob(version_id=second).readall() == b"second"
    assert [each.version_id for each in box.list_blobs(include=["versions"])] == [first, second, current]


def test_what_is_left_of_deleted_blobs_is_listed_in_pages(fresh_server):
    with client_of(fresh_server("--versioned-accounts", "all")) as service:
        policy = RetentionPolicy(enabled=True, days=1)
        service.set_service_properties(delete_retention_policy=policy)
        box = service.create_container("box")
        for name in ("a", "b"):
            blob = box.upload_blob(name, b"x")
            blob.create_snapshot()
            blob.create_snapshot()
            blob.delete_blob(delete_snapshots="include")
        every = ["snapshots", "deleted", "deletedwithversions"]

        whole = [(each.name, each.snapshot, each.version_id) for each in box.list_blobs(include=every)]
        assert len(whole) == len(set(whole)) == 6
        for size in (1, 2, 5):
            pages = box.list_blobs(include=every, results_per_page=size).by_page()
            paged = [each for page in itertools.islice(pages, 10) for each in page]
            assert [(each.name, each.snapshot, each.version_id) for each in paged] == whole


def test_a_version_that_is_deleted_itself_is_not_what_is_left(fresh_server):
    with client_of(fresh_server("--versioned-accounts", "all")) as service:
        policy = RetentionPolicy(enabled=True, days=1)
        service.set_service_properties(delete_retention_policy=policy)
        box = service.create_container("box")
        blob = box.get_blob_client("b")
        first = blob.upload_blob(b"1")["version_id"]
        second = blob.upload_blob(b"2", overwrite=True)["version_id"]
        blob.delete_blob()

        def left():
            return [each.version_id for each in box.list_blobs(include=["deletedwithversions"])]

        assert left() == [second]
        blob.delete_blob(version_id=second)
        assert left() == [first]
        blob.delete_blob(version_id=first)
        assert left() == []
