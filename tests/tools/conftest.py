"""A checkout of the test's own making, for the checks to look at."""

import pathlib
import subprocess

import pytest


@pytest.fixture
def tree(tmp_path):
    """Returns a function that writes files, given as {name: text}, in a git checkout; returns its root."""
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)

    def write(files: dict[str, str]) -> pathlib.Path:
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return tmp_path

    return write
