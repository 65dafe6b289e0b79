"""Gets every file that manifest.toml names: fetch.py --cache DIRECTORY [--python INTERPRETER]

Packages come from their registries through `pip` and `npm`; every input and every result is checked
against its sha256. What is present and right is left alone, so a second run is instant.
INTERPRETER converts models; it needs the packages of requirements.txt. Without it an environment of
its own is made in the cache.
"""

import argparse
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile

HERE = pathlib.Path(__file__).resolve().parent


class FetchError(Exception):
    """What failed, why, and what to do about it."""


def sha256(file: pathlib.Path) -> str:
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_right(file: pathlib.Path, expected: str) -> bool:
    return file.is_file() and sha256(file) == expected


def run(command: list, advice: str) -> None:
    """Runs a program quietly; on failure shows its last words."""
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    except FileNotFoundError:
        raise FetchError(f"the program '{command[0]}' is missing. {advice}") from None
    if done.returncode != 0:
        last_words = (done.stderr or done.stdout).strip()[-800:]
        raise FetchError(f"'{' '.join(map(str, command))}' failed:\n{last_words}\n{advice}")


def download(registry: str, name: str, version: str, folder: pathlib.Path) -> pathlib.Path:
    """The archive of one package from its registry."""
    print(f"  getting {name} {version} from {registry}", flush=True)
    advice = "Check the network connection and the registry's settings, then run again."
    if registry == "pypi":
        run(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--dest",
                folder,
                f"{name}=={version}",
            ],
            advice,
        )
    else:
        run(["npm", "pack", "--loglevel=error", "--pack-destination", folder, f"{name}@{version}"], advice)
    archives = [file for file in folder.iterdir() if file.suffix in (".whl", ".tgz")]
    if len(archives) != 1:
        raise FetchError(f"{name} {version}: expected one wheel or tarball, got {len(archives)}.")
    return archives[0]


def extract(archive: pathlib.Path, member: str, target: pathlib.Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as package, package.open(member) as source:
                target.write_bytes(source.read())
        else:
            with tarfile.open(archive) as package:
                target.write_bytes(package.extractfile(member).read())
    except KeyError:
        raise FetchError(f"{archive.name} holds no '{member}'. The manifest names the wrong path.") from None


class Packages:
    """Archives of this run: each is fetched once, when its first file is needed."""

    def __init__(self, scratch: pathlib.Path):
        self.scratch = scratch
        self.archives: dict[str, pathlib.Path] = {}

    def input(self, package: str, path: str) -> pathlib.Path:
        registry, _, rest = package.partition(":")
        if registry == "project":
            return HERE / path
        name, _, version = rest.rpartition("@")
        if package not in self.archives:
            # One that failed may have left something behind.
            folder = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
            self.archives[package] = download(registry, name, version, folder)
        target = self.scratch / "inputs" / pathlib.PurePath(path).name
        extract(self.archives[package], path, target)
        return target


class Converter:
    """Runs the scripts that turn a package's file into the one that is used."""

    def __init__(self, cache: pathlib.Path, python: str | None):
        self.cache = cache
        self.python = python

    def interpreter(self) -> str:
        if self.python is None:
            environment = self.cache / "converter"
            print("  making an environment for conversions", flush=True)
            run(
                [sys.executable, "-m", "venv", "--clear", environment],
                "Install Python's venv module (Debian: python3-venv) and run again.",
            )
            self.python = str(environment / "bin" / "python")
            run(
                [
                    self.python,
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--no-deps",
                    "--requirement",
                    HERE / "requirements.txt",
                ],
                "Check the network connection, then run again.",
            )
        return self.python

    def convert(self, script: str, inputs: list[pathlib.Path], target: pathlib.Path) -> None:
        print(f"  converting with {script}", flush=True)
        run(
            [self.interpreter(), HERE / script, *inputs, target],
            "The interpreter needs exactly the packages of models/requirements.txt.",
        )


def fetch(entry: dict, cache: pathlib.Path, packages: Packages, converter: Converter) -> None:
    """Puts one file into the cache; it appears there complete or not at all."""
    target = cache / entry["file"]
    if is_right(target, entry["sha256"]):
        return
    print(f"{entry['file']} ({entry['use']}, {entry['licence']})", flush=True)
    inputs = []
    for source in entry["inputs"]:
        file = packages.input(entry["package"], source["path"])
        if not is_right(file, source["sha256"]):
            raise FetchError(
                f"{source['path']} of {entry['package']} is not the file that the manifest pins "
                f"({source['sha256']}). Do not use it; find out why it changed."
            )
        inputs.append(file)
    result = packages.scratch / "result"
    if "convert" in entry:
        converter.convert(entry["convert"], inputs, result)
    else:
        shutil.copyfile(inputs[0], result)
    if not is_right(result, entry["sha256"]):
        raise FetchError(
            f"{entry['file']} came out as {sha256(result)}, the manifest pins {entry['sha256']}. "
            "Convert with exactly the packages of models/requirements.txt."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    result.replace(target)


def main() -> int:
    parser = argparse.ArgumentParser(description="Gets the models and runtimes that manifest.toml names.")
    parser.add_argument("--cache", type=pathlib.Path, default=HERE / "cache", help="where the files go")
    parser.add_argument("--python", help="an interpreter with the packages of requirements.txt")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    manifest = tomllib.loads((HERE / "manifest.toml").read_text(encoding="utf-8"))
    converter = Converter(arguments.cache, arguments.python)
    failures = 0
    with tempfile.TemporaryDirectory(dir=arguments.cache, prefix="fetch-") as scratch:
        packages = Packages(pathlib.Path(scratch))
        for entry in manifest["file"]:
            try:
                fetch(entry, arguments.cache, packages, converter)
            except FetchError as failure:
                failures += 1
                print(f"  {entry['file']}: {failure}", file=sys.stderr)
    if failures:
        print(f"{failures} of {len(manifest['file'])} files are missing.", file=sys.stderr)
        return 1
    print(f"All {len(manifest['file'])} model and runtime files are in {arguments.cache}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
