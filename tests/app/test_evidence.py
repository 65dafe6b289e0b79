"""What the server publishes can be read, and be checked with `vitrine verify`; changed copies cannot."""

import json
import pathlib
import shutil
import socket

import pytest
from platform_api import Api, run_vitrine
from server import ACCOUNT, ROOT

PROMISED = ROOT / "tests/evidence/sample/promised-receipt.json"
PROMISE = ROOT / "tests/evidence/sample/promise"


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """A server that did something and was stopped: its folder, log key, a receipt and an early checkpoint."""
    from server import Server

    server = Server(tmp_path_factory.mktemp("stopped"), ["--seal-tick", "50"])
    server.start()
    api = Api(server)
    early = server.folder / "early.checkpoint"
    early.write_bytes(api.wait_for_checkpoint())
    answer = api.as_account("POST", f"/ai/{ACCOUNT}/face/v1.0/identify")
    receipt = server.folder / "receipt.json"
    receipt.write_bytes(api.receipt(answer.receipt))
    key = api.log_key
    server.stop()
    return server, key, receipt, early


@pytest.fixture
def copy(stopped, tmp_path) -> pathlib.Path:
    """A copy of the published log, to be changed."""
    return pathlib.Path(shutil.copytree(stopped[0].data_dir / "log", tmp_path / "log"))


def verify_log(where, key, *arguments):
    return run_vitrine("verify", "log", where, "--log-key", key, *arguments)


def test_a_stopped_servers_log_verifies(stopped):
    server, key, _, early = stopped
    verified = verify_log(server.data_dir / "log", key, "--since", early)
    assert verified.returncode == 0, verified.stdout
    assert verified.stdout.endswith("is verified.\n")
    report = json.loads(verify_log(server.data_dir / "log", key, "--json").stdout)
    assert report["verified"] is True and report["statements"] == []
    assert (report["facts"]["restarts"], report["facts"]["unclean stops"]) == ("1", "0")


def test_a_receipt_stands_for_the_checkpoint_in_it(stopped):
    server, key, receipt, _ = stopped
    verified = verify_log(server.data_dir / "log", key, "--since", receipt)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "are those that the log signed earlier" in verified.stdout


def test_a_running_servers_log_verifies_over_http(server, api):
    api.wait_for_checkpoint()
    for prefix in ("/log", "/log/"):
        verified = verify_log(server.platform_url + prefix, api.log_key)
        assert verified.returncode == 0, verified.stdout + verified.stderr


def flip(file: pathlib.Path, position: int) -> None:
    data = bytearray(file.read_bytes())
    data[position] ^= 1
    file.write_bytes(data)


def widest(copy: pathlib.Path, pattern: str) -> pathlib.Path:
    """The partial tile of the newest checkpoint; those of older ones stay beside it."""
    return max((file for file in copy.glob(pattern) if file.is_file()), key=lambda file: int(file.name))


