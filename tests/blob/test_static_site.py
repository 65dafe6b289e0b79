"""The container $web as a site: what visitors see, and that it is on record."""

import http.client
import time

import pytest
from azure.storage.blob import ContentSettings, CorsRule, StaticWebsite
from blob.wire import client_of
from harness.journals import Journals
from server import ACCOUNT, Server

SLOT = 1  # of the development account
HOST = f"{ACCOUNT}.web.localhost"
PAGES = {
    "index.html": b"front",
    "docs/index.html": b"docs",
    "a b.txt": b"plain",
    "errors/404.html": b"nothing here",
}
SITE = StaticWebsite(enabled=True, index_document="index.html", error_document404_path="errors/404.html")
HTML = ContentSettings(content_type="text/html")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("site"), ["--seal-tick", "50"])
    server.start()
    with client_of(server) as service:
        service.set_service_properties(static_website=SITE)
        for name, content in PAGES.items():
            service.get_blob_client("$web", name).upload_blob(content, content_settings=HTML, tags={"a": "1"})
        service.create_container("private").upload_blob("secret", b"secret")
    yield server
    server.stop()


def visit(server: Server, path: str, method: str = "GET", headers: dict | None = None, host: str = HOST):
    connection = http.client.HTTPConnection("127.0.0.1", server.blob_port, timeout=30)
    try:
        sent = {"Host": f"{host}:{server.blob_port}"} | (headers or {})
        connection.request(method, path, headers=sent)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "status", "content"),
    [
        ("/", 200, b"front"),
        ("/index.html", 200, b"front"),
        ("/docs/", 200, b"docs"),
        ("/docs", 200, b"docs"),
        ("/a%20b.txt?x=1&snapshot=never", 200, b"plain"),
        ("/missing", 404, b"nothing here"),
        ("/missing/", 404, b"nothing here"),
        ("/private/secret", 404, b"nothing here"),
        ("/../private/secret", 404, b"nothing here"),
        ("/%2e%2e/private/secret", 404, b"nothing here"),
        ("/?restype=container&comp=list", 200, b"front"),
    ],
)
def test_visitors_see_documents(site, path, status, content):
    response, body = visit(site, path)
    assert (response.status, body) == (status, content)
    assert response.getheader("Content-Type") == "text/html"
    response, body = visit(site, path, "HEAD")
    assert (response.status, body) == (status, b"")
    assert response.getheader("Content-Length") == str(len(content))


def test_ranges_and_conditions(site):
    response, body = visit(site, "/", headers={"Range": "bytes=1-2"})
    assert (response.status, body) == (206, b"ro")
    etag = response.getheader("ETag")
    response, _ = visit(site, "/", headers={"If-None-Match": etag})
    assert response.status == 304
    response, body = visit(site, "/missing", headers={"If-None-Match": "*", "Range": "bytes=1-2"})
    assert (response.status, body) == (404, b"nothing here")
    response, _ = visit(site, "/", headers={"x-ms-if-tags": "a='2'", "x-ms-lease-id": "x"})
    assert response.status == 200


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "OPTIONS"])
def test_a_site_is_for_reading(site, method):
    response, _ = visit(site, "/index.html", method, {"Content-Length": "0"})
    assert (response.status, response.getheader("x-ms-error-code")) == (405, "UnsupportedHttpVerb")


def test_visits_are_on_record(site):
    response, _ = visit(site, "/docs/")
    token = response.getheader("x-ms-vitrine-receipt")
    assert token
    deadline = time.monotonic() + 10
    records = []
    while time.monotonic() < deadline:
        records = [
            record
            for record in Journals(site).records(SLOT)
            if record["what"].get("blob", record["what"].get("name")) == "docs/index.html"
            and record["who"]["principal"] == "anonymous"
            and record["what"]["action"] == "blob.get"
        ]
        if records:
            break
        time.sleep(0.1)
    assert records[-1]["why"]["purpose"] == "development"


def test_pages_of_other_origins(site):
    with client_of(site) as service:
        service.set_service_properties(cors=[CorsRule(["https://a.example"], ["GET"])])
        response, _ = visit(site, "/", headers={"Origin": "https://a.example"})
        assert response.getheader("Access-Control-Allow-Origin") == "https://a.example"
        service.set_service_properties(cors=[])


def test_other_settings(fresh_server):
    server = fresh_server()
    response, body = visit(server, "/")
    assert (response.status, response.getheader("x-ms-error-code")) == (404, "WebContentNotFound")
    response, _ = visit(server, "/", host="nobody.web.localhost")
    assert response.status == 404
    with client_of(server) as service:
        service.set_service_properties(
            static_website=StaticWebsite(enabled=True, default_index_document_path="app/main.html")
        )
        response, _ = visit(server, "/")
        assert (response.status, response.getheader("x-ms-error-code")) == (404, "WebContentNotFound")
        service.get_blob_client("$web", "app/main.html").upload_blob(b"app")
        for path in ("/", "/any/where"):
            response, body = visit(server, path)
            assert (response.status, body) == (200, b"app")
        service.set_service_properties(static_website=StaticWebsite(enabled=False))
        response, _ = visit(server, "/")
        assert response.status == 404
