"""Go's golang.org/x/mod/sumdb, which shares nothing with our code, reads what Vitrine publishes."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests/evidence/sample"

pytestmark = pytest.mark.nightly


@pytest.fixture(scope="session")
def interop(tmp_path_factory):
    """Runs the Go program; returns its completed process."""
    program = tmp_path_factory.mktemp("interop") / "interop"
    subprocess.run(["go", "build", "-o", program, "."], cwd=ROOT / "tests/evidence/interop", check=True)
    return lambda *args: subprocess.run([program, *args], capture_output=True, text=True, check=False)


@pytest.fixture
def log_key():
    return (SAMPLE / "log-key").read_text().strip()


def test_the_committed_vectors_are_those_that_go_makes(interop):
    assert interop("vectors").stdout == (ROOT / "src/tlog/testdata/go_sumdb.txt").read_text()


def test_go_verifies_a_published_log(interop, log_key):
    result = interop("check", SAMPLE / "log", log_key)
    assert (result.returncode, result.stdout) == (0, "260 entries\n"), result.stderr


@pytest.mark.parametrize(
    "file",
    [
        "checkpoint",
        "tile/0/000",
        "tile/0/001.p/4",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/4",
    ],
)
def test_go_refuses_a_changed_file(interop, log_key, tmp_path, file):
    log = shutil.copytree(SAMPLE / "log", tmp_path / "log")
    content = bytearray((log / file).read_bytes())
    content[len(content) // 2] ^= 1
    (log / file).write_bytes(content)
    assert interop("check", log, log_key).returncode == 1
