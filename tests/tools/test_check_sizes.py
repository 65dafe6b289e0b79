"""Limits are inclusive: the last allowed size passes, one line more does not."""

import check_sizes


def function_of(lines: int) -> str:
    return "def f():\n" + "    pass\n" * (lines - 1)


def test_accepts_the_limits(tree):
    root = tree({"src/a/a.cc": "\n" * 400, "tools/t.py": function_of(70), "docs/long.md": "\n" * 1000})
    assert check_sizes.complaints(root) == []


def test_complains_past_the_limits(tree):
    root = tree({"src/a/a.cc": "\n" * 401, "tools/t.py": "\n\n" + function_of(71)})
    assert check_sizes.complaints(root) == [
        "src/a/a.cc: 401 lines, at most 400: split it by concept",
        "tools/t.py:3: f has 71 lines, at most 70: split it",
    ]
