"""The official JavaScript client, pinned by its package-lock.json."""

import filecmp
import os
import pathlib
import shutil
import subprocess
import sysconfig

import pytest
from server import ACCOUNT, KEY

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "tests/clients/javascript"
FILES = ["package.json", "package-lock.json", "blobs.test.mjs"]
# Node.js of the environment, as the rest of the tests.
PROGRAMS = os.environ | {"PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def client() -> pathlib.Path:
    """A folder under build/ with the client, got by npm unless it is there."""
    folder = ROOT / "build/clients/javascript"
    installed = folder / "node_modules/.installed.json"
    if not installed.is_file() or not filecmp.cmp(installed, SOURCE / "package-lock.json", shallow=False):
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES[:2]:
            shutil.copy(SOURCE / name, folder)
        command = ["npm", "ci", "--silent", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=folder, env=PROGRAMS, check=True, timeout=300)
        shutil.copy(SOURCE / "package-lock.json", installed)
    shutil.copy(SOURCE / FILES[2], folder)
    return folder


def test_the_javascript_client_works_unmodified(server, client):
    told = {"BLOB_ENDPOINT": server.blob_url, "ACCOUNT": ACCOUNT, "KEY": KEY}
    done = subprocess.run(
        ["node", "--test", "blobs.test.mjs"],
        cwd=client,
        env=PROGRAMS | told,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
