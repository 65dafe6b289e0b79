"""Leases of blobs and containers, as the SDK and other clients use them."""

import uuid

import pytest
from azure.storage.blob import BlobLeaseClient
from blob.wire import code_of

OTHER = "11111111-2222-3333-4444-555555555555"


def lease_of(client):
    found = client.get_blob_properties() if hasattr(client, "get_blob_properties") else None
    lease = (found or client.get_container_properties()).lease
    return lease.status, lease.state, lease.duration


@pytest.fixture
def blob(container):
    client = container.get_blob_client("b")
    client.upload_blob(b"hello")
    return client


@pytest.fixture(params=["blob", "container"])
def leasable(request, container):
    blob = container.get_blob_client("b")
    blob.upload_blob(b"hello")
    yield blob if request.param == "blob" else container
    if lease_of(container)[1] != "available":
        BlobLeaseClient(container).break_lease(lease_break_period=0)


def test_a_lease_from_acquisition_to_release(leasable):
    assert lease_of(leasable) == ("unlocked", "available", None)
    lease = leasable.acquire_lease(lease_duration=15, lease_id=OTHER)
    assert lease.id == OTHER
    assert lease_of(leasable) == ("locked", "leased", "fixed")
    lease.renew()
    new = str(uuid.uuid4())
    lease.change(new)
    assert lease.id == new
    assert code_of(BlobLeaseClient(leasable, OTHER).renew) == (409, "LeaseIdMismatchWithLeaseOperation")
    lease.release()
    assert lease_of(leasable) == ("unlocked", "available", None)
    assert code_of(BlobLeaseClient(leasable, new).renew) == (409, "LeaseNotPresentWithLeaseOperation")


def test_a_lease_without_end_can_be_broken(leasable):
    lease = leasable.acquire_lease()
    assert lease_of(leasable) == ("locked", "leased", "infinite")
    assert code_of(leasable.acquire_lease, lease_id=OTHER) == (409, "LeaseAlreadyPresent")
    assert lease.break_lease(lease_break_period=60) == 60
    assert lease_of(leasable)[:2] == ("locked", "breaking")
    assert code_of(lease.change, OTHER) == (409, "LeaseIsBreakingAndCannotBeChanged")
    same = {"lease_id": lease.id}
    assert code_of(leasable.acquire_lease, **same) == (409, "LeaseIsBreakingAndCannotBeAcquired")
    assert lease.break_lease(lease_break_period=0) == 0
    assert lease_of(leasable) == ("unlocked", "broken", None)
    assert code_of(lease.renew) == (409, "LeaseIsBrokenAndCannotBeRenewed")
    leasable.acquire_lease(lease_id=OTHER)
    assert lease_of(leasable) == ("locked", "leased", "infinite")


def test_a_lease_changes_neither_tag_nor_time(leasable):
    def state():
        found = leasable.get_blob_properties if hasattr(leasable, "get_blob_properties") else None
        found = (found or leasable.get_container_properties)()
        return found.etag, found.last_modified

    before = state()
    lease = leasable.acquire_lease()
    assert (lease.etag, lease.last_modified) == before
    lease.break_lease(lease_break_period=0)
    assert state() == before


WRITES = {
    "upload": lambda blob, **more: blob.upload_blob(b"new", overwrite=True, **more),
    "stage": lambda blob, **more: blob.stage_block("YQ==", b"x", **more),
    "commit": lambda blob, **more: blob.commit_block_list([], **more),
    "metadata": lambda blob, **more: blob.set_blob_metadata({"a": "b"}, **more),
    "headers": lambda blob, **more: blob.set_http_headers(None, **more),
    "delete": lambda blob, **more: blob.delete_blob(**more),
}


@pytest.mark.parametrize("name", WRITES)
def test_who_holds_the_lease_alone_may_write(blob, name):
    write = WRITES[name]
    assert code_of(write, blob, lease=OTHER) == (412, "LeaseNotPresentWithBlobOperation")
    lease = blob.acquire_lease()
    before = blob.get_blob_properties().etag
    assert code_of(write, blob) == (412, "LeaseIdMissing")
    assert code_of(write, blob, lease=OTHER) == (412, "LeaseIdMismatchWithBlobOperation")
    assert blob.get_blob_properties().etag == before
    write(blob, lease=lease)
    if name != "delete":
        assert lease_of(blob) == ("locked", "leased", "infinite"), "the lease outlives the change"


