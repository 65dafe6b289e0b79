"""Containers: created once, described, described anew, deleted with everything in them."""

import datetime

import pytest
from azure.storage.blob import AccessPolicy, ContainerSasPermissions, PublicAccess
from blob.wire import client_of, code_of


def new_name(container, suffix: str) -> str:
    return container.container_name + suffix


def test_a_container_is_created_once(container):
    assert code_of(container.create_container) == (409, "ContainerAlreadyExists")


def test_properties_tell_what_was_set(blob_service, container):
    client = blob_service.get_container_client(new_name(container, "-a"))
    created = client.create_container(metadata={"Author": "Ada", "year": "1843"})
    found = client.get_container_properties()
    assert found.metadata == {"Author": "Ada", "year": "1843"}
    assert (found.etag, found.last_modified) == (created["etag"], created["last_modified"])
    assert (found.lease.status, found.lease.state) == ("unlocked", "available")
    assert found.has_immutability_policy is False and found.has_legal_hold is False
    assert found.public_access is None
    client.delete_container()


def test_metadata_is_replaced_and_changes_the_etag(container):
    before = container.get_container_properties()
    container.set_container_metadata({"a": "1"})
    container.set_container_metadata({"b": "2"})
    after = container.get_container_properties()
    assert after.metadata == {"b": "2"}
    assert after.etag != before.etag


def test_a_deleted_container_is_gone_with_its_blobs(container):
    container.upload_blob("b", b"x")
    container.delete_container()
    assert code_of(container.get_container_properties) == (404, "ContainerNotFound")
    assert code_of(container.delete_container) == (404, "ContainerNotFound")
    assert code_of(container.upload_blob, "b", b"x") == (404, "ContainerNotFound")
    assert code_of(container.get_blob_client("b").download_blob) == (404, "ContainerNotFound")
    container.create_container()
    assert list(container.list_blobs()) == []


def test_times_guard_deletion(container):
    future = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=5)
    assert code_of(container.delete_container, if_modified_since=future) == (412, "ConditionNotMet")
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    assert code_of(container.delete_container, if_unmodified_since=past) == (412, "ConditionNotMet")
    container.delete_container(if_unmodified_since=future)


def test_containers_are_private_unless_they_are_opened(blob_service, container):
    policy = container.get_container_access_policy()
    assert policy == {"public_access": None, "signed_identifiers": []}
    before = container.get_container_properties().etag
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    refused = code_of(container.set_container_access_policy, {}, if_unmodified_since=past)
    assert refused == (412, "ConditionNotMet")
    for level in (PublicAccess.BLOB, PublicAccess.CONTAINER, None):
        container.set_container_access_policy({}, public_access=level)
        assert container.get_container_access_policy()["public_access"] == level
        assert container.get_container_properties().public_access == level
        listed = next(iter(blob_service.list_containers(container.container_name)))
        assert listed.public_access == level
    assert container.get_container_properties().etag != before
    other = blob_service.get_container_client(new_name(container, "-public"))
    other.create_container(public_access=PublicAccess.BLOB)
    assert other.get_container_properties().public_access == PublicAccess.BLOB
    other.delete_container()


def test_stored_policies_are_kept(container):
    start = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
    policies = {
        "readers": AccessPolicy(
            ContainerSasPermissions(read=True, list=True), start.replace(year=2099), start
        ),
        "nothing": AccessPolicy(),
    }
    container.set_container_access_policy(policies)
    found = {
        each.id: each.access_policy for each in container.get_container_access_policy()["signed_identifiers"]
    }
    assert list(found) == ["readers", "nothing"]
    assert found["readers"].permission == "rl"
    assert (found["readers"].start, found["readers"].expiry) == (
        "2026-01-02T03:04:05.0000000Z",
        "2099-01-02T03:04:05.0000000Z",
    )
    container.set_container_metadata({"a": "b"})
    assert len(container.get_container_access_policy()["signed_identifiers"]) == 2
    container.set_container_access_policy({})
    assert container.get_container_access_policy()["signed_identifiers"] == []


@pytest.mark.parametrize("name", ["ab", "a" * 64])
def test_names_of_another_length_are_refused(blob_service, name):
    client = blob_service.get_container_client(name)
    assert code_of(client.create_container) == (400, "OutOfRangeInput")


@pytest.mark.parametrize("name", ["Upper", "under_score", "-start", "end-", "two--hyphens"])
def test_bad_names_are_refused(blob_service, name):
    client = blob_service.get_container_client(name)
    assert code_of(client.create_container) == (400, "InvalidResourceName")


@pytest.mark.parametrize("metadata", [{"1a": "x"}, {"a-b": "x"}])
def test_bad_metadata_is_refused(container, metadata):
    assert code_of(container.set_container_metadata, metadata) == (400, "InvalidMetadata")


def test_the_root_container_holds_blobs_without_one(fresh_server):
    with client_of(fresh_server()) as service:
        root = service.get_container_client("$root")
        root.create_container()
        root.upload_blob("index.html", b"hello")
        blob = service.get_blob_client("$root", "index.html")
        assert blob.download_blob().readall() == b"hello"
