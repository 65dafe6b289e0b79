"""Page blobs: random writes of whole pages, one record each; what was never written is zero."""

import concurrent.futures

import pytest
from azure.storage.blob import BlobType, ContentSettings, SequenceNumberAction
from blob.wire import code_of, crc64_text

PAGE = 512


def pages(letter: str, count: int = 1) -> bytes:
    return letter.encode() * (PAGE * count)


def ranges_of(blob, **options) -> list[tuple[int, int]]:
    return [(each.start, each.end) for each in blob.list_page_ranges(**options)]


@pytest.fixture
def blob(container):
    client = container.get_blob_client("disk")
    client.create_page_blob(16 * PAGE, content_settings=ContentSettings("text/plain"), metadata={"a": "1"})
    return client


@pytest.fixture
def ask(wire, container, blob):
    """Sends a raw request about the blob; the status and the error code."""

    def send(method, query="", headers=None, body=None):
        path = f"/devstoreaccount1/{container.container_name}/disk"
        answer = wire.ask(method, path, query, headers=headers, body=body)
        return answer.status, answer.code

    return send


def test_a_new_one_is_all_zero(blob):
    found = blob.get_blob_properties()
    assert (found.blob_type, found.size, found.page_blob_sequence_number) == (BlobType.PAGEBLOB, 16 * PAGE, 0)
    assert (found.content_settings.content_type, found.metadata) == ("text/plain", {"a": "1"})
    assert found.blob_tier is None
    assert blob.download_blob().readall() == bytes(16 * PAGE)
    assert ranges_of(blob) == []


def test_pages_are_written_and_cleared(blob):
    expected = bytearray(16 * PAGE)
    tags = [blob.get_blob_properties().etag]
    for begin, letter, count in [(2, "a", 3), (10, "b", 1), (3, "c", 4), (15, "d", 1)]:
        content = pages(letter, count)
        answer = blob.upload_page(content, offset=begin * PAGE, length=len(content))
        assert answer["blob_sequence_number"] == 0
        tags.append(answer["etag"])
        expected[begin * PAGE : begin * PAGE + len(content)] = content
    assert blob.download_blob().readall() == expected
    assert ranges_of(blob) == [
        (2 * PAGE, 7 * PAGE - 1),
        (10 * PAGE, 11 * PAGE - 1),
        (15 * PAGE, 16 * PAGE - 1),
    ]
    tags.append(blob.clear_page(offset=4 * PAGE, length=7 * PAGE)["etag"])
    expected[4 * PAGE : 11 * PAGE] = bytes(7 * PAGE)
    assert blob.download_blob().readall() == expected
    assert blob.download_blob(offset=1000, length=5000).readall() == expected[1000:6000]
    assert ranges_of(blob) == [(2 * PAGE, 4 * PAGE - 1), (15 * PAGE, 16 * PAGE - 1)]
    assert len(set(tags)) == len(tags)


def test_large_writes_and_reads(container):
    blob = container.get_blob_client("large")
    blob.create_page_blob(64 << 20)
    content = bytes(range(256)) * (4 << 20 >> 8)
    blob.upload_page(content, offset=8 << 20, length=len(content))
    assert blob.download_blob(offset=(8 << 20) - 100, length=len(content) + 200).readall() == bytes(
        100
    ) + content + bytes(100)
    assert ranges_of(blob) == [(8 << 20, (12 << 20) - 1)]
    assert code_of(blob.upload_page, content + pages("x"), offset=0, length=len(content) + PAGE) == (
        413,
        "RequestBodyTooLarge",
    )
    blob.clear_page(offset=0, length=64 << 20)
    assert ranges_of(blob) == []


