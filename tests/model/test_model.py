"""The engine against plain maps: a million random operations a night (src/operations/model_test.cc)."""

import os
import pathlib
import subprocess

import pytest

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "build/release/bin/operations_test"
OPERATIONS = 1_000_000


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_a_million_operations(seed):
    environment = os.environ | {"VITRINE_MODEL_OPERATIONS": str(OPERATIONS), "VITRINE_SEED": str(seed)}
    done = subprocess.run(
        [PROGRAM, "--gtest_filter=Model.*"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-20_000:]
    assert f"seed {seed}: {OPERATIONS} operations" in done.stdout