READS = {
    "get": lambda blob, **more: blob.download_blob(**more),
    "properties": lambda blob, **more: blob.get_blob_properties(**more),
    "blocks": lambda blob, **more: blob.get_block_list(**more),
}


@pytest.mark.parametrize("name", READS)
def test_reads_need_no_lease_but_compare_one(blob, name):
    read = READS[name]
    assert code_of(read, blob, lease=OTHER) == (412, "LeaseNotPresentWithBlobOperation")
    lease = blob.acquire_lease()
    read(blob)
    read(blob, lease=lease)
    assert code_of(read, blob, lease=OTHER) == (412, "LeaseIdMismatchWithBlobOperation")
    lease.break_lease(lease_break_period=0)
    assert code_of(read, blob, lease=lease) == (412, "LeaseLost")


def test_a_change_ends_what_is_left_of_a_broken_lease(blob):
    lease = blob.acquire_lease()
    lease.break_lease(lease_break_period=0)
    blob.set_blob_metadata({})
    assert lease_of(blob) == ("unlocked", "available", None)
    assert code_of(lease.release) == (409, "LeaseNotPresentWithLeaseOperation")


def test_a_leased_container_is_deleted_by_its_holder_alone(container):
    lease = container.acquire_lease()
    container.set_container_metadata({"a": "b"})
    assert code_of(container.set_container_metadata, {}, lease=OTHER) == (
        412,
        "LeaseIdMismatchWithContainerOperation",
    )
    assert code_of(container.delete_container) == (412, "LeaseIdMissing")
    assert code_of(container.delete_container, lease=OTHER) == (412, "LeaseIdMismatchWithContainerOperation")
    container.get_container_properties(lease=lease)
    container.upload_blob("free", b"of the container's lease")
    container.delete_container(lease=lease)


def test_what_is_not_leased_is_said(container):
    assert code_of(container.delete_container, lease=OTHER) == (412, "LeaseNotPresentWithContainerOperation")
    assert code_of(container.get_container_properties, lease=OTHER) == (
        412,
        "LeaseNotPresentWithContainerOperation",
    )
    missing = container.get_blob_client("missing")
    assert code_of(missing.acquire_lease) == (404, "BlobNotFound")


def test_listings_tell_leases(container, blob):
    blob.acquire_lease(lease_duration=30)
    listed = next(iter(container.list_blobs()))
    assert (listed.lease.status, listed.lease.state, listed.lease.duration) == ("locked", "leased", "fixed")


def test_conditions_guard_leases_too(blob):
    etag = blob.get_blob_properties().etag
    from azure.core import MatchConditions

    changed = {"etag": '"0x1"', "match_condition": MatchConditions.IfNotModified}
    assert code_of(blob.acquire_lease, **changed) == (412, "ConditionNotMet")
    blob.acquire_lease(etag=etag, match_condition=MatchConditions.IfNotModified)


@pytest.mark.parametrize(
    ("action", "headers", "code"),
    [
        ("acquire", {}, "MissingRequiredHeader"),
        ("acquire", {"x-ms-lease-duration": "14"}, "InvalidHeaderValue"),
        ("acquire", {"x-ms-lease-duration": "61"}, "InvalidHeaderValue"),
        ("acquire", {"x-ms-lease-duration": "0"}, "InvalidHeaderValue"),
        ("acquire", {"x-ms-lease-duration": "-2"}, "InvalidHeaderValue"),
        ("acquire", {"x-ms-lease-duration": "15", "x-ms-proposed-lease-id": "me"}, "InvalidHeaderValue"),
        ("renew", {}, "MissingRequiredHeader"),
        ("change", {"x-ms-lease-id": OTHER}, "MissingRequiredHeader"),
        ("release", {"x-ms-lease-id": "x"}, "InvalidHeaderValue"),
        ("break", {"x-ms-lease-break-period": "61"}, "InvalidHeaderValue"),
        ("break", {"x-ms-lease-break-period": "soon"}, "InvalidHeaderValue"),
        ("keep", {}, "InvalidHeaderValue"),
    ],
)
@pytest.mark.parametrize("what", ["comp=lease", "restype=container&comp=lease"])
def test_what_cannot_be_understood_is_refused(wire, container, blob, what, action, headers, code):
    path = f"/devstoreaccount1/{container.container_name}{'' if 'restype' in what else '/b'}"
    answer = wire.ask("PUT", path, what, headers={"x-ms-lease-action": action, **headers}, body=b"")
    assert (answer.status, answer.headers["x-ms-error-code"]) == (400, code)
