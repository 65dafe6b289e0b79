"""The store's own tests of a failing disk, as long as one night allows."""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run_store_tests(name: str, **variables: str) -> None:
    program = ROOT / "build" / "release" / "bin" / "store_test"
    done = subprocess.run(
        [program, f"--gtest_filter={name}"], env={**os.environ, **variables}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.nightly
def test_every_file_operation_fails_once_in_every_way():
    run_store_tests("EveryCall.*", VITRINE_EVERY_CALL="1")


@pytest.mark.nightly
def test_a_bit_turns_over_in_every_sector_of_every_file(seed):
    run_store_tests("BitFlip.*", VITRINE_EVERY_SECTOR="1", VITRINE_SEED=str(seed))


@pytest.mark.nightly
def test_the_power_is_cut_five_thousand_times(seed):
    run_store_tests("PowerCut.*", VITRINE_POWER_CUTS="5000", VITRINE_SEED=str(seed))
