"""What every answer says, whatever was asked."""

import re

import pytest

PATH = "/devstoreaccount1"
ASKS = [
    ("GET", PATH, "comp=list", 200),
    ("GET", PATH + "/absent/b", "", 404),
    ("HEAD", PATH + "/absent/b", "", 404),
    ("GET", PATH, "comp=unknown", 400),
    ("POST", PATH, "restype=service&comp=userdelegationkey", 403),
    ("PUT", PATH + "/absent", "restype=container&comp=rename", 501),
]


@pytest.mark.parametrize(("method", "path", "query", "status"), ASKS)
def test_labels(wire, method, path, query, status):
    got = wire.ask(
        method,
        path,
        query,
        {"x-ms-client-request-id": "mine-1", "x-ms-version": "2021-12-02"},
        b"" if method == "POST" else None,
    )
    assert got.status == status
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", got.headers["x-ms-request-id"])
    assert got.headers["x-ms-version"] == "2021-12-02"
    assert got.headers["x-ms-client-request-id"] == "mine-1"
    assert got.headers["server"].startswith("Vitrine/")
    assert got.headers["date"].endswith(" GMT")


@pytest.mark.parametrize(
    ("version", "status", "answered"),
    [
        ("2015-02-21", 200, "2015-02-21"),
        ("2026-10-06", 200, "2026-10-06"),
        ("2099-12-31", 200, "2099-12-31"),
        ("newest", 400, "2026-10-06"),
        ("2026-10-6", 400, "2026-10-06"),
    ],
)
def test_versions(wire, version, status, answered):
    got = wire.ask("GET", PATH, "comp=list", {"x-ms-version": version})
    assert (got.status, got.headers["x-ms-version"]) == (status, answered)


@pytest.mark.parametrize(
    ("sent", "echoed"), [("a" * 1024, True), ("a" * 1025, False), ("tab\there", False), ("ü", False)]
)
def test_client_request_ids(wire, sent, echoed):
    got = wire.ask("GET", PATH, "comp=list", {"x-ms-client-request-id": sent, "x-ms-version": "2021-12-02"})
    assert got.headers.get("x-ms-client-request-id") == (sent if echoed else None)


def test_an_error_has_a_document_that_names_it(wire):
    got = wire.ask("GET", PATH + "/absent/b")
    assert got.headers["content-type"] == "application/xml"
    assert got.body.startswith(b'<?xml version="1.0" encoding="utf-8"?><Error><Code>ContainerNotFound</Code>')
    assert got.headers["x-ms-request-id"].encode() in got.body


def test_what_is_decided_has_a_receipt(wire, container):
    path = f"{PATH}/{container.container_name}/b"
    receipts = [
        wire.ask("PUT", path, headers={"x-ms-blob-type": "BlockBlob"}, body=b"x"),
        wire.ask("GET", path),
        wire.ask("HEAD", path),
        wire.ask("GET", path + "-absent"),
        wire.ask("GET", path, headers={"If-None-Match": "*"}),
        wire.ask("GET", PATH, "comp=list"),
        wire.ask("GET", PATH, "restype=service&comp=properties"),
        wire.ask("DELETE", path),
    ]
    tokens = [answer.headers["x-ms-vitrine-receipt"] for answer in receipts]
    assert len(set(tokens)) == len(tokens)
    assert "x-ms-vitrine-receipt" not in wire.ask("GET", PATH, "comp=unknown").headers


def test_a_small_error_comes_in_one_piece(wire):
    wire.send(b"GET /devstoreaccount1/con/b HTTP/1.1\r\nHost: h\r\n\r\n")
    received = wire.socket.recv(65536)
    assert received.startswith(b"HTTP/1.1 401 ") and received.endswith(b"</Error>")