def test_the_largest_size_costs_nothing(container):
    blob = container.get_blob_client("huge")
    blob.create_page_blob(8 << 40)
    blob.upload_page(pages("z"), offset=(8 << 40) - PAGE, length=PAGE)
    assert ranges_of(blob) == [((8 << 40) - PAGE, (8 << 40) - 1)]
    assert blob.download_blob(offset=(8 << 40) - 2 * PAGE).readall() == bytes(PAGE) + pages("z")
    blob.resize_blob(PAGE)
    assert (ranges_of(blob), blob.download_blob().readall()) == ([], bytes(PAGE))
    assert code_of(blob.create_page_blob, (8 << 40) + PAGE) == (400, "OutOfRangeInput")


def test_resizing(blob):
    blob.upload_page(pages("a", 16), offset=0, length=16 * PAGE)
    blob.resize_blob(3 * PAGE)
    found = blob.get_blob_properties()
    assert (found.size, found.content_settings.content_type) == (3 * PAGE, "text/plain")
    blob.resize_blob(5 * PAGE)
    # What was cut off does not come back.
    assert blob.download_blob().readall() == pages("a", 3) + bytes(2 * PAGE)
    assert code_of(blob.upload_page, pages("b"), offset=5 * PAGE, length=PAGE) == (416, "InvalidPageRange")


def test_sequence_numbers(blob):
    def change(action, number=None):
        return blob.set_sequence_number(action, number)["blob_sequence_number"]

    assert change(SequenceNumberAction.UPDATE, 7) == 7
    assert change(SequenceNumberAction.MAX, 5) == 7
    assert change(SequenceNumberAction.MAX, 9) == 9
    assert change(SequenceNumberAction.INCREMENT) == 10
    found = blob.get_blob_properties()
    assert (found.page_blob_sequence_number, found.content_settings.content_type) == (10, "text/plain")
    most = 2**63 - 1
    assert change(SequenceNumberAction.UPDATE, most) == most
    assert code_of(change, SequenceNumberAction.INCREMENT) == (409, "SequenceNumberIncrementTooLarge")


@pytest.mark.parametrize(
    ("condition", "number", "met"),
    [
        ("lte", 4, False),
        ("lte", 5, True),
        ("lt", 5, False),
        ("lt", 6, True),
        ("eq", 4, False),
        ("eq", 5, True),
    ],
)
def test_writes_on_condition_of_the_sequence_number(container, condition, number, met):
    blob = container.get_blob_client(f"disk-{condition}-{number}")
    blob.create_page_blob(PAGE, sequence_number=5)
    wanted = {f"if_sequence_number_{condition}": number}
    for call, arguments in ((blob.upload_page, [pages("a")]), (blob.clear_page, [])):
        options = {"offset": 0, "length": PAGE, **wanted}
        if met:
            assert call(*arguments, **options)["blob_sequence_number"] == 5
        else:
            assert code_of(call, *arguments, **options) == (412, "SequenceNumberConditionNotMet")


def test_the_list_of_ranges_in_parts(blob):
    for begin in range(0, 16, 2):
        blob.upload_page(pages("a"), offset=begin * PAGE, length=PAGE)
    everything = [(begin * PAGE, (begin + 1) * PAGE - 1) for begin in range(0, 16, 2)]
    assert ranges_of(blob, results_per_page=3) == everything
    assert ranges_of(blob, offset=5 * PAGE, length=4 * PAGE) == everything[3:5]
    parts = list(blob.list_page_ranges(results_per_page=3).by_page())
    assert [len(list(part)) for part in parts] == [3, 3, 2]


def test_conditions_and_leases(blob):
    tag = blob.get_blob_properties().etag
    blob.upload_page(pages("a"), offset=0, length=PAGE, if_match=tag)
    assert code_of(blob.clear_page, offset=0, length=PAGE, if_match=tag) == (412, "ConditionNotMet")
    lease = blob.acquire_lease()
    for call in (
        lambda: blob.upload_page(pages("b"), offset=0, length=PAGE),
        lambda: blob.clear_page(offset=0, length=PAGE),
        lambda: blob.resize_blob(PAGE),
        lambda: blob.create_page_blob(PAGE),
    ):
        assert code_of(call) == (412, "LeaseIdMissing")
    blob.upload_page(pages("b"), offset=0, length=PAGE, lease=lease)
    assert blob.download_blob(offset=0, length=PAGE).readall() == pages("b")


