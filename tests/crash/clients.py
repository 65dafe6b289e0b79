"""Clients that share a few blobs and keep what they asked and what they were answered."""

import base64
import dataclasses
import hashlib
import http.client
import random
import threading
import time
import xml.etree.ElementTree as xml

from crash.listings import Listing
from crash.register import Operation
from harness.shared_key import RawClient
from server import ACCOUNT, KEY, Server

CLIENTS = 16
PROMISE = "x-ms-vitrine-promise"
ONE_ASKS_IN = 3  # requests of a connection
NO_KEY = base64.b64encode(bytes(64)).decode()
CONTAINER = "shared"
# One blob each in containers that come and go; the others in one that stays.
FLEETING = [f"fleeting{number}" for number in range(2)]
BLOBS = [f"{CONTAINER}/blob-{number:02}" for number in range(14)] + [f"{name}/only" for name in FLEETING]

# Below and above what the store keeps beside the head of a blob, and more than a frame.
SIZES = [0, 40, 1_000, 1_000, 5_000, 70_000, 200_000]


@dataclasses.dataclass(frozen=True)
class Asked:
    """What a request asks for, as its record must say it."""

    action: str
    container: str
    blob: str


@dataclasses.dataclass
class Answer:
    """One answered request: where its record must be, and what it must say."""

    asked: Asked
    status: int
    request_id: str
    receipt: str
    promise: str | None = None


@dataclasses.dataclass
class Refused:
    """A request that is refused before anything is decided: it has no record, but is counted in one."""

    begin: float  # seconds since 1970
    end: float | None = None  # none while no answer came


@dataclasses.dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The status, of a failure with the service's error code."""
        code = self.headers.get("x-ms-error-code")
        return f"{self.status} {code}" if code else str(self.status)


