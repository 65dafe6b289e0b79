"""Fixtures of the evidence tests."""

import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="session")
def sample() -> pathlib.Path:
    """The log, key, receipt and proofs that every build makes anew, byte for byte."""
    return ROOT / "tests/evidence/sample"


@pytest.fixture(scope="session")
def sample_key(sample) -> str:
    return (sample / "log-key").read_text().strip()


@pytest.fixture(scope="session")
def interop(tmp_path_factory):
    """Runs the Go program; returns its completed process."""
    program = tmp_path_factory.mktemp("interop") / "interop"
    subprocess.run(["go", "build", "-o", program, "."], cwd=ROOT / "tests/evidence/interop", check=True)

    def run(*arguments):
        command = [str(word) for word in (program, *arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    return run
