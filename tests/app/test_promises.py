"""Promises: who asks gets one, the seals that follow keep them, and a broken one is shown as such."""

import concurrent.futures
import json
import pathlib
import shutil

import pytest
import requests
from harness.shared_key import RawClient
from platform_api import Api, run_vitrine
from server import ACCOUNT, KEY, Server

PROMISE = "x-ms-vitrine-promise"
RECEIPT = "x-ms-vitrine-receipt"
ASKS = {PROMISE: "true"}
BLOB = f"/{ACCOUNT}/con/blob"
NO_SEALS = "60000"  # ms: none but those of start and stop, while a test runs


@pytest.fixture
def slow_server(fresh_server) -> Server:
    return fresh_server("--seal-tick", NO_SEALS)


def ask(server: Server, headers: dict | None = None, key: str = KEY):
    """The answer to a read: nothing is there, so it is 404, and on record."""
    return RawClient("127.0.0.1", server.blob_port, ACCOUNT, key).request("GET", BLOB, headers=headers)[0]


def verify(key: str, what: str, *arguments) -> tuple[int, dict]:
    ended = run_vitrine("verify", what, *arguments, "--log-key", key, "--json")
    return ended.returncode, json.loads(ended.stdout)


def failure(report: dict) -> dict:
    return next(check for check in report["checks"] if check["state"] == "failed")


def write(file: pathlib.Path, content: str | bytes) -> pathlib.Path:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def test_a_promise_is_given_to_who_asks_and_verifies_offline(server, api, tmp_path):
    assert PROMISE not in ask(server).headers
    assert PROMISE not in ask(server, headers={PROMISE: "false"}).headers
    answer = ask(server, headers=ASKS)
    promise = write(tmp_path / "promise", answer.headers[PROMISE] + "\n")
    status, report = verify(api.log_key, "promise", promise)
    assert status == 0, report
    assert "Whether it was kept was not asked: give --receipt" in report["conclusion"]
    pasted = write(tmp_path / "pasted", f"X-MS-Vitrine-Promise: {answer.headers[PROMISE]}\r\n")
    assert verify(api.log_key, "promise", pasted)[0] == 0
    cut = write(tmp_path / "cut", f"{PROMISE}: {answer.headers[PROMISE][:-5]}")
    status, report = verify(api.log_key, "promise", cut)
    assert status == 1 and "cut off" in failure(report)["sentence"]
    receipt = write(tmp_path / "receipt.json", api.receipt(answer.headers[RECEIPT]))
    status, report = verify(api.log_key, "promise", promise, "--receipt", receipt)
    assert status == 0, report
    assert report["conclusion"] == "This promise is verified."
    assert report["facts"]["journal index"] == str(json.loads(receipt.read_text())["record"]["index"])
    other = write(tmp_path / "other.json", api.receipt(ask(server).headers[RECEIPT]))
    status, report = verify(api.log_key, "promise", promise, "--receipt", other)
    assert (status, failure(report)["name"]) == (1, "record")


def test_a_header_that_says_neither_is_refused(server):
    answer = ask(server, headers={PROMISE: "perhaps"})
    assert (answer.status, answer.headers["x-ms-error-code"]) == (400, "InvalidHeaderValue")


def test_the_platform_port_promises_too(api):
    path = f"/api/v1/accounts/{ACCOUNT}/jobs"
    assert api.as_account("GET", path, headers=ASKS).headers[PROMISE]
    assert PROMISE not in api.as_account("GET", path).headers
    denied = api.as_account("POST", f"/ai/{ACCOUNT}/face/v1.0/identify", headers=ASKS)
    assert denied.status == 403 and denied.headers[PROMISE]


def test_a_key_may_ask_with_each_of_its_requests(server, api, tmp_path):
    options = ("--data-dir", server.data_dir, "--server", server.platform_url)
    command = ("account", "key", "add", ACCOUNT, "promised", "--purpose", "archive", "--promises")
    made = run_vitrine(*command, *options, "--json")
    assert made.returncode == 0, made.stderr
    key = json.loads(made.stdout)
    assert key["promises"] is True
    assert "; asks for promises" in run_vitrine("account", "list", *options).stdout
    answer = ask(server, key=key["secret"])
    assert verify(api.log_key, "promise", write(tmp_path / "promise", answer.headers[PROMISE]))[0] == 0
    assert PROMISE not in ask(server, key=key["secret"], headers={PROMISE: "false"}).headers
    assert run_vitrine("account", "key", "remove", ACCOUNT, "promised", *options).returncode == 0


def test_a_receipt_can_be_had_before_the_seal_when_asked_for(slow_server, tmp_path):
    api = Api(slow_server)
    token = ask(slow_server).headers[RECEIPT]
    assert api.get(f"/api/v1/receipts/{token}").status_code == 409
    assert api.get(f"/api/v1/receipts/{token}?level=nonsense").status_code == 400
    answer = api.get(f"/api/v1/receipts/{token}?level=promised")
    assert answer.status_code == 200 and answer.json()["level"] == "promised"
    early = write(tmp_path / "early.json", answer.content)
    status, report = verify(api.log_key, "receipt", early)
    assert status == 0, report
    assert report["facts"]["level"] == "promised" and report["facts"]["what.action"] == "blob.get"
    changed = write(tmp_path / "changed.json", early.read_bytes().replace(b"blob.get", b"blob.put"))
    assert verify(api.log_key, "receipt", changed)[0] == 1
    slow_server.restart()
    answer = api.get(f"/api/v1/receipts/{token}?level=promised")
    assert answer.json()["level"] == "sealed", "the highest that there is"
    sealed = write(tmp_path / "sealed.json", answer.content)
    status, report = verify(api.log_key, "promise", early, "--receipt", sealed)
    assert status == 0, report


