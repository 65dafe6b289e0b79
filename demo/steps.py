"""The steps of the demonstration: each does something real, checks what came of it, says what it proves."""

import collections
import io
import json
import pathlib
import shutil
import textwrap
import time

import pictures
import requests
from azure.storage.blob import ContentSettings
from server import ACCOUNT, KEY
from world import Failed, World

CONTAINER = "archive"
PURPOSE = "public-records-release"
SMALL_BUDGET = "research-aggregate"
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".tif": "image/tiff", ".txt": "text/plain"}
SHOWN = "photographs/astronaut.png"


def load(world: World) -> None:
    """A small archive of real files goes in, and comes back unchanged."""
    screen = world.screen
    archive = pictures.small_archive(world.data.parent / "pictures")
    if archive.missing:
        screen.says(
            f"Debian's pictures of people are not to be had ({archive.missing}); going on without them."
        )
    container = world.blobs.create_container(CONTAINER)
    for number, (name, file) in enumerate(archive.files.items(), start=1):
        content = ContentSettings(content_type=TYPES[pathlib.PurePath(name).suffix])
        container.upload_blob(name, file.read_bytes(), content_settings=content)
        screen.bar(number, len(archive.files), "files stored")
    for name, file in archive.files.items():
        if container.download_blob(name).readall() != file.read_bytes():
            raise Failed(f"{name} did not come back as it was stored.")
    screen.says("Stored and read back by Microsoft's azure-storage-blob for Python, as it is on PyPI.")
    screen.proves(
        "An unmodified Azure client works; each answer came after the bytes and a record of it were durable."
    )


def analyse(world: World) -> None:
    """A job over the archive: objects, text and faces, in caged workers on this machine."""
    screen = world.screen
    asked = ("start", "--container", CONTAINER, "--task", "image-analysis", "--purpose", PURPOSE)
    screen.command(["vitrine", "job", *asked, *world.as_account])
    job = world.job(*asked)
    while True:
        progress = job["progress"]
        screen.bar(handled(progress), progress["total"], "pictures analysed")
        if job["state"] != "running":
            break
        time.sleep(0.3)
        job = world.job("show", job["id"])
    if job["state"] != "succeeded" or progress["failed"]:
        raise Failed(f"The job {job['state']}, {progress['failed']} pictures failed: {job['message']}")
    found = {name: insights(world, name) for name in names_of_pictures(world)}
    for name, what in found.items():
        screen.says(f"{name}: {in_words(what)}")
    screen.says("The models are small and err; covering a face too many is the side they are set to err on.")
    keep_pair(world, found)
    screen.proves(
        "Models on this machine read the pictures in processes without network and files. The purpose "
        "obliges to cover faces: the result is a covered copy, and the record says that it was done."
    )


def handled(progress: dict) -> int:
    # A bar that is full while the job is still closing would end its line too early.
    return min(progress["done"] + progress["skipped"] + progress["failed"], progress["total"])


def names_of_pictures(world: World) -> list[str]:
    listed = world.blobs.get_container_client(CONTAINER).list_blobs()
    return [blob.name for blob in listed if blob.content_settings.content_type.startswith("image/")]


def insights(world: World, name: str) -> dict:
    blob = world.blobs.get_blob_client(f"{CONTAINER}-insights", f"{name}.json")
    return json.loads(blob.download_blob().readall())


def in_words(found: dict) -> str:
    """What the models are at least half sure of."""
    tags = (each["tags"][0] for each in found["objectsResult"]["values"])
    objects = collections.Counter(tag["name"] for tag in tags if tag["confidence"] >= 0.5)
    said = [f"{count} × {what}" if count > 1 else what for what, count in objects.most_common()]
    if faces := len(found["vitrine"]["facesToCover"]):
        said.append(counted(faces, "face") + " covered")
    lines = [line["text"] for block in found["readResult"]["blocks"] for line in block["lines"]]
    if lines:
        longest = textwrap.shorten(max(lines, key=len), 50, placeholder=" …")
        said.append(f"{counted(len(lines), 'line')} of text, “{longest}”")
    return "; ".join(said) or "nothing that the models know"


def counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def keep_pair(world: World, found: dict[str, dict]) -> None:
    covered = world.blobs.get_blob_client(f"{CONTAINER}-redacted", SHOWN).download_blob().readall()
    original = world.blobs.get_blob_client(CONTAINER, SHOWN).download_blob().readall()
    if not found[SHOWN]["vitrine"]["facesToCover"] or covered == original:
        raise Failed(f"The face in {SHOWN} was not covered.")
    before, after = world.out / "before.png", world.out / "after.png"
    before.write_bytes(original)
    after.write_bytes(covered)
    world.screen.says(
        f"Covered copies are in the container {CONTAINER}-redacted, what was found in {CONTAINER}-insights. "
        f"Compare {before} with {after}."
    )


