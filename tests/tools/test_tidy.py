"""clang-tidy is run again exactly when something that its verdict depends on has changed."""

import json

import pytest
import tidy

FILES = {
    ".clang-tidy": "Checks: '-*,modernize-use-override'\nWarningsAsErrors: '*'\n",
    "src/a/a.h": "struct A {};\n",
    "src/a/b.h": "struct B {};\n",
    "src/a/a.cc": '#include "a/a.h"\nint main() {}\n',
}


@pytest.fixture
def checkout(tree, tmp_path, monkeypatch):
    root = tree(FILES)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    command = f"clang++-19 -I{root}/src -c {root}/src/a/a.cc"
    entry = {"directory": str(root), "file": str(root / "src/a/a.cc"), "command": command}
    tree({"compile_commands.json": json.dumps([entry])})
    monkeypatch.setattr("sys.argv", ["tidy.py", str(root), str(root)])
    return root


def run(capsys) -> tuple[int, str]:
    return tidy.main(), capsys.readouterr().out


CHANGES = {
    "the file": ("src/a/a.cc", 1),
    "a header it includes": ("src/a/a.h", 1),
    "a header it does not include": ("src/a/b.h", 0),
    "the configuration": (".clang-tidy", 1),
}


@pytest.mark.parametrize("changed, again", CHANGES.values(), ids=CHANGES.keys())
def test_remembers_clean_files(checkout, capsys, changed, again):
    assert run(capsys) == (0, "1 files to check\nevery file is clean\n")
    assert run(capsys) == (0, "0 files to check\nevery file is clean\n")
    comment = "#" if changed == ".clang-tidy" else "//"
    with open(checkout / changed, "a") as file:
        file.write(f"{comment} changed\n")
    assert run(capsys) == (0, f"{again} files to check\nevery file is clean\n")


def test_never_remembers_an_unclean_file(checkout, capsys):
    bad = "struct A { virtual void f(); virtual ~A(); };\nstruct B : A { virtual void f(); };\n"
    (checkout / "src/a/a.h").write_text(bad)
    config = FILES[".clang-tidy"] + "HeaderFilterRegex: '.*'\n"
    (checkout / ".clang-tidy").write_text(config)
    for _ in range(2):
        status, said = run(capsys)
        assert status == 1
        assert "src/a/a.h:2" in said and "[modernize-use-override" in said
