"""Every way in which includes and stated edges can disagree, and that the checkout's own agree."""

import check_edges
import pytest

LOW = {"src/low/CMakeLists.txt": "add_module(low USES fmt::fmt)\n", "src/low/a.h": "#pragma once\n"}
MIDDLE = {
    "src/middle/CMakeLists.txt": "add_module(middle DEPS low)\n",
    "src/middle/b.h": '#include "low/a.h"\n',
}

BAD = {
    "undeclared edge": (
        LOW | {"src/top/CMakeLists.txt": "add_module(top)\n", "src/top/c.cc": '\n#include "low/a.h"\n'},
        ["src/top/c.cc:2: 'top' includes \"low/a.h\" but 'low' is not in its DEPS"],
    ),
    "redundant edge": (
        LOW | MIDDLE | {"src/top/CMakeLists.txt": "add_module(top DEPS middle low USES zlib)\n"},
        ["src/top/CMakeLists.txt: the edge 'top' → 'low' is redundant: 'middle' brings it"],
    ),
    "edge to nothing": (
        {"src/top/CMakeLists.txt": "add_module(top DEPS lost)\n"},
        ["src/top/CMakeLists.txt: 'top' depends on 'lost', which does not exist"],
    ),
    "include of nothing": (
        LOW | {"src/low/a.cc": '#include "a.h"\n'},
        ['src/low/a.cc:1: "a.h" is no file of a module'],
    ),
    "generated header of a module that is not below": (
        LOW
        | {"src/top/CMakeLists.txt": "add_module(top)\n", "src/top/c.cc": '#include "low_generated/x.h"\n'},
        ["src/top/c.cc:1: 'top' includes \"low_generated/x.h\" but 'low' is not in its DEPS"],
    ),
    "cycle": (
        {"src/a/CMakeLists.txt": "add_module(a DEPS b)\n", "src/b/CMakeLists.txt": "add_module(b DEPS a)\n"},
        ["modules depend on each other in a circle: a → b → a"],
    ),
}


@pytest.mark.parametrize("files, expected", BAD.values(), ids=BAD.keys())
def test_complains(tree, files, expected):
    found = check_edges.complaints(tree(files))
    assert len(found) == len(expected)
    for complaint, start in zip(found, expected, strict=True):
        assert complaint.startswith(start)


def test_accepts_direct_and_transitive_edges(tree):
    top = {
        "src/deep/top/CMakeLists.txt": "add_module(deep/top\n  DEPS middle  # not low: middle brings it\n)\n",
        "src/deep/top/c.cc": '#include "deep/top/c.h"\n#include "low/a.h"\n#include "middle/b.h"\n',
        "src/deep/top/c.h": '#include "deep_top_generated/table.h"\n',
        "worker/wire/CMakeLists.txt": "add_module(worker/wire DEPS low)\n",
        "worker/wire/w.cc": '#include "worker/wire/w.h"\n#include "low/a.h"\n',
        "worker/wire/w.h": "",
    }
    assert check_edges.complaints(tree(LOW | MIDDLE | top)) == []
