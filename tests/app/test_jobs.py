"""Analysis jobs, started as a customer starts them: by the API and by the command line."""

import io
import json
import re
import subprocess
import time

import pytest
from PIL import Image
from platform_api import Api, run_vitrine
from server import ACCOUNT, binary
from skimage import data

JOBS = f"/api/v1/accounts/{ACCOUNT}/jobs"


def jpeg(pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def pictures(container):
    """The name of a container with two pictures, one that is none, and a text."""
    container.upload_blob("people/astronaut.jpg", jpeg(data.astronaut()))
    container.upload_blob("coffee.jpg", jpeg(data.coffee()))
    container.upload_blob("broken.jpg", b"this is not a picture")
    container.upload_blob("notes.txt", b"nor is this")
    yield container.container_name


def start(api, container: str, **fields):
    return api.as_account("POST", JOBS, {"container": container, "task": "image-analysis", **fields})


def wait(api, job: dict) -> dict:
    for _ in range(600):
        shown = api.as_account("GET", f"{JOBS}/{job['id']}").json()
        if shown["state"] != "running":
            return shown
        time.sleep(0.2)
    raise AssertionError(f"still running after 120 s: {shown}")


def test_a_job_analyses_what_is_new(api, blob_service, pictures):
    started = start(api, pictures)
    assert started.status == 202, started.body
    job = wait(api, started.json())
    assert job["state"] == "succeeded", job
    assert job["progress"] == {"total": 3, "done": 2, "skipped": 0, "failed": 1}
    assert job["purpose"] == "development" and job["ended"] >= job["started"]
    insights = blob_service.get_container_client(f"{pictures}-insights")
    assert len(list(insights.list_blobs())) == 2
    record = json.loads(api.receipt(started.receipt))["record"]["facets"]
    assert record["what"]["reads"]["action"] == "job.start"
    charged = [{"name": "items", "amount": 3}, {"name": "bytes", "amount": job["chargedBytes"]}]
    assert record["outcome"]["reads"]["quantities"] == charged
    looked = api.as_account("GET", f"{JOBS}/{job['id']}")
    assert json.loads(api.receipt(looked.receipt))["record"]["facets"]["what"]["reads"]["action"] == "job.get"
    missing = api.as_account("GET", f"{JOBS}/nosuchjob")
    assert (missing.status, bool(missing.receipt)) == (404, True)
    again = wait(api, start(api, pictures).json())
    assert again["progress"]["done"] == 0
    assert [listed["id"] for listed in api.as_account("GET", JOBS).json()["jobs"]][-2:] == [
        job["id"],
        again["id"],
    ]


def test_a_job_that_is_over_cannot_be_cancelled(api, pictures):
    job = wait(api, start(api, pictures, prefix="people/").json())
    assert job["progress"]["total"] == 1
    cancelled = api.as_account("DELETE", f"{JOBS}/{job['id']}")
    assert (cancelled.status, cancelled.json()["error"]["code"]) == (409, "JobNotRunning")


def test_a_suspended_service_starts_no_job(api, pictures):
    assert api.as_operator("PUT", f"/suspensions/{ACCOUNT}/image").status_code == 200
    try:
        denied = start(api, pictures)
        assert denied.status == 403
        assert denied.json()["error"]["policy"] == "charter/suspended-service"
    finally:
        assert api.as_operator("DELETE", f"/suspensions/{ACCOUNT}/image").status_code == 200
    assert start(api, pictures, prefix="none/").status == 202


WRONG = [
    ({"container": "absent", "task": "image-analysis"}, 404, "ContainerNotFound"),
    ({"container": "Upper", "task": "image-analysis"}, 400, "InvalidResourceName"),
    ({"container": "absent", "task": "dance"}, 400, "InvalidInput"),
    ({"container": "absent"}, 400, "InvalidInput"),
    ({"container": "absent", "task": "image-analysis", "extra": "x"}, 400, "InvalidInput"),
]


@pytest.mark.parametrize(("body", "status", "code"), WRONG)
def test_a_job_that_cannot_be_started_is_refused(api, body, status, code):
    refused = api.as_account("POST", JOBS, body)
    assert (refused.status, refused.json()["error"]["code"]) == (status, code)


def test_the_command_line_waits_for_its_job(server, pictures):
    here = ["--account", ACCOUNT, "--server", server.platform_url]
    ended = run_vitrine("job", "start", "--container", pictures, "--prefix", "coffee", "--wait", *here)
    assert ended.returncode == 0, ended.stderr
    assert "succeeded" in ended.stdout and "1 picture: 1 analysed" in ended.stdout
    name = ended.stdout.split()[0]
    assert ended.stderr.startswith(f"Job {name} is running")
    assert f"  {pictures}/coffee\n" in ended.stdout and re.search(r"started [-\dT:]+Z\n", ended.stdout)
    assert run_vitrine("job", "wait", name, *here).returncode == 0
    shown = run_vitrine("job", "show", name, "--json", *here)
    assert json.loads(shown.stdout)["id"] == name
    late = run_vitrine("job", "cancel", name, *here)
    assert late.returncode == 1 and "is over" in late.stderr
    unreachable = run_vitrine("job", "wait", name, "--account", ACCOUNT, "--server", "http://127.0.0.1:1")
    assert unreachable.returncode == 2 and "could not be reached" in unreachable.stderr


def test_waiting_for_a_job_tells_how_far_it_is_and_fails_with_it(server, container):
    picture = jpeg(data.astronaut())
    for number in range(60):
        container.upload_blob(f"{number}.jpg", picture + bytes([number]))
    here = ["--account", ACCOUNT, "--server", server.platform_url]
    started = run_vitrine("job", "start", "--container", container.container_name, "--json", *here)
    name = json.loads(started.stdout)["id"]
    command = [str(word) for word in (binary(), "job", "wait", name, *here)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as waiting:
        assert waiting.stderr.readline().startswith("60 pictures: ")
        assert run_vitrine("job", "cancel", name, *here).returncode == 0
        shown, _ = waiting.communicate(timeout=60)
    assert waiting.returncode == 1
    assert f"{container.container_name}\n" in shown


def test_a_job_that_a_crash_interrupted_is_closed_at_the_next_start(fresh_server):
    from azure.storage.blob import BlobServiceClient

    server = fresh_server()
    api = Api(server)
    with BlobServiceClient.from_connection_string(server.connection_string, retry_total=0) as service:
        many = service.create_container("many")
        picture = jpeg(data.astronaut())
        for number in range(40):
            many.upload_blob(f"{number}.jpg", picture + bytes([number]))
    job = start(api, "many").json()
    assert api.as_account("GET", f"{JOBS}/{job['id']}").json()["state"] == "running"
    server.kill()
    server.start()
    closed = api.as_account("GET", f"{JOBS}/{job['id']}").json()
    assert (closed["state"], closed["charged"]) == ("interrupted", 40)
    assert "Start it again" in closed["message"]