def test_many_receipts_are_fetched_at_once(server, api):
    tokens = [ask(server).headers[RECEIPT] for _ in range(3)]
    api.receipt(tokens[-1])
    url = f"{server.platform_url}/api/v1/receipts"
    asked = {"tokens": [*tokens, "0" * 56], "level": "promised"}
    answer = requests.post(url, json=asked, timeout=30)
    assert answer.status_code == 200
    found = answer.json()["receipts"]
    assert [each["token"] for each in found] == asked["tokens"]
    assert [json.loads(each["receipt"])["level"] for each in found[:3]] == ["sealed"] * 3
    assert found[3]["error"]["code"] == "RecordNotFound"
    for bad in ({"tokens": []}, {"tokens": tokens * 34}, {"tokens": tokens, "level": "x"}, {}):
        assert requests.post(url, json=bad, timeout=30).status_code == 400, bad


def test_all_promises_of_busy_clients_are_kept(fresh_server, tmp_path):
    busy = fresh_server("--seal-tick", "50")
    api = Api(busy)
    clients, each = 16, 25

    def work(number: int) -> list[tuple[str, str | None]]:
        kept = []
        for turn in range(each):
            asks = (number + turn) % 2 == 0
            answer = ask(busy, headers=ASKS if asks else None)
            assert (PROMISE in answer.headers) == asks
            kept.append((answer.headers[RECEIPT], answer.headers.get(PROMISE)))
        return kept

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        kept = [pair for of_one in pool.map(work, range(clients)) for pair in of_one]
    promises = [
        write(tmp_path / f"promise-{number}", promise)
        for number, (_, promise) in enumerate(kept)
        if promise is not None
    ]
    assert len(promises) == clients * each // 2
    for token, _ in kept[-clients:]:
        api.receipt(token)
    options = ("--server", busy.platform_url, "--key", KEY)
    exported = run_vitrine("export", "journal", ACCOUNT, tmp_path / "journal", *options)
    assert exported.returncode == 0, exported.stdout + exported.stderr
    with_promises = [word for file in promises for word in ("--promise", file)]
    status, report = verify(api.log_key, "journal", tmp_path / "journal", *with_promises)
    assert status == 0, failure(report)
    for token, promise in kept[:8]:
        if promise is None:
            continue
        receipt = write(tmp_path / "receipt.json", api.receipt(token))
        status, report = verify(
            api.log_key, "promise", write(tmp_path / "one", promise), "--receipt", receipt
        )
        assert status == 0, failure(report)


def test_an_older_copy_put_in_place_breaks_promises(slow_server, tmp_path):
    api = Api(slow_server)
    key = api.log_key
    slow_server.stop()
    older = shutil.copytree(slow_server.data_dir, tmp_path / "older")
    slow_server.restart()
    promises = [write(tmp_path / f"{n}", ask(slow_server, headers=ASKS).headers[PROMISE]) for n in range(3)]
    slow_server.kill()
    shutil.rmtree(slow_server.data_dir)
    shutil.move(older, slow_server.data_dir)
    slow_server.start()
    token = ask(slow_server, headers=ASKS).headers[RECEIPT]
    for _ in range(2):  # seals of starts and stops, until the promises are due
        slow_server.restart()
    receipt = write(tmp_path / "receipt.json", api.receipt(token))
    assert verify(key, "receipt", receipt)[0] == 0, "by itself it is in order"
    verdicts = [verify(key, "promise", promise, "--receipt", receipt) for promise in promises]
    assert [status for status, _ in verdicts] == [1, 1, 1]
    assert {failure(report)["name"] for _, report in verdicts} <= {"kept", "record"}
    assert "BROKEN" in failure(verdicts[0][1])["sentence"]
    options = ("--server", slow_server.platform_url, "--key", KEY)
    assert run_vitrine("export", "journal", ACCOUNT, tmp_path / "journal", *options).returncode == 0
    status, report = verify(key, "journal", tmp_path / "journal", "--promise", promises[0])
    assert status == 1 and "BROKEN" in failure(report)["sentence"]
    assert str(promises[0]) in failure(report)["sentence"] + failure(report)["place"]


def test_a_later_receipt_does_not_say_that_a_promise_was_kept_in_time(slow_server, tmp_path):
    api = Api(slow_server)
    answer = ask(slow_server, headers=ASKS)
    for _ in range(3):
        slow_server.restart()
    promise = write(tmp_path / "promise", answer.headers[PROMISE])
    late = write(tmp_path / "late.json", api.receipt(answer.headers[RECEIPT]))
    status, report = verify(api.log_key, "promise", promise, "--receipt", late)
    assert status == 0, report
    due = report["facts"]["promised"].split()[2]
    kept = report["checks"][-1]["sentence"]
    assert kept.startswith(f"The record is there; but this receipt is of seal {report['facts']['seal']} and")
    assert f"cannot show that seal {due}, which was promised, had it already" in kept
    assert report["conclusion"].endswith(f"That seal {due} had it is not shown.")
    options = ("--server", slow_server.platform_url, "--key", KEY)
    assert run_vitrine("export", "journal", ACCOUNT, tmp_path / "journal", *options).returncode == 0
    status, report = verify(api.log_key, "journal", tmp_path / "journal", "--promise", promise)
    assert status == 0, report
    (kept,) = [check["sentence"] for check in report["checks"] if check["name"] == "promises kept"]
    assert f"cannot show that seal {due}, which was promised, had it already" in kept