def test_kinds_are_not_mixed(container, blob):
    block = container.get_blob_client("block")
    block.upload_blob(b"x" * PAGE)
    for call in (
        lambda: block.upload_page(pages("a"), offset=0, length=PAGE),
        lambda: block.clear_page(offset=0, length=PAGE),
        lambda: list(block.list_page_ranges()),
        lambda: blob.append_block(b"y"),
        lambda: blob.stage_block("YQ==", b"y"),
        lambda: blob.commit_block_list([]),
        lambda: blob.get_block_list("all"),
    ):
        assert code_of(call) == (409, "InvalidBlobType")
    assert code_of(block.resize_blob, PAGE) == (400, "UnsupportedHeader")
    assert code_of(block.set_sequence_number, "increment") == (400, "UnsupportedHeader")
    missing = container.get_blob_client("missing")
    assert code_of(missing.upload_page, pages("a"), offset=0, length=PAGE) == (404, "BlobNotFound")
    assert code_of(lambda: list(missing.list_page_ranges())) == (404, "BlobNotFound")


def test_one_takes_the_place_of_another(container, blob):
    blob.upload_page(pages("a"), offset=0, length=PAGE)
    blob.create_page_blob(2 * PAGE)
    assert blob.download_blob().readall() == bytes(2 * PAGE)
    blob.upload_blob(b"a block blob", overwrite=True)
    assert blob.download_blob().readall() == b"a block blob"
    staged = container.get_blob_client("staged")
    staged.stage_block("YQ==", b"y")
    staged.create_page_blob(PAGE)
    staged.upload_blob(b"", overwrite=True)
    assert staged.get_block_list("uncommitted")[1] == [], "uncommitted blocks went with the page blob"
    blob.delete_blob()
    assert not blob.exists()


def test_writes_at_once_are_all_kept(blob):
    def write(number):
        blob.upload_page(pages(chr(97 + number)), offset=number * PAGE, length=PAGE)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(16)))
    assert blob.download_blob().readall() == b"".join(pages(chr(97 + number)) for number in range(16))


UPDATE = {"x-ms-page-write": "update", "x-ms-range": "bytes=0-511"}
CLEAR = {"x-ms-page-write": "clear", "x-ms-range": "bytes=0-511"}


