"""The store's own tests of a failing disk, as long as one night allows.

They mostly wait for the store to recover, so parts of them run side by side.
"""

import os
import pathlib
import subprocess

import pytest

PROGRAMS = pathlib.Path(__file__).resolve().parents[2] / "build" / "release" / "bin"
PARTS = 8


def run(program: str, name: str, parts: list[dict[str, str]]) -> None:
    """Runs a unit test once for each of the environments, all at the same time."""
    command = [PROGRAMS / program, f"--gtest_filter={name}"]
    begun = [
        subprocess.Popen(
            command, env={**os.environ, **part}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        for part in parts
    ]
    said = [each.communicate()[0] for each in begun]
    for part, each, text in zip(parts, begun, said, strict=True):
        print(part, *[line for line in text.splitlines() if " failed" in line])
        assert each.returncode == 0, f"{part}: {text}"


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("program", "name"), [("store_test", "EveryCall.*"), ("backup_test", "EveryCallOfABackup.FailsOnce*")]
)
def test_every_file_operation_fails_once_in_every_way(program, name):
    run(program, name, [{"VITRINE_EVERY_CALL": str(PARTS), "VITRINE_SEED": str(n)} for n in range(PARTS)])


@pytest.mark.nightly
def test_a_bit_turns_over_in_every_sector_of_every_file(seed):
    run("store_test", "BitFlip.*", [{"VITRINE_EVERY_SECTOR": "1", "VITRINE_SEED": str(seed)}])


@pytest.mark.nightly
def test_the_power_is_cut_five_thousand_times(seed):
    cuts = str(5_000 // PARTS)
    run(
        "store_test",
        "PowerCut.*",
        [{"VITRINE_POWER_CUTS": cuts, "VITRINE_SEED": str(seed + n)} for n in range(PARTS)],
    )
