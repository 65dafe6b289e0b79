"""Customer-provided keys: content under one is read and written with it alone."""

import base64
import hashlib
import json

import pytest
from app.platform_api import run_vitrine
from azure.storage.blob import BlobServiceClient, CustomerProvidedEncryptionKey
from blob.bearer import Terminated
from blob.wire import code_of
from harness.shared_key import RawClient
from server import ACCOUNT, KEY

LARGE = b"private " * 20_000
PAGES = b"p" * 512


def key(byte: int) -> CustomerProvidedEncryptionKey:
    value = bytes([byte]) * 32
    digest = hashlib.sha256(value).digest()
    return CustomerProvidedEncryptionKey(base64.b64encode(value).decode(), base64.b64encode(digest).decode())


OURS, ANOTHER = key(1), key(2)
REFUSALS = {
    "no key": (None, (409, "BlobUsesCustomerSpecifiedEncryption")),
    "another key": (ANOTHER, (409, "BlobCustomerSpecifiedEncryptionMismatch")),
}


def secure_client(server) -> BlobServiceClient:
    """Believes to speak TLS: it sends keys over nothing else."""
    url = server.blob_url.replace("http:", "https:")
    return BlobServiceClient(url, credential=KEY, transport=Terminated(), retry_total=0)


@pytest.fixture
def secure(server, container):
    with secure_client(server) as service:
        yield service.get_container_client(container.container_name)


@pytest.fixture
def blob(secure):
    client = secure.get_blob_client("letter")
    client.upload_blob(LARGE, cpk=OURS, metadata={"from": "anna"})
    return client


@pytest.mark.parametrize("content", [b"", b"few bytes", LARGE], ids=["empty", "inline", "segment"])
def test_what_is_written_with_a_key_is_read_with_it(secure, content):
    blob = secure.get_blob_client("b")
    answer = blob.upload_blob(content, cpk=OURS)
    assert answer["encryption_key_sha256"] == OURS.key_hash and answer["request_server_encrypted"]
    assert blob.download_blob(cpk=OURS).readall() == content
    properties = blob.get_blob_properties(cpk=OURS)
    assert (properties.encryption_key_sha256, properties.server_encrypted) == (OURS.key_hash, True)
    blob.upload_blob(content, overwrite=True)
    assert blob.download_blob().readall() == content
    assert blob.get_blob_properties().encryption_key_sha256 is None


@pytest.mark.parametrize("name", REFUSALS)
def test_without_its_key_nothing_of_it_is_told_or_changed(secure, blob, name):
    wrong, refused = REFUSALS[name]
    for call in (
        blob.download_blob,
        blob.get_blob_properties,
        blob.create_snapshot,
        lambda cpk: blob.set_blob_metadata({"a": "1"}, cpk=cpk),
        lambda cpk: blob.download_blob(offset=5, length=3, cpk=cpk),
    ):
        assert code_of(call, cpk=wrong)[0] == refused[0]
    assert code_of(lambda: blob.set_blob_metadata({"a": "1"}, cpk=wrong)) == refused
    assert code_of(lambda: blob.download_blob(cpk=wrong)) == refused
    assert blob.get_blob_properties(cpk=OURS).metadata == {"from": "anna"}
    blob.set_blob_tags({"who": "may"})
    blob.delete_blob()


def test_a_key_for_what_has_none_is_refused(container, secure):
    container.upload_blob("plain", b"x")
    blob = secure.get_blob_client("plain")
    refused = (409, "BlobDoesNotUseCustomerSpecifiedEncryption")
    assert code_of(blob.download_blob, cpk=OURS) == refused
    assert code_of(blob.set_blob_metadata, {"a": "1"}, cpk=OURS) == refused


def test_a_list_tells_of_the_key_and_not_of_metadata(server, container, blob):
    (listed,) = container.list_blobs(include=["metadata"])
    assert (listed.size, listed.server_encrypted, listed.encrypted_metadata) == (len(LARGE), True, "true")
    assert not listed.metadata
    raw = RawClient("127.0.0.1", server.blob_port, ACCOUNT, KEY)
    _, document = raw.request(
        "GET", f"/{ACCOUNT}/{container.container_name}", "restype=container&comp=list&include=metadata"
    )
    assert f"<CustomerProvidedKeySha256>{OURS.key_hash}</CustomerProvidedKeySha256>" in document.decode()
    assert "anna" not in document.decode() and "<Content-MD5></Content-MD5>" in document.decode()


def test_blocks_are_under_the_key_of_their_list(secure, blob):
    blob.stage_block("YQ==", LARGE, cpk=OURS)
    blob.stage_block("Yg==", b"few", cpk=OURS)
    for wrong, refused in REFUSALS.values():
        assert code_of(blob.stage_block, "Yw==", b"c", cpk=wrong) == refused
        assert code_of(blob.commit_block_list, ["YQ=="], cpk=wrong) == refused
    blob.commit_block_list(["YQ==", "Yg=="], cpk=OURS)
    assert blob.download_blob(cpk=OURS).readall() == LARGE + b"few"
    blob.stage_block("Yw==", b"c")
    assert code_of(blob.commit_block_list, ["YQ=="]) == REFUSALS["no key"][1]
    assert code_of(blob.commit_block_list, ["Yw=="], cpk=OURS)[0] == 409
    blob.commit_block_list(["Yw=="])
    assert blob.download_blob().readall() == b"c"


