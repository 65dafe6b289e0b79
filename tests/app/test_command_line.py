"""What the commands say of mistakes, refusals and results."""

import http.server
import json
import subprocess
import threading

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


# Every command that asks a server, with what it needs besides.
CLIENTS = [
    ["account", "create", "elsewhere"],
    ["account", "list"],
    ["account", "rotate-key", "elsewhere"],
    ["account", "shred", "elsewhere", "--confirm", "elsewhere", "--for-ever"],
    ["account", "key", "add", "elsewhere", "other"],
    ["account", "key", "remove", "elsewhere", "other"],
    ["policy", "suspend", "elsewhere", "image"],
    ["policy", "lift", "elsewhere", "image"],
    ["policy", "show"],
    ["job", "start", "--container", "box"],
    ["job", "wait", "0"],
    ["job", "list"],
    ["job", "show", "0"],
    ["job", "cancel", "0"],
    ["job", "receipts", "0", "--to", "folder"],
    ["operator-key", "rotate"],
    ["scrub", "status"],
    ["fsck", "--online"],
    ["backup", "create", "--to", "folder"],
    ["export", "journal", "elsewhere", "folder"],
    ["erase-records", "elsewhere", "--record", "0", "--facet", "who", "--ground", "law", "--approve", "pem"],
]
# Those that ask none, or are told by another option which.
NO_CLIENTS = {
    ("serve",),
    ("fsck",),
    ("verify", "log"),
    ("verify", "receipt"),
    ("verify", "promise"),
    ("verify", "journal"),
    ("close", "receipt"),
    ("show", "journal"),
    ("backup", "list"),
    ("backup", "verify"),
    ("backup", "restore"),
    ("recover",),
}


class Ear(http.server.ThreadingHTTPServer):
    """Answers nothing but 404 and remembers which tokens it was shown."""

    def __init__(self):
        self.heard: list[str] = []
        ear = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                ear.heard.append(self.headers["Authorization"])
                self.send_response(404)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def ears():
    """Two servers, of which a command must ask the first only."""
    both = [Ear(), Ear()]
    for ear in both:
        threading.Thread(target=ear.serve_forever, daemon=True).start()
    yield both
    for ear in both:
        ear.shutdown()
        ear.server_close()


def commands_of(*words) -> set[tuple]:
    """Every command that the help lists, down to those that have none below them."""
    shown = run_vitrine(*words, "--help").stdout
    if "Subcommands:" not in shown:
        return {words}
    listed = [line for line in shown.split("Subcommands:\n")[1].splitlines() if line.startswith("  ")]
    names = [line.split()[0] for line in listed if len(line) - len(line.lstrip()) == 2]
    below = [name for name in names if name.replace("-", "").isalpha() and name != "vitrine"]
    return set().union(*(commands_of(*words, name) for name in below))


def test_the_list_of_clients_is_complete():
    clients = {tuple(word for word in words if word.replace("-", "").isalpha()) for words in CLIENTS}
    walked = commands_of()
    assert len(walked) >= len(CLIENTS)
    for command in walked - NO_CLIENTS:
        assert any(words[: len(command)] == command for words in clients), f"{command} is not tested"


@pytest.mark.parametrize("words", CLIENTS, ids=" ".join)
def test_flags_win_over_variables(words, ears, tmp_path):
    right, wrong = ears
    tokens = {}
    for name in ("right", "wrong"):
        tokens[name] = name[0] * 40
        (tmp_path / name / "keys").mkdir(parents=True)
        (tmp_path / name / "keys/operator.token").write_text(tokens[name])
    environment = {
        "VITRINE_SERVER": wrong.url,
        "VITRINE_DATA_DIR": str(tmp_path / "wrong"),
        "VITRINE_OPERATOR_TOKEN": tokens["wrong"],
        "VITRINE_CA": "/missing",
    }
    (tmp_path / "ca.pem").write_text("")
    flags = ["--server", right.url, "--data-dir", tmp_path / "right", "--ca", tmp_path / "ca.pem"]
    if words[0] == "job":
        flags += ["--account", ACCOUNT]
    ended = run_vitrine(*words, *flags, environment=environment)
    assert ended.returncode == 2, ended.stderr
    assert wrong.heard == [] and len(right.heard) == 1
    if words[0] != "job":
        assert right.heard == [f"Bearer {tokens['right']}"]
    without = run_vitrine(
        *words,
        *(["--account", ACCOUNT] if words[0] == "job" else []),
        environment={**environment, "VITRINE_CA": ""},
    )
    assert without.returncode == 2 and len(wrong.heard) == 1


def test_shredding_says_where_and_wants_both_confirmations(server, operator):
    run_vitrine("account", "create", "doomed", *operator)
    unsure = run_vitrine("account", "shred", "doomed", "--confirm", "doomed", *operator)
    assert (unsure.returncode, "--for-ever is required" in unsure.stderr) == (2, True)
    other = run_vitrine("account", "shred", "doomed", "--confirm", "other", "--for-ever", *operator)
    assert other.returncode == 2 and "--confirm does not repeat the account's name" in other.stderr
    done = run_vitrine("account", "shred", "doomed", "--confirm", "doomed", "--for-ever", *operator)
    assert done.returncode == 0
    first = done.stdout.splitlines()[0]
    assert (
        first == f"The data keys of the account doomed of the server at {server.platform_url} are destroyed."
    )
    listed = run_vitrine("account", "list", *operator).stdout.splitlines()
    shredded = [line.split()[0] for line in listed if "shredded: its data keys are destroyed" in line]
    assert "doomed" in shredded and "system" not in shredded


@pytest.mark.parametrize("rate", ["-1", "2000000", "fast"])
def test_a_rate_that_cannot_be_is_refused(rate, tmp_path):
    for words in (["backup", "create", "--to", tmp_path / "to"], ["fsck", "--online"]):
        refused = run_vitrine(*words, "--rate", rate)
        assert refused.returncode == 2 and "--rate" in refused.stderr and "--help` tells" in refused.stderr


def test_a_missing_data_directory_is_named(tmp_path):
    ended = run_vitrine("backup", "create", "--to", tmp_path / "to", "--data-dir", tmp_path / "none")
    assert ended.returncode == 2
    assert f"there is no data directory {tmp_path / 'none'}" in ended.stderr