CHANGES = {
    "checkpoint": lambda copy: flip(copy / "checkpoint", 25),
    "entry": lambda copy: flip(widest(copy, "tile/entries/**/*"), 40),
    "tile": lambda copy: flip(widest(copy, "tile/0/**/*"), 5),
    "missing entries": lambda copy: widest(copy, "tile/entries/**/*").unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_log_does_not_verify(stopped, copy, change):
    CHANGES[change](copy)
    verified = verify_log(copy, stopped[1])
    assert verified.returncode == 1, verified.stdout + verified.stderr
    assert verified.stdout.endswith("is NOT verified.\n")


def test_a_receipt_verifies_offline_and_a_changed_one_does_not(stopped, tmp_path):
    _, key, receipt, _ = stopped
    verified = run_vitrine("verify", "receipt", receipt, "--log-key", key)
    assert verified.returncode == 0, verified.stdout
    assert "image.identify-faces" in verified.stdout
    changed = tmp_path / "changed.json"
    for what, instead in (
        ("image.identify-faces", "blob.get"),
        ('"denied"', '"permitted"'),
        ('"index":', '"index":1'),
    ):
        assert what in receipt.read_text()
        changed.write_text(receipt.read_text().replace(what, instead))
        ended = run_vitrine("verify", "receipt", changed, "--log-key", key)
        assert ended.returncode == 1, what


def test_a_key_file_does_as_well_and_another_key_does_not(stopped, tmp_path, api):
    _, key, receipt, _ = stopped
    file = tmp_path / "key.txt"
    file.write_text(key + "\n")
    assert run_vitrine("verify", "receipt", receipt, "--log-key", file).returncode == 0
    assert run_vitrine("verify", "receipt", receipt, "--log-key", api.log_key).returncode == 1


def saved(answer: dict, tmp_path) -> pathlib.Path:
    file = tmp_path / "saved.json"
    file.write_text(json.dumps(answer))
    return file


def test_a_saved_answer_of_the_server_is_called_that(stopped, tmp_path):
    _, key, receipt, _ = stopped
    early = saved({"error": {"code": "ReceiptNotReady", "message": "Not yet."}}, tmp_path)
    for words in (
        ["receipt", early],
        ["promise", PROMISE, "--receipt", early],
        ["log", ".", "--since", early],
    ):
        ended = run_vitrine("verify", *words, "--log-key", key)
        assert ended.returncode == 2, ended.stdout
        assert "this is the server's answer ReceiptNotReady: ask again later" in ended.stderr
    other = saved({"error": {"code": "RecordNotFound", "message": "There is no such record."}}, tmp_path)
    ended = run_vitrine("verify", "receipt", other, "--log-key", key)
    assert ended.returncode == 2
    assert "the server's answer RecordNotFound: There is no such record." in ended.stderr


def test_a_reformatted_receipt_fails_with_a_hint(stopped, tmp_path):
    _, key, receipt, _ = stopped
    file = saved(dict(sorted(json.loads(receipt.read_text()).items())), tmp_path)
    ended = run_vitrine("verify", "receipt", file, "--log-key", key)
    assert ended.returncode == 1
    assert "A tool that reads JSON and writes it again does that" in ended.stdout


def test_a_wrong_key_is_told_whose_signature_there_is(stopped, api):
    _, key, receipt, _ = stopped
    ended = run_vitrine("verify", "receipt", receipt, "--log-key", api.log_key)
    name, key_id, _ = key.split("+", 2)  # base64 may have more of them
    assert f"it is signed by '{name}' with key id {key_id}" in ended.stdout


def test_facets_of_a_receipt_are_closed_before_it_is_passed_on(stopped, tmp_path):
    _, key, receipt, _ = stopped
    out = tmp_path / "closed.json"
    before = receipt.read_bytes()
    closed = run_vitrine("close", "receipt", receipt, "--facet", "who,why", "--out", out)
    assert closed.returncode == 0, closed.stderr
    assert "shows of the record: what, outcome." in closed.stdout
    assert receipt.read_bytes() == before
    facets = json.loads(out.read_text())["record"]["facets"]
    assert [name for name, facet in facets.items() if "reads" in facet] == ["what", "outcome"]
    verified = run_vitrine("verify", "receipt", out, "--log-key", key)
    assert verified.returncode == 0, verified.stdout
    assert ACCOUNT not in verified.stdout
    again = run_vitrine("close", "receipt", receipt, "--facet", "what", "--out", out)
    assert again.returncode == 2 and "not overwritten" in again.stderr
    assert "reads" in json.loads(out.read_text())["record"]["facets"]["what"]


@pytest.mark.parametrize(
    ("content", "facet", "reason"),
    [
        ("{}", "who", "not a receipt"),
        ("hello", "who", "not a receipt"),
        ("", "who", "is empty"),
        (None, "whom", "a record has no 'whom'"),
        ('{"error": {"code": "ReceiptNotReady", "message": "Not yet."}}', "who", "ask again later"),
    ],
)
def test_what_is_no_receipt_is_not_closed(stopped, tmp_path, content, facet, reason):
    file = stopped[2]
    if content is not None:
        file = tmp_path / "file"
        file.write_text(content)
    refused = run_vitrine("close", "receipt", file, "--facet", facet, "--out", tmp_path / "out")
    assert refused.returncode == 2 and reason in refused.stderr, refused.stderr
    assert not (tmp_path / "out").exists()


USAGE = [
    (["receipt", "RECEIPT"], "GET /log/key"),
    (["log", "LOG"], "somewhere that you trust"),
    (["receipt", "RECEIPT", "--log-key", "nonsense"], "neither a file nor a log key"),
    (["receipt", "missing.json", "--log-key", "KEY"], "There is no missing.json"),
    (["log", "missing", "--log-key", "KEY"], "neither a folder nor a URL"),
    (["receipt", "EMPTY", "--log-key", "KEY"], "empty is empty. Nothing was verified."),
    (["receipt", "LOG", "--log-key", "KEY"], "Reading "),
    (["receipt", "RECEIPT", "--log-key", "EMPTY"], "holds no log key"),
    (["receipt", "RECEIPT", "--log-key", "LOG"], "--log-key: Reading "),
    (["log", "https://127.0.0.1:1/log", "--log-key", "KEY"], "could not be reached"),
    (["log", "http://127.0.0.1:1/log", "--log-key", "KEY"], "Nothing was verified."),
    (["log", "LOG", "--log-key", "KEY", "--since", "missing"], "--since: There is no missing"),
    (["log", "LOG", "--log-key", "KEY", "--since", "EMPTY"], "--since: "),
    (["log", "LOG", "--log-key", "KEY", "--since", "PROMISED"], "neither a checkpoint nor a sealed receipt"),
    (["log", "LOG", "--log-key", "KEY", "--since", "LOGKEY"], "neither a checkpoint nor"),
    (["log", "NOLOG", "--log-key", "KEY"], "There is no public log in "),
    (["log", "LOG", "--nonsense"], "There is no '--nonsense'"),
    (["log"], "LOG is required"),
    ([], "subcommand is required"),
]


@pytest.mark.parametrize(("arguments", "reason"), USAGE)
def test_a_question_that_cannot_be_asked_is_no_verdict(stopped, tmp_path, arguments, reason):
    server, key, receipt, _ = stopped
    empty = tmp_path / "empty"
    empty.touch()
    stand_ins = {
        "RECEIPT": receipt,
        "LOG": server.data_dir / "log",
        "KEY": key,
        "EMPTY": empty,
        "PROMISED": PROMISED,
        "LOGKEY": ROOT / "tests/evidence/sample/log-key",
        "NOLOG": server.data_dir,
    }
    ended = run_vitrine("verify", *(stand_ins.get(word, word) for word in arguments))
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert reason in ended.stderr + ended.stdout


def test_a_log_that_cannot_be_read_is_no_verdict_either(stopped, copy):
    (copy / "checkpoint").unlink()
    (copy / "checkpoint").mkdir()
    ended = verify_log(copy, stopped[1], "--json")
    assert ended.returncode == 2
    error = json.loads(ended.stdout)["error"]
    assert "Is a directory" in error["message"] and "Nothing was verified." in error["message"]


@pytest.mark.parametrize("end", ["", "/"])
def test_a_servers_address_without_its_log_is_put_right(server, api, end):
    ended = verify_log(server.platform_url + end, api.log_key)
    assert ended.returncode == 2
    assert f"ends in /log: {server.platform_url}/log." in ended.stderr


def test_the_logs_files_are_served_as_mirrors_expect(api):
    checkpoint = api.get("/log/checkpoint")
    api.wait_for_checkpoint()
    assert checkpoint.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert checkpoint.headers["Cache-Control"] == "no-cache"
    size = int(api.wait_for_checkpoint().split(b"\n")[1])
    path = f"/log/tile/0/000.p/{size}" if size < 256 else "/log/tile/0/000"
    tile = api.get(path)
    if tile.status_code == 404:  # the log grew meanwhile, and the full tile took the place of this one
        tile = api.get("/log/tile/0/000")
    assert tile.status_code == 200
    assert len(tile.content) == 32 * min(size, 256)
    assert tile.headers["Content-Type"] == "application/octet-stream"
    assert "immutable" in tile.headers["Cache-Control"]
    assert tile.headers["Access-Control-Allow-Origin"] == "*"


TRAVERSALS = [
    "/log/../keys/operator.token",
    "/log/%2e%2e/keys/operator.token",
    "/log/tile/../../keys/operator.token",
    "/log/tile/..%2f..%2fkeys/operator.token",
    "/log/tile/%2e%2e/%2e%2e/keys/log.key",
    "/log/tile/0/../../../keys/log.key",
    "/log/tile//0/000",
    "/log/tile/0/000/",
    "/log/tile/0/000.p/0",
    "/log/tile/0/000.p/256",
    "/log/tile/64/000",
    "/log/tile/0/x000/000",
    "/log/tile/entries/000%00",
    "/log//checkpoint",
]


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_path_leaves_the_log(server, path):
    with socket.create_connection(("127.0.0.1", server.platform_port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    status = int(received.split(b" ")[1])
    assert status in (400, 404), received
    token = (server.data_dir / "keys/operator.token").read_bytes().strip()
    assert token not in received


def test_a_receipt_needs_its_whole_token(api):
    answer = api.as_account("POST", f"/ai/{ACCOUNT}/face/v1.0/identify")
    token = answer.receipt
    assert json.loads(api.receipt(token))["level"] == "sealed"
    for wrong in (token[:-1], token[:-1] + ("0" if token[-1] != "0" else "1"), "0" * 56, "x"):
        refused = api.get(f"/api/v1/receipts/{wrong}")
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "RecordNotFound")
