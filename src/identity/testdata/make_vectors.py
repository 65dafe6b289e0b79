"""Makes shared_key.json, account_sas.json and service_sas.json beside this file.

The official Python SDK's own signers make them.

Run with azure-storage-blob installed; the tests read the committed results.
"""

import base64
import datetime
import json
import pathlib
from urllib.parse import unquote, urlsplit

from azure.core import MatchConditions
from azure.core.pipeline.transport import HttpTransport
from azure.storage.blob import (
    BlobServiceClient,
    ContentSettings,
    UserDelegationKey,
    generate_account_sas,
    generate_blob_sas,
    generate_container_sas,
)
from azure.storage.blob._shared.shared_access_signature import SharedAccessSignature

ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
ADDRESSES = {
    "path": f"http://127.0.0.1:10000/{ACCOUNT}",
    "host": f"http://{ACCOUNT}.blob.localhost:10000",
    "secondary": f"http://127.0.0.1:10000/{ACCOUNT}-secondary",
}


class Captured(Exception):
    """Carries the signed request out of the SDK's pipeline."""


class CapturingTransport(HttpTransport):
    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def open(self):
        pass

    def close(self):
        pass

    def send(self, request, **_):
        raise Captured(request)


def calls(service):
    container = service.get_container_client("pictures")
    blob = service.get_blob_client("pictures", "a b/\u00fc+100%?.txt")
    early = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    yield "list containers", lambda: next(iter(service.list_containers("A b+c", include_metadata=True)))
    yield (
        "list blobs",
        lambda: next(iter(container.list_blobs("\u00fc/ &=", include=["metadata", "snapshots"]))),
    )
    yield "get range", lambda: blob.download_blob(offset=5, length=10)
    yield (
        "put blob",
        lambda: blob.upload_blob(
            b"hello",
            metadata={"zeta": "1", "Alpha": " spaced  value ", "a_b": "2", "a1": "3"},
            content_settings=ContentSettings(
                content_type="text/plain; charset=utf-8", content_md5=bytearray(16)
            ),
        ),
    )
    yield "empty body", lambda: container.create_container(metadata={"x": "y"})
    yield (
        "conditions",
        lambda: blob.set_blob_metadata(
            {"k": "v"}, if_modified_since=early, etag='"0x8D"', match_condition=MatchConditions.IfNotModified
        ),
    )
    yield "delete", lambda: blob.delete_blob(delete_snapshots="include")


def pairs(query):
    return [[unquote(part) for part in field.partition("=")[::2]] for field in query.split("&") if field]


def shared_key_vectors():
    for style, address in ADDRESSES.items():
        credential = {"account_name": ACCOUNT, "account_key": KEY}
        service = BlobServiceClient(
            address, credential=credential, transport=CapturingTransport(), retry_total=0
        )
        for name, call in calls(service):
            try:
                call()
            except Captured as captured:
                request = captured.args[0]
            url = urlsplit(request.url)
            yield {
                "name": f"{style}: {name}",
                "method": request.method,
                "path": url.path,
                "query": pairs(url.query),
                "headers": sorted([name, value] for name, value in request.headers.items()),
            }


def account_sas_vectors():
    start, expiry = "2026-01-01T00:00:00Z", "2027-01-01T00:00Z"
    rows = [
        ("least", "2026-10-06", {}),
        ("everything", "2026-10-06", {"start": start, "ip": "168.1.5.60-168.1.5.70", "protocol": "https"}),
        ("scope", "2020-12-06", {"encryption_scope": "scope1"}),
    ]
    for name, version, options in rows:
        token = SharedAccessSignature(ACCOUNT, KEY, version).generate_account(
            "b", "sco", "rwdlac", expiry, **options
        )
        yield {"name": name, "query": pairs(token)}
    token = generate_account_sas(ACCOUNT, KEY, resource_types="o", permission="r", expiry=expiry)
    yield {"name": "public function", "query": pairs(token)}


def service_sas_vectors():
    start, expiry = "2026-01-01T00:00:00Z", "2027-01-01T00:00Z"
    blob = "a b/\u00fc+100%?.txt"
    headers = {
        "cache_control": "no-store",
        "content_disposition": 'attachment; filename="\u00fc"',
        "content_encoding": "identity",
        "content_language": "de",
        "content_type": "text/plain",
    }
    everything = {"start": start, "ip": "168.1.5.60-168.1.5.70", "protocol": "https"} | headers
    snapshot = "2026-02-03T04:05:06.0000000Z"
    rows = [
        ("blob", blob, {}),
        ("everything", blob, everything),
        ("snapshot", blob, {"snapshot": snapshot}),
        ("version", blob, {"version_id": snapshot}),
        ("policy", blob, {"permission": None, "expiry": None, "policy_id": "readers"}),
        ("container", "", {}),
        ("everything in a container", "", everything),
    ]
    for name, of, options in rows:
        options = {"account_key": KEY, "permission": "r", "expiry": expiry} | options
        make = generate_blob_sas if of else generate_container_sas
        token = make(ACCOUNT, "pictures", *([of] if of else []), **options)
        query = pairs(token)
        query += [["snapshot" if name == "snapshot" else "versionid", snapshot]] * (
            name in ("snapshot", "version")
        )
        yield {"name": name, "container": "pictures", "blob": of, "query": query}


def delegation_sas_vectors():
    key = UserDelegationKey()
    key.signed_oid, key.signed_tid, key.signed_service, key.signed_version = "oid", "tid", "b", "2026-10-06"
    key.signed_start, key.signed_expiry = "2026-01-01T00:00:00Z", "2026-01-08T00:00:00Z"
    key.value = base64.b64encode(bytes(range(1, 33))).decode()
    everything = {
        "start": "2026-01-01T00:00:00Z",
        "ip": "168.1.5.65",
        "preauthorized_agent_object_id": "agent",
        "correlation_id": "correlation",
        "user_delegation_oid": "user",
        "content_type": "text/plain",
    }
    headers = {"request_headers": {"x-ms-meta-a": "1", "X-Ms-Meta-B": "two words"}}
    parameters = {"request_query_params": {"comp": "metadata"}}
    rows = [
        ("delegation", {}, []),
        ("delegation of everything", everything, []),
        ("delegation with headers", headers | parameters, [["comp", "metadata"]]),
    ]
    for name, options, more in rows:
        expiry = "2026-01-07T00:00Z"
        token = generate_blob_sas(
            ACCOUNT, "pictures", "b", user_delegation_key=key, permission="r", expiry=expiry, **options
        )
        yield {"name": name, "container": "pictures", "blob": "b", "query": pairs(token) + more}


def main():
    here = pathlib.Path(__file__).parent
    for file, vectors in (
        ("shared_key.json", shared_key_vectors()),
        ("account_sas.json", account_sas_vectors()),
        ("service_sas.json", [*service_sas_vectors(), *delegation_sas_vectors()]),
    ):
        (here / file).write_text(json.dumps(list(vectors), indent=1) + "\n")


if __name__ == "__main__":
    main()
