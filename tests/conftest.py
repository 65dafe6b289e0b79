"""Fixtures of the black-box tests: servers, official clients and raw requests.

The server under test is VITRINE_BIN, or the release build's. Each server has a folder and loopback ports
of its own, and its log is shown when a test that used it fails.
"""

import pathlib
import uuid

import pytest
from azure.storage.blob import BlobServiceClient
from harness.shared_key import RawClient
from server import ACCOUNT, KEY, Server

pytest_plugins = ["harness.nightly"]


def client_of(server: Server) -> BlobServiceClient:
    """The official client, with retries off: a test must see the first answer."""
    return BlobServiceClient.from_connection_string(server.connection_string, retry_total=0)


def raw_of(server: Server) -> RawClient:
    """Raw requests to the blob port, signed with the development account's key."""
    return RawClient("127.0.0.1", server.blob_port, ACCOUNT, KEY)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One running server that all tests share: they must not depend on what others leave in it."""
    shared = Server(tmp_path_factory.mktemp("server"))
    shared.start()
    yield shared
    if not shared.running():
        raise shared.error("did not live to the end of the tests")
    shared.stop()


@pytest.fixture
def fresh_server(tmp_path):
    """Returns a function that starts a server of the test's own: fresh_server(*arguments, environment={…}).

    With data_dir it runs on a data directory that is there already.

    The test may stop(), kill() and restart() it; the folder and the ports stay the same.
    """
    servers: list[Server] = []

    def start(*arguments, environment: dict | None = None, data_dir: pathlib.Path | None = None) -> Server:
        folder = tmp_path / f"server-{len(servers)}"
        started = Server(folder, arguments, environment, data_dir=data_dir)
        servers.append(started)
        started.start()
        return started

    yield start
    for each in servers:
        if each.running():
            each.stop()


@pytest.fixture
def blob_service(server):
    """The official client of the shared server."""
    with client_of(server) as client:
        yield client


@pytest.fixture
def raw(server):
    """Raw signed requests to the shared server."""
    return raw_of(server)


@pytest.fixture
def container(blob_service):
    """The client of a new container with a unique name, removed afterwards if it is still there."""
    client = blob_service.get_container_client(f"test-{uuid.uuid4().hex}")
    client.create_container()
    yield client
    if client.exists():
        client.delete_container()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, Server):
                report.sections.append(("server log", value.log_tail()))
    return report
