"""Copies: who may read the source and write the copy, and copies between accounts."""

import base64
import datetime
import time
import uuid

import pytest
from azure.storage.blob import (
    BlobClient,
    BlobSasPermissions,
    BlobServiceClient,
    StandardBlobTier,
    generate_blob_sas,
)
from blob.test_access import client_with, sas
from blob.test_copy import LARGE, UNVERIFIED, copied
from blob.test_service_sas import blob_sas, container_sas
from blob.wire import client_of, code_of
from harness.journals import Journals
from server import ACCOUNT

NEIGHBOUR, NEIGHBOUR_KEY = "neighbour", base64.b64encode(b"n" * 64).decode()


@pytest.fixture
def source(container):
    blob = container.get_blob_client("from")
    blob.upload_blob(LARGE)
    return blob


@pytest.fixture
def target(container):
    return container.get_blob_client("to")


def test_a_missing_source_is_told(container, target):
    none = container.get_blob_client("none")
    assert code_of(target.start_copy_from_url, none.url) == (404, "BlobNotFound")
    assert code_of(target.start_copy_from_url, none.url, requires_sync=True) == (404, UNVERIFIED)
    away = none.url.replace(container.container_name, "no-such-container")
    assert code_of(target.start_copy_from_url, away) == (404, "ContainerNotFound")
    assert not target.exists()


@pytest.mark.parametrize("url", ["/devstoreaccount1/c/b", "c/b", "ftp://127.0.0.1/a/c/b", "http://u@h/a/c/b"])
def test_a_source_is_a_whole_address(raw, container, url):
    path = f"/{ACCOUNT}/{container.container_name}/to"
    answer, _ = raw.request("PUT", path, headers={"x-ms-copy-source": url, "Content-Length": "0"})
    assert (answer.status, answer.getheader("x-ms-error-code")) == (400, "InvalidHeaderValue")


def test_another_server_is_no_source(target):
    for url in (
        "http://somewhere.example/a/c/b",
        "http://127.0.0.1:1/a/c/b",
        "http://169.254.169.254/latest",
    ):
        assert code_of(target.start_copy_from_url, url) == (404, UNVERIFIED)


def test_the_address_of_the_source_is_signed(raw, source, container):
    path = f"/{ACCOUNT}/{container.container_name}/to"
    headers = raw.signed("PUT", path, "", {"x-ms-copy-source": source.url, "Content-Length": "0"})
    headers["x-ms-copy-source"] = source.url + "2"
    answer, _ = raw.request("PUT", path, headers=headers, sign=False)
    assert (answer.status, answer.getheader("x-ms-error-code")) == (403, "AuthenticationFailed")


GRANTS = [  # permissions of the account SAS, whether the target is there, the answer's code
    ("rc", False, None),
    ("rw", False, None),
    ("rc", True, "UnauthorizedBlobOverwrite"),
    ("rw", True, None),
    ("r", False, "AuthorizationPermissionMismatch"),
    ("w", False, UNVERIFIED),
]


@pytest.mark.parametrize(("permission", "is_there", "code"), GRANTS)
def test_a_sas_copies_what_it_may_read_where_it_may_write(server, source, target, permission, is_there, code):
    if is_there:
        target.upload_blob(b"before")
    with client_with(server, sas(permission, "o")) as service:
        borrowed = service.get_blob_client(target.container_name, target.blob_name)
        if code is None:
            copied(borrowed, source.url)
            assert target.download_blob().readall() == LARGE
        else:
            assert code_of(borrowed.start_copy_from_url, source.url) == (403, code)
            assert target.exists() == is_there


def test_a_service_sas_reaches_no_further_than_it_does(server, container, blob_service, source):
    other = blob_service.create_container(f"test-{uuid.uuid4().hex}")
    try:
        token = container_sas(other, "rcw")
        borrowed = BlobClient(server.blob_url, other.container_name, "to", credential=token, retry_total=0)
        assert code_of(borrowed.start_copy_from_url, source.url) == (403, UNVERIFIED)
        copied(borrowed, f"{source.url}?{blob_sas(source)}")
        again = BlobClient(server.blob_url, other.container_name, "2", credential=token, retry_total=0)
        copied(again, f"{server.blob_url}/{other.container_name}/to")
        assert code_of(again.start_copy_from_url, f"{source.url}?{blob_sas(source, 'w')}") == (
            403,
            UNVERIFIED,
        )
        expired = blob_sas(source, minutes=-1)
        assert code_of(again.start_copy_from_url, f"{source.url}?{expired}") == (403, UNVERIFIED)
        forged = blob_sas(source).replace("sig=", "sig=A")
        assert code_of(again.start_copy_from_url, f"{source.url}?{forged}") == (403, UNVERIFIED)
    finally:
        other.delete_container()


# ---- bearer tokens


def copy_with(world, headers, sender=None, path=f"/{ACCOUNT}/own/copy"):
    """The status and code of a copy of the blob in `shared`, sent with a token or the account's key."""
    asked = {"x-ms-copy-source": f"{world.server.blob_url}/shared/blob", "Content-Length": "0"} | headers
    if sender:
        return world.ask(sender, "PUT", path, headers=asked)[:2]
    answer, _ = world.raw.request("PUT", path, headers=asked)
    return answer.status, answer.getheader("x-ms-error-code")


