"""Finding blobs by their index tags, in an account and in a container."""

import datetime
import urllib.parse
import uuid

import pytest
from azure.storage.blob import ContainerClient, generate_container_sas
from blob.wire import code_of
from harness.shared_key import RawClient
from server import ACCOUNT, KEY


@pytest.fixture
def mark() -> str:
    """A value that no other test has."""
    return uuid.uuid4().hex


@pytest.fixture
def tagged(blob_service, container, mark):
    """Blobs with an own mark, and a number of two digits each."""
    for number in range(12):
        tags = {"mark": mark, "n": f"{number:02}", "parity": "even" if number % 2 == 0 else "odd"}
        container.upload_blob(f"dir/{number:02} é", b"x", tags=tags)
    container.upload_blob("plain", b"x")
    return container


def names(found) -> list[str]:
    return [blob.name for blob in found]


def numbers(found) -> list[int]:
    return sorted(int(blob.name[4:6]) for blob in found)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("", range(12)),
        ("and n='03'", [3]),
        ("AND \"parity\" = 'odd'", range(1, 12, 2)),
        ("and n>'03'", range(4, 12)),
        ("and n>='03' and n<'06'", range(3, 6)),
        ("and n<='03' and parity='even'", [0, 2]),
        ("and (n='03' and parity='odd')", [3]),
        ("and n='3'", []),
        ("and missing='3'", []),
        ("and n>'9'", []),
    ],
)
def test_what_is_found(blob_service, tagged, mark, where, expected):
    where = f"mark='{mark}' {where}"
    for found in (
        list(blob_service.find_blobs_by_tags(where)),
        list(tagged.find_blobs_by_tags(where)),
        list(blob_service.find_blobs_by_tags(f"{where} and @container='{tagged.container_name}'")),
    ):
        assert numbers(found) == list(expected)
        assert {blob.container_name for blob in found} <= {tagged.container_name}
    assert list(blob_service.find_blobs_by_tags(f"{where} and @container='another'")) == []
    assert list(tagged.find_blobs_by_tags(f"{where} and @container='another'")) == []


def test_ranges_alone(tagged):
    assert numbers(tagged.find_blobs_by_tags("n>='05' and n<='07'")) == [5, 6, 7]
    assert numbers(tagged.find_blobs_by_tags("n<'02'")) == [0, 1]
    assert numbers(tagged.find_blobs_by_tags("n>'02' and n<'01'")) == []


def test_only_the_tags_that_were_asked_for_are_told(tagged, mark):
    (found,) = tagged.find_blobs_by_tags(f"mark='{mark}' and n='04'")
    assert found.name == "dir/04 é"
    assert found.tags == {"mark": mark, "n": "04"}


@pytest.mark.parametrize("size", [1, 5, 12, 100])
def test_pages(blob_service, tagged, mark, size):
    for client in (blob_service, tagged):
        pages = client.find_blobs_by_tags(f"mark='{mark}'", results_per_page=size).by_page()
        found = [list(page) for page in pages]
        assert all(len(page) <= size for page in found)
        assert numbers(sum(found, [])) == list(range(12))


def test_a_marker_survives_changes(tagged, mark):
    pages = tagged.find_blobs_by_tags(f"mark='{mark}'", results_per_page=4).by_page()
    first = names(next(pages))
    tagged.delete_blob("dir/04 é")
    tagged.upload_blob("dir/00 b", b"x", tags={"mark": mark})
    rest = names(blob for page in pages for blob in page)
    assert first == [f"dir/{n:02} é" for n in range(4)]
    assert rest == [f"dir/{n:02} é" for n in range(5, 12)]


def test_what_changes_is_found_as_it_is(container, mark):
    def found() -> list[str]:
        return names(container.find_blobs_by_tags(f"mark='{mark}'"))

    blob = container.get_blob_client("b")
    blob.upload_blob(b"x", tags={"mark": mark})
    assert found() == ["b"]
    blob.set_blob_metadata({"a": "1"})
    assert found() == ["b"]
    blob.create_snapshot()
    assert found() == ["b"]
    blob.set_blob_tags({"mark": "other"})
    assert found() == []
    blob.set_blob_tags({"mark": mark})
    assert found() == ["b"]
    blob.upload_blob(b"y", overwrite=True)
    assert found() == []
    blob.upload_blob(b"y", overwrite=True, tags={"mark": mark})
    blob.delete_blob(delete_snapshots="include")
    assert found() == []
    blob.create_append_blob(tags={"mark": mark})
    assert found() == ["b"]
    blob.create_page_blob(512, tags={"mark": mark})
    assert found() == ["b"]
    blob.delete_blob()
    blob.stage_block("YQ==", b"x")
    assert found() == []
    blob.commit_block_list(["YQ=="], tags={"mark": mark, "more": "1"})
    assert found() == ["b"]


