"""The demonstration runs to its end, from nothing but the build, and what it shows is there."""

import json
import os
import pathlib
import subprocess
import sys
import time

import pytest
import requests
from server import ROOT, free_ports

DEMO = ROOT / "demo" / "run.py"


def demo(*arguments, environment: dict | None = None) -> subprocess.CompletedProcess:
    command = [sys.executable, str(DEMO), "--no-wait", *(str(each) for each in arguments)]
    environment = os.environ | (environment or {})
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)


def demo_in(folder: pathlib.Path, **options) -> subprocess.CompletedProcess:
    blob_port, platform_port = free_ports(2)
    ports = ("--blob-port", blob_port, "--platform-port", platform_port)
    return demo("--data-dir", folder, *ports, **options)


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    done = demo_in(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def test_every_step_says_what_it_proves(shown):
    _, said = shown
    assert [said.count(f"\n{number}. ") for number in range(1, 6)] == [1] * 5
    assert said.count("=> ") == 5


def test_it_is_readable_in_a_pipe(shown):
    _, said = shown
    assert "\033" not in said and "\r" not in said


def test_it_shows_refusals_by_their_policies(shown):
    _, said = shown
    assert "403 PolicyDenied by charter/no-identification" in said
    assert "403 PolicyDenied by charter/within-budget" in said


def test_the_pictures_that_it_names_are_there(shown):
    folder, said = shown
    before, after = folder / "out" / "before.png", folder / "out" / "after.png"
    assert str(before) in said and str(after) in said
    assert before.read_bytes() != after.read_bytes()


def test_one_byte_of_the_forged_log_is_changed(shown):
    folder, _ = shown
    log, forged = folder / "data" / "log", folder / "out" / "forged-log"
    changed = []
    for file in (each for each in forged.rglob("*") if each.is_file() and each.name != "checkpoint"):
        kept = log / file.relative_to(forged)
        if kept.exists():
            pairs = zip(kept.read_bytes(), file.read_bytes(), strict=True)
            changed.append(sum(before != after for before, after in pairs))
    assert sum(changed) == 1


def test_it_keeps_receipts_of_refusals(shown):
    folder, _ = shown
    for name in ("identification", "budget"):
        receipt = json.loads((folder / "out" / f"refusal-{name}.receipt.json").read_text())
        assert receipt["record"]["facets"]["why"]["reads"]["decision"] != "permitted"


def test_forged_evidence_fails_where_it_was_changed(shown):
    _, said = shown
    assert "This receipt is NOT verified." in said and "This log is NOT verified." in said
    assert "failed       facet what" in said


def test_a_taken_port_is_said_before_anything_starts(tmp_path, server):
    done = demo("--data-dir", tmp_path / "new", "--blob-port", server.blob_port)
    assert done.returncode == 1
    assert f"Port {server.blob_port} is taken" in done.stderr and not (tmp_path / "new").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine").write_text("keep")
    done = demo_in(tmp_path)
    assert done.returncode == 1 and "is not empty" in done.stderr
    assert (tmp_path / "mine").read_text() == "keep"


def test_a_demonstration_that_is_ended_takes_its_server_along(tmp_path):
    blob_port, platform_port = free_ports(2)
    command = [sys.executable, str(DEMO), "--data-dir", str(tmp_path / "demo")]
    ports = ["--blob-port", str(blob_port), "--platform-port", str(platform_port)]
    running = subprocess.Popen(command + ports, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    health = f"http://127.0.0.1:{platform_port}/healthz"
    for _ in range(300):
        try:
            assert requests.get(health, timeout=5).status_code == 200
            break
        except requests.ConnectionError:
            time.sleep(0.1)
    running.terminate()
    running.wait(60)
    with pytest.raises(requests.ConnectionError):
        requests.get(health, timeout=5)


def test_a_step_that_fails_is_named_and_the_server_ends(tmp_path):
    (tmp_path / "no-models").mkdir()
    done = demo_in(tmp_path / "demo", environment={"VITRINE_MODELS": str(tmp_path / "no-models")})
    assert done.returncode == 1
    assert "The demonstration failed at step 2: It is analysed, for a purpose." in done.stderr
    assert "Stopping" in (tmp_path / "demo" / "out" / "server.log").read_text()
