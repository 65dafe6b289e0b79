"""Fixtures of the tests of the program as an operator meets it: its API, its commands, its files."""

import pytest
from platform_api import Api


@pytest.fixture
def api(server):
    return Api(server)