def test_a_container_that_is_gone_is_not_searched(blob_service, container, mark):
    container.upload_blob("b", b"x", tags={"mark": mark})
    where = f"mark='{mark}'"
    assert len(list(blob_service.find_blobs_by_tags(where))) == 1
    container.delete_container()
    assert list(blob_service.find_blobs_by_tags(where)) == []
    assert code_of(lambda: list(container.find_blobs_by_tags(where))) == (404, "ContainerNotFound")
    assert list(blob_service.find_blobs_by_tags(f"{where} and @container='{container.container_name}'")) == []


def test_several_containers(blob_service, container, mark):
    other = blob_service.create_container(f"test-{mark}")
    for each in (container, other):
        each.upload_blob("b", b"x", tags={"mark": mark})
    found = {blob.container_name for blob in blob_service.find_blobs_by_tags(f"mark='{mark}'")}
    assert found == {container.container_name, other.container_name}
    other.delete_container()
    (left,) = blob_service.find_blobs_by_tags(f"mark='{mark}'")
    assert left.container_name == container.container_name


def find(raw: RawClient, path: str, parameters: dict):
    query = urllib.parse.urlencode({"comp": "blobs"} | parameters, quote_via=urllib.parse.quote)
    return raw.request("GET", path, query)


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "MissingRequiredQueryParameter"),
        ({"where": ""}, "InvalidQueryParameterValue"),
        ({"where": "a"}, "InvalidQueryParameterValue"),
        ({"where": "a='b' or c='d'"}, "InvalidQueryParameterValue"),
        ({"where": "a<>'b'"}, "InvalidQueryParameterValue"),
        ({"where": "'a'='b'"}, "InvalidQueryParameterValue"),
        ({"where": "@other='b' and a='b'"}, "InvalidQueryParameterValue"),
        ({"where": "@container='con'"}, "InvalidQueryParameterValue"),
        ({"where": " and ".join(f"k{n}='v'" for n in range(11))}, "InvalidQueryParameterValue"),
        ({"where": "a='b'", "maxresults": "0"}, "OutOfRangeQueryParameterValue"),
        ({"where": "a='b'", "maxresults": "x"}, "InvalidQueryParameterValue"),
        ({"where": "a='b'", "marker": "guess"}, "OutOfRangeInput"),
    ],
)
def test_searches_that_are_none(raw, container, parameters, code):
    response, _ = find(raw, f"/{ACCOUNT}", parameters)
    assert (response.status, response.getheader("x-ms-error-code")) == (400, code)
    response, _ = find(raw, f"/{ACCOUNT}/{container.container_name}", {"restype": "container"} | parameters)
    assert (response.status, response.getheader("x-ms-error-code")) == (400, code)


def test_the_document(raw, container, mark):
    container.upload_blob("a", b"x", tags={"mark": mark, "other": "1"})
    response, body = find(raw, f"/{ACCOUNT}", {"where": f"mark='{mark}'", "maxresults": "7"})
    assert (response.status, response.getheader("Content-Type")) == (200, "application/xml")
    text = body.decode()
    assert f"<Where>mark='{mark}'</Where>" in text.replace("&apos;", "'").replace("&#39;", "'")
    assert (
        f"<Blobs><Blob><Name>a</Name><ContainerName>{container.container_name}</ContainerName><Tags><TagSet>"
        f"<Tag><Key>mark</Key><Value>{mark}</Value></Tag></TagSet></Tags></Blob></Blobs>"
    ) in text
    assert "<NextMarker" in text and "<MaxResults>7</MaxResults>" in text


def test_a_signature_must_allow_to_find(container):
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    container.upload_blob("b", b"x", tags={"a": "1"})
    for permission, allowed in (("rl", False), ("f", True)):
        sas = generate_container_sas(
            ACCOUNT, container.container_name, account_key=KEY, permission=permission, expiry=until
        )
        client = ContainerClient.from_container_url(container.url, credential=sas, retry_total=0)
        if allowed:
            assert names(client.find_blobs_by_tags("a='1'")) == ["b"]
        else:
            refused = code_of(lambda there=client: list(there.find_blobs_by_tags("a='1'")))
            assert refused == (403, "AuthorizationPermissionMismatch")
