"""docs/decisions/dependencies.md names every dependency, with the version that is really asked for."""

import json
import pathlib
import re
import tomllib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/decisions/dependencies.md").read_text()


def debian() -> list[tuple[str, str]]:
    lines = (ROOT / "tools/packages.txt").read_text().splitlines()
    return [tuple(line.split()[:2]) for line in lines if re.match(r"[a-z]", line)]


def python() -> list[tuple[str, str]]:
    """What we ask for ourselves: the first paragraph of pins of each list."""
    own = (ROOT / "tests/requirements.txt").read_text().partition("\n\n")[0]
    return re.findall(r"^([\w-]+)==(\S+)", own, re.MULTILINE)


def models() -> list[tuple[str, str]]:
    manifest = tomllib.loads((ROOT / "models/manifest.toml").read_text())
    packages = {entry["package"].partition(":")[2] for entry in manifest["file"] if "@" in entry["package"]}
    return sorted(tuple(package.rsplit("@", 1)) for package in packages)


def javascript() -> list[tuple[str, str]]:
    """The client that tests run, and what it was locked to."""
    package = json.loads((ROOT / "tests/clients/javascript/package.json").read_text())
    return list(package["dependencies"].items())


def others() -> list[tuple[str, str]]:
    peers = (ROOT / "bench/peers.py").read_text()
    azurite, minio = (re.search(rf'{name} = "(.*)"', peers).group(1) for name in ("AZURITE", "MINIO"))
    go = re.search(r"go_version=(\S+)", (ROOT / "dev").read_text()).group(1)
    return [("azurite", azurite), ("github.com/minio/minio", minio), ("golang.org/toolchain", go)]


def go() -> list[tuple[str, str]]:
    """What the verifiers by others are made of, and the client."""
    files = [ROOT / "tests/evidence/interop/go.mod", ROOT / "tests/clients/go/go.mod"]
    own = [file.read_text().partition("\n)\n")[0] for file in files]
    return re.findall(r"^\t(\S+) (v\S+)$", "\n".join(own), re.MULTILINE)


@pytest.mark.parametrize("name, version", [*debian(), *python(), *models(), *go(), *javascript(), *others()])
def test_page_names_it_with_its_version(name, version):
    rows = [line for line in PAGE.splitlines() if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", line)]
    # Go's starting point may be any; what counts is the toolchain that it gets.
    assert rows and (name == "golang-go" or any(version in row for row in rows))
