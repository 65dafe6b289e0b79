"""Scrub and `vitrine fsck --online`: damage is named while the server works, and nothing else is."""

import json
import threading
import time

import pytest
from azure.storage.blob import BlobServiceClient
from harness.damage import flip
from platform_api import Api, run_vitrine

LARGE = 300_000


def fsck(server, *arguments):
    words = ["--online", "--data-dir", server.data_dir, "--server", server.platform_url]
    return run_vitrine("fsck", *words, *arguments)


def scrub_status(server, *arguments):
    words = ["--data-dir", server.data_dir, "--server", server.platform_url]
    return run_vitrine("scrub", "status", *words, *arguments)


@pytest.fixture
def filled(fresh_server):
    """A running server with a small and a large blob."""
    server = fresh_server()
    with BlobServiceClient.from_connection_string(server.connection_string) as service:
        container = service.create_container("box")
        container.upload_blob("small", b"few bytes")
        container.upload_blob("large", bytes(LARGE))
    return server


def test_a_whole_store_is_told_to_be_whole(filled):
    looked = fsck(filled)
    assert looked.returncode == 0, looked.stderr
    assert "Everything is as it was written." in looked.stdout
    found = json.loads(fsck(filled, "--json").stdout)
    assert (found["containers"], found["blobs"], found["damages"]) == (1, 2, 0)
    assert found["contentBytes"] == LARGE + len(b"few bytes")
    status = scrub_status(filled)
    assert status.returncode == 0 and "0 damaged" in status.stdout


def test_damage_raises_every_alarm_but_unreadiness(filled):
    extent = sorted((filled.data_dir / "store/extents").iterdir())[0]
    flip(extent, 4096 + 65_556 + 70)
    place = "extent 1, offset 4096"
    what = f"frames that fail their checksum: 1 of 5, the first at offset {4096 + 65_556}"
    named = [
        {"place": place, "what": what},
        {"place": "container box, blob large", "what": f"has content in the damaged segment at {place}"},
    ]
    found = fsck(filled, "--json")
    assert found.returncode == 1
    assert json.loads(found.stdout)["told"] == named
    status = scrub_status(filled)
    assert status.returncode == 1 and f"{place}: {what}" in status.stdout
    api = Api(filled)
    assert api.as_operator("GET", "/scrub").json()["current"]["told"] == named
    assert "\nvitrine_scrub_damages 1\n" in api.get("/metrics").text
    alarms = [line for line in filled.log.read_text().splitlines() if "scrub found damage" in line]
    assert len(alarms) == 2 and all("error" in line and place in line for line in alarms)
    assert api.get("/readyz").status_code == 200
    filled.restart()
    assert scrub_status(filled).returncode == 1


def test_nothing_is_taken_for_damage_under_load(filled):
    done = threading.Event()

    def load(name: str):
        with BlobServiceClient.from_connection_string(filled.connection_string) as service:
            container = service.get_container_client("box")
            fleeting = service.get_container_client(f"fleeting{name}")
            number = 0
            while not done.is_set():
                container.upload_blob(
                    f"{name}{number % 3}", bytes(LARGE if number % 2 else 9), overwrite=True
                )
                if number % 5 == 0:
                    container.delete_blob(f"{name}{number % 3}")
                if number % 7 == 0:
                    fleeting.create_container()
                    fleeting.upload_blob("only", bytes(LARGE))
                    fleeting.delete_container()
                number += 1

    clients = [threading.Thread(target=load, args=(name,)) for name in ("a", "b", "c")]
    for client in clients:
        client.start()
    try:
        for _ in range(5):
            looked = fsck(filled)
            assert looked.returncode == 0, looked.stdout + looked.stderr
    finally:
        done.set()
        for client in clients:
            client.join()


def test_only_the_operator_may_ask(filled):
    api = Api(filled)
    assert api.get("/api/v1/scrub").status_code == 401
    assert api.as_operator("POST", "/scrub", json={"bytesPerSecond": "fast"}).status_code == 400
    assert api.as_operator("POST", "/scrub", json={"other": 1}).status_code == 400


def test_it_can_be_left_to_be_asked_for(fresh_server):
    server = fresh_server("--scrub-days", "0")
    time.sleep(0.2)
    assert "Scrub has not begun yet." in scrub_status(server).stdout
