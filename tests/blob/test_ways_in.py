"""Every way in is told in the records, and every refusal of it is counted."""

import datetime
import http.client
import json
import time

import pytest
from azure.storage.blob import ContainerClient, generate_blob_sas
from blob.bearer import BLOB, serve_with_roles
from blob.wire import client_of
from harness.journals import Journals
from server import ACCOUNT, KEY

SLOT = 1  # of the development account, the first behind the server's own


def soon(minutes: int = 5) -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)


def service_sas() -> str:
    return generate_blob_sas(ACCOUNT, "shared", "blob", account_key=KEY, permission="r", expiry=soon())


def delegation_sas(world) -> str:
    with world.client("reader") as service:
        key = service.get_user_delegation_key(soon(-1), soon())
    return generate_blob_sas(
        ACCOUNT, "shared", "blob", user_delegation_key=key, permission="r", expiry=soon()
    )


def recorded(world, query: str = "", headers: dict | None = None, sign: bool = False) -> dict:
    """What the record of a read says, by facet."""
    response, content = world.raw.request("GET", BLOB, query, headers, sign=sign)
    assert (response.status, content) == (200, b"hello")
    connection = http.client.HTTPConnection("127.0.0.1", world.server.platform_port, timeout=30)
    for _ in range(100):
        connection.request("GET", f"/api/v1/receipts/{response.getheader('x-ms-vitrine-receipt')}")
        answer = connection.getresponse()
        document = json.loads(answer.read())
        if answer.status == 200:
            connection.close()
            return {name: facet["reads"] for name, facet in document["record"]["facets"].items()}
        time.sleep(0.1)
    raise AssertionError("the record was not sealed")


def bearer(world, subject: str) -> dict:
    return {"Authorization": f"Bearer {world.issuer.token(sub=subject)}"}


# How the blob is read; whom the record names, by which credential, for which purpose.
WAYS = {
    "key": (lambda w: recorded(w, sign=True), f"account:{ACCOUNT}/key1", "account-key", "development"),
    "service SAS": (
        lambda w: recorded(w, service_sas()),
        f"account:{ACCOUNT}/key1",
        "service-sas",
        "development",
    ),
    "token": (lambda w: recorded(w, headers=bearer(w, "reader")), "token:reader", "bearer-token", "archive"),
    "user delegation SAS": (
        lambda w: recorded(w, delegation_sas(w)),
        "token:reader",
        "user-delegation-sas",
        "archive",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_record_names_who_asked_and_how(world, way):
    read, principal, credential, purpose = WAYS[way]
    facets = read(world)
    assert (facets["who"]["principal"], facets["who"]["credential"]) == (principal, credential)
    assert facets["why"]["purpose"] == purpose


def test_the_record_of_an_anonymous_read_has_the_purpose_of_the_opening(world):
    with client_of(world.server) as service:
        shared: ContainerClient = service.get_container_client("shared")
        opening = {"x-ms-vitrine-purpose": "publication"}
        shared.set_container_access_policy({}, public_access="blob", headers=opening)
        facets = recorded(world)
        shared.set_container_access_policy({})
    assert (facets["who"]["principal"], facets["who"]["credential"]) == ("anonymous", "anonymous")
    assert facets["why"]["purpose"] == "publication"


def test_every_refusal_is_counted(tmp_path):
    world = serve_with_roles(tmp_path)
    try:
        good = service_sas()
        for query, headers, status in (
            ("", {}, 401),
            ("", {"Authorization": "Bearer x"}, 401),
            ("", bearer(world, "reader") | {"Authorization": f"Bearer {world.issuer.token(exp=1)}"}, 401),
            (good.replace("sp=r", "sp=rw"), {}, 403),
            (good + "&rsct=text/html", {}, 403),
        ):
            response, _ = world.raw.request("GET", BLOB, query, headers, sign=False)
            assert response.status == status
        response, _ = world.raw.request("DELETE", BLOB, good, sign=False)
        assert response.status == 403
        response, _ = world.raw.request("GET", BLOB, "", bearer(world, "nobody"), sign=False)
        assert response.status == 403
        expected = {"failed-authentication": 5, "insufficient-credentials": 2}
        assert Journals(world.server).wait_for_refused(SLOT, expected) == expected
    finally:
        world.server.stop()
