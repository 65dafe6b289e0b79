"""Blob names are keys: every character counts, none has a meaning."""

import urllib.parse

import pytest
from blob.wire import code_of

NAMES = [
    "a",
    "with space",
    "plus+plus",
    "100%",
    "%2F",
    "a/b/c",
    "a//b",
    "/leading",
    "trailing/",
    "trailing.",
    "q?mark",
    "hash#tag",
    "semi;colon&amp=<>\"'",
    "tilde~",
    "Grüße/日本語/🎈",
    "e\u0301 is not \u00e9",
    "control\x01\x1f\x7f",
    "tab\t",
    "\ufffe",
    "x" * 1024,
    "ü" * 1024,
    "🎈" * 512,
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name[:20]))
def test_a_name_comes_back_as_it_was_given(container, name):
    blob = container.get_blob_client(name)
    blob.upload_blob(name.encode(), metadata={"a": "1"})
    assert blob.download_blob().readall() == name.encode()
    blob.set_blob_metadata({"b": "2"})
    blob.upload_blob(b"new", overwrite=True)
    assert [found.name for found in container.list_blobs()] == [name]
    blob.delete_blob()
    assert list(container.list_blobs()) == []


def test_a_backslash_is_a_slash(container):
    container.upload_blob("back\\slash", b"x")
    assert [found.name for found in container.list_blobs()] == ["back/slash"]
    for name in ("back\\slash", "back/slash"):
        assert container.download_blob(name).readall() == b"x"


def test_names_that_look_alike_are_different_blobs(container):
    names = ["a/b", "a//b", "a%2Fb", "A/B", "a/b/", "é", "e\u0301", "a b", "a+b", "a%20b"]
    for name in names:
        container.upload_blob(name, name.encode())
    for name in names:
        assert container.download_blob(name).readall() == name.encode()
    assert {found.name for found in container.list_blobs()} == set(names)


@pytest.mark.parametrize("name", ["x" * 1025, "🎈" * 513])
def test_names_that_are_too_long(container, name):
    assert code_of(container.upload_blob, name, b"") == (400, "InvalidResourceName")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/%FF", "InvalidResourceName"),
        ("/%ED%A0%80", "InvalidResourceName"),
        ("/a%00b", "RequestUrlFailedToParse"),
        ("/a%0D%0Ab", "RequestUrlFailedToParse"),
        ("/a%", "RequestUrlFailedToParse"),
        ("/a%zz", "RequestUrlFailedToParse"),
    ],
)
def test_paths_that_are_no_names(raw, container, path, code):
    response, _ = raw.request("GET", f"/devstoreaccount1/{container.container_name}{path}")
    assert (response.status, response.getheader("x-ms-error-code")) == (400, code)


@pytest.mark.parametrize("name", ["..", "../up", "a/../b", "./here", "a/.", "a/..%2F..%2Fb", "%2E%2E/b"])
def test_dots_are_letters(raw, container, name):
    path = f"/devstoreaccount1/{container.container_name}/{name}"
    put, _ = raw.request("PUT", path, headers={"x-ms-blob-type": "BlockBlob"}, body=name.encode())
    assert put.status == 201
    assert raw.request("GET", path)[1] == name.encode()
    assert list(container.list_blob_names()) == [urllib.parse.unquote(name)]


def test_an_encoded_slash_moves_no_border(raw, container):
    container.upload_blob("x/y", b"content")
    name = container.container_name
    response, body = raw.request("GET", f"/devstoreaccount1/{name}/x%2Fy")
    assert (response.status, body) == (200, b"content")
    response, _ = raw.request("GET", f"/devstoreaccount1/{name}%2Fx/y")
    assert response.status == 400
    response, _ = raw.request("GET", f"/devstoreaccount1/{name}/..%2F{name}/x%2Fy")
    assert (response.status, response.getheader("x-ms-error-code")) == (404, "BlobNotFound")
