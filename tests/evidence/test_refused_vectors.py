"""The vectors that must be refused are those that their generator writes, and their page counts them."""

import json
import re

from evidence.refused.files import FOLDER, contents
from server import ROOT


def test_the_committed_vectors_are_those_that_are_generated():
    generated = contents()
    assert {file.name for file in FOLDER.iterdir()} == set(generated)
    for name, text in generated.items():
        assert (FOLDER / name).read_text() == text, f"{name}: run python -m evidence.refused in tests"


def test_the_page_says_how_many_there_are():
    page = (ROOT / "docs/formats/refused.md").read_text()
    said = re.findall(r"^\| ([a-z-]+) \| .* \| (\d+) \| (\d+) \|$", page, re.MULTILINE)
    vectors = {file.stem: json.loads(file.read_text()) for file in FOLDER.iterdir()}
    counts = {kind: (len(each["valid"]), len(each["refused"])) for kind, each in vectors.items()}
    counts["all"] = tuple(map(sum, zip(*counts.values(), strict=True)))
    assert {kind: (int(valid), int(refused)) for kind, valid, refused in said} == counts
