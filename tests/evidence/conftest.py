"""Fixtures of the evidence tests."""

import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[2]
BUILD_SECONDS = 300


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
    # On a new machine it gets the modules first, which takes a minute; without a network it would wait
    # for much longer.
    build = ["go", "build", "-o", program, "."]
    folder = ROOT / "tests/evidence/interop"
    subprocess.run(build, cwd=folder, check=True, stdin=subprocess.DEVNULL, timeout=BUILD_SECONDS)

    def run(*arguments):
        command = [str(word) for word in (program, *arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    return run
