"""Fixtures of the tests of jobs."""

import uuid

import pytest
from jobs.archive import Archive


@pytest.fixture
def archive(server):
    """An empty archive of its own on the shared server."""
    made = Archive(server, f"archive-{uuid.uuid4().hex}")
    yield made
    made.close()


@pytest.fixture
def lone_archive(fresh_server):
    """An empty archive on a server of its own, with the budgets of a new day."""
    made = Archive(fresh_server(), "archive")
    yield made
    made.close()
