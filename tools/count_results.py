"""Adds up what ran: count_results.py FOLDER

The folder holds, for each item, NAME.exit (the exit status of what ran) and perhaps NAME.xml (a JUnit
report of its test cases). Without a report the item itself counts as one. What failed is named, with the
end of what it said. The last line printed is `N passed, N failed`, with `, N skipped` when there were any;
it is kept in FOLDER/total, too. Exits 1 when something failed or nothing ran.
"""

import dataclasses
import pathlib
import sys
import xml.etree.ElementTree as xml

LINES_OF_A_FAILURE = 25


@dataclasses.dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list[str] = dataclasses.field(default_factory=list)

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.failures + other.failures,
        )

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def failure_of(case: xml.Element) -> str:
    """The case's name and the end of what it said: ctest keeps the output beside the failure."""
    said = [text for tag in ("failure", "error", "system-out") for text in [case.findtext(tag)] if text]
    lines = "\n".join(said).splitlines()[-LINES_OF_A_FAILURE:]
    name = "::".join(part for part in dict.fromkeys([case.get("classname"), case.get("name")]) if part)
    return "\n".join([f"failed: {name}", *(f"    {line}" for line in lines)])


def cases_of(report: pathlib.Path) -> Count:
    count = Count()
    for case in xml.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            count.failed += 1
            count.failures.append(failure_of(case))
        elif case.find("skipped") is not None or case.get("status") == "disabled":  # the latter is ctest's
            count.skipped += 1
        else:
            count.passed += 1
    return count


def count_item(exit_file: pathlib.Path) -> Count:
    succeeded = exit_file.read_text().strip() == "0"
    report = exit_file.with_suffix(".xml")
    if not report.is_file():
        return Count(passed=1) if succeeded else Count(failed=1)
    count = cases_of(report)
    # A runner may fail without a failed case: a crash, an import error, a program that was not built.
    if not succeeded and not count.failed:
        count.failed = 1
    return count


def main(folder: pathlib.Path) -> int:
    total = Count()
    for exit_file in sorted(folder.glob("*.exit"), key=lambda file: file.stat().st_mtime):
        count = count_item(exit_file)
        print(f"   {exit_file.stem.replace('-', ' ')}: {count}")
        total += count
    for failure in total.failures:
        print(failure)
    print(total)
    (folder / "total").write_text(f"{total}\n")
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
