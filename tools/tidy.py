"""Runs clang-tidy where it has something new to say: tidy.py BUILD_FOLDER [ROOT]

Every file of the build's compile_commands.json under src/ and worker/ is checked, tests and fuzz targets
excepted. A clean result is remembered under a digest of all that it depends on (the file, the project's
headers it includes, the compile command, .clang-tidy, clang-tidy's version), so what did not change is
not checked again, in this checkout or another one. Exits 1 when a file is not clean.

This clang-tidy is newer than the compiler: it passes over what system headers declare, which halves its work.
It therefore cannot read the compiler's precompiled headers and is given the commands without them.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

import project

TIDY = "clang-tidy"
PRECOMPILED = re.compile(
    r"-Xclang -include(-pch)? -Xclang \S+/cmake_pch\S+|-Winvalid-pch|-Xclang -fno-pch-timestamp"
)
EXCEPTED = re.compile(r"_(test|fuzz)\.cc$")


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def cache_folder() -> pathlib.Path:
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(home) / "vitrine" / "tidy"


def with_headers(root: pathlib.Path, file: pathlib.Path) -> set[pathlib.Path]:
    """The file and every file of the project that it includes, directly or not."""
    seen: set[pathlib.Path] = set()
    pending = [file]
    while pending:
        current = pending.pop()
        if current not in seen:
            seen.add(current)
            found = (project.resolve(root, name) for _, name in project.includes(root, current))
            pending += [header for header in found if header]
    return seen


def digest(root: pathlib.Path, file: pathlib.Path, command: str, version: str) -> str:
    parts = [version, command.replace(str(root), "."), (root / ".clang-tidy").read_text()]
    for part in sorted(with_headers(root, file)):
        parts += [part.as_posix(), (root / part).read_text()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def commands_without_precompiled_headers(build: pathlib.Path) -> list[dict[str, str]]:
    """The build's compile commands, which clang-tidy also finds in the folder build/tidy."""
    commands = json.loads((build / "compile_commands.json").read_text())
    for each in commands:
        each["command"] = PRECOMPILED.sub("", each["command"])
    (build / "tidy").mkdir(exist_ok=True)
    (build / "tidy" / "compile_commands.json").write_text(json.dumps(commands))
    return commands


def work_list(root: pathlib.Path, build: pathlib.Path) -> list[tuple[pathlib.Path, pathlib.Path]]:
    """Source file and its stamp, for every file whose stamp is absent; the largest first."""
    version = output(TIDY, "--version")
    todo = []
    for entry in commands_without_precompiled_headers(build):
        path = pathlib.Path(entry["file"])
        if not path.is_relative_to(root) or EXCEPTED.search(path.name) or not path.is_file():
            continue
        file = path.relative_to(root)
        stamp = cache_folder() / digest(root, file, entry["command"], version)
        if file.parts[0] in ("src", "worker") and not stamp.exists():
            todo.append((file, stamp))
    return sorted(todo, key=lambda item: -(root / item[0]).stat().st_size)


def check(
    root: pathlib.Path, build: pathlib.Path, file: pathlib.Path, stamp: pathlib.Path
) -> tuple[pathlib.Path, str]:
    """What clang-tidy says of the file; nothing when it is clean."""
    command = [TIDY, "-p", build / "tidy", "--quiet", root / file]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        stamp.touch()
        return file, ""
    return file, done.stdout.replace(f"{root}/", "") or done.stderr


def main() -> int:
    build = pathlib.Path(sys.argv[1]).resolve()
    root = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else ".").resolve()
    cache_folder().mkdir(parents=True, exist_ok=True)
    todo = work_list(root, build)
    print(f"{len(todo)} files to check", flush=True)
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for done in concurrent.futures.as_completed(
            [pool.submit(check, root, build, *item) for item in todo]
        ):
            file, said = done.result()
            if said:
                bad += 1
                print(f"{file}:\n{said}", flush=True)
    print(f"{bad} files are not clean" if bad else "every file is clean")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
