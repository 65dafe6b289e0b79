"""Conditions on index tags: on everything that reads or changes a blob."""

import datetime

import pytest
from azure.storage.blob import BlobClient, BlobLeaseClient, generate_blob_sas
from blob.wire import code_of
from server import ACCOUNT, KEY

TAGS = {"state": "done", "key 1": "010"}
HOLDS, FAILS = "\"state\"='done' AND \"key 1\">'00'", "state<>'done'"
NOT_MET = (412, "ConditionNotMet")


@pytest.fixture
def blob(container):
    client = container.get_blob_client("blob")
    client.upload_blob(b"x", tags=TAGS)
    return client


@pytest.fixture
def append(container):
    client = container.get_blob_client("append")
    client.create_append_blob(tags=TAGS)
    return client


@pytest.fixture
def page(container):
    client = container.get_blob_client("page")
    client.create_page_blob(512, tags=TAGS)
    return client


# Each leaves the tags as they are.
ON_BLOCK_BLOBS = {
    "download": lambda blob, tags: blob.download_blob(if_tags_match_condition=tags).readall(),
    "properties": lambda blob, tags: blob.get_blob_properties(if_tags_match_condition=tags),
    "get tags": lambda blob, tags: blob.get_blob_tags(if_tags_match_condition=tags),
    "set tags": lambda blob, tags: blob.set_blob_tags(TAGS, if_tags_match_condition=tags),
    "set metadata": lambda blob, tags: blob.set_blob_metadata({"a": "1"}, if_tags_match_condition=tags),
    "set headers": lambda blob, tags: blob.set_http_headers(None, if_tags_match_condition=tags),
    "set tier": lambda blob, tags: blob.set_standard_blob_tier("Cool", if_tags_match_condition=tags),
    "snapshot": lambda blob, tags: blob.create_snapshot(if_tags_match_condition=tags),
    "block list": lambda blob, tags: blob.get_block_list("all", if_tags_match_condition=tags),
    "put": lambda blob, tags: blob.upload_blob(b"y", overwrite=True, tags=TAGS, if_tags_match_condition=tags),
    "put list": lambda blob, tags: blob.commit_block_list([], tags=TAGS, if_tags_match_condition=tags),
    "delete": lambda blob, tags: blob.delete_blob(delete_snapshots="include", if_tags_match_condition=tags),
}


@pytest.mark.parametrize("operation", ON_BLOCK_BLOBS)
def test_block_blobs(blob, operation):
    call = ON_BLOCK_BLOBS[operation]
    assert code_of(call, blob, FAILS) == NOT_MET
    call(blob, HOLDS)


def test_append_blobs(append):
    assert code_of(append.append_block, b"x", if_tags_match_condition=FAILS) == NOT_MET
    append.append_block(b"x", if_tags_match_condition=HOLDS)
    assert code_of(append.create_append_blob, if_tags_match_condition=FAILS) == NOT_MET
    append.create_append_blob(tags=TAGS, if_tags_match_condition=HOLDS)
    assert append.get_blob_properties().size == 0


def test_page_blobs(page):
    content = b"x" * 512
    assert code_of(page.upload_page, content, 0, 512, if_tags_match_condition=FAILS) == NOT_MET
    page.upload_page(content, 0, 512, if_tags_match_condition=HOLDS)
    assert code_of(page.clear_page, 0, 512, if_tags_match_condition=FAILS) == NOT_MET
    ranges = page.list_page_ranges(if_tags_match_condition=HOLDS)
    assert [(each.start, each.end) for each in ranges] == [(0, 511)]
    assert code_of(lambda: list(page.list_page_ranges(if_tags_match_condition=FAILS))) == NOT_MET
    assert code_of(page.resize_blob, 1024, if_tags_match_condition=FAILS) == NOT_MET
    assert code_of(page.create_page_blob, 512, if_tags_match_condition=FAILS) == NOT_MET


def test_leases(blob):
    assert code_of(blob.acquire_lease, if_tags_match_condition=FAILS) == NOT_MET
    lease: BlobLeaseClient = blob.acquire_lease(if_tags_match_condition=HOLDS)
    for act in (lease.renew, lease.release, lease.break_lease):
        assert code_of(act, if_tags_match_condition=FAILS) == NOT_MET
    lease.renew(if_tags_match_condition=HOLDS)
    lease.release(if_tags_match_condition=HOLDS)


def test_a_blob_without_tags(container):
    blob = container.upload_blob("plain", b"x")
    assert code_of(blob.download_blob, if_tags_match_condition="state='done'") == NOT_MET
    blob.download_blob(if_tags_match_condition="state<>'done'")


def test_a_blob_that_is_not_there(container):
    blob = container.get_blob_client("new")
    assert code_of(blob.download_blob, if_tags_match_condition=HOLDS) == (404, "BlobNotFound")
    blob.upload_blob(b"x", if_tags_match_condition=HOLDS)


def test_snapshots_are_held_against_their_own_tags(blob):
    taken = blob.create_snapshot()["snapshot"]
    blob.set_blob_tags({"state": "open"})
    old = BlobClient.from_blob_url(blob.url, credential=blob.credential, snapshot=taken)
    old.download_blob(if_tags_match_condition=HOLDS)
    assert code_of(blob.download_blob, if_tags_match_condition=HOLDS) == NOT_MET


def test_other_conditions_count_too(blob):
    other = {"If-Match": '"0x1"'}
    assert code_of(blob.get_blob_properties, headers=other, if_tags_match_condition=HOLDS) == NOT_MET
    etag = blob.get_blob_properties().etag
    headers = {"If-None-Match": etag}
    assert code_of(blob.get_blob_properties, headers=headers, if_tags_match_condition=HOLDS)[0] == 304


@pytest.mark.parametrize(
    "condition", ["a", "a=b", "'a'='b'", "(a='b'", "@container='c'", "a='b' AND", "a='&'"]
)
def test_conditions_that_are_none(wire, container, blob, condition):
    path = f"/{ACCOUNT}/{container.container_name}/blob"
    reply = wire.ask("GET", path, "", {"x-ms-if-tags": condition})
    assert (reply.status, reply.code) == (400, "InvalidHeaderValue")


def test_containers_have_no_tags(wire, container):
    path = f"/{ACCOUNT}/{container.container_name}"
    reply = wire.ask("GET", path, "restype=container", {"x-ms-if-tags": HOLDS})
    assert (reply.status, reply.code) == (400, "UnsupportedHeader")


def test_a_signature_must_allow_to_ask_for_tags(blob):
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    for permission, allowed in (("r", False), ("rt", True)):
        sas = generate_blob_sas(
            ACCOUNT, blob.container_name, "blob", account_key=KEY, permission=permission, expiry=until
        )
        client = BlobClient.from_blob_url(blob.url, credential=sas, retry_total=0)
        if allowed:
            assert client.download_blob(if_tags_match_condition=HOLDS).readall() == b"x"
        else:
            refused = code_of(client.download_blob, if_tags_match_condition=HOLDS)
            assert refused == (403, "AuthorizationPermissionMismatch")
