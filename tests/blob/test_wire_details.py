"""Small things that clients of other servers, and their test suites, count on."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
from blob.wire import code_of, md5_text
from server import ACCOUNT

BLOCK = {"x-ms-blob-type": "BlockBlob"}


@pytest.fixture
def path(container):
    return f"/{ACCOUNT}/{container.container_name}"


def listed(wire, path, query="") -> ElementTree.Element:
    return ElementTree.fromstring(wire.ask("GET", path, f"restype=container&comp=list{query}").body)


def names(found: ElementTree.Element) -> list[str]:
    return [name.text for name in found.findall("./Blobs/*/Name")]


# --- Where a listing goes on.


def test_a_marker_is_the_last_name(wire, container, path):
    for name in ("a", "b/1", "b/2", "c&d", "e"):
        container.upload_blob(name, b"")
    pages = {"": (["a", "b/1"], "b/1"), "b/1": (["b/2", "c&d"], "c&d"), "c%26d": (["e"], None)}
    for marker, (expected, following) in pages.items():
        found = listed(wire, path, f"&maxresults=2&marker={marker}")
        assert (names(found), found.findtext("NextMarker") or None) == (expected, following)
    found = listed(wire, path, "&maxresults=2&delimiter=/")
    assert (names(found), found.findtext("NextMarker")) == (["a", "b/"], "b/")
    found = listed(wire, path, "&maxresults=2&delimiter=/&marker=b/")
    assert (names(found), found.findtext("NextMarker")) == (["c&d", "e"], "")


def test_any_name_is_a_marker(wire, container, path):
    for name in ("b", "d", "f"):
        container.upload_blob(name, b"")
    assert names(listed(wire, path, "&marker=c")) == ["d", "f"]
    assert names(listed(wire, path, "&marker=d&prefix=d")) == []
    assert names(listed(wire, path, "&marker=a&prefix=f")) == ["f"]
    assert names(listed(wire, path, "&marker=z")) == []


@pytest.mark.parametrize("name", ["control\x01", "space ", " space", "1!name", "\ufffe", "é", "tab\t"])
def test_names_that_a_reader_would_change_are_no_markers(wire, container, path, name):
    for each in (name, name + "2", name + "3"):
        container.upload_blob(each, b"")
    found, seen = listed(wire, path, "&maxresults=1"), []
    while True:
        seen += names(found)
        marker = found.findtext("NextMarker")
        if not marker:
            break
        marker = marker.replace("+", "%2B").replace("=", "%3D").replace(" ", "%20")
        assert marker.isascii()
        found = listed(wire, path, f"&maxresults=1&marker={marker}")
    assert len(seen) == 3


def test_a_plus_in_a_query_is_a_space(wire, container, path):
    for name in ("dir 1/a b", "dir+1/a+b"):
        container.upload_blob(name, b"")
    for prefix, expected in (
        ("dir+1%2F", "dir 1/a b"),
        ("dir%201%2F", "dir 1/a b"),
        ("dir%2B1%2F", "dir+1/a+b"),
    ):
        assert names(listed(wire, path, f"&delimiter=%2F&prefix={prefix}")) == [expected]


def test_containers_go_on_behind_their_last_name(wire, blob_service, container):
    base = container.container_name[:50]
    for suffix in ("cc", "aa", "bb"):
        blob_service.create_container(base + suffix)
    query = f"comp=list&prefix={base}&maxresults=1&marker={base}aa"
    found = ElementTree.fromstring(wire.ask("GET", f"/{ACCOUNT}", query).body)
    assert [name.text for name in found.findall("./Containers/*/Name")] == [base + "bb"]
    assert found.findtext("NextMarker") == base + "bb"


# --- What a listing says.


def test_every_value_of_include_is_known(wire, container, path):
    container.upload_blob("b", b"")
    every = "snapshots,metadata,UncommittedBlobs,copy,deleted,tags,versions,deletedwithversions"
    every += ",immutabilitypolicy,legalhold,permissions"
    for query in (f"&include={every}", "&include=", f"&delimiter=/&include={every}"):
        assert names(listed(wire, path, query)) == ["b"]
    assert wire.ask("GET", path, "restype=container&comp=list&include=some").code == (
        "InvalidQueryParameterValue"
    )


def test_a_listing_tells_what_is_sealed_and_that_all_is_encrypted(wire, container, path):
    log = container.get_blob_client("log")
    log.create_append_blob()
    properties = listed(wire, path).find("./Blobs/Blob/Properties")
    assert (properties.findtext("Sealed"), properties.findtext("ServerEncrypted")) == (None, "true")
    log.seal_append_blob()
    assert listed(wire, path).findtext("./Blobs/Blob/Properties/Sealed") == "true"


def test_containers_are_listed_with_what_they_have_not(wire, container):
    query = f"comp=list&prefix={container.container_name}"
    found = ElementTree.fromstring(wire.ask("GET", f"/{ACCOUNT}", query).body)
    properties = {each.tag: each.text for each in found.find("./Containers/Container/Properties")}
    assert re.fullmatch(r'"0x[0-9A-F]+"', properties.pop("Etag")) and properties.pop("Last-Modified")
    assert properties == {
        "LeaseStatus": "unlocked",
        "LeaseState": "available",
        "DefaultEncryptionScope": "$account-encryption-key",
        "DenyEncryptionScopeOverride": "false",
        "HasImmutabilityPolicy": "false",
        "HasLegalHold": "false",
        "ImmutableStorageWithVersioningEnabled": "true",
    }


# --- Types, sums and ranges.


@pytest.mark.parametrize("how", ["put", "block list", "append", "page"])
def test_a_new_blob_has_a_type(wire, path, how):
    match how:
        case "put":
            made = wire.ask("PUT", path + "/b", headers=BLOCK, body=b"x")
        case "block list":
            made = wire.ask("PUT", path + "/b", "comp=blocklist", {}, b"<BlockList/>")
        case "append":
            made = wire.ask("PUT", path + "/b", headers={"x-ms-blob-type": "AppendBlob"}, body=b"")
        case _:
            made = wire.ask(
                "PUT",
                path + "/b",
                headers={"x-ms-blob-type": "PageBlob", "x-ms-blob-content-length": "512"},
                body=b"",
            )
    assert made.status == 201
    assert wire.ask("HEAD", path + "/b").headers["content-type"] == "application/octet-stream"
    assert wire.ask("PUT", path + "/b", "comp=properties", {}, b"").status == 200
    for method in ("HEAD", "GET"):
        assert "content-type" not in wire.ask(method, path + "/b").headers
    assert not listed(wire, path).findtext("./Blobs/Blob/Properties/Content-Type")


def test_the_whole_blob_comes_with_its_md5_twice(wire, path):
    wire.ask("PUT", path + "/b", headers=BLOCK, body=b"abc")
    whole, part = wire.ask("GET", path + "/b"), wire.ask("GET", path + "/b", headers={"Range": "bytes=0-5"})
    assert whole.headers["content-md5"] == whole.headers["x-ms-blob-content-md5"] == md5_text(b"abc")
    assert "content-md5" not in part.headers
    assert part.headers["x-ms-blob-content-md5"] == md5_text(b"abc")


@pytest.mark.parametrize(
    ("content", "asked"), [(b"", "bytes=0-2"), (b"abc", "bytes=3-"), (b"abc", "bytes=9-9")]
)
@pytest.mark.parametrize("check", [{}, {"x-ms-range-get-content-md5": "true"}])
def test_a_range_that_is_not_there_is_answered_with_the_size(wire, path, content, asked, check):
    wire.ask("PUT", path + "/b", headers=BLOCK, body=content)
    got = wire.ask("GET", path + "/b", headers={"x-ms-range": asked} | check)
    assert (got.status, got.code, got.headers["content-range"]) == (
        416,
        "InvalidRange",
        f"bytes */{len(content)}",
    )
    assert "content-range" not in wire.ask("GET", path + "/absent").headers


def test_block_ids_have_one_length_before_base64(container):
    blob = container.get_blob_client("b")
    blob.stage_block("1", b"x")
    assert code_of(blob.stage_block, "123", b"x") == (400, "InvalidBlobOrBlock")
    blob.stage_block("2", b"y")
    blob.commit_block_list(["1", "2"])
    blob.stage_block("123", b"z")


# --- States.


def test_a_tier_that_was_set_is_not_inferred(wire, path):
    wire.ask("PUT", path + "/b", headers=BLOCK, body=b"x")
    assert wire.ask("HEAD", path + "/b").headers["x-ms-access-tier-inferred"] == "true"
    wire.ask("PUT", path + "/b", headers=BLOCK | {"x-ms-access-tier": "Hot"}, body=b"x")
    assert wire.ask("HEAD", path + "/b").headers["x-ms-access-tier-inferred"] == "false"
    properties = listed(wire, path).find("./Blobs/Blob/Properties")
    assert (properties.findtext("AccessTier"), properties.find("AccessTierInferred")) == ("Hot", None)


def test_a_lease_that_is_being_broken_has_no_duration(wire, path, container):
    container.upload_blob("b", b"x").acquire_lease(60)
    container.acquire_lease(60)
    for each, query in ((path + "/b", ""), (path, "restype=container")):
        assert wire.ask("HEAD", each, query).headers["x-ms-lease-duration"] == "fixed"
        headers = {"x-ms-lease-action": "break", "x-ms-lease-break-period": "30"}
        assert wire.ask("PUT", each, f"comp=lease&{query}".rstrip("&"), headers, b"").status == 202
        found = wire.ask("HEAD", each, query).headers
        assert (found["x-ms-lease-state"], found["x-ms-lease-status"]) == ("breaking", "locked")
        assert "x-ms-lease-duration" not in found
    wire.ask(
        "PUT",
        path,
        "comp=lease&restype=container",
        {"x-ms-lease-action": "break", "x-ms-lease-break-period": "0"},
        b"",
    )


def test_a_failed_authentication_says_more(wire):
    key_info = b"<KeyInfo><Start>2026-01-01T00:00:00Z</Start><Expiry>2026-01-02T00:00:00Z</Expiry></KeyInfo>"
    got = wire.ask("POST", f"/{ACCOUNT}", "restype=service&comp=userdelegationkey", {}, key_info)
    assert (got.status, got.code) == (403, "AuthenticationFailed")
    detail = ElementTree.fromstring(got.body).findtext("AuthenticationErrorDetail")
    assert detail == "Only authentication scheme Bearer is supported"


def test_any_change_of_what_is_there_goes_on_with_if_none_match_any(wire, path):
    anything = {"If-None-Match": "*"}
    wire.ask("PUT", path + "/b", headers=BLOCK, body=b"x")
    assert wire.ask("PUT", path + "/b", "comp=metadata", anything, b"").status == 200
    assert wire.ask("PUT", path + "/b", "comp=properties", anything, b"").status == 200
    assert wire.ask("PUT", path + "/b", headers=BLOCK | anything, body=b"y").code == "BlobAlreadyExists"
    assert wire.ask("DELETE", path + "/b", headers=anything).status == 202
