"""Deleted blobs and containers that may be restored while the account keeps them."""

import datetime

import pytest
from azure.storage.blob import BlobServiceClient, RetentionPolicy
from blob.wire import Wire, client_of, code_of
from server import ACCOUNT

MISSING = (404, "BlobNotFound")


@pytest.fixture(scope="module")
def keeping(tmp_path_factory):
    """A server that keeps deleted containers, with an account that keeps deleted blobs."""
    from server import Server

    server = Server(tmp_path_factory.mktemp("keeping"), ("--container-retention", "5"))
    server.start()
    with client_of(server) as service:
        service.set_service_properties(delete_retention_policy=RetentionPolicy(enabled=True, days=7))
    yield server
    server.stop()


@pytest.fixture
def service(keeping):
    with client_of(keeping) as client:
        yield client


@pytest.fixture
def box(service, request):
    return service.create_container(request.node.name[:40].replace("_", "-").replace("[", "-").strip("-]"))


def listed(box, *include, **options):
    return [
        (blob.name, bool(blob.snapshot), bool(blob.deleted))
        for blob in box.list_blobs(include=list(include), **options)
    ]


def at(blob, snapshot):
    return type(blob).from_blob_url(
        blob.url.split("?")[0], credential=blob.credential, snapshot=snapshot["snapshot"], retry_total=0
    )


def test_the_policy_is_told_and_can_be_switched_off(fresh_server):
    with client_of(fresh_server()) as service:
        assert service.get_service_properties()["delete_retention_policy"].enabled is False
        policy = RetentionPolicy(enabled=True, days=3)
        service.set_service_properties(delete_retention_policy=policy)
        found = service.get_service_properties()["delete_retention_policy"]
        assert (found.enabled, found.days) == (True, 3)
        service.set_service_properties(cors=[])
        assert service.get_service_properties()["delete_retention_policy"].days == 3
        blob = service.create_container("box").upload_blob("b", b"x")
        service.set_service_properties(delete_retention_policy=RetentionPolicy(enabled=False))
        blob.delete_blob()
        assert code_of(blob.undelete_blob) == MISSING


@pytest.mark.parametrize(
    ("days", "code"),
    [*((days, "InvalidXmlNodeValue") for days in ("0", "366", "x")), ("", "InvalidXmlDocument")],
)
def test_days_are_1_to_365(keeping, days, code):
    body = (
        '<?xml version="1.0"?><StorageServiceProperties><DeleteRetentionPolicy><Enabled>true</Enabled>'
        f"<Days>{days}</Days></DeleteRetentionPolicy></StorageServiceProperties>"
    ).encode()
    with Wire(keeping) as wire:
        answer = wire.ask("PUT", f"/{ACCOUNT}", "restype=service&comp=properties", {}, body)
    assert (answer.status, answer.code) == (400, code)


