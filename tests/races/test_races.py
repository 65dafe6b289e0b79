"""ThreadSanitizer watches the whole server under mixed load: any report is a failure.

The server is that of `./dev build tsan`; the analysis worker, which has one thread, the release build's.
"""

import hashlib
import pathlib
import subprocess
import threading
import time

import pytest
from app.platform_api import Api, run_vitrine
from azure.storage.blob import BlobServiceClient
from crash.clients import CONTAINER, FLEETING, Client, Connection
from jobs.archive import Archive
from server import ACCOUNT, ROOT, Server, ServerError, answers, binary

HERE = pathlib.Path(__file__).parent
WATCHED = ROOT / "build/tsan/bin/vitrine"
CLIENTS = 12
ROUND_SECONDS = 25
PICTURES = 6
LARGE = 3 << 20


def options(folder: pathlib.Path) -> dict[str, str]:
    """The sanitizer's: reports go to files of the folder and change neither course nor exit status."""
    chosen = {
        "log_path": folder / "report",
        "suppressions": HERE / "suppressions.txt",
        "halt_on_error": 0,
        "exitcode": 0,
        "second_deadlock_stack": 1,
        "history_size": 4,
    }
    return {"TSAN_OPTIONS": ":".join(f"{name}={value}" for name, value in chosen.items())}


def reports(folder: pathlib.Path) -> str:
    return "\n".join(file.read_text() for file in sorted(folder.glob("report*")))


