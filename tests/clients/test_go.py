"""The official Go client, pinned by its go.mod."""

import os
import pathlib
import subprocess

import pytest

SOURCE = pathlib.Path(__file__).parent / "go"


@pytest.mark.nightly
def test_the_go_client_works_unmodified(server):
    """Nightly: where its modules are not there yet, it gets and builds them for a minute."""
    done = subprocess.run(
        ["go", "test", "-count=1", "./..."],
        cwd=SOURCE,
        env=os.environ | {"CONNECTION_STRING": server.connection_string},
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