def test_a_deleted_blob_is_listed_and_restored(box):
    blob = box.upload_blob("b", b"content", metadata={"a": "1"}, tags={"t": "1"})
    before = blob.get_blob_properties()
    blob.delete_blob()
    assert code_of(blob.get_blob_properties)[0] == 404
    assert code_of(blob.set_blob_metadata, {}) == MISSING
    assert code_of(blob.delete_blob) == MISSING
    assert listed(box) == []
    (found,) = box.list_blobs(include=["deleted"])
    assert (found.name, found.deleted, found.remaining_retention_days) == ("b", True, 6)
    assert abs(found.deleted_time - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(minutes=1)
    blob.undelete_blob()
    after = blob.get_blob_properties()
    assert (after.etag, after.metadata, after.tag_count) == (before.etag, {"a": "1"}, 1)
    assert blob.download_blob().readall() == b"content"
    assert listed(box, "deleted") == [("b", False, False)]


def test_the_answer_says_whether_it_is_for_good(keeping, fresh_server):
    for server, word in ((keeping, "false"), (fresh_server(), "true")):
        with client_of(server) as service, Wire(server) as wire:
            service.create_container("answers").upload_blob("b", b"x")
            answer = wire.ask("DELETE", f"/{ACCOUNT}/answers/b")
            assert (answer.status, answer.headers["x-ms-delete-type-permanent"]) == (202, word)


def test_what_is_overwritten_stays_as_a_deleted_snapshot(box):
    blob = box.upload_blob("b", b"first")
    blob.upload_blob(b"second", overwrite=True)
    blob.stage_block("YQ==", b"third")
    blob.commit_block_list(["YQ=="])
    assert listed(box, "snapshots") == [("b", False, False)]
    assert listed(box, "snapshots", "deleted") == [("b", True, True), ("b", True, True), ("b", False, False)]
    blob.undelete_blob()
    old = [each for each in box.list_blobs(include=["snapshots"]) if each.snapshot]
    assert [at(blob, each).download_blob().readall() for each in old] == [b"first", b"second"]
    assert blob.download_blob().readall() == b"third"
    assert code_of(blob.delete_blob) == (409, "SnapshotsPresent")


def test_a_blob_that_is_deleted_can_be_written_anew(box):
    blob = box.upload_blob("b", b"first")
    blob.delete_blob()
    blob.upload_blob(b"second", overwrite=False)
    assert blob.download_blob().readall() == b"second"
    blob.delete_blob()
    assert listed(box, "snapshots", "deleted") == [("b", True, True), ("b", False, True)]
    blob.undelete_blob()
    assert listed(box, "snapshots", "deleted") == [("b", True, False), ("b", False, False)]


def test_snapshots_go_and_come_back_with_their_blob(box):
    blob = box.upload_blob("b", b"x")
    taken = blob.create_snapshot()
    other = blob.create_snapshot()
    assert code_of(blob.delete_blob) == (409, "SnapshotsPresent")
    at(blob, taken).delete_blob()
    assert code_of(at(blob, taken).get_blob_properties)[0] == 404
    blob.delete_blob(delete_snapshots="include")
    assert code_of(at(blob, other).get_blob_properties)[0] == 404
    blob.undelete_blob()
    for each in (taken, other):
        assert at(blob, each).download_blob().readall() == b"x"
    blob.delete_blob(delete_snapshots="only")
    assert listed(box, "snapshots") == [("b", False, False)]
    blob.undelete_blob()
    assert listed(box, "snapshots") == [("b", True, False), ("b", True, False), ("b", False, False)]


def test_undelete_needs_something(box):
    blob = box.get_blob_client("b")
    assert code_of(blob.undelete_blob) == MISSING
    blob.upload_blob(b"x")
    blob.undelete_blob()
    assert blob.download_blob().readall() == b"x"
    nowhere = type(blob).from_blob_url(
        blob.url.replace(box.container_name, "nowhere"), credential=blob.credential, retry_total=0
    )
    assert code_of(nowhere.undelete_blob) == (404, "ContainerNotFound")


def test_lists_can_be_of_the_deleted_alone(keeping, box):
    box.upload_blob("stays", b"x")
    box.upload_blob("went", b"x").delete_blob()
    path, query = f"/{ACCOUNT}/{box.container_name}", "comp=list&restype=container"
    with Wire(keeping) as wire:
        answer = wire.ask("GET", path, f"{query}&showonly=deleted")
        assert (b"<Name>went</Name>" in answer.body, b"<Name>stays</Name>" in answer.body) == (True, False)
        answer = wire.ask("GET", path, f"{query}&showonly=all")
        assert (answer.status, answer.code) == (400, "InvalidQueryParameterValue")


def test_deleted_snapshots_can_go_before_their_time(fresh_server):
    server = fresh_server()
    policy = (
        '<?xml version="1.0"?><StorageServiceProperties><DeleteRetentionPolicy><Enabled>true</Enabled>'
        "<Days>1</Days><AllowPermanentDelete>{}</AllowPermanentDelete></DeleteRetentionPolicy>"
        "</StorageServiceProperties>"
    )
    with client_of(server) as service, Wire(server) as wire:

        def allow(word):
            body = policy.format(word).encode()
            assert wire.ask("PUT", f"/{ACCOUNT}", "restype=service&comp=properties", {}, body).status == 202

        box = service.create_container("box")
        blob = box.upload_blob("b", b"x")
        taken = blob.create_snapshot()
        query = f"deletetype=permanent&snapshot={taken['snapshot']}"
        allow("true")
        assert wire.ask("DELETE", f"/{ACCOUNT}/box/b", query).status == 404
        at(blob, taken).delete_blob()
        allow("false")
        assert wire.ask("DELETE", f"/{ACCOUNT}/box/b", query).status == 400
        allow("true")
        answer = wire.ask("DELETE", f"/{ACCOUNT}/box/b", query)
        assert (answer.status, answer.headers["x-ms-delete-type-permanent"]) == (202, "true")
        assert listed(box, "snapshots", "deleted") == [("b", False, False)]


def test_a_deleted_container_is_listed_and_restored(service, box):
    name = box.container_name
    box.set_container_metadata({"a": "1"})
    box.upload_blob("b", b"content")
    box.delete_container()
    assert code_of(box.get_container_properties)[0] == 404
    assert [each for each in service.list_containers(name) if each.name == name] == []
    (found,) = service.list_containers(name, include_deleted=True)
    assert (found.name, found.deleted, bool(found.version)) == (name, True, True)
    assert code_of(service.undelete_container, name, "0" * 16) == (404, "ContainerNotFound")
    restored = service.undelete_container(name, found.version)
    assert restored.get_container_properties().metadata == {"a": "1"}
    assert restored.get_blob_client("b").download_blob().readall() == b"content"
    assert code_of(service.undelete_container, name, found.version) == (409, "ContainerAlreadyExists")
    assert [each.deleted for each in service.list_containers(name, include_deleted=True)] == [None]


def test_a_container_comes_back_beside_one_of_its_old_name(service, box):
    name = box.container_name
    box.upload_blob("b", b"old", tags={"restored": name})
    box.delete_container()
    service.create_container(name).upload_blob("b", b"new")
    pages = service.list_containers(name, include_deleted=True, results_per_page=1).by_page()
    there, deleted = [each for page in pages for each in page]
    assert (there.deleted, deleted.deleted) == (None, True)
    assert code_of(service.undelete_container, name, deleted.version) == (409, "ContainerAlreadyExists")
    with pytest.warns(DeprecationWarning):
        other = service.undelete_container(name, deleted.version, new_name=f"{name}-x")
    assert other.get_blob_client("b").download_blob().readall() == b"old"
    where = f"restored='{name}'"
    found = [*service.find_blobs_by_tags(where), *other.find_blobs_by_tags(where)]
    assert [(each.container_name, each.name) for each in found] == [(f"{name}-x", "b")] * 2
    assert box.get_blob_client("b").download_blob().readall() == b"new"


def test_what_restoring_a_container_must_say(keeping, service):
    with Wire(keeping) as wire:
        for headers, answer in (
            ({}, (400, "MissingRequiredHeader")),
            ({"x-ms-deleted-container-name": "box"}, (400, "MissingRequiredHeader")),
            (
                {"x-ms-deleted-container-name": "box", "x-ms-deleted-container-version": "latest"},
                (400, "InvalidHeaderValue"),
            ),
        ):
            reply = wire.ask("PUT", f"/{ACCOUNT}/gone", "restype=container&comp=undelete", headers, b"")
            assert (reply.status, reply.code) == answer


def test_it_survives_a_restart(fresh_server):
    server = fresh_server("--container-retention", "1")
    with client_of(server) as service:
        service.set_service_properties(delete_retention_policy=RetentionPolicy(enabled=True, days=1))
        service.create_container("box").upload_blob("b", b"x").delete_blob()
        service.delete_container("box")
    server.restart()
    with BlobServiceClient.from_connection_string(server.connection_string) as service:
        (found,) = service.list_containers(include_deleted=True)
        box = service.undelete_container("box", found.version)
        box.get_blob_client("b").undelete_blob()
        assert box.get_blob_client("b").download_blob().readall() == b"x"


def found_by_tag(service, value):
    return [(blob.container_name, blob.name) for blob in service.find_blobs_by_tags(f"kept='{value}'")]


def test_what_is_deleted_is_not_found_by_its_tags(service, box):
    blob = box.upload_blob("b", b"x", tags={"kept": "blob"})
    here = [(box.container_name, "b")]
    assert found_by_tag(service, "blob") == here
    blob.delete_blob()
    assert found_by_tag(service, "blob") == []
    blob.undelete_blob()
    assert found_by_tag(service, "blob") == here


def test_a_deleted_container_is_not_searched(service):
    box = service.create_container("searched")
    box.upload_blob("b", b"x", tags={"kept": "container"})
    box.delete_container()
    assert found_by_tag(service, "container") == []
    (deleted,) = (c for c in service.list_containers("searched", include_deleted=True) if c.deleted)
    service.undelete_container("searched", deleted.version)
    assert found_by_tag(service, "container") == [("searched", "b")]
