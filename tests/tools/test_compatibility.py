"""docs/compatibility.md says what the server's own tables say."""

import re

import compatibility
import pytest

ROWS = compatibility.operations(compatibility.OPERATIONS.read_text())


def section(heading: str) -> str:
    text = compatibility.PAGE.read_text()
    return re.search(rf"<!-- {heading} -->\n(.*?)<!-- end -->", text, re.DOTALL)[1]


def test_page_is_current():
    text = compatibility.PAGE.read_text()
    assert text == compatibility.page(text)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name} {row.request}")
def test_every_operation_is_in_its_part(row):
    line = f"| {row.name} | "
    assert (line in section("offered")) == row.offered
    assert (line in section("not offered")) != row.offered


def test_rows_of_another_form_are_not_overlooked():
    with pytest.raises(SystemExit, match="cannot read"):
        compatibility.operations('    {"blob.new", Blob, Get, std::string("x"), "", {}, kRead},\n')
