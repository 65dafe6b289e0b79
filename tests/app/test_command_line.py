"""What the commands say of mistakes, refusals and results."""

import json
import subprocess

import pytest
from platform_api import run_vitrine
from server import ACCOUNT, binary

MISUSES = [
    (["nonsense"], "There is no 'nonsense'; `vitrine --help`"),
    (["job", "nonsense"], "There is no 'nonsense'; `vitrine job --help`"),
    (["account", "key", "nonsense"], "There is no 'nonsense'; `vitrine account key --help`"),
    (["job", "start", "--nonsense"], "There is no '--nonsense'; `vitrine job start --help`"),
    (["policy", "show", "extra"], "There is no 'extra'; `vitrine policy show --help`"),
    ([], "A subcommand is required"),
    (["job", "start", "--account", "x"], "--container is required"),
]


@pytest.mark.parametrize(("arguments", "reason"), MISUSES)
def test_a_misuse_is_named(arguments, reason):
    ended = run_vitrine(*arguments)
    assert ended.returncode == 2
    assert reason in ended.stderr


def test_help_names_the_variables_and_the_exit_status():
    shown = run_vitrine("account", "list", "--help")
    assert shown.returncode == 0
    for word in ("VITRINE_OPERATOR_TOKEN", "VITRINE_SERVER", "VITRINE_CA", "VITRINE_DATA_DIR"):
        assert word in shown.stdout
    for command in ("account", "job", "policy", "verify"):
        assert "Exit status: 0 " in run_vitrine(command, "--help").stdout


@pytest.fixture
def operator(server):
    return ["--server", server.platform_url, "--data-dir", server.data_dir]


def test_also_takes_one_word_and_leaves_the_name(operator):
    made = run_vitrine("account", "create", "--also", "archive", "alsofirst", *operator)
    assert made.returncode == 0, made.stderr
    assert "may choose archive\n" in made.stdout
    several = ["--also", "archive,journalism", "--also", "public-records-release"]
    added = run_vitrine("account", "key", "add", "alsofirst", *several, "second", "--json", *operator)
    assert json.loads(added.stdout)["also"] == ["archive", "journalism", "public-records-release"]


def test_a_list_shows_whose_an_account_is_and_nothing_for_what_is_not_there(operator):
    run_vitrine("account", "create", "plain", *operator)
    listed = run_vitrine("account", "list", *operator).stdout.splitlines()
    assert [line for line in listed if "the server's own" in line] == [
        line for line in listed if line.startswith("system ")
    ]
    plain = listed[[line.split()[0] for line in listed].index("plain") + 1]
    assert plain.split() == ["key1", "purpose", "archive"]


def test_a_refusal_is_a_sentence_or_a_line_of_json(server):
    asked = ["job", "start", "--account", ACCOUNT, "--container", "x1234", "--task", "face-identification"]
    asked += ["--server", server.platform_url]
    in_words = run_vitrine(*asked)
    assert (in_words.returncode, in_words.stdout) == (1, "")
    as_json = run_vitrine(*asked, "--json")
    assert (as_json.returncode, as_json.stderr, as_json.stdout.count("\n")) == (1, "", 1)
    error = json.loads(as_json.stdout)["error"]
    assert (error["code"], error["policy"]) == ("PolicyDenied", "charter/no-identification")
    assert error["message"] in in_words.stderr
    assert len(error["receipt"]) == 56


def test_a_server_that_cannot_be_asked_is_no_refusal(server):
    asked = ["job", "list", "--account", ACCOUNT, "--server", "http://127.0.0.1:1"]
    in_words = run_vitrine(*asked)
    assert (in_words.returncode, in_words.stdout) == (2, "")
    assert "could not be reached" in in_words.stderr
    as_json = run_vitrine(*asked, "--json")
    assert (as_json.returncode, as_json.stderr) == (2, "")
    assert json.loads(as_json.stdout)["error"]["code"] == "Unavailable"


def test_a_token_that_cannot_be_read_is_not_called_missing(server, tmp_path):
    asked = ["account", "list", "--server", server.platform_url]
    unreadable = run_vitrine(*asked, "--token-file", tmp_path)
    assert unreadable.returncode == 2
    assert f"--token-file: Reading {tmp_path} failed" in unreadable.stderr
    missing = run_vitrine(*asked, "--token-file", "missing")
    assert "--token-file: There is no missing" in missing.stderr


@pytest.mark.parametrize(("arguments", "status"), [([], 2), (["--help"], 0), (["a", "b", "c"], 2)])
def test_the_worker_says_what_it_is(arguments, status):
    worker = binary().parent / "vitrine-worker"
    ended = subprocess.run([worker, *arguments], capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == status
    said = ended.stdout if status == 0 else ended.stderr
    assert said.count("\n") == 2 and "starts it" in said
