"""Copies from other servers: only where it is allowed, and never to where the server must not be sent."""

import contextlib
import http.server
import threading
import time

import pytest
from blob.wire import client_of, code_of
from server import ACCOUNT

CONTENT = bytes(range(256)) * 4096
UNVERIFIED = "CannotVerifyCopySource"
LOOPBACK = ("--copy-from-networks", "127.0.0.0/8,::1")


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """Another server: gives out one body, ranges of it, and answers that are none."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.path, dict(self.headers)))
        if self.path.startswith("/held"):
            self.server.released.wait(30)
        if self.path.startswith("/redirect"):
            self.answer(302, b"", {"Location": "http://169.254.169.254/latest"})
        elif self.path.startswith("/missing"):
            self.answer(404, b"none")
        elif self.path.startswith("/short"):
            self.answer(200, CONTENT[:1000], {"Content-Length": "5000"}, close=True)
        elif self.path.startswith("/endless"):
            self.answer(200, b"", {"Content-Length": str(1 << 50)}, close=True)
        elif self.headers.get("If-Match") == '"other"':
            self.answer(412, b"")
        elif bounds := self.headers.get("Range"):
            first, last = (int(number) for number in bounds.removeprefix("bytes=").split("-"))
            self.answer(206, CONTENT[first : last + 1])
        else:
            headers = {"Content-Type": "text/plain", "Content-Language": "de", "x-ms-meta-a": "1"}
            self.answer(200, CONTENT, headers)

    def answer(self, status, body, headers=None, close=False):
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def elsewhere():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    server.seen, server.released = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def address(elsewhere, path="/body", host="127.0.0.1") -> str:
    return f"http://{host}:{elsewhere.server_port}{path}"


@pytest.fixture
def allowing(fresh_server):
    """Starts a server that may copy from the hosts; its clients are closed in the end."""
    with contextlib.ExitStack() as open_clients:

        def start(hosts: str, *more: str):
            service = open_clients.enter_context(client_of(fresh_server("--copy-from-hosts", hosts, *more)))
            return service.create_container("box")

        yield start


def test_no_other_server_is_asked_unless_that_is_allowed(container, elsewhere):
    before = len(elsewhere.seen)
    target = container.get_blob_client("b")
    assert code_of(target.upload_blob_from_url, address(elsewhere)) == (404, UNVERIFIED)
    assert len(elsewhere.seen) == before


def test_every_operation_takes_bytes_from_elsewhere(allowing, elsewhere):
    box = allowing(f"127.0.0.1:{elsewhere.server_port}", *LOOPBACK)
    url = address(elsewhere, "/body?sig=secret")
    whole, copy, sync, blocks, log, disk = (
        box.get_blob_client(name) for name in ("whole", "copy", "sync", "blocks", "log", "disk")
    )
    whole.upload_blob_from_url(url)
    answer = copy.start_copy_from_url(url)
    sync.start_copy_from_url(url, requires_sync=True)
    for blob in (whole, copy, sync):
        assert blob.download_blob().readall() == CONTENT
        settings = blob.get_blob_properties().content_settings
        assert (settings.content_type, settings.content_language) == ("text/plain", "de")
    found = copy.get_blob_properties()
    assert (found.copy.id, found.copy.status) == (answer["copy_id"], "success")
    assert (found.metadata, found.copy.source) == ({"a": "1"}, address(elsewhere))
    assert whole.get_blob_properties().metadata == {"a": "1"}
    blocks.stage_block_from_url("a", url, 5, 10)
    blocks.commit_block_list(["a"])
    assert blocks.download_blob().readall() == CONTENT[5:15]
    log.create_append_blob()
    log.append_block_from_url(url, 7, 100)
    assert log.download_blob().readall() == CONTENT[7:107]
    disk.create_page_blob(1024)
    disk.upload_pages_from_url(url, 512, 512, 1024)
    assert disk.download_blob().readall() == bytes(512) + CONTENT[1024:1536]


def test_the_token_for_the_source_goes_there_and_the_request_s_own_does_not(allowing, elsewhere):
    box = allowing(f"127.0.0.1:{elsewhere.server_port}", *LOOPBACK)
    target = box.get_blob_client("b")
    target.upload_blob_from_url(address(elsewhere), source_authorization="Bearer theirs")
    assert elsewhere.seen[-1][1]["Authorization"] == "Bearer theirs"
    target.upload_blob_from_url(address(elsewhere), overwrite=True)
    assert "Authorization" not in elsewhere.seen[-1][1]


def test_a_host_that_is_not_named_is_not_asked(allowing, elsewhere):
    box = allowing(f"localhost:{elsewhere.server_port},*.example.org", *LOOPBACK)
    target = box.get_blob_client("b")
    before = len(elsewhere.seen)
    refused = (403, UNVERIFIED)
    assert code_of(target.upload_blob_from_url, address(elsewhere)) == refused, "an address is not its name"
    assert code_of(target.upload_blob_from_url, "http://localhost:1/x") == refused, "nor is any port"
    assert code_of(target.upload_blob_from_url, "http://example.org.evil/x") == refused
    assert len(elsewhere.seen) == before
    target.upload_blob_from_url(address(elsewhere, host="localhost"))


NOT_TO_BE_ASKED = ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "169.254.169.254", "10.0.0.1", "2130706433",
                   "0x7f.1", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"]  # fmt: skip


def test_addresses_of_one_s_own_are_refused_though_their_host_is_allowed(allowing, elsewhere):
    box = allowing(f"*:{elsewhere.server_port}")
    target = box.get_blob_client("b")
    before = len(elsewhere.seen)
    for host in NOT_TO_BE_ASKED:
        status, code = code_of(target.upload_blob_from_url, address(elsewhere, host=host))
        assert (status, code) in {(403, UNVERIFIED), (400, "InvalidHeaderValue")}, host
    assert len(elsewhere.seen) == before


def test_redirects_and_broken_answers_are_no_sources(allowing, elsewhere):
    box = allowing(f"127.0.0.1:{elsewhere.server_port}", *LOOPBACK)
    target = box.get_blob_client("b")
    assert code_of(target.upload_blob_from_url, address(elsewhere, "/redirect")) == (409, UNVERIFIED)
    assert code_of(target.upload_blob_from_url, address(elsewhere, "/missing")) == (404, UNVERIFIED)
    assert code_of(target.upload_blob_from_url, address(elsewhere, "/endless")) == (
        413,
        "RequestBodyTooLarge",
    )
    assert code_of(
        target.start_copy_from_url, address(elsewhere), headers={"x-ms-source-if-match": '"other"'}
    ) == (412, "SourceConditionNotMet")
    assert code_of(target.upload_blob_from_url, address(elsewhere, "/short")) == (500, "OperationTimedOut")
    assert not target.exists()


def test_nothing_is_fetched_for_a_copy_that_is_denied(allowing, elsewhere):
    box = allowing(f"127.0.0.1:{elsewhere.server_port}", *LOOPBACK)
    before = len(elsewhere.seen)
    headers = {"x-ms-vitrine-purpose": "no-such-purpose"}
    refused = code_of(box.get_blob_client("b").upload_blob_from_url, address(elsewhere), headers=headers)
    assert refused == (403, "PolicyDenied")
    assert len(elsewhere.seen) == before


def test_an_account_has_only_so_many_under_way(allowing, elsewhere):
    box = allowing(f"127.0.0.1:{elsewhere.server_port}", *LOOPBACK)
    elsewhere.released.clear()
    before = len(elsewhere.seen)

    def copy(name):
        box.get_blob_client(name).upload_blob_from_url(address(elsewhere, "/held"))

    threads = [threading.Thread(target=copy, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 20
    while len(elsewhere.seen) < before + 8 and time.monotonic() < until:
        time.sleep(0.01)
    assert code_of(copy, "one more") == (503, "ServerBusy")
    elsewhere.released.set()
    for thread in threads:
        thread.join(60)
    assert [blob.size for blob in box.list_blobs()] == [len(CONTENT)] * 8
    copy("one more")


def test_many_at_once_end(allowing, elsewhere):
    box = allowing(f"127.0.0.1:{elsewhere.server_port}", *LOOPBACK)
    failures = []

    def copy(number):
        try:
            box.get_blob_client(str(number)).upload_blob_from_url(address(elsewhere))
        except Exception as problem:  # noqa: BLE001 - told below
            failures.append(problem)

    threads = [threading.Thread(target=copy, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert [blob.size for blob in box.list_blobs()] == [len(CONTENT)] * 8
    assert ACCOUNT in box.url
