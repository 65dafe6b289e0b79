"""Finds what must not stand in the project: check_words.py [ROOT]

Marks of unfinished work, paths of one machine, references out of the checkout, and skipped tests.
Exits 1 when there are any.
"""

import pathlib
import re
import sys

import project

# The patterns are written so that they do not match themselves.
RULES = [
    (r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b", "a mark of unfinished work: finish it or open an issue"),
    (
        r"(?<![\w.$}/-])/(work|root|tmp|home)/[\w.]",
        "a path of one machine: derive it, or take it as an argument",
    ),
    (r"\.\./share[d]\b", "a reference out of the checkout: the project stands alone"),
    (
        r"GTEST_SKI[P]|\bDISABLE[D]_|mark\.ski[p]|pytest\.ski[p]\(|\b(?:test|it)\.ski[p]\(",
        "a test that is skipped",
    ),
]
# Lock files and downloaded data name places and versions of their own.
EXEMPT = re.compile(r"(^|/)(package-lock\.json|Cargo\.lock|go\.sum)$|^fuzz/corpus/")


def complaints(root: pathlib.Path) -> list[str]:
    rules = [(re.compile(pattern), why) for pattern, why in RULES]
    found = []
    for file in project.files(root):
        if EXEMPT.search(file.as_posix()):
            continue
        try:
            lines = (root / file).read_text().splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, start=1):
            for pattern, why in rules:
                if hit := pattern.search(line):
                    found.append(f"{file}:{number}: '{hit.group()}': {why}")
    return found


def main() -> int:
    found = complaints(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    print("\n".join(found) if found else "nothing unfinished, machine-bound or skipped")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