class Load:
    """Everything that a server does, at once, until the block ends."""

    def __init__(self, server: Server, name: str):
        self.server, self.name = server, name
        self.over = threading.Event()
        self.clients = [Client(server, f"{name}-{number}", number) for number in range(CLIENTS)]
        self.operator = Api(server)
        others = (
            *(self.analyse, self.suspend, self.stream, self.look_around),
            *(self.back_up, self.look_at_everything, self.rotate_keys, self.shred),
        )
        self.others = [threading.Thread(target=self.repeat, args=(each,)) for each in others]
        self.done = dict.fromkeys((each.__name__ for each in others), 0)
        self.lost: list[Exception] = []

    def __enter__(self):
        for each in [*self.clients, *self.others]:
            each.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for client in self.clients:
            client.over.set()
        for each in [*self.clients, *self.others]:
            each.join()

    def repeat(self, work) -> None:
        turn = 0
        while not self.over.is_set() and not self.lost:
            turn += 1
            try:
                work(f"{self.name}-{turn}")
                self.done[work.__name__] += 1
            except Exception as error:  # whatever it is, the test tells it
                if getattr(error, "error_code", None) != "PolicyDenied":  # that is what suspensions do
                    self.lost.append(error)

    def analyse(self, name: str) -> None:
        """Jobs that are cancelled or end as they may: suspensions come in between."""
        archive = Archive(self.server, f"archive-{name}")
        archive.fill(PICTURES)
        for patience in (0.1, 3):
            asked = archive.ask()
            assert asked.status in (202, 403), asked
            time.sleep(patience)
            if asked.status == 202:
                archive.cancel(asked.json())
        archive.close()

    def suspend(self, _: str) -> None:
        for service in ("image", "storage"):
            for method in ("PUT", "DELETE"):
                assert (
                    self.operator.as_operator(method, f"/suspensions/{ACCOUNT}/{service}").status_code == 200
                )
                time.sleep(0.2)
        time.sleep(2)

    def stream(self, name: str) -> None:
        """Large blobs: up in blocks at once, down in ranges at once, copied over and deleted."""
        content = name.encode().ljust(16, b".") * (LARGE // 16)
        with BlobServiceClient.from_connection_string(
            self.server.connection_string, retry_total=0, max_single_put_size=1 << 20, max_block_size=1 << 20
        ) as service:
            blob = service.get_blob_client(CONTAINER, "large")
            blob.upload_blob(content, overwrite=True, max_concurrency=3)
            assert blob.download_blob(max_concurrency=3).readall() == content
            blob.delete_blob()

    def look_around(self, _: str) -> None:
        """What an outsider and an operator look at."""
        for path in ("/metrics", "/readyz", "/log/checkpoint", "/api/v1/policy/bundle"):
            assert self.operator.get(path).status_code in (200, 404), path
        for path in ("/accounts", "/suspensions"):
            assert self.operator.as_operator("GET", path).status_code == 200
        time.sleep(0.2)

    def back_up(self, name: str) -> None:
        """Each into a folder of its own: with all of it copied."""
        to = {"to": str(self.server.folder / f"backup-{name}"), "withKeys": True}
        begun = self.operator.as_operator("POST", "/backups", json=to)
        assert begun.status_code == 202, begun.text
        while (state := self.operator.as_operator("GET", "/backups").json())["state"] == "running":
            time.sleep(0.1)
        assert state["state"] == "succeeded" and not state["backup"]["damaged"], state

    def look_at_everything(self, _: str) -> None:
        """Rows, frames and what no scrub would find, by fsck on the running server."""
        words = ["--online", "--data-dir", self.server.data_dir, "--server", self.server.platform_url]
        looked = run_vitrine("fsck", *words)
        assert looked.returncode == 0 or self.over.is_set(), looked.stdout + looked.stderr

    def rotate_keys(self, _: str) -> None:
        """The operator's key, then the epoch under which the account's content is encrypted from now on."""
        rotated = self.operator.as_operator("POST", "/operator-key", json={})
        assert rotated.status_code in (200, 201), rotated.text
        epoch = self.operator.as_operator("POST", f"/accounts/{ACCOUNT}/data-keys")
        assert epoch.status_code in (201, 409), epoch.text
        time.sleep(2)

    def shred(self, name: str) -> None:
        """An account with content comes and goes, its traces with it."""
        account = "shred" + hashlib.sha256(name.encode()).hexdigest()[:12]
        made = self.operator.as_operator("POST", "/accounts", json={"name": account})
        assert made.status_code == 201, made.text
        understood = {"account": account, "understood": "destroyed for ever"}
        gone = self.operator.as_operator("DELETE", f"/accounts/{account}/data-keys", json=understood)
        assert gone.status_code == 200, gone.text
        # A backup under way keeps them, and the answer says so.
        assert any("files" in line for line in gone.json()["done"] + gone.json()["left"]), gone.text
        time.sleep(0.5)


@pytest.fixture
def watched(tmp_path):
    """A server under the sanitizer, and the folder of its reports."""
    if not WATCHED.is_file():
        raise ServerError(f"there is no server at {WATCHED}: run ./dev build tsan vitrine")
    arguments = ["--seal-tick", "50", "--worker", binary().parent / "vitrine-worker"]
    # So that tables are merged and extents emptied all the time.
    arguments += ["--write-buffer", "1", "--compaction-pause", "1"]
    server = Server(tmp_path / "server", arguments, options(tmp_path), WATCHED)
    server.start()
    setup = Connection(server)
    for container in [CONTAINER, *FLEETING]:
        assert setup.ask("container.create", "PUT", container, "restype=container").status == 201
    yield server, tmp_path
    server.kill()


@pytest.mark.nightly
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_no_race_is_reported_under_load(watched, seed, end):
    server, folder = watched
    for part in range(2):
        with Load(server, f"{seed}-{end}-{part}") as load:
            time.sleep(ROUND_SECONDS)
            lost = [*load.lost, *(client.lost for client in load.clients if client.lost)]
            # While everything runs: ending it is part of what is watched.
            getattr(server, end)()
        assert not (found := reports(folder)), found
        assert not lost
        assert min(load.done.values()) > 0, load.done
        assert sum(len(client.answers) for client in load.clients) > 100
        server.start(timeout=120)
        assert answers(f"{server.platform_url}/readyz", range(200, 201))
    server.stop()
    assert not (found := reports(folder)), found


RACE = """
#include <thread>
int shared = 0;
int main() { std::thread other([] { ++shared; }); ++shared; other.join(); }
"""


@pytest.mark.nightly
def test_a_race_of_our_own_is_reported(tmp_path):
    """The options and suppressions do not hide what they should not."""
    source, program = tmp_path / "race.cc", tmp_path / "race"
    source.write_text(RACE)
    subprocess.run(["clang++-19", "-fsanitize=thread", "-O1", "-g1", source, "-o", program], check=True)
    assert subprocess.run([program], env=options(tmp_path)).returncode == 0
    assert "data race" in reports(tmp_path)
