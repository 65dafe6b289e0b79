"""What a job makes of real pictures: insights, and covered copies where the purpose obliges to cover."""

import io
import pathlib

import numpy
import pytest
import skimage.data
from azure.storage.blob import ContentSettings
from jobs.archive import SMALL_BUDGET, Archive, jpeg
from PIL import ExifTags, Image

PAGE = pathlib.Path(skimage.__file__).parent / "data/page.png"
# Where the astronaut's face is, looked up by eye.
FACE = (195, 75, 250, 160)  # left, top, right, bottom


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Maker of cameras"
    exif[ExifTags.IFD.GPSInfo] = {1: "N", 2: (48.0, 51.0, 0.0), 3: "E", 4: (2.0, 21.0, 0.0)}
    return jpeg(skimage.data.astronaut(), exif=exif, comment=b"taken at home")


@pytest.fixture
def photographs(archive) -> Archive:
    archive.pictures.upload_blob("people/astronaut.jpg", with_exif())
    archive.pictures.upload_blob("coffee.jpg", jpeg(skimage.data.coffee()))
    archive.pictures.upload_blob("page.png", PAGE.read_bytes())
    return archive


def labels(insights: dict) -> set[str]:
    return {each["tags"][0]["name"] for each in insights["objectsResult"]["values"]}


def text(insights: dict) -> str:
    return " ".join(line["text"] for block in insights["readResult"]["blocks"] for line in block["lines"])


def covers(box: dict) -> bool:
    left, top, right, bottom = FACE
    across = box["x"] <= left and box["x"] + box["w"] >= right
    return across and box["y"] <= top and box["y"] + box["h"] >= bottom


def test_insights_name_objects_text_and_faces(photographs):
    job = photographs.run()
    found = {name: said for name, (_, said) in photographs.analysed().items()}
    assert sorted(found) == ["coffee.jpg", "page.png", "people/astronaut.jpg"]
    assert "person" in labels(found["people/astronaut.jpg"])
    assert "cup" in labels(found["coffee.jpg"])
    assert "determine markers of the coins" in text(found["page.png"])
    faces = found["people/astronaut.jpg"]["vitrine"]["facesToCover"]
    assert [covers(face["boundingBox"]) for face in faces] == [True]
    assert found["page.png"]["vitrine"]["facesToCover"] == []
    assert found["coffee.jpg"]["metadata"] == {"width": 600, "height": 400}
    assert found["coffee.jpg"]["vitrine"]["job"] == job["id"]


def test_a_purpose_without_obligation_makes_no_copy(photographs):
    photographs.run("development")
    assert photographs.redacted() == {}
    assert all("redactedCopy" not in said["vitrine"] for _, said in photographs.analysed().values())


def test_a_purpose_that_obliges_to_cover_makes_covered_copies(photographs):
    before = {blob.name: blob.etag for blob in photographs.pictures.list_blobs()}
    photographs.run("public-records-release")
    copies = photographs.redacted()
    assert sorted(copies) == sorted(before)
    said = photographs.analysed()["people/astronaut.jpg"][1]["vitrine"]
    assert said["redactedCopy"] == f"{photographs.name}-redacted/people/astronaut.jpg"
    assert {blob.name: blob.etag for blob in photographs.pictures.list_blobs()} == before
    assert photographs.pictures.download_blob("people/astronaut.jpg").readall() == with_exif()


def test_nothing_of_a_face_is_left_in_the_copy(photographs):
    photographs.run("public-records-release")
    copy = photographs.redacted()["people/astronaut.jpg"]
    left, top, right, bottom = FACE
    pixels = numpy.asarray(Image.open(io.BytesIO(copy)).convert("RGB"))
    face = pixels[top:bottom, left:right].astype(int)
    assert face.std(axis=(0, 1)).max() < 3
    beside = numpy.abs(pixels[300:].astype(int) - skimage.data.astronaut()[300:])
    assert beside.mean() < 5, "the rest of the picture is as it was"


def test_nothing_but_pixels_is_left_in_the_copy(photographs):
    photographs.run("public-records-release")
    copy = photographs.redacted()["people/astronaut.jpg"]
    assert len(Image.open(io.BytesIO(copy)).getexif()) == 0
    for private in (b"Exif", b"Maker of cameras", b"taken at home"):
        assert private in with_exif()
        assert private not in copy


def test_a_later_purpose_gets_the_copies_that_it_owes(photographs):
    photographs.run("development", "people/")
    again = photographs.run("public-records-release", "people/")
    assert again["progress"]["done"] == 1
    assert list(photographs.redacted()) == ["people/astronaut.jpg"]
    assert photographs.run("journalism", "people/")["progress"]["done"] == 0


BROKEN = {
    "empty.jpg": b"",
    "text.jpg": b"this is not a picture",
    "start-only.jpg": jpeg(skimage.data.coffee())[:500],
    "noise.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
}


def test_what_is_no_picture_fails_alone(photographs):
    for name, content in BROKEN.items():
        photographs.pictures.upload_blob(name, content)
    job = photographs.run()
    assert job["progress"] == {"total": 7, "done": 3, "skipped": 0, "failed": 4}
    assert {failure["blob"] for failure in job["failures"]} == set(BROKEN)
    assert all(failure["reason"] for failure in job["failures"])
    assert len(photographs.analysed()) == 3
    again = photographs.run()
    assert again["progress"] == {"total": 7, "done": 0, "skipped": 3, "failed": 4}


def test_only_what_can_be_analysed_is_taken_for_a_picture(photographs):
    gif = io.BytesIO()
    Image.fromarray(skimage.data.coffee()).save(gif, "GIF")
    photographs.pictures.upload_blob(
        "moving.gif", gif.getvalue(), content_settings=ContentSettings("image/gif")
    )
    photographs.pictures.upload_blob(
        "no-ending", jpeg(skimage.data.coffee()), content_settings=ContentSettings("image/jpeg")
    )
    assert photographs.run()["progress"] == {"total": 4, "done": 4, "skipped": 0, "failed": 0}


def test_a_blob_that_is_no_result_is_never_overwritten(photographs):
    insights = photographs.service.create_container(f"{photographs.name}-insights")
    insights.upload_blob("coffee.jpg.json", b"mine")
    progress = photographs.run()["progress"]
    assert progress == {"total": 3, "done": 2, "skipped": 0, "failed": 1}
    assert insights.download_blob("coffee.jpg.json").readall() == b"mine"


def test_the_charge_is_the_pictures_and_their_sizes(photographs):
    job = photographs.run()
    sizes = [blob.size for blob in photographs.pictures.list_blobs()]
    assert (job["charged"], job["chargedBytes"]) == (3, sum(sizes))


def test_more_than_the_budget_is_refused_and_costs_nothing(lone_archive):
    lone_archive.fill(21)
    refused = lone_archive.ask(SMALL_BUDGET)
    assert refused.status == 403
    error = refused.json()["error"]
    assert error["policy"] == "charter/within-budget"
    assert "allows 20 items" in error["message"]
    assert "20 are left and this asks for 21" in error["message"]
    lone_archive.pictures.delete_blob("20.jpg")
    assert lone_archive.run(SMALL_BUDGET)["progress"]["done"] == 20
    lone_archive.pictures.upload_blob("one-more.jpg", jpeg(skimage.data.coffee()))
    assert "0 are left and this asks for 1" in lone_archive.ask(SMALL_BUDGET).json()["error"]["message"]
