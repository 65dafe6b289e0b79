"""The long seeded tests: off by default, repeatable by their seed, resumable after an interruption."""

import json
import pathlib
import random
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLUGIN = "nightly-run"


def pytest_addoption(parser):
    parser.addoption("--nightly", action="store_true", help="run the tests marked nightly too")
    parser.addoption(
        "--seed", type=int, help="seed of randomized tests (default: 1, with --nightly a new one)"
    )
    parser.addoption(
        "--resume", action="store_true", help="go on with the last nightly run: its seed, what is left"
    )
    parser.addini(
        "nightly_state", "file that keeps what passed", default=str(ROOT / "build" / "nightly.json")
    )


def pytest_configure(config):
    config.pluginmanager.register(Run(config), PLUGIN)


@pytest.fixture
def seed(pytestconfig) -> int:
    """The run's seed; `./dev test --seed N -k NAME` repeats a randomized test that failed."""
    return pytestconfig.pluginmanager.get_plugin(PLUGIN).seed


class Run:
    """One run's seed and choice of tests; of a nightly run also what has passed, kept in a file."""

    def __init__(self, config):
        resume = config.getoption("--resume")
        self.on = config.getoption("--nightly") or resume
        self.state = pathlib.Path(config.getini("nightly_state"))
        self.commit = head()
        self.passed: set[str] = set()
        self.seed = config.getoption("--seed")
        if resume and self.state.is_file():
            self.take_up(json.loads(self.state.read_text()))
        if self.seed is None:
            self.seed = random.SystemRandom().randrange(2**31) if self.on else 1

    def take_up(self, last: dict) -> None:
        if self.seed is None:
            self.seed = last["seed"]
        # What passed with other code or another seed says nothing about this run.
        if (last["commit"], last["seed"]) == (self.commit, self.seed):
            self.passed = set(last["passed"])

    def pytest_report_header(self):
        return f"seed {self.seed}; {len(self.passed)} nightly tests passed before" if self.on else None

    def pytest_collection_modifyitems(self, config, items):
        def left_out(item) -> bool:
            return "nightly" in item.keywords and (not self.on or item.nodeid in self.passed)

        config.hook.pytest_deselected(items=[item for item in items if left_out(item)])
        items[:] = [item for item in items if not left_out(item)]

    def pytest_runtest_logreport(self, report):
        if report.when == "call" and report.passed and "nightly" in report.keywords:
            self.passed.add(report.nodeid)
            state = {"seed": self.seed, "commit": self.commit, "passed": sorted(self.passed)}
            self.state.parent.mkdir(exist_ok=True)
            self.state.write_text(json.dumps(state))


def head() -> str:
    """The checkout's commit; empty outside a checkout."""
    return subprocess.run(
        ["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True
    ).stdout.strip()
