"""Fixtures of the tests of the blob port as clients meet it."""

import pytest
from blob.bearer import serve_with_roles
from blob.wire import Wire


@pytest.fixture
def wire(server):
    """A connection for raw requests to the shared server."""
    with Wire(server) as connection:
        yield connection


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A server of the module's own that takes bearer tokens."""
    made = serve_with_roles(tmp_path_factory.mktemp("bearer"))
    yield made
    made.server.stop()
