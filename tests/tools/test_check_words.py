"""Each rule catches its words; ordinary text that looks alike passes."""

import check_words
import pytest

# Built from halves, so that this file itself holds none of them.
BAD = [
    "// TO" + "DO: later",
    "int x;  // FIX" + "ME",
    'open("/tm' + 'p/x")',
    "cd /wor" + "k/main",
    "see ../sha" + "red/notes",
    "  GTEST_SK" + "IP();",
    "TEST(A, DISABLE" + "D_B)",
    "@pytest.mark.sk" + "ip(reason='slow')",
]
GOOD = [
    "$HOME/work/x",
    "a shared_ptr",
    "std::filesystem::temp_directory_path()",
    "/workshop/x",
    "skip_null()",
]


@pytest.mark.parametrize("line", BAD)
def test_complains(tree, line):
    (complaint,) = check_words.complaints(tree({"src/a/a.cc": f"\n{line}\n"}))
    assert complaint.startswith("src/a/a.cc:2: ")


@pytest.mark.parametrize("line", GOOD)
def test_accepts(tree, line):
    assert check_words.complaints(tree({"src/a/a.cc": f"{line}\n"})) == []


def test_passes_over_bytes_and_corpora(tree):
    root = tree({"fuzz/corpus/uri_fuzz/1": "/tm" + "p/x"})
    (root / "picture.png").write_bytes(b"\x89PNG\xff/tm" + b"p/x")
    assert check_words.complaints(root) == []