def refuse(world: World) -> None:
    """Two things that the charter forbids: telling who somebody is, and more than the purpose allows."""
    screen = world.screen
    task = ("job", "start", "--container", CONTAINER, "--task", "face-identification", *world.as_account)
    screen.output(world.cli(*task, status=1))
    path = f"/ai/{ACCOUNT}/face/v1.0/identify"
    screen.command(
        ["curl", "-X", "POST", world.platform + path, "-H", "Ocp-Apim-Subscription-Key: …", "-d", "{}"]
    )
    answer = requests.post(
        world.platform + path, json={}, headers={"Ocp-Apim-Subscription-Key": KEY}, timeout=30
    )
    show_refusal(world, answer.status_code, answer.json(), "charter/no-identification")
    check_refusal_is_recorded(world, answer.headers["x-ms-vitrine-receipt"], "identification")

    many = pictures.many()
    container = world.blobs.create_container("bulk")
    for number, file in enumerate(many, start=1):
        content = ContentSettings(content_type=TYPES[file.suffix])
        container.upload_blob(file.name, file.read_bytes(), content_settings=content)
        screen.bar(number, len(many), f"pictures stored; the purpose {SMALL_BUDGET} allows 20 a day")
    task = ("job", "start", "--container", "bulk", "--purpose", SMALL_BUDGET, *world.as_account)
    screen.output(world.cli(*task, status=1))
    body = {"container": "bulk", "task": "image-analysis"}
    status, said, token = world.signed("POST", f"/api/v1/accounts/{ACCOUNT}/jobs", body, SMALL_BUDGET)
    show_refusal(world, status, said, "charter/within-budget")
    check_refusal_is_recorded(world, token, "budget")
    screen.proves(
        "What the charter forbids is not done, says why, and leaves a record as anything else does."
    )


def show_refusal(world: World, status: int, answer: dict, policy: str) -> None:
    error = answer.get("error", {})
    if (status, error.get("policy")) != (403, policy):
        raise Failed(f"The server answered {status} {answer}, not a refusal by {policy}.")
    world.screen.output(f"{status} {error['code']} by {error['policy']}\n{error['message']}")


def check_refusal_is_recorded(world: World, token: str, name: str) -> None:
    file = fetch_receipt(world, token, f"refusal-{name}.receipt.json")
    why = json.loads(file.read_text())["record"]["facets"]["why"]["reads"]
    if why["decision"] == "permitted":
        raise Failed("The receipt of a refusal says that it was permitted.")
    world.quietly("verify", "receipt", file, "--log-key", log_key(world))
    world.screen.says(f"The refusal's receipt verifies: {file}")


def prove(world: World) -> None:
    """One read: its receipt, the whole log, and what happens when somebody changes a byte of either."""
    screen = world.screen
    tokens = []
    blob = world.blobs.get_blob_client(CONTAINER, SHOWN)
    blob.download_blob(
        headers={"x-ms-vitrine-purpose": PURPOSE},
        raw_response_hook=lambda answer: tokens.append(answer.http_response.headers["x-ms-vitrine-receipt"]),
    ).readall()
    screen.says(
        f"Read {SHOWN} for the purpose {PURPOSE}; the answer carried the receipt token {tokens[0][:16]}…"
    )
    receipt = fetch_receipt(world, tokens[0], "read.receipt.json")
    key = log_key(world)
    screen.output(world.cli("verify", "receipt", receipt, "--log-key", key))
    log = f"{world.platform}/log"
    screen.output(world.cli("verify", "log", log, "--log-key", key))
    screen.proves(
        "Who read what, and why, can be checked offline, and everybody can check the whole public log."
    )

    screen.says("Now one byte of a copy is changed: first of the receipt, then of the log.")
    forged = forge_receipt(receipt, world.out / "forged.receipt.json")
    screen.output(failures(world.cli("verify", "receipt", forged, "--log-key", key, status=1)))
    forged = forge_log(world.data / "log", world.out / "forged-log")
    screen.output(failures(world.cli("verify", "log", forged, "--log-key", key, status=1)))
    screen.proves("A changed byte is found, and the failed check says where it is.")


def fetch_receipt(world: World, token: str, name: str) -> pathlib.Path:
    """Waits until the next seal covers the record."""
    deadline = time.monotonic() + 30
    while (answer := world.get(f"/api/v1/receipts/{token}")).status_code == 409:
        if time.monotonic() > deadline:
            raise Failed("No seal covered the record within 30 s.")
        time.sleep(0.2)
    if answer.status_code != 200:
        raise Failed(f"The receipt was answered {answer.status_code}: {answer.text}")
    file = world.out / name
    file.write_bytes(answer.content)
    return file


def log_key(world: World) -> pathlib.Path:
    """The log's public key. From the server itself, as here, it only shows that the parts fit together."""
    file = world.out / "log-key"
    if not file.exists():
        file.write_text(world.get("/log/key").text)
    return file


def forge_receipt(receipt: pathlib.Path, to: pathlib.Path) -> pathlib.Path:
    text = receipt.read_text()
    sealed = json.loads(text)["record"]["facets"]["what"]["cbor"]
    to.write_text(text.replace(sealed, with_another_byte(sealed.encode()).decode()))
    return to


def forge_log(log: pathlib.Path, to: pathlib.Path) -> pathlib.Path:
    # The log grows meanwhile: with the checkpoint read first, the copy holds at least what that signs.
    checkpoint = (log / "checkpoint").read_bytes()
    shutil.copytree(log, to)
    (to / "checkpoint").write_bytes(checkpoint)
    bundle = widest_bundle(to / "tile" / "entries", int(checkpoint.split(b"\n")[1]))
    bundle.write_bytes(with_another_byte(bundle.read_bytes()))
    return to


def widest_bundle(entries: pathlib.Path, size: int) -> pathlib.Path:
    """Of a log of this size, the file with the most entries: a full one, or all there are."""
    partial = entries / "000.p" / str(size)
    return partial if partial.exists() else entries / "000"


def with_another_byte(text: bytes) -> bytes:
    changed = io.BytesIO(text)
    changed.seek(len(text) // 2)
    changed.write(b"B" if text[len(text) // 2] == ord("A") else b"A")
    return changed.getvalue()


def failures(report: str) -> str:
    """The failed check, where it failed, and the verdict."""
    lines = report.splitlines()
    failed = next(number for number, line in enumerate(lines) if line.startswith("failed"))
    return "\n".join([*lines[failed : failed + 2], lines[-1]])
