"""`vitrine erase-records` takes who or what out of records; the journal still verifies, and says so."""

import base64
import contextlib
import json
import os
import subprocess
import time

import pytest
from harness.shared_key import RawClient
from platform_api import Answer, Api, run_vitrine
from server import ACCOUNT, KEY, Server, binary

FIRST, SECOND = "kantonsarchiv-0815", "stadtpolizei-4711"  # in what, as names of containers


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """The key files of two people."""
    folder = tmp_path_factory.mktemp("people")
    files = [folder / "alice.pem", folder / "bob.pem"]
    for file in files:
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", file], check=True)
    return files


@pytest.fixture
def busy(tmp_path):
    """A server with sealed records in files, in which two names stand: one in files, one in tables."""
    server = Server(tmp_path / "busy", ["--seal-tick", "50", "--journal-tail", "256"])
    server.start()
    api = Api(server)
    first = ask_for(api, FIRST)
    for _ in range(520):
        ask_for(api, "others")
    second = ask_for(api, SECOND)
    api.receipt(second.receipt)
    until(lambda: list((server.data_dir / "journals").glob("*/tile/entries/001")))
    yield server, api, first, second
    with contextlib.suppress(Exception):
        server.stop()


def ask_for(api, container):
    """Leaves one record that names the container, which is not there."""
    client = RawClient("127.0.0.1", api.server.blob_port, ACCOUNT, KEY)
    response, body = client.request("GET", f"/{ACCOUNT}/{container}/x")
    return Answer(response.status, response.headers, body)


def until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def holders(server, *names):
    """The files of the server that have a name anywhere in them."""
    words = [name.encode() for name in names]
    found = set()
    for file in server.data_dir.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            if file.is_file() and any(word in file.read_bytes() for word in words):
                found.add(file.relative_to(server.data_dir))
    return found


def index_of(api, answer):
    return json.loads(api.receipt(answer.receipt))["record"]["index"]


def erase(server, people, *arguments):
    return run_vitrine(
        "erase-records", ACCOUNT, "--server", server.platform_url, "--data-dir", server.data_dir,
        "--approve", people[0], "--approve", people[1], *arguments,
    )  # fmt: skip


def verified(server, api, folder):
    exported = run_vitrine(
        "export", "journal", ACCOUNT, folder, "--server", server.platform_url, "--data-dir", server.data_dir
    )
    assert exported.returncode == 0, exported.stderr
    checked = run_vitrine("verify", "journal", folder, "--log-key", api.log_key, "--json")
    assert checked.returncode == 0, checked.stdout
    return json.loads(checked.stdout)["facts"]


