"""The operator's key: rotated while requests are served, or held by a program of the operator's."""

import sys
import textwrap

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobServiceClient
from platform_api import Api, run_vitrine
from server import ServerError


def client_of(server) -> BlobServiceClient:
    return BlobServiceClient.from_connection_string(server.connection_string, retry_total=0)


def put_and_get(server, name: str) -> None:
    blob = client_of(server).get_blob_client("box", name)
    blob.upload_blob(name.encode())
    assert blob.download_blob().readall() == name.encode()


def key_of(server):
    return server.data_dir / "keys" / "operator.key"


def rotate(server):
    return run_vitrine(
        "operator-key", "rotate", "--server", server.platform_url, "--data-dir", server.data_dir
    )


@pytest.fixture
def holder(tmp_path):
    """A program that holds the operator's key: AES-256-GCM, tied to account and epoch."""
    program = tmp_path / "holder"
    program.write_text(
        f"#!{sys.executable}\n"
        + textwrap.dedent("""
        import base64, json, os, sys
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        cipher = AESGCM(b"\\x07" * 32)
        for line in sys.stdin:
            asked = json.loads(line)
            context = json.dumps([asked["account"], asked["epoch"]]).encode()
            key = base64.b64decode(asked["key"])
            if asked["operation"] == "wrap":
                nonce = os.urandom(12)
                key = nonce + cipher.encrypt(nonce, key, context)
            else:
                key = cipher.decrypt(key[:12], key[12:], context)
            print(json.dumps({"key": base64.b64encode(key).decode()}), flush=True)
        """)
    )
    program.chmod(0o700)
    return program


def test_the_key_is_rotated_and_everything_is_read_as_before(fresh_server):
    server = fresh_server()
    client_of(server).create_container("box")
    put_and_get(server, "before")
    first = key_of(server).read_text()
    done = rotate(server)
    assert (done.returncode, "wrapped under the new operator's key" in done.stdout) == (0, True), done.stderr
    second = key_of(server).read_text()
    assert len(first.splitlines()) == len(second.splitlines()) == 1
    assert first != second
    put_and_get(server, "after")
    server.stop()
    server.start()
    for name in ("before", "after"):
        assert client_of(server).get_blob_client("box", name).download_blob().readall() == name.encode()
    server.stop()
    key_of(server).write_text(first)
    with pytest.raises(ServerError, match="does not open with the operator's key"):
        server.start()


def test_a_program_holds_the_key(fresh_server, holder):
    server = fresh_server("--key-command", holder)
    client_of(server).create_container("box")
    put_and_get(server, "one")
    assert not key_of(server).exists()
    server.stop()
    server.start()
    put_and_get(server, "two")
    assert rotate(server).returncode == 0
    server.stop()
    holder.write_text('#!/bin/sh\nread line; echo \'{"error": "the vault is sealed"}\'\n')
    with pytest.raises(ServerError, match="the vault is sealed"):
        server.start()


def test_a_program_takes_over_from_the_file(fresh_server, holder):
    server = fresh_server()
    client_of(server).create_container("box")
    put_and_get(server, "one")
    server.stop()
    taken_over = fresh_server("--key-command", holder, data_dir=server.data_dir)
    assert client_of(taken_over).get_blob_client("box", "one").download_blob().readall() == b"one"
    assert key_of(taken_over).exists()
    assert "has the program wrap all keys and removes the file" in taken_over.log.read_text()
    assert rotate(taken_over).returncode == 0
    assert not key_of(taken_over).exists()
    taken_over.stop()
    taken_over.start()
    assert client_of(taken_over).get_blob_client("box", "one").download_blob().readall() == b"one"


def test_content_of_a_shredded_account_is_gone_for_ever(fresh_server):
    server = fresh_server()
    client_of(server).create_container("box")
    put_and_get(server, "one")
    body = {"account": "devstoreaccount1", "understood": "destroyed for ever"}
    path = "/accounts/devstoreaccount1/data-keys"
    assert Api(server).as_operator("DELETE", path, json=body).status_code == 200
    for _ in range(2):
        with pytest.raises(HttpResponseError) as gone:
            client_of(server).get_blob_client("box", "one").download_blob()
        assert (gone.value.status_code, gone.value.error_code) == (410, "ContentDestroyed")
        server.stop()
        server.start()


def test_fsck_asks_the_program_too(fresh_server, holder, tmp_path):
    server = fresh_server("--key-command", holder)
    client_of(server).create_container("box")
    put_and_get(server, "one")
    server.stop()
    config = tmp_path / "config.toml"
    config.write_text(f'key-command = "{holder}"\n')
    look = ["fsck", "--data-dir", server.data_dir]
    for words, environment in (
        (["--key-command", holder], {}),
        (["--config", config], {}),
        ([], {"VITRINE_KEY_COMMAND": str(holder)}),
    ):
        looked = run_vitrine(*look, *words, environment=environment)
        assert looked.returncode == 0, looked.stdout + looked.stderr
        assert "1 container, 1 blob of" in looked.stdout
    without = run_vitrine(*look)
    assert without.returncode == 2
    assert "The content of blobs was not looked at" in without.stdout and "--key-command" in without.stdout
    assert not key_of(server).exists()


def test_a_key_that_others_can_read_is_warned_of(fresh_server):
    server = fresh_server()
    assert "chmod 600" not in server.log.read_text()
    server.stop()
    key_of(server).chmod(0o644)
    server.start()
    assert "can be read or changed by others" in server.log.read_text()