def content_of(value: str) -> bytes:
    """A value's name says how long its content is; the content depends on the whole name."""
    size = int(value.rpartition("-")[2])
    seed = hashlib.sha256(value.encode()).digest()
    return (seed * (size // len(seed) + 1))[:size]


class Connection:
    """One connection to the blob port; keeps an Answer for every request that was answered, and what was
    asked without one.
    """

    def __init__(self, server: Server):
        self.http = http.client.HTTPConnection("127.0.0.1", server.blob_port, timeout=60)
        self.signer = RawClient("127.0.0.1", server.blob_port, ACCOUNT, KEY)
        self.answers: list[Answer] = []
        self.unanswered: list[Asked] = []
        self.refused: list[Refused] = []

    def ask(
        self, action: str, method: str, name: str, query="", headers=None, body: bytes | None = None
    ) -> Reply:
        """name is a container's, or container/blob. Raises OSError or HTTPException when no answer comes."""
        path = f"/{ACCOUNT}/{name}"
        sent = dict(headers or {})
        if method == "PUT":
            sent["Content-Length"] = str(len(body or b""))
        if len(self.answers) % ONE_ASKS_IN == 0:
            sent[PROMISE] = "true"
        signed = self.signer.signed(method, path, query, sent)
        container, _, blob = name.partition("/")
        asked = Asked(action, container, blob)
        self.unanswered.append(asked)
        self.http.request(method, f"{path}?{query}" if query else path, body, signed)
        response = self.http.getresponse()
        reply = Reply(response.status, response.headers, response.read())
        kept = (response.headers.get(name) for name in ("x-ms-request-id", "x-ms-vitrine-receipt", PROMISE))
        self.unanswered.remove(asked)
        self.answers.append(Answer(asked, response.status, *kept))
        return reply

    def ask_without_right(self, blob: str) -> None:
        """A read that is signed with a key that the account does not have."""
        path = f"/{ACCOUNT}/{blob}"
        stranger = RawClient("127.0.0.1", 0, ACCOUNT, NO_KEY)
        self.refused.append(Refused(time.time()))
        self.http.request("GET", path, headers=stranger.signed("GET", path, "", {}))
        response = self.http.getresponse()
        response.read()
        self.refused[-1].end = time.time()
        assert response.status == 403, f"a stranger's read of {blob} was answered {response.status}"

    def read(self, blob: str) -> tuple[str, str, str]:
        """The answer, the value that the blob holds and its ETag; checks that the content is the value's."""
        reply = self.ask("blob.get", "GET", blob)
        if reply.status != 200:
            return reply.text, "", ""
        value = reply.headers["x-ms-meta-value"]
        assert reply.body == content_of(value), f"the content of {blob} is not that of {value}"
        return reply.text, value, reply.headers["ETag"].strip('"')


class Client(threading.Thread):
    """Does one thing after another to random blobs until it gets no answer any more, or it is over."""

    CHOICES = {
        "put": 5, "create": 2, "replace": 3, "blocks": 3, "delete": 2, "get": 8, "list": 1, "container": 1,
        "stranger": 1,
    }  # fmt: skip

    def __init__(self, server: Server, name: str, number: int):
        super().__init__(name=name)
        self.number = number
        self.source = random.Random(name)
        self.connection = Connection(server)
        self.history: dict[str, list[Operation]] = {blob: [] for blob in BLOBS}
        self.listings: list[Listing] = []  # of the container that stays
        self.seen: dict[str, tuple[str, str]] = {}  # of each blob the last known value and ETag
        self.etags: dict[tuple[str, str], str] = {}  # of values in blobs
        self.values = 0
        self.over = threading.Event()
        self.lost: Exception | None = None  # why it ended before that

    @property
    def answers(self) -> list[Answer]:
        return self.connection.answers

    def run(self) -> None:
        kinds, weights = list(self.CHOICES), list(self.CHOICES.values())
        try:
            while not self.over.is_set():
                kind = self.source.choices(kinds, weights)[0]
                getattr(self, f"do_{kind}")(self.source.choice(BLOBS))
        except (OSError, http.client.HTTPException, AssertionError) as error:
            self.lost = error

    def begin(self, blob: str, kind: str, value="", condition="") -> Operation:
        operation = Operation(self.number, kind, time.monotonic_ns(), value=value, condition=condition)
        self.history[blob].append(operation)
        return operation

    def end(self, operation: Operation, answer: str) -> None:
        operation.end = time.monotonic_ns()
        operation.answer = answer

    def new_value(self) -> str:
        self.values += 1
        return f"{self.name}-{self.values}-{self.source.choice(SIZES)}"

    def learn(self, blob: str, value: str, etag: str) -> None:
        assert self.etags.setdefault((blob, value), etag) == etag, f"{value} in {blob} has two ETags"
        self.seen[blob] = value, etag

    def write(self, blob: str, kind: str, headers=None, condition="") -> None:
        value = self.new_value()
        headers = {"x-ms-blob-type": "BlockBlob", "x-ms-meta-value": value, **(headers or {})}
        operation = self.begin(blob, kind, value, condition)
        reply = self.connection.ask("blob.put", "PUT", blob, headers=headers, body=content_of(value))
        self.end(operation, reply.text)
        if reply.status == 201:
            self.learn(blob, value, reply.headers["ETag"].strip('"'))

    def do_put(self, blob: str) -> None:
        self.write(blob, "put")

    def do_create(self, blob: str) -> None:
        self.write(blob, "create", {"If-None-Match": "*"})

    def do_replace(self, blob: str) -> None:
        if blob in self.seen:
            value, etag = self.seen[blob]
            self.write(blob, "replace", {"If-Match": f'"{etag}"'}, value)

    def do_blocks(self, blob: str) -> None:
        """Two blocks, then their list. Whoever writes the blob in between takes the blocks away."""
        value = self.new_value()
        content = content_of(value)
        parts = content[: len(content) // 2], content[len(content) // 2 :]
        blocks = [f"{self.number:02}{half}A" for half in range(2)]  # base64 of three bytes
        for block, part in zip(blocks, parts, strict=True):
            # Azure refuses empty blocks.
            query = f"comp=block&blockid={block}"
            if part and self.connection.ask("blob.put-block", "PUT", blob, query, body=part).status != 201:
                return
        listed = "".join(f"<Uncommitted>{block}</Uncommitted>" for block in blocks if content)
        body = f"<BlockList>{listed}</BlockList>".encode()
        operation = self.begin(blob, "put", value)
        headers = {"x-ms-meta-value": value}
        reply = self.connection.ask("blob.put-block-list", "PUT", blob, "comp=blocklist", headers, body)
        if reply.text == "400 InvalidBlockList":
            self.history[blob].remove(operation)
            return
        self.end(operation, reply.text)
        if reply.status == 201:
            self.learn(blob, value, reply.headers["ETag"].strip('"'))

    def do_delete(self, blob: str) -> None:
        operation = self.begin(blob, "delete")
        self.end(operation, self.connection.ask("blob.delete", "DELETE", blob).text)

    def do_get(self, blob: str) -> None:
        operation = self.begin(blob, "get")
        answer, value, etag = self.connection.read(blob)
        operation.value = value
        self.end(operation, answer)
        if value:
            self.learn(blob, value, etag)

    def do_stranger(self, blob: str) -> None:
        self.connection.ask_without_right(blob)

    def do_list(self, blob: str) -> None:
        """A listing reads every blob of the container."""
        container = blob.partition("/")[0]
        operations = {each: self.begin(each, "list") for each in BLOBS if each.startswith(f"{container}/")}
        query = "restype=container&comp=list&include=metadata"
        reply = self.connection.ask("container.list-blobs", "GET", container, query)
        listed = xml.fromstring(reply.body).iter("Blob") if reply.status == 200 else []
        found = {each.findtext("Name"): each for each in listed}
        for name, operation in operations.items():
            if entry := found.get(name.partition("/")[2]):
                operation.value = entry.findtext("Metadata/value")
                self.learn(name, operation.value, entry.findtext("Properties/Etag"))
            self.end(operation, reply.text)
        if container == CONTAINER and reply.status == 200:
            begin, end = (getattr(operations[blob], side) for side in ("begin", "end"))
            shown = {name: operation.value for name, operation in operations.items() if operation.value}
            self.listings.append(Listing(begin, end, shown))

    def do_container(self, _: str) -> None:
        """Makes or deletes one of the containers that come and go."""
        container = self.source.choice(FLEETING)
        action, method = self.source.choice([("create", "PUT"), ("create", "PUT"), ("delete", "DELETE")])
        operation = self.begin(f"{container}/only", f"{action}-container")
        reply = self.connection.ask(f"container.{action}", method, container, "restype=container")
        self.end(operation, reply.text)