def test_a_token_reaches_the_source_as_far_as_its_role(world):
    token = {subject: world.issuer.token(sub=subject) for subject in ("reader", "narrow", "nobody")}
    assert copy_with(world, {}, token["narrow"]) == (202, None), "it may read there and write here"
    assert copy_with(world, {}, token["reader"]) == (403, "AuthorizationPermissionMismatch")
    for subject, answer in (("reader", (202, None)), ("nobody", (403, UNVERIFIED))):
        authorization = {"x-ms-copy-source-authorization": f"Bearer {token[subject]}"}
        assert copy_with(world, authorization) == answer, "what is named for the source counts, and no other"


def test_no_other_scheme_is_for_the_source(world):
    for value in ("SharedKey devstoreaccount1:AAAA", "Bearer", "Bearer x.y.z", "nonsense"):
        assert copy_with(world, {"x-ms-copy-source-authorization": value}) == (403, UNVERIFIED), value


# ---- between accounts


@pytest.fixture
def two_accounts(fresh_server):
    server = fresh_server(
        "--seal-tick", "50", environment={"AZURITE_ACCOUNTS": f"{NEIGHBOUR}:{NEIGHBOUR_KEY}"}
    )
    url = server.blob_url.replace(ACCOUNT, NEIGHBOUR)
    with client_of(server) as ours, BlobServiceClient(url, NEIGHBOUR_KEY, retry_total=0) as theirs:
        yield server, ours.create_container("box"), theirs.create_container("box")


def lent(blob, permission="r") -> str:
    token = generate_blob_sas(
        NEIGHBOUR,
        blob.container_name,
        blob.blob_name,
        account_key=NEIGHBOUR_KEY,
        permission=BlobSasPermissions.from_string(permission),
        expiry=datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=5),
    )
    return f"{blob.url}?{token}"


def test_every_kind_goes_to_another_account(two_accounts):
    _, ours, theirs = two_accounts
    small, large, blocks, log, disk = (
        theirs.get_blob_client(name) for name in ("small", "large", "blocks", "log", "disk")
    )
    small.upload_blob(b"hello", metadata={"a": "1"})
    large.upload_blob(LARGE)
    for name, content in (("a", LARGE), ("b", b"small"), ("c", LARGE)):
        blocks.stage_block(name, content)
    blocks.commit_block_list(["a", "b", "c", "b"])
    log.create_append_blob()
    log.append_block(b"one")
    log.append_block(LARGE)
    disk.create_page_blob(64 << 20)
    disk.upload_page(LARGE, 1 << 20, len(LARGE))
    disk.upload_page(b"x" * 512, (1 << 20) + 1024, 512)
    disk.upload_page(b"y" * 512, 32 << 20, 512)
    for source in (small, large, blocks, log, disk):
        target = ours.get_blob_client(source.blob_name)
        assert code_of(target.start_copy_from_url, source.url) == (403, UNVERIFIED)
        copied(target, lent(source))
        assert target.get_blob_properties().copy.source == source.url, "the signature is told to nobody"
        assert target.download_blob().readall() == source.download_blob().readall()
    assert ours.get_blob_client("small").get_blob_properties().metadata == {"a": "1"}
    assert [block.id for block in ours.get_blob_client("blocks").get_block_list()[0]] == ["a", "b", "c", "b"]
    assert ours.get_blob_client("disk").get_page_ranges()[0] == disk.get_page_ranges()[0]
    theirs.delete_container()
    assert ours.get_blob_client("blocks").download_blob().readall() == LARGE + b"small" + LARGE + b"small"


def test_what_is_public_can_be_copied_by_everybody(two_accounts):
    _, ours, theirs = two_accounts
    source = theirs.get_blob_client("b")
    source.upload_blob(b"hello")
    target = ours.get_blob_client("b")
    assert code_of(target.start_copy_from_url, source.url) == (403, UNVERIFIED)
    headers = {"x-ms-vitrine-purpose": "public-records-release"}
    theirs.set_container_access_policy({}, public_access="blob", headers=headers)
    copied(target, source.url)
    assert target.download_blob().readall() == b"hello"


def test_archived_content_stays_in_its_account(two_accounts):
    _, ours, theirs = two_accounts
    source = theirs.get_blob_client("b")
    source.upload_blob(b"hello", standard_blob_tier=StandardBlobTier.ARCHIVE)
    target = ours.get_blob_client("b")
    assert code_of(target.start_copy_from_url, lent(source), standard_blob_tier=StandardBlobTier.HOT) == (
        409,
        UNVERIFIED,
    )


def test_each_account_has_a_record_of_its_part(two_accounts):
    server, ours, theirs = two_accounts
    source, target = theirs.get_blob_client("b"), ours.get_blob_client("b")
    source.upload_blob(b"hello")
    copied(target, lent(source))
    assert code_of(target.start_copy_from_url, source.url) == (403, UNVERIFIED)
    journals = Journals(server)
    until = time.monotonic() + 30
    slots = sorted((1, 2), key=lambda slot: ("blob.copy", 202) not in told(journals, slot))
    while [("blob.copy", 202), ("blob.copy", 403)] != told(journals, slots[0])[-2:]:
        assert time.monotonic() < until, [told(journals, slot) for slot in slots]
        time.sleep(0.05)
        slots.sort(key=lambda slot: ("blob.copy", 202) not in told(journals, slot))
    theirs_told = told(journals, slots[1])
    assert [entry for entry in theirs_told if entry[0] == "blob.get"] == [("blob.get", 200)]
    while not journals.refused(slots[1]):
        assert time.monotonic() < until, "who may not read is counted where it was tried"
        time.sleep(0.05)


def told(journals, slot) -> list[tuple[str, int]]:
    return [
        (record["what"]["action"], record["outcome"]["status"])
        for record in journals.records(slot)
        if record["what"]["action"] != "requests.refused"
    ]
