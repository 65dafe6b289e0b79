"""What pages of other origins may ask: preflights, and what answers tell of themselves."""

import http.client
import time

import pytest
from azure.storage.blob import CorsRule
from blob.wire import Wire, client_of
from harness.journals import Journals
from harness.shared_key import RawClient
from server import ACCOUNT, KEY, Server

SLOT = 1  # of the development account
ADDRESSES = [f"/{ACCOUNT}", f"/{ACCOUNT}?comp=list", f"/{ACCOUNT}/pages", f"/{ACCOUNT}/pages/missing/b"]
RULES = [
    CorsRule(
        ["https://a.example", "https://*.b.example"],
        ["GET", "PUT"],
        allowed_headers=["x-ms-meta-*", "content-type"],
        exposed_headers=["x-ms-*", "ETag"],
        max_age_in_seconds=10,
    ),
    CorsRule(["https://a.example"], ["GET"], allowed_headers=["*"], exposed_headers=["*"]),
    CorsRule(["*"], ["GET", "HEAD"], exposed_headers=["ETag"], max_age_in_seconds=5),
]


@pytest.fixture(scope="module")
def own_server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("cors"))
    server.start()
    with client_of(server) as service:
        service.create_container("pages").upload_blob("page", b"hello")
        service.set_service_properties(cors=RULES)
    yield server
    server.stop()


@pytest.fixture
def raw(own_server):
    return RawClient("127.0.0.1", own_server.blob_port, ACCOUNT, KEY)


def preflight(server: Server, path: str, origin=None, method=None, headers=None, more=None):
    """The answer to a preflight as browsers send it: without any credential."""
    sent = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }
    sent = {name: value for name, value in sent.items() if value is not None} | (more or {})
    connection = http.client.HTTPConnection("127.0.0.1", server.blob_port, timeout=30)
    connection.request("OPTIONS", path, headers=sent)
    response = connection.getresponse()
    return response, response.read().decode()


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_preflight_is_allowed(own_server, path):
    response, body = preflight(own_server, path, "https://a.example", "PUT", "X-Ms-Meta-A, content-type")
    assert (response.status, body) == (200, "")
    told = {name.lower(): value for name, value in response.getheaders()}
    assert told["access-control-allow-origin"] == "https://a.example"
    assert told["access-control-allow-methods"] == "PUT"
    assert told["access-control-allow-headers"] == "X-Ms-Meta-A, content-type"
    assert told["access-control-max-age"] == "10"
    assert told["access-control-allow-credentials"] == "true"
    assert "x-ms-request-id" in told


@pytest.mark.parametrize(
    ("origin", "method", "headers", "max_age"),
    [
        ("https://a.example", "GET", None, "10"),
        ("https://a.example", "GET", "range", "0"),
        ("https://x.y.b.example", "PUT", None, "10"),
        ("https://other.example", "GET", None, "5"),
        ("https://other.example", "GET", "range", None),
        ("https://other.example", "PUT", None, None),
        ("https://b.example", "PUT", None, None),
        ("https://a.example", "DELETE", None, None),
    ],
)
def test_the_first_rule_that_fits_counts(own_server, origin, method, headers, max_age):
    response, body = preflight(own_server, ADDRESSES[2], origin, method, headers)
    assert response.status == (200 if max_age else 403)
    assert response.getheader("Access-Control-Max-Age") == max_age
    if not max_age:
        assert response.getheader("x-ms-error-code") == "CorsPreflightFailure"
        assert "CORS not enabled or no matching rule found for this request." in body


def test_a_preflight_needs_its_headers(own_server):
    for origin, method in ((None, "GET"), ("https://a.example", None)):
        response, body = preflight(own_server, ADDRESSES[0], origin, method)
        assert (response.status, response.getheader("x-ms-error-code")) == (400, "InvalidHeaderValue")
        assert "A required CORS header is not present." in body


def test_a_preflight_is_not_authenticated(own_server):
    bad = {"Authorization": f"SharedKey {ACCOUNT}:bm9uZQ==", "x-ms-date": "never"}
    response, _ = preflight(own_server, ADDRESSES[3] + "?sig=x", "https://a.example", "GET", more=bad)
    assert response.status == 200


