"""docs/api.md lists the routes that the platform port has."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROUTE = re.compile(r'\{(?:k(\w+)|std::nullopt), "(/[^"]*)", \w+\},')
ROW = re.compile(r"^\| (\w+) \| `(/[^`]*)` \| (\w[^|]*) \| (\w[^|]*.*) \|$", re.MULTILINE)


def routes(code: str) -> list[tuple[str, str]]:
    found = [(method.upper() or "any", path) for method, path in ROUTE.findall(code)]
    table = code[code.index("kRows[] = {") : code.index("\n};", code.index("kRows[]"))]
    assert len(found) == table.count("\n"), "a row of the table has a form that this test cannot read"
    return found


def test_the_page_lists_every_route_and_no_other():
    rows = ROW.findall((ROOT / "docs/api.md").read_text())
    listed = [(method, path) for method, path, *_ in rows]
    assert listed == routes((ROOT / "src/platform/platform.cc").read_text())


def test_the_page_gives_every_error_its_status():
    statuses = dict(re.findall(r'"(\w+)", (\d{3})\}', (ROOT / "src/base/error.cc").read_text()))
    page = (ROOT / "docs/api.md").read_text()
    named = [(code, status) for status, code in re.findall(r"(\d{3}) `(\w+)`", page)]
    for status, codes in re.findall(r"^\| (\d{3}) \| ([^|]*) \|", page, re.MULTILINE):
        named += [(code, status) for code in re.findall(r"`(\w+)`", codes)]
    assert len(named) > 10
    assert [(code, status) for code, status in named if statuses.get(code) != status] == []
