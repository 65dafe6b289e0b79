"""What a signature covers is what is done: one signed text is never understood in two ways."""

import pytest
from blob.wire import Wire
from harness.shared_key import signature

ROOT = "/devstoreaccount1/$root"
BLOCK = {"x-ms-blob-type": "BlockBlob"}


@pytest.fixture
def blob_of_the_same_name(wire, container):
    """A blob in $root that has the container's name: without restype, the address is its own."""
    wire.ask("PUT", ROOT, "restype=container", body=b"")
    path = f"{ROOT}/{container.container_name}"
    assert wire.ask("PUT", path, headers=BLOCK, body=b"keep").status == 201
    yield path
    wire.ask("DELETE", path)


@pytest.mark.parametrize("name", ["restype", "Restype", "RESTYPE", "%52estype"])
def test_a_parameter_in_another_case_means_the_same(wire, container, blob_of_the_same_name, name):
    path = f"/devstoreaccount1/{container.container_name}"
    assert wire.ask("DELETE", path, f"{name}=container").status == 202
    assert wire.ask("GET", blob_of_the_same_name).body == b"keep"
    assert not container.exists()


def test_what_changes_the_case_of_a_signed_request_changes_nothing(server, container, blob_of_the_same_name):
    path = f"/devstoreaccount1/{container.container_name}"
    with Wire(server) as wire:
        headers = {"Host": "localhost", **wire.signer.signed("DELETE", path, "restype=container", {})}
        lines = [f"DELETE {path}?Restype=container HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
        wire.send("\r\n".join([*lines, "", ""]).encode())
        assert wire.read().status == 202
        assert wire.ask("GET", blob_of_the_same_name).body == b"keep"


@pytest.mark.parametrize("query", ["Comp=list", "comp=list", "COMP=list"])
def test_the_lite_scheme_signs_comp_in_any_case(raw, query):
    def ask(signed_value: str) -> int:
        dated = raw.signed("GET", "/devstoreaccount1", query, {})
        date, version = dated["x-ms-date"], dated["x-ms-version"]
        resource = "/devstoreaccount1/devstoreaccount1" + signed_value
        text = f"GET\n\n\n\nx-ms-date:{date}\nx-ms-version:{version}\n{resource}"
        lite = f"SharedKeyLite {raw.account}:{signature(raw.key, text)}"
        sent = {"x-ms-date": date, "x-ms-version": version, "Authorization": lite}
        return raw.request("GET", "/devstoreaccount1", query, sent, sign=False)[0].status

    assert ask("?comp=list") == 200
    assert ask("") == 403


def test_a_signed_header_counts_once(server, container):
    path = f"/devstoreaccount1/{container.container_name}/b"
    with Wire(server) as wire:
        # Signed joined, as the service's own rule for repeated headers would have it.
        signed = wire.signer.signed("PUT", path, "", BLOCK | {"Content-Length": "1", "x-ms-meta-a": "1,2"})
        fields = [(name, value) for name, value in signed.items() if name != "x-ms-meta-a"]
        fields += [("Host", "localhost"), ("x-ms-meta-a", "1"), ("X-Ms-Meta-A", "2")]
        lines = [f"PUT {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields)]
        wire.send("\r\n".join([*lines, "", "x"]).encode())
        refusal = wire.read()
        assert (refusal.status, refusal.code) == (400, "InvalidHeaderValue")
    assert list(container.list_blob_names()) == []
