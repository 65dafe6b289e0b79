"""One server that is killed again and again, and what must hold each time it has come back."""

import collections
import contextlib
import itertools
import pathlib
import random
import signal
import threading
import time

from app.platform_api import Api, run_vitrine
from crash.clients import BLOBS, CLIENTS, CONTAINER, FLEETING, Answer, Client, Connection, content_of
from crash.fatal import AT_START, UNDER_LOAD, Point, at_start, death
from crash.journal import Requests
from crash.listings import is_one_moment
from crash.observer import SEAL_TICK_MS, Evidence
from crash.register import ABSENT, GONE, NO_CONTAINER, Operation, is_linearizable
from server import Server, ServerError, answers

# A round that waits for a point ends without it after so many, and what begins a while after the start only
# after that while.
ANSWERS_TO_A_POINT, SECONDS_TO_A_MERGE = 1500, 3
# So many small extents are made one (kFewSmall of src/store/compactor.cc).
SMALL_EXTENTS = 8
# Records: as few as can be, so that some are moved to files in most rounds.
JOURNAL_TAIL = 256
# Bytes a second: slow enough to be killed in it.
SLOW_BACKUP = 64 << 10


class Rounds:
    """Rounds of load, kill, restart and check on one folder; what is random follows from the seed."""

    def __init__(self, folder: pathlib.Path, seed: object):
        self.seed = str(seed)
        self.source = random.Random(self.seed)
        options = {"--seal-tick": SEAL_TICK_MS, "--write-buffer": 1, "--compaction-pause": 1}
        options["--journal-tail"] = JOURNAL_TAIL
        self.server = Server(folder, [str(word) for option in options.items() for word in option])
        self.backups = folder / "backups"
        self.states = dict.fromkeys(BLOBS, ABSENT)
        self.kept: dict[str, str] = {}  # the values of blobs that no client touches
        self.laid_out: list[Answer] = []  # for those, in this round
        self.count = 0
        self.answered = 0
        self.slowest_restart = 0.0
        self.points = itertools.cycle(self.source.sample(UNDER_LOAD, len(UNDER_LOAD)))
        self.points_at_start = itertools.cycle(self.source.sample(AT_START, len(AT_START)))
        self.unasked: list[str] = []  # what is wrong with how the last round ended
        self.reached: collections.Counter[Point] = collections.Counter()

    def begin(self) -> None:
        self.server.start()
        self.evidence = Evidence(self.server, self.source)
        setup = Connection(self.server)
        for container in [CONTAINER, *FLEETING]:
            assert setup.ask("container.create", "PUT", container, "restype=container").status == 201
        self.evidence.wait_for_seal(setup.answers[-1])
        self.evidence.keep_checkpoint()
        found = self.evidence.complaints(Requests(setup.answers))
        assert not found, found

    def load_and_kill(self, point: Point | None = None) -> list[Client]:
        """Sixteen clients until the server dies at the point, or is killed after some number of answers."""
        self.count += 1
        clients = [
            Client(self.server, f"{self.seed}-{self.count}-{number}", number) for number in range(CLIENTS)
        ]
        any_time = self.source.choice([10, 50, 200]) + self.source.randrange(100)
        enough = ANSWERS_TO_A_POINT if point else any_time
        self.evidence.keep_checkpoint()
        if point and point.is_merge:
            self.leave_small_extents()
        if point and point.in_backup:
            self.start_backup(SLOW_BACKUP)
        with death(self.server, point, self.source) if point else contextlib.nullcontext():
            for client in clients:
                client.start()
            least = time.monotonic() + (SECONDS_TO_A_MERGE if point and point.is_merge else 0)
            while not any(c.lost for c in clients) and (
                sum(len(c.answers) for c in clients) < enough or time.monotonic() < least
            ):
                time.sleep(0.001)
            died = self.has_died(clients)
            if point:
                self.reached[point] += died
            elif not died:
                self.evidence.keep_checkpoint()
            self.unasked = self.about_the_end(clients, point)
            self.server.kill()
        for client in clients:
            client.join()
        return clients

    def leave_small_extents(self) -> None:
        """Each life of a server leaves one."""
        for number in range(SMALL_EXTENTS):
            self.server.stop()
            self.server.start()
            value = f"kept-{self.count}-{number}-200000"
            headers = {"x-ms-blob-type": "BlockBlob", "x-ms-meta-value": value}
            blob = f"{CONTAINER}/kept-{number}"
            connection = Connection(self.server)
            put = connection.ask("blob.put", "PUT", blob, headers=headers, body=content_of(value))
            assert put.status == 201
            self.laid_out += connection.answers
            self.kept[blob] = value
        self.server.stop()
        self.server.start()

    def start_backup(self, bytes_per_second: int) -> None:
        started = Api(self.server).as_operator(
            "POST", "/backups", json={"to": str(self.backups), "bytesPerSecond": bytes_per_second}
        )
        assert started.status_code == 202, started.text

    def records_in_files(self) -> bool:
        return any(self.server.data_dir.glob("journals/*/tile/entries/*"))

    def complaints_about_backups(self) -> list[str]:
        """Whatever a kill left of earlier ones, a backup can be made and everything in it is right."""
        self.start_backup(1 << 30)
        while (state := Api(self.server).as_operator("GET", "/backups").json())["state"] == "running":
            time.sleep(0.01)
        if state["state"] != "succeeded" or state["backup"]["damaged"]:
            return [f"no backup can be made: {state}"]
        verified = run_vitrine("backup", "verify", self.backups)
        return [] if verified.returncode == 0 else [f"the backup is not right: {verified.stderr}"]

    def has_died(self, clients: list[Client]) -> bool:
        """Whether there is no server any more; the last answer may be quicker than the end of the process."""
        until = time.monotonic() + (10 if any(c.lost for c in clients) else 0.1)
        while self.server.running() and time.monotonic() < until:
            time.sleep(0.001)
        return not self.server.running()

    def about_the_end(self, clients: list[Client], point: Point | None) -> list[str]:
        """Nobody loses a connection and no server ends but by the signal that was meant for it."""
        lost = [f"{c.name} lost its connection to a living server: {c.lost!r}" for c in clients if c.lost]
        if self.server.running():
            return lost
        status = self.server.process.returncode
        asked = point and status == -signal.SIGKILL
        return [] if asked else [f"the server ended by itself, with status {status}"]

    def restart(self) -> None:
        """Sometimes it is killed once more while it starts, at any time or at a point."""
        match self.source.randrange(6):
            case 0:
                self.kill_at_start(self.source.uniform(0, 0.2))
            case 1:
                self.die_at_start(next(self.points_at_start))
        self.slowest_restart = max(self.slowest_restart, self.server.start())

    def kill_once_begun(self) -> None:
        until = time.monotonic() + 10
        while self.server.process is None and time.monotonic() < until:
            time.sleep(0.001)
        self.server.process.kill()

    def kill_at_start(self, delay: float) -> None:
        killer = threading.Timer(delay, self.kill_once_begun)
        killer.start()
        try:
            self.server.start()
        except ServerError as error:
            assert "exited with status -9" in str(error), error
        finally:
            killer.join()
            self.server.kill()

    def die_at_start(self, point: Point) -> None:
        usual = self.server.command
        self.server.command = [*at_start(point, self.source), *usual]
        try:
            self.server.start()
        except ServerError as error:
            assert "exited with status -9" in str(error), error
            self.reached[point] += 1
        finally:
            self.server.command = usual
            self.server.kill()

    def complaints(self, clients: list[Client]) -> list[str]:
        """Everything that is wrong after the restart; empty when nothing is."""
        found = [f"{c.name} ended by {c.lost!r}" for c in clients if isinstance(c.lost, AssertionError)]
        found += self.unasked
        if not answers(f"{self.server.platform_url}/readyz", range(200, 201)):
            found.append("/readyz does not answer 200")
        survey = Connection(self.server)
        found += about_listings(clients, self.states)
        for blob in BLOBS:
            found += self.about_blob(blob, clients, survey)
        for blob, value in self.kept.items():
            if (read := survey.read(blob)[:2]) != ("200", value):
                found.append(f"{blob}, which nobody changed, answers {read}")
        answered = [answer for client in clients for answer in client.answers]
        unanswered = [asked for client in clients for asked in client.connection.unanswered]
        refused = [each for client in clients for each in client.connection.refused]
        self.answered += len(answered) + len(survey.answers)
        answered += [*self.laid_out, *survey.answers]
        self.laid_out.clear()
        return (
            found + about_etags(clients) + self.evidence.complaints(Requests(answered, unanswered, refused))
        )

    def about_blob(self, blob: str, clients: list[Client], survey: Connection) -> list[str]:
        """Reads what survived, as the last operation of the round and the first state of the next."""
        begin = time.monotonic_ns()
        answer, value, etag = survey.read(blob)
        history = [operation for client in clients for operation in client.history[blob]]
        history.append(Operation(-1, "get", begin, time.monotonic_ns(), answer, value))
        first, self.states[blob] = self.states[blob], value or (GONE if answer == NO_CONTAINER else ABSENT)
        if is_linearizable(history, first):
            known = {client.etags.get((blob, value), etag) for client in clients}
            return [] if known == {etag} else [f"{value} has now the ETag {etag}, and had {known}"]
        lines = "\n  ".join(str(each) for each in sorted(history, key=lambda each: each.begin))
        return [f"No order explains what {blob}, at first {first}, answered:\n  {lines}"]


def about_listings(clients: list[Client], first: dict[str, str]) -> list[str]:
    """Each listing shows what was there at one moment, over all blobs of the container."""
    listed = [blob for blob in BLOBS if blob.startswith(f"{CONTAINER}/")]
    histories = {blob: [each for client in clients for each in client.history[blob]] for blob in listed}
    return [
        f"No moment shows what {client.name} listed: {listing}"
        for client in clients
        for listing in client.listings
        if not is_one_moment(listing, histories, first)
    ]


def about_etags(clients: list[Client]) -> list[str]:
    """In a blob, a value has one ETag, whoever looks, and no two values have the same."""
    seen = {(blob, value, etag) for client in clients for (blob, value), etag in client.etags.items()}
    values = {(blob, value) for blob, value, _ in seen}
    etags = {(blob, etag) for blob, _, etag in seen}
    one_to_one = len(values) == len(etags) == len(seen)
    return [] if one_to_one else [f"Values and ETags are not one to one: {sorted(seen)}"]
