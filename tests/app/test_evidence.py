"""What the server publishes can be read, and be checked with `vitrine verify`; changed copies cannot."""

import json
import pathlib
import shutil
import socket

import pytest
from platform_api import Api, run_vitrine
from server import ACCOUNT, ROOT

PROMISED = ROOT / "tests/evidence/sample/promised-receipt.json"


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
    "missing checkpoint": lambda copy: (copy / "checkpoint").unlink(),
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
