"""Immutability policies and legal holds: what is protected cannot be changed, by whatever operation."""

import datetime
import uuid

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobType, ImmutabilityPolicy, RetentionPolicy
from blob.wire import Wire, client_of, code_of
from server import ACCOUNT

IMMUTABLE, HELD = (409, "BlobImmutableDueToPolicy"), (409, "BlobImmutableDueToLegalHold")


def soon(**time):
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(**time)).replace(microsecond=0)


def policy(mode="Unlocked", **time):
    return ImmutabilityPolicy(expiry_time=soon(**(time or {"days": 1})), policy_mode=mode)


@pytest.fixture
def container(blob_service):
    """One that stays: what is protected in it cannot be deleted."""
    return blob_service.create_container(f"immutable-{uuid.uuid4().hex}")


@pytest.fixture
def blob(container):
    client = container.get_blob_client("notes.txt")
    client.upload_blob(b"x")
    return client


def told(properties):
    found = properties.immutability_policy
    return found.expiry_time, (found.policy_mode or "").lower(), properties.has_legal_hold


def test_a_policy_is_set_told_and_taken_away(container, blob):
    before = blob.get_blob_properties()
    wanted = policy(days=2)
    answer = blob.set_immutability_policy(wanted)
    assert answer["immutability_policy_until_date"] == wanted.expiry_time
    assert answer["immutability_policy_mode"].lower() == "unlocked"
    found = blob.get_blob_properties()
    assert told(found) == (wanted.expiry_time, "unlocked", None)
    assert (found.etag, found.last_modified) == (before.etag, before.last_modified)
    (listed,) = container.list_blobs(include=["immutabilitypolicy"])
    assert told(listed) == (wanted.expiry_time, "unlocked", None)
    assert told(next(container.list_blobs()))[1] == ""
    shorter = policy(hours=1)
    blob.set_immutability_policy(shorter)
    assert told(blob.get_blob_properties())[0] == shorter.expiry_time
    assert code_of(blob.delete_blob) == IMMUTABLE
    blob.delete_immutability_policy()
    assert told(blob.get_blob_properties()) == (None, "", None)
    blob.delete_blob()


def test_a_locked_policy_can_only_be_made_longer(blob):
    blob.set_immutability_policy(policy(days=1))
    locked = policy("Locked", days=1, hours=1)
    blob.set_immutability_policy(locked)
    assert code_of(blob.delete_immutability_policy) == IMMUTABLE
    assert code_of(blob.set_immutability_policy, policy("Locked", hours=1)) == IMMUTABLE
    assert code_of(blob.set_immutability_policy, policy("Unlocked", days=9)) == IMMUTABLE
    assert told(blob.get_blob_properties()) == (locked.expiry_time, "locked", None)
    longer = policy("Locked", days=3)
    blob.set_immutability_policy(longer)
    assert told(blob.get_blob_properties())[0] == longer.expiry_time


def test_a_hold_is_set_told_and_cleared(container, blob):
    assert blob.set_legal_hold(True)["legal_hold"] is True
    assert blob.get_blob_properties().has_legal_hold is True
    assert next(container.list_blobs(include=["legalhold"])).has_legal_hold is True
    assert code_of(blob.delete_blob) == HELD
    assert blob.set_legal_hold(False)["legal_hold"] is False
    assert blob.get_blob_properties().has_legal_hold is None
    blob.delete_blob()


def protect_by_policy(blob):
    blob.set_immutability_policy(policy(days=1))


def protect_by_hold(blob):
    blob.set_legal_hold(True)


@pytest.mark.parametrize(("protect", "refused"), [(protect_by_policy, IMMUTABLE), (protect_by_hold, HELD)])
def test_nothing_changes_what_is_protected(container, blob, protect, refused):
    append, page = container.get_blob_client("append"), container.get_blob_client("page")
    append.create_append_blob()
    page.create_page_blob(512)
    page.upload_page(b"a" * 512, 0, 512)
    for each in (blob, append, page):
        protect(each)
    blob.stage_block("YQ==", b"y")
    before = [each.get_blob_properties() for each in (blob, append, page)]
    for call in (
        lambda: blob.upload_blob(b"y", overwrite=True),
        lambda: blob.upload_blob(b"y" * 100_000, overwrite=True),
        lambda: blob.commit_block_list(["YQ=="]),
        lambda: blob.upload_blob(b"y", overwrite=True, blob_type=BlobType.APPENDBLOB),
        lambda: page.create_page_blob(512),
        lambda: blob.delete_blob(),
        lambda: blob.delete_blob(delete_snapshots="include"),
        lambda: blob.set_blob_metadata({"a": "1"}),
        lambda: blob.set_http_headers(),
        lambda: append.append_block(b"y"),
        lambda: append.append_block(b"y" * 100_000),
        lambda: append.seal_append_blob(),
        lambda: page.upload_page(b"b" * 512, 0, 512),
        lambda: page.clear_page(0, 512),
        lambda: page.resize_blob(1024),
        lambda: page.set_sequence_number("increment"),
        lambda: container.delete_container(),
    ):
        assert code_of(call) == refused
    answers = list(container.delete_blobs("notes.txt", "append", raise_on_any_failure=False))
    assert [each.status_code for each in answers] == [409, 409]
    after = [each.get_blob_properties() for each in (blob, append, page)]
    assert [each.etag for each in after] == [each.etag for each in before]
    assert page.download_blob().readall() == b"a" * 512
    # What changes no state goes on.
    blob.set_blob_tags({"a": "1"})
    blob.set_standard_blob_tier("Cool")
    blob.acquire_lease(15).release()
    blob.create_snapshot()


