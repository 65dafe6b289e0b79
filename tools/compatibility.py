"""Writes the tables of docs/compatibility.md from the server's own: compatibility.py [--check]

With --check nothing is written; exits 1 when the page says something else than the server's tables.
"""

import argparse
import dataclasses
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/compatibility.md"
OPERATIONS = ROOT / "src/azure/blob/operation_table.cc"
UNOFFERED = ROOT / "src/azure/blob/unoffered.cc"

ROW = re.compile(
    r'\{"(?P<name>[\w.-]+)", (?P<scope>Service|Container|Blob), (?P<method>\w+), '
    r'"(?P<restype>\w*)", "(?P<comp>\w*)", \{(?P<marks>.*?)\}, \w+'
    r"(?P<handler>,\s*h::\w+)?(, kOfSnapshots)?\},"
)
RULE = re.compile(r'\{"(?P<name>[\w-]+)", "(?P<feature>[^"]+)", "(?P<harmless>[^"]*)"\},')
ADDRESS = {"Service": "/account", "Container": "/account/container", "Blob": "/account/container/blob"}
MARKS = [
    (r'type\("(\w+)"\)', r"x-ms-blob-type: \1"),
    (r'lease\("(\w+)"\)', r"x-ms-lease-action: \1"),
    (r'header\("([\w-]+)", "([\w-]+)"\)', r"\1: \2"),
    (r'header\("([\w-]+)"\)', r"\1"),
    (r'parameter\("(\w+)"\)', r"?\1="),
    (r"kSource", "x-ms-copy-source"),
]


@dataclasses.dataclass(frozen=True)
class Operation:
    name: str
    request: str
    offered: bool


def operations(text: str) -> list[Operation]:
    rows = [read(match) for match in ROW.finditer(text)]
    if len(rows) != len(re.findall(r'^    \{"', text, re.MULTILINE)):
        raise SystemExit(f"{OPERATIONS.name} has rows that this script cannot read; teach it their form.")
    return rows


def read(match: re.Match) -> Operation:
    query = "&".join(f"{name}={match[name]}" for name in ("restype", "comp") if match[name])
    request = f"{match['method'].upper()} {ADDRESS[match['scope']]}{'?' + query if query else ''}"
    marks = match["marks"]
    for form, said in MARKS:
        marks = re.sub(form, said, marks)
    return Operation(
        match["name"], f"`{request}`{f' with `{marks}`' if marks else ''}", bool(match["handler"])
    )


def table(rows: list[Operation]) -> str:
    requests: dict[str, list[str]] = {}
    for row in rows:
        requests.setdefault(row.name, []).append(row.request)
    lines = [f"| {name} | {', '.join(said)} |" for name, said in requests.items()]
    return "\n".join(["| operation | request |", "|---|---|", *lines])


def features(text: str) -> str:
    by_feature: dict[str, list[str]] = {}
    for rule in RULE.finditer(text):
        but = f" (but `{rule['harmless']}`)" if rule["harmless"] else ""
        by_feature.setdefault(rule["feature"], []).append(f"`{rule['name']}`{but}")
    if not by_feature:
        raise SystemExit(f"{UNOFFERED.name} has no rules that this script can read; teach it their form.")
    lines = [f"| {feature} | {', '.join(names)} |" for feature, names in by_feature.items()]
    return "\n".join(["| feature | header |", "|---|---|", *lines])


def page(text: str) -> str:
    """The page with its generated parts made anew."""
    rows = operations(OPERATIONS.read_text())
    parts = {
        "offered": table([row for row in rows if row.offered]),
        "not offered": table([row for row in rows if not row.offered]),
        "features": features(UNOFFERED.read_text()),
    }
    for name, part in parts.items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, count = place.subn(lambda found, part=part: f"{found[1]}{part}\n{found[2]}", text)
        if count != 1:
            raise SystemExit(f"{PAGE.name} needs the part '{name}' once, not {count} times.")
    return text


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools/compatibility.py", description=__doc__.partition(":")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the page is not current")
    options = parser.parse_args()
    have = PAGE.read_text()
    wanted = page(have)
    if options.check:
        print("current" if have == wanted else f"{PAGE.name} is not current: run tools/compatibility.py")
        return 0 if have == wanted else 1
    PAGE.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
