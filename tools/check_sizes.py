"""Keeps files and Python functions small: check_sizes.py [ROOT]

A source file has at most 400 lines, a Python function at most 70; C++ functions are measured by
clang-tidy (readability-function-size). Exits 1 when something is larger.
"""

import ast
import pathlib
import sys

import project

FILE_LINES = 400
FUNCTION_LINES = 70
SUFFIXES = {".cc", ".h", ".py", ".rs", ".ts", ".tsx", ".go"}


def long_functions(text: str) -> list[tuple[int, str, int]]:
    """Line, name and length of every Python function over the limit."""
    functions = (
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    sizes = ((node.lineno, node.name, node.end_lineno - node.lineno + 1) for node in functions)
    return [(line, name, size) for line, name, size in sizes if size > FUNCTION_LINES]


def complaints(root: pathlib.Path) -> list[str]:
    found = []
    for file in project.files(root):
        if file.suffix not in SUFFIXES and file != pathlib.Path("dev"):
            continue
        text = (root / file).read_text()
        lines = text.count("\n")
        if lines > FILE_LINES:
            found.append(f"{file}: {lines} lines, at most {FILE_LINES}: split it by concept")
        if file.suffix == ".py":
            for line, name, size in long_functions(text):
                found.append(f"{file}:{line}: {name} has {size} lines, at most {FUNCTION_LINES}: split it")
    return found


def main() -> int:
    found = complaints(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    print("\n".join(found) if found else "no file and no Python function is too large")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