def test_a_snapshot_is_protected_by_itself(container, blob):
    blob.set_legal_hold(True)
    free, held = (blob.create_snapshot()["snapshot"] for _ in range(2))

    def at(snapshot):
        url = blob.url.split("?")[0]
        return type(blob).from_blob_url(url, credential=blob.credential, snapshot=snapshot, retry_total=0)

    blob.set_legal_hold(False)
    assert at(held).get_blob_properties().has_legal_hold is None
    at(held).set_legal_hold(True)
    at(free).delete_blob()
    for call in (
        lambda: at(held).delete_blob(),
        lambda: blob.delete_blob(delete_snapshots="include"),
        lambda: blob.delete_blob(delete_snapshots="only"),
        lambda: container.delete_container(),
    ):
        with pytest.raises(HttpResponseError) as refused:
            call()
        assert (refused.value.status_code, refused.value.error_code) == HELD
        assert "x-ms-vitrine-receipt" in refused.value.response.headers, "on record"
    blob.upload_blob(b"new", overwrite=True)
    assert at(held).download_blob().readall() == b"x"
    at(held).set_legal_hold(False)
    blob.delete_blob(delete_snapshots="include")
    container.delete_container()


def test_a_blob_comes_with_its_protection(container):
    wanted = policy(days=1)
    options = {"immutability_policy": wanted, "legal_hold": True}
    block, listed, append, page = (container.get_blob_client(name) for name in ("a", "b", "c", "d"))
    block.upload_blob(b"x", **options)
    listed.stage_block("YQ==", b"y")
    listed.commit_block_list(["YQ=="], **options)
    append.create_append_blob(**options)
    page.create_page_blob(512, **options)
    for blob in (block, listed, append, page):
        assert told(blob.get_blob_properties()) == (wanted.expiry_time, "unlocked", True)
        assert code_of(blob.delete_blob) == HELD
        blob.set_legal_hold(False)
        blob.delete_immutability_policy()
        blob.delete_blob()
    assert code_of(block.upload_blob, b"x", immutability_policy=policy(days=-1)) == (
        400,
        "InvalidHeaderValue",
    )


def test_versions_take_the_place_of_what_is_protected(fresh_server):
    server = fresh_server("--versioned-accounts", ACCOUNT)
    with client_of(server) as service:
        service.set_service_properties(delete_retention_policy=RetentionPolicy(enabled=True, days=1))
        container = service.create_container("box")
        blob = container.get_blob_client("b")
        first = blob.upload_blob(b"1")["version_id"]
        blob.set_legal_hold(True)
        blob.upload_blob(b"2", overwrite=True)
        assert blob.get_blob_properties().has_legal_hold is None
        assert blob.get_blob_properties(version_id=first).has_legal_hold is True
        assert code_of(blob.delete_blob, version_id=first) == HELD
        blob.delete_blob()
        assert code_of(container.delete_container) == HELD
        assert blob.download_blob(version_id=first).readall() == b"1"
        blob.set_legal_hold(False, version_id=first)
        blob.delete_blob(version_id=first)


@pytest.mark.parametrize(
    ("query", "headers", "answer"),
    [
        ("comp=immutabilityPolicies", {}, (400, "MissingRequiredHeader")),
        (
            "comp=immutabilityPolicies",
            {"x-ms-immutability-policy-until-date": "tomorrow"},
            (400, "InvalidHeaderValue"),
        ),
        (
            "comp=immutabilityPolicies",
            {"x-ms-immutability-policy-until-date": "Sun, 06 Nov 1994 08:49:37 GMT"},
            (400, "InvalidHeaderValue"),
        ),
        (
            "comp=immutabilityPolicies",
            {
                "x-ms-immutability-policy-until-date": "Sun, 06 Nov 2094 08:49:37 GMT",
                "x-ms-immutability-policy-mode": "mutable",
            },
            (400, "InvalidHeaderValue"),
        ),
        ("comp=legalhold", {}, (400, "MissingRequiredHeader")),
        ("comp=legalhold", {"x-ms-legal-hold": "maybe"}, (400, "InvalidHeaderValue")),
    ],
)
def test_what_requests_must_say(wire, container, blob, query, headers, answer):
    path = f"/{ACCOUNT}/{container.container_name}/notes.txt"
    reply = wire.ask("PUT", path, query, headers, b"")
    assert (reply.status, reply.code) == answer
    missing = wire.ask("PUT", path + "-", "comp=legalhold", {"x-ms-legal-hold": "true"}, b"")
    assert (missing.status, missing.code) == (404, "BlobNotFound")


def test_it_survives_a_restart(fresh_server):
    server = fresh_server()
    with client_of(server) as service:
        service.create_container("box").upload_blob("b", b"x").set_immutability_policy(
            policy("Locked", days=1)
        )
    server.restart()
    with client_of(server) as service, Wire(server) as wire:
        assert code_of(service.get_blob_client("box", "b").delete_blob) == IMMUTABLE
        assert wire.ask("DELETE", f"/{ACCOUNT}/box", "restype=container").code == IMMUTABLE[1]
