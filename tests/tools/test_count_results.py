"""What counts as passed, failed and skipped, and when a run as a whole fails."""

import count_results
import pytest

PASS, FAIL = "<testcase name='p'/>", "<testcase name='f'><failure/></testcase>"
DISABLED = "<testcase name='d' status='disabled'/>"
SKIP, ERROR = "<testcase name='s'><skipped/></testcase>", "<testcase name='e'><error/></testcase>"

RUNS = {
    "nothing ran": ({}, "0 passed, 0 failed", 1),
    "a report without cases": ({"a": (0, "")}, "0 passed, 0 failed", 1),
    "cases": ({"a": (0, PASS + PASS), "b": (0, PASS)}, "3 passed, 0 failed", 0),
    "failed case": ({"a": (1, PASS + FAIL + ERROR)}, "1 passed, 2 failed", 1),
    "skipped case": ({"a": (0, PASS + SKIP + DISABLED)}, "1 passed, 0 failed, 2 skipped", 0),
    "runner fails without a failed case": ({"a": (2, PASS)}, "1 passed, 1 failed", 1),
    "item without a report": ({"a": (0, None), "b": (1, None)}, "1 passed, 1 failed", 1),
}


@pytest.mark.parametrize("items, line, status", RUNS.values(), ids=RUNS.keys())
def test_counts(tmp_path, capsys, items, line, status):
    for name, (exit_status, cases) in items.items():
        (tmp_path / f"{name}.exit").write_text(f"{exit_status}\n")
        if cases is not None:
            report = f"<testsuites><testsuite>{cases}</testsuite></testsuites>"
            (tmp_path / f"{name}.xml").write_text(report)
    assert count_results.main(tmp_path) == status
    assert capsys.readouterr().out.splitlines()[-1] == line
    assert (tmp_path / "total").read_text() == line + "\n"


FROM_PYTEST = "<testcase classname='tests.test_a' name='test_b'><failure>why\nit failed</failure></testcase>"
FROM_CTEST = (
    "<testcase classname='a: B' name='a: B'><failure/><system-out>expected 1\ngot 2</system-out></testcase>"
)


@pytest.mark.parametrize(
    "case, said",
    [
        (FROM_PYTEST, ["failed: tests.test_a::test_b", "    why", "    it failed"]),
        (FROM_CTEST, ["failed: a: B", "    expected 1", "    got 2"]),
    ],
)
def test_what_failed_is_named_with_what_it_said(tmp_path, capsys, case, said):
    (tmp_path / "a.exit").write_text("1\n")
    (tmp_path / "a.xml").write_text(f"<testsuite>{PASS}{case}</testsuite>")
    count_results.main(tmp_path)
    assert capsys.readouterr().out.splitlines()[1:-1] == said
