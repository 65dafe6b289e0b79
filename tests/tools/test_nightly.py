"""Nightly tests run only when asked for, with one seed, and a resumed run does what was left."""

import pathlib

import pytest

pytest_plugins = ["pytester"]

HARNESS = pathlib.Path(__file__).resolve().parents[1]
SUITE = """
import pytest, pathlib

def test_daily(seed):
    assert seed == 1

@pytest.mark.nightly
def test_long(seed):
    print("long with", seed)

@pytest.mark.nightly
def test_long_and_broken(seed):
    print("broken with", seed)
    assert pathlib.Path("mended").exists()
"""


@pytest.fixture
def suite(pytester):
    pytester.makeini(
        f"[pytest]\npythonpath = {HARNESS}\nmarkers = nightly\nnightly_state = {pytester.path}/state"
    )
    pytester.makeconftest("pytest_plugins = ['harness.nightly']")
    pytester.makepyfile(SUITE)
    return pytester


def test_nightly_tests_are_left_out(suite):
    suite.runpytest_subprocess().assert_outcomes(passed=1, deselected=2)


def test_nightly_tests_share_the_seed_given(suite):
    result = suite.runpytest_subprocess("--nightly", "--seed", "42", "-s", "-k", "long")
    result.assert_outcomes(passed=1, failed=1, deselected=1)
    result.stdout.fnmatch_lines(["seed 42;*", "*long with 42*", "*broken with 42*"])


def test_resume_keeps_the_seed_and_does_what_is_left(suite):
    suite.runpytest_subprocess("--nightly", "--seed", "42").assert_outcomes(passed=1, failed=2)
    (suite.path / "mended").touch()
    result = suite.runpytest_subprocess("--resume", "-s", "-k", "long")
    result.assert_outcomes(passed=1, deselected=2)
    result.stdout.fnmatch_lines(["*broken with 42*"])