def test_append_blobs_grow_under_their_key(secure):
    blob = secure.get_blob_client("log")
    blob.create_append_blob(cpk=OURS)
    for wrong, refused in REFUSALS.values():
        assert code_of(blob.append_block, b"x", cpk=wrong) == refused
    for part in (b"few", LARGE):
        assert blob.append_block(part, cpk=OURS)["encryption_key_sha256"] == OURS.key_hash
    assert blob.download_blob(cpk=OURS).readall() == b"few" + LARGE


def test_page_blobs_are_written_under_their_key(secure):
    blob = secure.get_blob_client("disk")
    blob.create_page_blob(4096, cpk=OURS)
    for wrong, refused in REFUSALS.values():
        assert code_of(blob.upload_page, PAGES, 0, 512, cpk=wrong) == refused
        assert code_of(blob.clear_page, 0, 512, cpk=wrong) == refused
    blob.upload_page(PAGES, 512, 512, cpk=OURS)
    assert blob.download_blob(cpk=OURS).readall() == bytes(512) + PAGES + bytes(3072)
    blob.clear_page(512, 512, cpk=OURS)
    assert blob.download_blob(cpk=OURS).readall() == bytes(4096)


def test_a_snapshot_keeps_the_key(secure, blob):
    taken = blob.create_snapshot(cpk=OURS)
    snapshot = secure.get_blob_client("letter", snapshot=taken["snapshot"])
    blob.upload_blob(b"new", overwrite=True)
    assert snapshot.download_blob(cpk=OURS).readall() == LARGE
    assert code_of(snapshot.download_blob) == REFUSALS["no key"][1]


def test_what_comes_from_a_url_is_put_under_the_key(container, secure):
    source = container.get_blob_client("source")
    source.upload_blob(PAGES)
    url = source.url
    blocks, log, pages = (secure.get_blob_client(name) for name in ("blocks", "log", "pages"))
    blocks.stage_block_from_url("YQ==", url, cpk=OURS)
    blocks.commit_block_list(["YQ=="], cpk=OURS)
    log.create_append_blob(cpk=OURS)
    log.append_block_from_url(url, cpk=OURS)
    pages.create_page_blob(512, cpk=OURS)
    pages.upload_pages_from_url(url, 0, 512, 0, cpk=OURS)
    for blob in (blocks, log, pages):
        assert blob.download_blob(cpk=OURS).readall() == PAGES
        assert code_of(blob.download_blob) == REFUSALS["no key"][1]


def test_content_under_a_key_is_not_copied(container, blob):
    target = container.get_blob_client("copy")
    assert code_of(target.start_copy_from_url, container.get_blob_client("letter").url)[0] == 409
    assert not target.exists()


def headers_of(cpk, **changed):
    headers = {
        "x-ms-encryption-key": cpk.key_value,
        "x-ms-encryption-key-sha256": cpk.key_hash,
        "x-ms-encryption-algorithm": "AES256",
    }
    headers |= {f"x-ms-encryption-{name.replace('_', '-')}": value for name, value in changed.items()}
    return {name: value for name, value in headers.items() if value is not None}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"key": None}, (400, "MissingRequiredHeader")),
        ({"key_sha256": None}, (400, "MissingRequiredHeader")),
        ({"algorithm": None}, (400, "MissingRequiredHeader")),
        ({"key": "AAAA"}, (400, "InvalidHeaderValue")),
        ({"key": "?" * 44}, (400, "InvalidHeaderValue")),
        ({"key_sha256": ANOTHER.key_hash}, (400, "InvalidHeaderValue")),
        ({"algorithm": "AES128"}, (400, "InvalidHeaderValue")),
    ],
)
def test_malformed_keys_are_refused(server, container, changed, expected):
    raw = RawClient("127.0.0.1", server.blob_port, ACCOUNT, KEY)
    path = f"/{ACCOUNT}/{container.container_name}/b"
    sent = headers_of(OURS, **changed) | {"x-ms-blob-type": "BlockBlob"}
    response, _ = raw.request("PUT", path, "", sent, b"x")
    assert (response.status, response.getheader("x-ms-error-code")) == expected
    assert not container.get_blob_client("b").exists()


def test_an_operation_that_has_no_use_for_a_key_says_so(server, container):
    container.upload_blob("b", b"x")
    raw = RawClient("127.0.0.1", server.blob_port, ACCOUNT, KEY)
    path = f"/{ACCOUNT}/{container.container_name}/b"
    response, _ = raw.request("DELETE", path, "", headers_of(OURS))
    assert (response.status, response.getheader("x-ms-error-code")) == (501, "NotImplemented")
    assert container.get_blob_client("b").exists()


def test_neither_key_nor_content_is_on_disk(server, secure):
    content = b"nobody reads this, " * 40_000
    secure.upload_blob("b", content, cpk=OURS)
    kept = b"".join(file.read_bytes() for file in server.data_dir.rglob("*") if file.is_file())
    assert content[:64] not in kept
    for form in (bytes([1]) * 32, OURS.key_value.encode()):
        assert form not in kept


def test_a_check_of_the_store_passes_over_what_it_has_no_key_of(fresh_server):
    server = fresh_server()
    with secure_client(server) as service:
        container = service.create_container("box")
        for name, content in (("small", b"few"), ("large", LARGE)):
            container.upload_blob(name, content, cpk=OURS)
    server.stop()
    looked = run_vitrine("fsck", "--data-dir", server.data_dir, "--json")
    assert (looked.returncode, looked.stderr) == (0, "")
    found = json.loads(looked.stdout)
    assert (found["blobs"], found["segments"], found["damages"]) == (2, 1, 0)
