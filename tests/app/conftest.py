"""Fixtures of the tests of the program as an operator meets it: its API, its commands, its files."""

import pathlib
import subprocess

import pytest
from platform_api import Api


@pytest.fixture
def api(server):
    return Api(server)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> tuple[pathlib.Path, pathlib.Path]:
    """A certificate for 127.0.0.1 that it signs itself, and its key: PEM files."""
    folder = tmp_path_factory.mktemp("certificate")
    chain, key = folder / "certificate.pem", folder / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "1", *subject]
        + ["-keyout", key, "-out", chain],
        check=True,
        capture_output=True,
    )
    return chain, key
