"""What the checks know of the checkout: its files, its modules, and who includes whom."""

import dataclasses
import pathlib
import re
import subprocess

CALL = re.compile(r"add_module\s*\(([^)]*)\)")
COMMENT = re.compile(r"#.*")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
CXX = (".cc", ".h")


@dataclasses.dataclass(frozen=True)
class Module:
    name: str  # the folder below src/, or worker/… as it stands
    folder: pathlib.Path
    deps: tuple[str, ...]
    stated_in: pathlib.Path


def files(root: pathlib.Path) -> list[pathlib.Path]:
    """Every file of the checkout that git tracks or would track, relative to root, in order."""
    command = ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return sorted({pathlib.Path(name) for name in listing.split("\0") if name and (root / name).is_file()})


def modules(root: pathlib.Path) -> dict[str, Module]:
    """The modules that the CMakeLists.txt files state, by name."""
    found = {}
    for file in files(root):
        if file.name != "CMakeLists.txt" or file.parts[0] not in ("src", "worker"):
            continue
        for call in CALL.finditer(COMMENT.sub("", (root / file).read_text())):
            module = parse_module(call.group(1).split(), file)
            found[module.name] = module
    return found


def parse_module(words: list[str], file: pathlib.Path) -> Module:
    deps, keyword = [], None
    for word in words[1:]:
        if word in ("DEPS", "USES"):
            keyword = word
        elif keyword == "DEPS":
            deps.append(word)
    return Module(words[0], file.parent, tuple(deps), file)


def includes(root: pathlib.Path, file: pathlib.Path) -> list[tuple[int, str]]:
    """The quoted includes of a file: line number and name as written."""
    text = (root / file).read_text()
    return [(text.count("\n", 0, hit.start(1)) + 1, hit.group(1)) for hit in INCLUDE.finditer(text)]


def resolve(root: pathlib.Path, name: str) -> pathlib.Path | None:
    """The project's file that `#include "name"` means: from src/, or from the root for worker/."""
    for base in ("src", ""):
        if (root / base / name).is_file():
            return pathlib.Path(base) / name
    return None
