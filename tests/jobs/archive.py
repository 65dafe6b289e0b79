"""Jobs as a customer runs them, over real pictures."""

import io
import json
import pathlib
import time

import skimage.data
from app.platform_api import Answer, Api
from azure.storage.blob import BlobServiceClient
from PIL import Image
from server import ACCOUNT, Server

JOBS = f"/api/v1/accounts/{ACCOUNT}/jobs"

# Its budget is twenty pictures a day.
SMALL_BUDGET = "research-aggregate"


def jpeg(pixels, **options) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", **options)
    return out.getvalue()


def workers(pid: int) -> list[int]:
    """A server's analysis processes, the oldest first; a thread's children are listed with the thread."""
    threads = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sorted(int(child) for thread in threads for child in (thread / "children").read_text().split())


class Archive:
    """A container of pictures on a server, and the jobs over it."""

    def __init__(self, server: Server, name: str):
        self.server, self.api, self.name = server, Api(server), name
        self.service = BlobServiceClient.from_connection_string(server.connection_string, retry_total=0)
        self.pictures = self.service.create_container(name)

    def fill(self, count: int) -> None:
        """Pictures that are all different, 00.jpg and on."""
        picture = jpeg(skimage.data.coffee())
        for number in range(count):
            self.pictures.upload_blob(f"{number:02}.jpg", picture + bytes([number]))

    def ask(self, purpose: str = "development", prefix: str = "") -> Answer:
        body = {"container": self.name, "task": "image-analysis", "prefix": prefix}
        return self.api.as_account("POST", JOBS, body, headers={"x-ms-vitrine-purpose": purpose})

    def start(self, purpose: str = "development", prefix: str = "") -> dict:
        answer = self.ask(purpose, prefix)
        assert answer.status == 202, answer.body
        return answer.json()

    def show(self, job: dict) -> dict:
        return self.api.as_account("GET", f"{JOBS}/{job['id']}").json()

    def cancel(self, job: dict) -> Answer:
        return self.api.as_account("DELETE", f"{JOBS}/{job['id']}")

    def wait(self, job: dict, until=lambda shown: shown["state"] != "running") -> dict:
        """The job, once it is as wanted; by default, over."""
        for _ in range(2400):
            shown = self.show(job)
            if until(shown):
                return shown
            time.sleep(0.05)
        raise AssertionError(f"after 120 s still {shown}")

    def wait_for_work(self, job: dict, done: int) -> dict:
        """The job while it runs, with so many pictures done."""
        shown = self.wait(job, lambda now: now["progress"]["done"] >= done or now["state"] != "running")
        assert shown["state"] == "running", shown
        return shown

    def run(self, purpose: str = "development", prefix: str = "") -> dict:
        """A job that succeeds."""
        job = self.wait(self.start(purpose, prefix))
        assert job["state"] == "succeeded", job
        return job

    def analysed(self) -> dict[str, tuple[str, dict]]:
        """Of each picture with insights the ETag of these, and what they say."""
        insights = self.service.get_container_client(f"{self.name}-insights")
        found = {}
        for blob in insights.list_blobs():
            said = json.loads(insights.download_blob(blob.name).readall())
            found[blob.name.removesuffix(".json")] = blob.etag, said
        return found

    def redacted(self) -> dict[str, bytes]:
        copies = self.service.get_container_client(f"{self.name}-redacted")
        return {blob.name: copies.download_blob(blob.name).readall() for blob in copies.list_blobs()}

    def close(self) -> None:
        self.service.close()