@pytest.mark.parametrize(
    ("query", "headers", "body", "answer"),
    [
        ("comp=page", UPDATE, pages("a"), (201, None)),
        ("comp=page", UPDATE | {"x-ms-range": "bytes=0-510"}, b"a" * 511, (416, "InvalidPageRange")),
        ("comp=page", UPDATE | {"x-ms-range": "bytes=1-512"}, pages("a"), (416, "InvalidPageRange")),
        ("comp=page", UPDATE | {"x-ms-range": "bytes=8192-8703"}, pages("a"), (416, "InvalidPageRange")),
        ("comp=page", UPDATE, pages("a", 2), (416, "InvalidPageRange")),
        ("comp=page", UPDATE | {"x-ms-range": "bytes=0-"}, pages("a"), (400, "InvalidHeaderValue")),
        ("comp=page", {"x-ms-page-write": "update"}, pages("a"), (400, "MissingRequiredHeader")),
        ("comp=page", {"x-ms-range": "bytes=0-511"}, pages("a"), (400, "MissingRequiredHeader")),
        ("comp=page", UPDATE | {"x-ms-page-write": "append"}, pages("a"), (400, "InvalidHeaderValue")),
        (
            "comp=page",
            UPDATE | {"x-ms-if-sequence-number-lt": "many"},
            pages("a"),
            (400, "InvalidHeaderValue"),
        ),
        ("comp=page", UPDATE | {"Content-MD5": "A" * 22 + "=="}, pages("a"), (400, "Md5Mismatch")),
        ("comp=page", UPDATE | {"x-ms-content-crc64": "A" * 11 + "="}, pages("a"), (400, "Crc64Mismatch")),
        ("comp=page", CLEAR, b"", (201, None)),
        ("comp=page", CLEAR | {"x-ms-range": "bytes=0-8191"}, b"", (201, None)),
        ("comp=page", CLEAR | {"x-ms-range": "bytes=0-8703"}, b"", (416, "InvalidPageRange")),
        ("comp=page", CLEAR, pages("a"), (400, "InvalidHeaderValue")),
        ("", {"x-ms-blob-type": "PageBlob"}, b"", (400, "MissingRequiredHeader")),
        (
            "",
            {"x-ms-blob-type": "PageBlob", "x-ms-blob-content-length": "513"},
            b"",
            (400, "InvalidHeaderValue"),
        ),
        (
            "",
            {"x-ms-blob-type": "PageBlob", "x-ms-blob-content-length": "512"},
            b"x",
            (400, "InvalidHeaderValue"),
        ),
        ("comp=properties", {"x-ms-blob-content-length": "100"}, b"", (400, "InvalidHeaderValue")),
        ("comp=properties", {"x-ms-sequence-number-action": "update"}, b"", (400, "MissingRequiredHeader")),
        ("comp=properties", {"x-ms-blob-sequence-number": "5"}, b"", (400, "MissingRequiredHeader")),
    ],
)
def test_what_requests_must_say(ask, query, headers, body, answer):
    assert ask("PUT", query, headers, body) == answer


@pytest.mark.parametrize(
    ("query", "headers", "answer"),
    [
        ("comp=pagelist", {}, (200, None)),
        ("comp=pagelist", {"x-ms-range": "bytes=0-99"}, (200, None)),
        ("comp=pagelist", {"x-ms-range": "bytes=8192-"}, (416, "InvalidRange")),
        ("comp=pagelist&maxresults=0", {}, (400, "OutOfRangeQueryParameterValue")),
        ("comp=pagelist&maxresults=x", {}, (400, "InvalidQueryParameterValue")),
        ("comp=pagelist&marker=x", {}, (400, "OutOfRangeInput")),
        ("comp=pagelist", {"If-Match": '"0x1"'}, (412, "ConditionNotMet")),
    ],
)
def test_what_a_list_of_ranges_can_be_asked(ask, query, headers, answer):
    assert ask("GET", query, headers) == answer


def test_part_of_a_page_is_asked_for_by_the_page(wire, container, blob):
    blob.upload_page(pages("a", 3), offset=0, length=3 * PAGE)
    path = f"/devstoreaccount1/{container.container_name}/disk"
    answer = wire.ask("GET", path, "comp=pagelist", {"x-ms-range": "bytes=600-609"})
    assert answer.body.count(b"<PageRange>") == 1
    assert b"<Start>512</Start><End>1023</End>" in answer.body


def test_checksums_are_given_back(wire, container, blob):
    path = f"/devstoreaccount1/{container.container_name}/disk"
    crc = crc64_text(pages("a"))
    answer = wire.ask("PUT", path, "comp=page", UPDATE | {"x-ms-content-crc64": crc}, pages("a"))
    assert (answer.status, answer.headers["x-ms-content-crc64"]) == (201, crc)
    assert answer.headers["x-ms-blob-sequence-number"] == "0"
    listed = wire.ask("GET", path, "comp=pagelist")
    assert listed.headers["x-ms-blob-content-length"] == str(16 * PAGE)
    assert b"<PageRange><Start>0</Start><End>511</End></PageRange>" in listed.body


def test_listings_tell_the_kind(container, blob):
    listed = list(container.list_blobs())
    assert [(each.blob_type, each.size) for each in listed] == [(BlobType.PAGEBLOB, 16 * PAGE)]
