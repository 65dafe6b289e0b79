"""The receipts of a job: of its start, of each thing it read and wrote, and of its end."""

import json
import pathlib

from app.platform_api import run_vitrine
from harness.shared_key import RawClient
from server import ACCOUNT, KEY

JOBS = f"/api/v1/accounts/{ACCOUNT}/jobs"


def fetch(archive, job: dict, folder: pathlib.Path) -> tuple[int, str, list[dict]]:
    """Exit status and output of the command, and the receipts in the order of the journal."""
    options = ("--account", ACCOUNT, "--key", KEY, "--server", archive.server.platform_url)
    ended = run_vitrine("job", "receipts", job["id"], "--to", folder, *options)
    receipts = [json.loads(file.read_text()) for file in folder.glob("*.json")]
    receipts.sort(key=lambda receipt: receipt["record"]["index"])
    return ended.returncode, ended.stdout + ended.stderr, receipts


def reads(receipt: dict, facet: str) -> dict:
    return receipt["record"]["facets"][facet]["reads"]


def actions(receipts: list[dict]) -> list[str]:
    return [reads(receipt, "what")["action"] for receipt in receipts]


def ask_for_page(archive, job: dict, query: str) -> dict:
    client = RawClient("127.0.0.1", archive.server.platform_port, ACCOUNT, KEY)
    response, body = client.request("GET", f"{JOBS}/{job['id']}/receipts", query)
    assert response.status == 200, body
    return json.loads(body)


def wait_for_seal(archive) -> None:
    archive.api.receipt(archive.api.as_account("GET", JOBS).receipt)


def test_every_record_of_a_job_has_its_receipt(archive, tmp_path):
    archive.fill(3)
    job = archive.run()
    wait_for_seal(archive)
    status, said, receipts = fetch(archive, job, tmp_path / "receipts")
    assert status == 0, said
    assert actions(receipts)[0] == "job.start" and actions(receipts)[-1] == "job.close"
    steps = actions(receipts)[1:-1]
    assert sorted(set(steps)) == ["blob.put", "container.create", "image.analyze"]
    assert (steps.count("image.analyze"), steps.count("blob.put")) == (3, 3)
    closing = reads(receipts[-1], "outcome")["closing"]
    assert closing == {"first_index": receipts[0]["record"]["index"], "end_state": "succeeded"}
    for receipt in receipts[1:-1]:
        assert reads(receipt, "who")["client_class"] == f"job:{job['id']}"
    for file in list((tmp_path / "receipts").iterdir())[:2]:
        assert run_vitrine("verify", "receipt", file, "--log-key", archive.api.log_key).returncode == 0


def test_they_come_in_pages(archive):
    archive.fill(40)  # 2 containers, 80 steps, start and end: more than a page
    job = archive.run()
    wait_for_seal(archive)
    found, query = [], ""
    while query is not None:
        page = ask_for_page(archive, job, query)
        assert len(page["receipts"]) <= 100
        found += [json.loads(each["receipt"])["record"]["index"] for each in page["receipts"]]
        query = page["next"] and f"marker={page['next']}"
    assert page["upToDate"] is True
    assert len(found) > 80 and found == sorted(set(found))


def test_of_a_running_job_there_are_those_so_far(lone_archive, tmp_path):
    lone_archive.fill(20)
    job = lone_archive.start()
    lone_archive.wait_for_work(job, 2)
    status, said, receipts = fetch(lone_archive, job, tmp_path / "receipts")
    assert status == 1 and "not over" in said
    lone_archive.server.kill()
    lone_archive.server.start()
    wait_for_seal(lone_archive)
    status, said, receipts = fetch(lone_archive, job, tmp_path / "receipts")
    assert status == 0, said
    assert actions(receipts)[0] == "job.start" and actions(receipts).count("image.analyze") >= 2
    assert reads(receipts[-1], "outcome")["closing"]["end_state"] == "interrupted"


def test_what_cannot_be_listed_is_refused(archive):
    assert archive.api.as_account("GET", f"{JOBS}/nonsense/receipts").status == 404
    assert archive.api.get(f"{JOBS}/nonsense/receipts").status_code == 401