def held_against_log(folder, log, log_key):
    """The statements about erasures."""
    checked = run_vitrine("verify", "journal", folder, "--log-key", log_key, "--log", log, "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    return [each["facts"] for each in json.loads(checked.stdout)["statements"]]


def log_facts(server, api):
    checked = run_vitrine("verify", "log", server.platform_url + "/log", "--log-key", api.log_key, "--json")
    assert checked.returncode == 0, checked.stdout
    return json.loads(checked.stdout)["facts"]


def test_what_is_erased_is_gone_and_everything_verifies(busy, people, tmp_path):
    server, api, first, second = busy
    before = json.loads(api.receipt(first.receipt))
    indexes = [index_of(api, first), index_of(api, second)]
    assert holders(server, FIRST) and holders(server, SECOND)

    erased = erase(
        server, people, "--record", f"{indexes[0]}", "--record", f"{indexes[1]}", "--facet", "what",
        "--ground", "GDPR Art. 17(1)(d), request of 3 May",
    )  # fmt: skip
    assert erased.returncode == 0, erased.stderr
    assert "From 2 records what is erased" in erased.stdout
    assert holders(server, FIRST, SECOND) == set()

    receipt = tmp_path / "receipt.json"
    receipt.write_bytes(api.receipt(first.receipt))
    after = json.loads(receipt.read_text())
    what = after["record"]["facets"].pop("what")
    assert what == {"commitment": before["record"]["facets"].pop("what")["commitment"]}
    assert after["record"] == before["record"], "nothing else is changed"
    shown = run_vitrine("verify", "receipt", receipt, "--log-key", api.log_key)
    assert shown.returncode == 0 and "Facet 'what' is closed" in shown.stdout, shown.stdout

    said = verified(server, api, tmp_path / "export")
    assert said["facet 'what' closed in"] == "2"
    assert "facet 'what' closed without a record of it in" not in said
    assert int(said["records"]) - int(said["records wholly open"]) == 2
    assert said["erasures"] == "1, not held against the public log (--log)"
    until(lambda: log_facts(server, api).get("erasures") == "1, of who or what of 2 records")
    (stated,) = held_against_log(tmp_path / "export", server.platform_url + "/log", api.log_key)
    assert (stated["of"], stated["from records"]) == ("what", "2")
    assert stated["first approver"] != stated["second approver"]

    again = erase(
        server, people, "--record", f"{indexes[0]}", "--facet", "what", "--ground", "the same", "--json"
    )
    assert again.returncode == 0, again.stderr
    assert (json.loads(again.stdout)["wasOpen"], json.loads(again.stdout)["done"]) == (False, True)
    time.sleep(0.2)
    assert log_facts(server, api)["erasures"] == "1, of who or what of 2 records"

    server.restart()
    assert holders(server, FIRST, SECOND) == set()
    assert verified(server, api, tmp_path / "later")["facet 'what' closed in"] == "2"
    log_key = api.log_key
    server.stop()
    assert held_against_log(tmp_path / "later", server.data_dir / "log", log_key) == [stated]


def test_what_is_no_evidence_is_refused_at_once(busy, tmp_path):
    server, api, *_ = busy
    verified(server, api, tmp_path / "export")
    tile = next((tmp_path / "export/tile/entries").glob("*.p/*"))
    for spoil in (lambda: os.mkfifo(tile), lambda: tile.write_bytes(bytes(17_000_000))):
        tile.unlink()
        spoil()
        checked = run_vitrine("verify", "journal", tmp_path / "export", "--log-key", api.log_key)
        assert checked.returncode == 1, checked.stderr
        assert "no regular file" in checked.stdout or "more than 16777472 bytes" in checked.stdout


def test_a_kill_on_the_way_leaves_nothing_behind(busy, people, tmp_path):
    server, api, first, second = busy
    names = f"{index_of(api, first)},{index_of(api, second)}"
    command = ["--record", names, "--facet", "what,who", "--ground", "a court's order"]
    for wait in (0.01, 0.05, 0.2):
        erasing = subprocess.Popen(
            [str(word) for word in erase_words(server, people, *command)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(wait)
        server.kill()
        erasing.wait(timeout=60)
        server.start()
    done = erase(server, people, *command)
    assert done.returncode == 0, done.stderr
    until(lambda: holders(server, FIRST, SECOND) == set())
    said = verified(server, api, tmp_path / "export")
    assert (said["facet 'what' closed in"], said["facet 'who' closed in"]) == ("2", "2")


def erase_words(server, people, *arguments):
    return [
        binary(), "erase-records", ACCOUNT, "--server", server.platform_url, "--data-dir", server.data_dir,
        "--approve", people[0], "--approve", people[1], *arguments,
    ]  # fmt: skip


GROUND = ["--ground", "law"]


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["--record", "0", "--facet", "why", *GROUND], 2, "'why' and 'outcome' stay"),
        (["--record", "4-3", "--facet", "who", *GROUND], 2, "--record: Records are named as in"),
        (["--record", "99999999", "--facet", "who", *GROUND], 1, "has no record 99999999"),
        (["--record", "0-20000", "--facet", "who", *GROUND], 1, "Name 1 to 10000 records"),
        (["--record", "0", "--facet", "who", "--ground", ""], 1, "The ground is a text of 1 to 1000 bytes"),
    ],
)
def test_what_cannot_be_erased_is_refused(server, people, arguments, status, sentence):
    ask_for(Api(server), "others")
    refused = erase(server, people, *arguments)
    assert (refused.returncode, sentence in refused.stderr) == (status, True), refused.stderr


def test_one_person_is_not_enough(server, people):
    once = run_vitrine(
        "erase-records", ACCOUNT, "--server", server.platform_url, "--data-dir", server.data_dir,
        "--record", "0", "--facet", "who", *GROUND, "--approve", people[0], "--approve", people[0],
    )  # fmt: skip
    assert once.returncode == 2 and "the same key" in once.stderr, once.stderr


def test_records_of_erasures_stay(server, people):
    api = Api(server)
    index = index_of(api, ask_for(api, "somebody"))
    erased = erase(server, people, "--record", index, "--facet", "who", *GROUND)
    assert erased.returncode == 0, erased.stderr
    last = index_of(api, ask_for(api, "somebody"))
    refused = erase(server, people, "--record", f"{index + 1}-{last}", "--facet", "who", *GROUND)
    assert refused.returncode == 1 and "tells itself of what was erased" in refused.stderr, refused.stderr


def to_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_approvals_hold_for_what_was_signed_only(server, people):
    api = Api(server)
    ask_for(api, "somebody")
    body = {
        "records": "0",
        "facets": "who",
        "ground": "law",
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "approvals": [{"key": to_base64(b"\7" * 32), "signature": to_base64(b"\7" * 64)}] * 2,
    }
    path = f"/accounts/{ACCOUNT}/journal/erasures"
    for changes, sentence in [
        ({}, "is not signed by both"),
        ({"time": "2020-01-01T00:00:00Z"}, "have both sign again"),
        ({"facets": "outcome"}, "stay as long as the record"),
        ({"approvals": body["approvals"][:1]}, "Two people"),
        ({"approvals": [{"key": "AA==", "signature": "AA=="}] * 2}, "not 32 bytes in base64"),
        ({"more": 1}, "There is no field 'more' here"),
    ]:
        refused = api.as_operator("POST", path, json=body | changes)
        assert refused.status_code == 400, refused.text
        assert sentence in refused.json()["error"]["message"]
    assert api.get(f"/api/v1{path}").status_code == 405
