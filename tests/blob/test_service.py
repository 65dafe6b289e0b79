"""The account's blob service: its containers, its settings, what it is."""

import uuid

import pytest


def test_containers_are_listed_in_order_by_pages(blob_service):
    stem = f"list-{uuid.uuid4().hex[:8]}-"
    names = [stem + suffix for suffix in ("a", "a-b", "ab", "b", "c")]
    for name in reversed(names):
        blob_service.create_container(name, metadata={"name": name.replace("-", "")})
    for size in (1, 2, 5, None):
        found = blob_service.list_containers(
            name_starts_with=stem, results_per_page=size, include_metadata=True
        )
        pages = [list(page) for page in found.by_page()]
        listed = [container for page in pages for container in page]
        assert [container.name for container in listed] == names
        assert all(container.metadata["name"] == container.name.replace("-", "") for container in listed)
        assert all(len(page) == size for page in pages[:-1])
    head = blob_service.get_container_client(names[0]).get_container_properties()
    assert (listed[0].etag, listed[0].last_modified) == (head.etag, head.last_modified)
    assert (listed[0].lease.status, listed[0].lease.state) == ("unlocked", "available")
    for name in names:
        blob_service.delete_container(name)
    assert list(blob_service.list_containers(name_starts_with=stem)) == []


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("comp=list&maxresults=0", 400, "OutOfRangeQueryParameterValue"),
        ("comp=list&include=snapshots", 400, "InvalidQueryParameterValue"),
        ("comp=list&marker=guess", 200, None),
        ("comp=list&include=metadata,deleted,system", 200, None),
        ("comp=unknown", 400, "InvalidQueryParameterValue"),
        ("", 400, "InvalidQueryParameterValue"),
    ],
)
def test_service_parameters(raw, query, status, code):
    response, _ = raw.request("GET", "/devstoreaccount1", query)
    assert (response.status, response.getheader("x-ms-error-code")) == (status, code)


def test_what_the_account_is(blob_service, container):
    for client in (blob_service, container, container.get_blob_client("any")):
        info = client.get_account_information()
        assert (info["sku_name"], info["account_kind"]) == ("Standard_RAGRS", "StorageV2")
        assert info["is_hns_enabled"] is False


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<Other/>",
        b"<StorageServiceProperties><Unknown/></StorageServiceProperties>",
        b"<StorageServiceProperties><Logging><Read>maybe</Read></Logging></StorageServiceProperties>",
    ],
)
def test_malformed_settings(raw, document):
    query = "restype=service&comp=properties"
    response, _ = raw.request("PUT", "/devstoreaccount1", query, body=document)
    assert (response.status, response.getheader("x-ms-error-code")) == (400, "InvalidXmlDocument")
