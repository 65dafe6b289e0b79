"""Requests that are refused before anything is decided are counted, each in one counting record."""

import concurrent.futures
import datetime
import http.client
import socket

import pytest
from azure.storage.blob import AccountSasPermissions, ResourceTypes, generate_account_sas
from harness.journals import SYSTEM_SLOT, Journals
from harness.shared_key import RawClient
from server import ACCOUNT, KEY, Server

SLOT = 1  # of the development account, the first behind the server's own
OTHER_KEY = "b3RoZXI="


@pytest.fixture
def own_server(fresh_server) -> Server:
    return fresh_server("--seal-tick", "50")


def send(port: int, request: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        assert connection.makefile("rb").readline().startswith(b"HTTP/1.1 ")


def get(port: int, path: str, headers: dict | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=headers or {})
        return connection.getresponse().status
    finally:
        connection.close()


def ask(port: int, path: str, query: str = "", key: str = KEY, headers: dict | None = None) -> int:
    response, _ = RawClient("127.0.0.1", port, ACCOUNT, key).request("GET", path, query, headers)
    return response.status


def sas(permissions: AccountSasPermissions) -> str:
    return generate_account_sas(
        ACCOUNT,
        KEY,
        ResourceTypes(service=True, container=True, object=True),
        permissions,
        datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1),
    )


BLOB = f"/{ACCOUNT}/con/blob"
JOBS = f"/api/v1/accounts/{ACCOUNT}/jobs"
DISTANT = {"x-ms-date": "Mon, 01 Jan 2001 00:00:00 GMT"}
OWN_KEY = {"x-ms-encryption-key": "AAAA"}
NOBODYS = {"Authorization": "Bearer nonsense"}
WRITES = sas(AccountSasPermissions(write=True))
AUTHENTICATION, CREDENTIALS = "failed-authentication", "insufficient-credentials"
MALFORMED, UNKNOWN = "malformed-requests", "unknown-accounts"

# What is sent to the blob port, the status it gets, and whom it is counted for as what.
AT_BLOB_PORT = [
    ("no credential", lambda port: get(port, BLOB), 401, SLOT, AUTHENTICATION),
    ("wrong key", lambda port: ask(port, BLOB, key=OTHER_KEY), 403, SLOT, AUTHENTICATION),
    ("distant date", lambda port: ask(port, BLOB, headers=DISTANT), 403, SLOT, AUTHENTICATION),
    ("changed SAS", lambda port: get(port, f"{BLOB}?{WRITES}A"), 403, SLOT, AUTHENTICATION),
    ("SAS for another operation", lambda port: get(port, f"{BLOB}?{WRITES}"), 403, SLOT, CREDENTIALS),
    ("unknown account", lambda port: get(port, "/nobody/con/b"), 404, SYSTEM_SLOT, UNKNOWN),
    ("no account", lambda port: get(port, "/"), 400, SYSTEM_SLOT, MALFORMED),
    ("no container's name", lambda port: get(port, f"/{ACCOUNT}/UPPER/b"), 400, SLOT, MALFORMED),
    ("no operation", lambda port: ask(port, BLOB, "comp=nonsense"), 400, SLOT, MALFORMED),
    (
        "not offered",
        lambda port: ask(port, BLOB, headers={"x-ms-encryption-scope": "ours"}),
        501,
        SLOT,
        MALFORMED,
    ),
    ("bad header", lambda port: ask(port, BLOB, headers={"x-ms-range": "x"}), 400, SLOT, MALFORMED),
]
AT_PLATFORM_PORT = [
    ("no credential", lambda port: get(port, JOBS), 401, SLOT, AUTHENTICATION),
    ("wrong key", lambda port: ask(port, JOBS, key=OTHER_KEY), 403, SLOT, AUTHENTICATION),
    ("no operator", lambda port: get(port, "/api/v1/accounts", NOBODYS), 403, SYSTEM_SLOT, AUTHENTICATION),
    ("unknown account", lambda port: get(port, "/api/v1/accounts/nobody/jobs"), 404, SYSTEM_SLOT, UNKNOWN),
    ("no such method", lambda port: get(port, "/api/v1/operator-key"), 405, SYSTEM_SLOT, MALFORMED),
    ("no receipt", lambda port: get(port, "/api/v1/receipts/0000"), 404, None, None),
    ("nothing there", lambda port: get(port, "/favicon.ico"), 404, None, None),
]


def test_each_refusal_is_counted_for_whom_it_concerns(own_server):
    expected: dict[int, dict[str, int]] = {SLOT: {}, SYSTEM_SLOT: {}}
    for port, rows in (
        (own_server.blob_port, AT_BLOB_PORT),
        (own_server.platform_port, AT_PLATFORM_PORT),
    ):
        for what, send_it, status, slot, quantity in rows:
            assert send_it(port) == status, what
            if slot is not None:
                expected[slot][quantity] = expected[slot].get(quantity, 0) + 1
        send(port, b"hello\r\n\r\n")
        expected[SYSTEM_SLOT][MALFORMED] += 1
    journals = Journals(own_server)
    for slot, sums in expected.items():
        assert journals.wait_for_refused(slot, sums) == sums


def test_many_clients_are_counted_exactly_and_the_last_second_at_the_stop(own_server):
    clients, each = 16, 40

    def refused_again_and_again(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", own_server.blob_port, timeout=60)
        for _ in range(each):
            connection.request("GET", f"/{ACCOUNT}/con/b" if number % 2 else f"/nobody{number}/con/b")
            connection.getresponse().read()
        connection.close()

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        list(pool.map(refused_again_and_again, range(clients)))
    own_server.stop()
    own_server.restart()
    journals = Journals(own_server)
    half = clients * each // 2
    assert journals.wait_for_refused(SLOT, {"failed-authentication": half}) == {"failed-authentication": half}
    assert journals.refused(SYSTEM_SLOT) == {"unknown-accounts": half}


def test_a_counting_record_names_nobody_and_there_is_one_a_second_at_most(own_server):
    for _ in range(200):
        get(own_server.blob_port, f"/{ACCOUNT}/con/b")
    journals = Journals(own_server)
    expected = {"failed-authentication": 200}
    assert journals.wait_for_refused(SLOT, expected) == expected
    records = journals.counting_records(SLOT)
    seconds = [record["outcome"]["time"][: len("2026-01-01T00:00:00")] for record in records]
    assert len(set(seconds)) == len(seconds)
    for record in records:
        assert record["who"]["principal"] == "unidentified"
        assert record["why"]["decision"] == "denied"
        assert record["outcome"]["measure"] == "actual"


def test_what_is_recorded_is_not_counted_too(own_server):
    assert ask(own_server.blob_port, f"/{ACCOUNT}/nothing", "restype=container") == 404
    client = RawClient("127.0.0.1", own_server.platform_port, ACCOUNT, KEY)
    response, _ = client.request("GET", f"{JOBS}/nonsense")
    assert response.status == 404 and response.headers["x-ms-vitrine-receipt"]
    own_server.stop()
    own_server.restart()
    journals = Journals(own_server)
    actions = [record["what"]["action"] for record in journals.records(SLOT)]
    assert "container.get-properties" in actions and "job.get" in actions
    assert "requests.refused" not in actions
