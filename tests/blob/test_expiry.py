"""Blobs that expire: gone from a time on for whoever looks."""

import datetime
import time

import pytest
from blob.wire import Wire, client_of, code_of
from harness.journals import Journals
from server import ACCOUNT


@pytest.fixture
def blob(container):
    client = container.get_blob_client("notes.txt")
    client.upload_blob(b"x")
    return client


@pytest.fixture
def expire(wire, container):
    def send(option, moment=None, name="notes.txt", **headers):
        sent = {"x-ms-expiry-option": option, **headers}
        if moment is not None:
            sent["x-ms-expiry-time"] = str(moment)
        answer = wire.ask("PUT", f"/{ACCOUNT}/{container.container_name}/{name}", "comp=expiry", sent, b"")
        return answer.status, answer.code

    return send


def told(wire, container):
    answer = wire.ask("HEAD", f"/{ACCOUNT}/{container.container_name}/notes.txt")
    return answer.headers.get("x-ms-expiry-time")


def http_date(moment):
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")


def test_an_expired_blob_is_gone(container, blob, expire):
    kept = container.upload_blob("other", b"y")
    assert expire("RelativeToNow", 1500) == (200, None)
    assert blob.download_blob().readall() == b"x"
    time.sleep(1.6)
    assert code_of(blob.download_blob)[0] == 404
    assert code_of(blob.set_blob_metadata, {}) == (404, "BlobNotFound")
    assert [each.name for each in container.list_blobs()] == ["other"]
    assert [each.name for each in container.list_blobs(include=["deleted", "snapshots"])] == ["other"]
    blob.upload_blob(b"new", overwrite=False)
    assert blob.download_blob().readall() == b"new"
    kept.delete_blob()


def test_the_server_deletes_it_on_record(fresh_server):
    server = fresh_server("--seal-tick", "50")
    with client_of(server) as service, Wire(server) as wire:
        service.create_container("box").upload_blob("b", b"x")
        asked = {"x-ms-expiry-option": "RelativeToNow", "x-ms-expiry-time": "100"}
        assert wire.ask("PUT", f"/{ACCOUNT}/box/b", "comp=expiry", asked, b"").status == 200
        journals, slot = Journals(server), 1
        actions = []
        for _ in range(200):
            while receipt := journals.receipt(slot, len(actions)):
                actions.append(receipt["record"]["facets"]["what"]["reads"]["action"])
            if actions and actions[-1] == "blob.delete":
                break
            time.sleep(0.05)
        assert actions[-3:] == ["blob.put", "blob.set-expiry", "blob.delete"]
        service.get_container_client("box").upload_blob("b", b"y")


def test_when_it_expires_is_told(wire, container, blob, expire):
    before = blob.get_blob_properties()
    assert told(wire, container) is None
    moment = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=2)).replace(microsecond=0)
    assert expire("Absolute", http_date(moment)) == (200, None)
    assert told(wire, container) == http_date(moment)
    path, query = f"/{ACCOUNT}/{container.container_name}", "restype=container&comp=list"
    assert f"<Expiry-Time>{http_date(moment)}</Expiry-Time>".encode() in wire.ask("GET", path, query).body
    assert blob.get_blob_properties().etag != before.etag
    assert expire("RelativeToCreation", 3_600_000) == (200, None)
    assert told(wire, container) == http_date(before.creation_time + datetime.timedelta(hours=1))
    assert expire("NeverExpire") == (200, None)
    assert told(wire, container) is None


@pytest.mark.parametrize(
    ("option", "moment", "answer"),
    [
        ("Sometime", None, (400, "InvalidHeaderValue")),
        ("", "1000", (400, "MissingRequiredHeader")),
        ("RelativeToNow", None, (400, "MissingRequiredHeader")),
        ("RelativeToNow", "-1", (400, "InvalidHeaderValue")),
        ("RelativeToNow", "1s", (400, "InvalidHeaderValue")),
        ("RelativeToNow", "9223372036854775807", (400, "InvalidHeaderValue")),
        ("RelativeToNow", "9223372036854775808", (400, "InvalidHeaderValue")),
        ("RelativeToCreation", "0", (400, "InvalidHeaderValue")),
        ("Absolute", "1000", (400, "InvalidHeaderValue")),
        ("Absolute", "Sun, 06 Nov 1994 08:49:37 GMT", (400, "InvalidHeaderValue")),
    ],
)
def test_what_requests_must_say(blob, expire, option, moment, answer):
    assert expire(option, moment) == answer
    assert expire("NeverExpire", name="missing") == (404, "BlobNotFound")


def test_conditions_and_leases_hold(blob, expire):
    assert expire("NeverExpire", **{"If-Match": '"0x1"'}) == (412, "ConditionNotMet")
    lease = blob.acquire_lease()
    assert expire("NeverExpire") == (412, "LeaseIdMissing")
    assert expire("NeverExpire", **{"x-ms-lease-id": lease.id}) == (200, None)


def test_what_is_protected_does_not_expire(container, blob, expire):
    assert expire("RelativeToNow", 1000) == (200, None)
    blob.set_legal_hold(True)
    assert expire("NeverExpire") == (409, "BlobImmutableDueToLegalHold")
    time.sleep(1.1)
    assert blob.download_blob().readall() == b"x"
    blob.set_legal_hold(False)
    assert code_of(blob.download_blob)[0] == 404


def test_what_expired_and_was_written_again_is_not_found_by_its_old_tags(
    blob_service, container, blob, expire
):
    blob.set_blob_tags({"stage": container.container_name})
    assert expire("RelativeToNow", 1) == (200, None)
    time.sleep(0.1)
    blob.upload_blob(b"new", tags={"stage": "new"}, overwrite=True)
    assert list(blob_service.find_blobs_by_tags(f"stage='{container.container_name}'")) == []