def test_without_rules_all_preflights_fail(fresh_server):
    server = fresh_server()
    response, _ = preflight(server, f"/{ACCOUNT}", "https://a.example", "GET")
    assert (response.status, response.getheader("x-ms-error-code")) == (403, "CorsPreflightFailure")
    response, _ = preflight(server, "/nobody", "https://a.example", "GET")
    assert (response.status, response.getheader("x-ms-error-code")) == (404, "ResourceNotFound")


def test_answers_say_what_a_page_may_see(raw):
    response, _ = raw.request("GET", f"/{ACCOUNT}/pages/page", headers={"Origin": "https://a.example"})
    assert response.getheader("Access-Control-Allow-Origin") == "https://a.example"
    assert response.getheader("Access-Control-Allow-Credentials") == "true"
    assert response.getheader("Vary") == "Origin"
    exposed = response.getheader("Access-Control-Expose-Headers").split(",")
    assert {"x-ms-request-id", "x-ms-version", "ETag"} <= set(exposed)
    assert "Content-Type" not in exposed


def test_any_origin_is_told_so(raw):
    response, _ = raw.request("GET", f"/{ACCOUNT}/pages/page", headers={"Origin": "https://other.example"})
    assert response.getheader("Access-Control-Allow-Origin") == "*"
    assert response.getheader("Access-Control-Expose-Headers") == "ETag"
    assert response.getheader("Access-Control-Allow-Credentials") is None
    assert response.getheader("Vary") is None


def test_an_origin_without_a_rule_is_told_nothing(raw):
    response, _ = raw.request("DELETE", f"/{ACCOUNT}/pages/missing", headers={"Origin": "https://c.example"})
    assert response.getheader("Access-Control-Allow-Origin") is None
    assert response.getheader("Vary") == "Origin"


def test_a_request_without_origin_is_told_nothing(raw):
    response, _ = raw.request("GET", f"/{ACCOUNT}/pages/page")
    assert not [name for name, _ in response.getheaders() if name.startswith("Access-Control")]
    assert response.getheader("Vary") is None


@pytest.mark.parametrize(("sign", "path", "status"), [(True, "missing", 404), (False, "page", 401)])
def test_errors_have_the_headers_too(raw, sign, path, status):
    response, _ = raw.request(
        "GET", f"/{ACCOUNT}/pages/{path}", headers={"Origin": "https://a.example"}, sign=sign
    )
    assert response.status == status
    assert response.getheader("Access-Control-Allow-Origin") == "https://a.example"
    assert "x-ms-error-code" in response.getheader("Access-Control-Expose-Headers")


@pytest.mark.parametrize(
    "lines",
    [
        b"Origin: https://a b\r\nAccess-Control-Request-Method: GET",
        b"Origin: https://other.example\x0bSet-Cookie: stolen\r\nAccess-Control-Request-Method: GET",
        b"Origin: https://other.example\r\nAccess-Control-Request-Method: GET, X-Stolen: 1",
        b"Origin: https://a.example\r\nAccess-Control-Request-Method: GET\r\n"
        b"Access-Control-Request-Headers: a: b",
        b"Origin: https://other.example\r\n Set-Cookie: stolen\r\nAccess-Control-Request-Method: GET",
    ],
)
def test_nothing_is_repeated_that_is_no_origin_method_or_header(own_server, lines):
    with Wire(own_server) as wire:
        wire.send(b"OPTIONS /devstoreaccount1/pages HTTP/1.1\r\nHost: localhost\r\n" + lines + b"\r\n\r\n")
        reply = wire.read()
    assert reply.status == 400
    assert not [name for name in reply.headers if name.startswith(("access-control", "set-cookie"))]


def test_a_preflight_is_no_operation(fresh_server):
    server = fresh_server("--seal-tick", "50")
    for origin in ("https://a.example", None):
        preflight(server, ADDRESSES[2], origin, "GET")
    with client_of(server) as service:
        service.get_account_information()
    journals = Journals(server)
    deadline = time.monotonic() + 10
    while len(records := journals.records(SLOT)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [record["what"]["action"] for record in records] == [
        "account.create",
        "service.get-account-information",
    ]
