"""docs/receipt-for-lawyers.md: its commands do what it says, and its fields are those of the sample."""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest
from app.platform_api import Api
from evidence.outsider import make_container, put
from server import ROOT, binary

PAGE = (ROOT / "docs/receipt-for-lawyers.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def checkout(tmp_path) -> pathlib.Path:
    """As the project's folder, for commands that leave files in it."""
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    return tmp_path


def run(command: str, folder: pathlib.Path) -> str:
    path = f"{binary().parent}:{os.environ['PATH']}"
    ended = subprocess.run(
        command, shell=True, cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True
    )
    return ended.stdout + ended.stderr


def test_the_commands_print_what_the_page_says(checkout):
    texts = [text for language, text in BLOCKS if not language]
    assert len(texts) == 10
    for command, output in zip(texts[::2], texts[1::2], strict=True):
        assert output in run(command, checkout), command


def test_every_field_of_the_facets_is_explained():
    receipt = json.loads((ROOT / "tests/evidence/sample/receipt.json").read_text())
    for facet in receipt["record"]["facets"].values():
        for field in facet["reads"]:
            assert f"`{field}`" in PAGE, field


@pytest.mark.parametrize("length", [0, 23, 255, 4096, 70_000])
def test_the_page_computes_the_content_root(fresh_server, tmp_path, length):
    server = fresh_server("--seal-tick", "50")
    make_container(server)
    content = os.urandom(length)
    _, token = put(server, "film.mp4", content)
    what = json.loads(Api(server).receipt(token))["record"]["facets"]["what"]["reads"]
    (program,) = [text for language, text in BLOCKS if language == "python"]
    (tmp_path / "root.py").write_text(program)
    (tmp_path / "file").write_bytes(content)
    command = [sys.executable, tmp_path / "root.py", tmp_path / "file"]
    assert subprocess.check_output(command, text=True).strip() == what["content_root"]
