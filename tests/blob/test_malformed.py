"""Requests that are wrong, as bytes: each gets the right refusal, and the connection is never left in doubt.

After a refusal a good request on the same connection works, or the connection is closed: where the next
request would begin is certain, or there is none.
"""

import pytest
from blob.wire import Wire

GOOD = (
    b"GET /devstoreaccount1 HTTP/1.1\r\nHost: h\r\n\r\n"  # unsigned: its answer is 401, and told apart by it
)
PLAIN = b"Host: h\r\n"


def get(target: bytes, headers: bytes = PLAIN) -> bytes:
    return b"GET " + target + b" HTTP/1.1\r\n" + headers + b"\r\n"


def put(headers: bytes, body: bytes = b"") -> bytes:
    return b"PUT /devstoreaccount1/con/b HTTP/1.1\r\n" + PLAIN + headers + b"\r\n" + body


# What the server cannot read: it says so and closes.
UNREADABLE = [
    ("no HTTP at all", b"hello\r\n\r\n", 400, "InvalidInput"),
    ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "InvalidInput"),
    ("HTTP/1.2", b"GET / HTTP/1.2\r\nHost: h\r\n\r\n", 400, "InvalidInput"),
    ("bare line feeds", b"GET / HTTP/1.1\nHost: h\n\n", 400, "InvalidInput"),
    ("no Host", get(b"/", b""), 400, "InvalidInput"),
    ("two Hosts", get(b"/", b"Host: a\r\nHost: b\r\n"), 400, "InvalidInput"),
    ("folded header", get(b"/", PLAIN + b"X-A: 1\r\n 2\r\n"), 400, "InvalidInput"),
    ("space before the colon", get(b"/", PLAIN + b"X-A : 1\r\n"), 400, "InvalidInput"),
    ("header without colon", get(b"/", PLAIN + b"X-A\r\n"), 400, "InvalidInput"),
    ("control character in a header", get(b"/", PLAIN + b"X-A: \x01\r\n"), 400, "InvalidInput"),
    (
        "length and chunks",
        put(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
        400,
        "InvalidInput",
    ),
    ("two lengths", put(b"Content-Length: 1\r\nContent-Length: 2\r\n", b"xy"), 400, "InvalidInput"),
    ("list of lengths", put(b"Content-Length: 1, 1\r\n", b"x"), 400, "InvalidInput"),
    ("negative length", put(b"Content-Length: -1\r\n"), 400, "InvalidInput"),
    ("length that is no number", put(b"Content-Length: 0x10\r\n"), 400, "InvalidInput"),
    ("length of 2^64", put(b"Content-Length: 18446744073709551616\r\n"), 400, "InvalidInput"),
    ("another coding", put(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"), 400, "InvalidInput"),
    ("chunks hidden by case", put(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"), 400, "InvalidInput"),
    ("target without a slash", get(b"devstoreaccount1/con"), 400, "RequestUrlFailedToParse"),
    ("bad escape", get(b"/devstoreaccount1/con/%zz"), 400, "RequestUrlFailedToParse"),
    ("encoded NUL", get(b"/devstoreaccount1/con/a%00"), 400, "RequestUrlFailedToParse"),
    ("encoded line end", get(b"/devstoreaccount1/con/a%0d%0aX:y"), 400, "RequestUrlFailedToParse"),
    ("fragment", get(b"/devstoreaccount1/con/a#b"), 400, "RequestUrlFailedToParse"),
    ("other scheme", get(b"ftp://h/devstoreaccount1"), 400, "RequestUrlFailedToParse"),
    (
        "head of 40 KiB",
        get(b"/", PLAIN + b"X-A: " + b"a" * 40_000 + b"\r\n"),
        431,
        "RequestHeaderFieldsTooLarge",
    ),
    ("200 headers", get(b"/", PLAIN + b"X-A: 1\r\n" * 200), 431, "RequestHeaderFieldsTooLarge"),
]


@pytest.mark.parametrize(
    ("what", "request_bytes", "status", "code"), UNREADABLE, ids=[row[0] for row in UNREADABLE]
)
def test_what_cannot_be_read_is_refused_and_nothing_after_it_is(server, what, request_bytes, status, code):
    with Wire(server) as wire:
        wire.send(request_bytes + GOOD)
        refusal = wire.read()
        assert (refusal.status, refusal.code) == (status, code), refusal
        assert refusal.headers["x-ms-request-id"] and refusal.headers["x-ms-version"]
        assert refusal.headers["connection"] == "close"
        assert wire.is_closed()


# What can be read and is wrong: the next request on the connection is answered.
READABLE = [
    ("no credential", get(b"/devstoreaccount1/con/b"), 401, "NoAuthenticationInformation"),
    ("no account", get(b"/"), 400, "InvalidUri"),
    ("an account's bad name", get(b"/UPPER/c/b"), 400, "InvalidResourceName"),
    ("an account that is not there", get(b"/nobody/con/b"), 404, "ResourceNotFound"),
    ("a container's bad name", get(b"/devstoreaccount1/C_C/b"), 400, "InvalidResourceName"),
    ("a name that is no UTF-8", get(b"/devstoreaccount1/con/%FF"), 400, "InvalidResourceName"),
    (
        "a bad version",
        get(b"/devstoreaccount1/con", PLAIN + b"x-ms-version: new\r\n"),
        400,
        "InvalidHeaderValue",
    ),
    (
        "a bad credential",
        get(b"/devstoreaccount1", PLAIN + b"Authorization: Basic x\r\n"),
        400,
        "InvalidAuthenticationInfo",
    ),
    ("a parameter twice", get(b"/devstoreaccount1?comp=list&comp=x"), 400, "InvalidQueryParameterValue"),
    (
        "a SAS with two signatures",
        get(b"/devstoreaccount1?sig=AAAA&Sig=AAAA"),
        400,
        "InvalidQueryParameterValue",
    ),
    ("half a SAS", get(b"/devstoreaccount1/con/b?sig=AAAA"), 403, "AuthenticationFailed"),
    ("unread small body", put(b"Content-Length: 5\r\n", b"hello"), 401, "NoAuthenticationInformation"),
    (
        "unknown method",
        b"BREW /devstoreaccount1 HTTP/1.1\r\n" + PLAIN + b"\r\n",
        401,
        "NoAuthenticationInformation",
    ),
]


@pytest.mark.parametrize(
    ("what", "request_bytes", "status", "code"), READABLE, ids=[row[0] for row in READABLE]
)
def test_what_can_be_read_leaves_the_connection_in_order(server, what, request_bytes, status, code):
    with Wire(server) as wire:
        for _ in range(2):
            wire.send(request_bytes + GOOD)
            refusal = wire.read()
            assert (refusal.status, refusal.code) == (status, code), refusal
            assert wire.read().status == 401
        assert wire.ask("GET", "/devstoreaccount1", "comp=list").status == 200


BLOCK = {"x-ms-blob-type": "BlockBlob"}
# Method, path behind the container, query, headers, body; all of them signed.
SIGNED = [
    ("PUT", "/b", "", {}, b"x", 400, "MissingRequiredHeader"),
    ("PUT", "/b", "", {"x-ms-blob-type": "Blob"}, b"x", 400, "InvalidHeaderValue"),
    ("PUT", "/b", "", {"x-ms-blob-type": "PageBlob"}, b"", 400, "MissingRequiredHeader"),
    ("PUT", "/b", "", BLOCK, None, 411, "MissingContentLengthHeader"),
    ("PUT", "/b", "", BLOCK | {"x-ms-meta-": "x"}, b"x", 400, "EmptyMetadataKey"),
    ("PUT", "/b", "", BLOCK | {"x-ms-meta-a-b": "x"}, b"x", 400, "InvalidMetadata"),
    ("PUT", "/b", "", BLOCK | {"x-ms-meta-a": "x" * 9000}, b"x", 400, "MetadataTooLarge"),
    ("PUT", "/b", "comp=block", {}, None, 411, "MissingContentLengthHeader"),
    ("PUT", "/b", "comp=nothing", {}, b"x", 400, "InvalidQueryParameterValue"),
    ("PUT", "/b", "comp=lease", {}, b"", 400, "MissingRequiredHeader"),
    ("POST", "/b", "", {}, b"x", 405, "UnsupportedHttpVerb"),
    ("DELETE", "/b", "", {"x-ms-delete-snapshots": "some"}, None, 400, "InvalidHeaderValue"),
    ("GET", "/b", "", {"x-ms-range": "bytes=2-1"}, None, 400, "InvalidHeaderValue"),
    ("GET", "/b", "snapshot=2026-01-01T00:00:00.0000000Z", {}, None, 404, "BlobNotFound"),
    ("GET", "", "restype=container&comp=list&maxresults=0", {}, None, 400, "OutOfRangeQueryParameterValue"),
    ("GET", "", "restype=container&comp=list&comp=acl", {}, None, 400, "InvalidQueryParameterValue"),
    ("GET", "", "restype=container&comp=list&COMP=acl", {}, None, 400, "InvalidQueryParameterValue"),
    ("GET", "", "restype=container&comp=list&prefix%3Aa=b", {}, None, 400, "InvalidQueryParameterValue"),
    ("PUT", "", "restype=container", {}, b"", 409, "ContainerAlreadyExists"),
    ("PUT", "", "restype=container&comp=acl", {}, b"<Wrong/>", 400, "InvalidXmlDocument"),
    ("PUT", "", "restype=container&comp=acl", {}, b"<SignedIdentifiers>", 400, "InvalidXmlDocument"),
    (
        "PUT",
        "",
        "restype=container&comp=acl",
        {},
        b"<SignedIdentifiers><SignedIdentifier><Id>a</Id><AccessPolicy><Start>x</Start></AccessPolicy>"
        b"</SignedIdentifier></SignedIdentifiers>",
        400,
        "InvalidXmlNodeValue",
    ),
    (
        "PUT",
        "",
        "restype=container&comp=acl",
        {"x-ms-blob-public-access": "true"},
        b"",
        400,
        "InvalidHeaderValue",
    ),
    ("PUT", "", "restype=container&comp=acl", {}, b"x" * 65_537, 413, "RequestBodyTooLarge"),
]


@pytest.mark.parametrize(("method", "path", "query", "headers", "body", "status", "code"), SIGNED)
def test_signed_requests_that_are_wrong(wire, container, method, path, query, headers, body, status, code):
    base = f"/devstoreaccount1/{container.container_name}"
    refusal = wire.ask(method, base + path, query, headers, body)
    assert (refusal.status, refusal.code) == (status, code), refusal
    if refusal.headers.get("connection") == "close":
        assert wire.is_closed()
    else:
        assert wire.ask("GET", base, "restype=container").status == 200
    assert list(container.list_blob_names()) == []


@pytest.mark.parametrize("framing", [b"Content-Length: 1000000000\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_a_refusal_does_not_wait_for_a_body_of_any_length(server, framing):
    with Wire(server) as wire:
        wire.send(put(framing, b"3e8\r\n" + b"x" * 1000))
        refusal = wire.read()
        assert (refusal.status, refusal.headers["connection"]) == (401, "close")
        assert wire.is_closed()


def test_a_client_that_waits_for_its_turn_sends_nothing_in_vain(server, container):
    path = f"/devstoreaccount1/{container.container_name}/b"
    waits = {"Expect": "100-continue", "Content-Length": "5"}
    with Wire(server) as wire:
        wire.send(put(b"Content-Length: 5\r\nExpect: 100-continue\r\n"))
        assert wire.read().status == 401
    with Wire(server) as wire:
        reply = wire.ask("PUT", path, headers=BLOCK | waits)
        assert reply.status == 100
        wire.send(b"hello")
        assert wire.read().status == 201
        assert wire.ask("GET", path).body == b"hello"


def test_a_chunked_body_is_taken(wire, container):
    path = f"/devstoreaccount1/{container.container_name}/b"
    chunks = b"5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nTrailer: x\r\n\r\n"
    assert wire.ask("PUT", path, headers=BLOCK | {"Transfer-Encoding": "chunked"}, body=chunks).status == 201
    assert wire.ask("GET", path).body == b"hello world"


def test_broken_chunks_store_nothing(wire, container):
    path = f"/devstoreaccount1/{container.container_name}/b"
    sent = wire.ask("PUT", path, headers=BLOCK | {"Transfer-Encoding": "chunked"}, body=b"5\r\nhelloworld")
    assert (sent.status, sent.code) == (400, "InvalidInput")
    assert wire.is_closed()
    assert list(container.list_blob_names()) == []


def test_a_body_that_breaks_off_stores_nothing(server, container):
    path = f"/devstoreaccount1/{container.container_name}/b"
    with Wire(server) as wire:
        headers = wire.signer.signed("PUT", path, "", BLOCK | {"Content-Length": "100000"})
        lines = [f"PUT {path} HTTP/1.1", "Host: h", *(f"{name}: {value}" for name, value in headers.items())]
        wire.send("\r\n".join([*lines, "", ""]).encode() + b"x" * 99_999)
    assert list(container.list_blob_names()) == []


def test_pipelined_requests_are_answered_in_order(server, container):
    for name in "abc":
        container.upload_blob(name, name.encode())
    base = f"/devstoreaccount1/{container.container_name}"
    with Wire(server) as wire:
        heads = b""
        for name in "abcabc":
            headers = {"Host": "h", **wire.signer.signed("GET", f"{base}/{name}", "", {})}
            lines = [f"GET {base}/{name} HTTP/1.1", *(f"{key}: {value}" for key, value in headers.items())]
            heads += "\r\n".join([*lines, "", ""]).encode()
        wire.send(heads)
        assert [wire.read().body for _ in range(6)] == [name.encode() for name in "abcabc"]
