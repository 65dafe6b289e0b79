"""Fixtures of the tests of the blob port as clients meet it."""

import pytest
from blob.wire import Wire


@pytest.fixture
def wire(server):
    """A connection for raw requests to the shared server."""
    with Wire(server) as connection:
        yield connection
