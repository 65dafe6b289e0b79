"""Requests as the tables errors.txt and malformed.txt write them: errors.txt says how they are read."""

import base64
import datetime
import email.utils
import pathlib
import uuid
from collections.abc import Callable

from azure.storage.blob import generate_account_sas, generate_container_sas
from blob.wire import Reply, Wire, md5_text
from server import ACCOUNT, KEY

HERE = pathlib.Path(__file__).parent
LEASES = {
    "lease": "1f812371-a41d-49e6-b123-f4b542e851c5",
    "other lease": "2f812371-a41d-49e6-b123-f4b542e851c5",
    "third lease": "3f812371-a41d-49e6-b123-f4b542e851c5",
}
TAG = "<Tag><Key>{}</Key><Value>v</Value></Tag>"


def later(hours: int) -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=hours)


WORDS = LEASES | {
    "tomorrow": email.utils.format_datetime(later(24), usegmt=True),
    "now": f"{later(0):%Y-%m-%dT%H:%M:%SZ}",
    "soon": f"{later(1):%Y-%m-%dT%H:%M:%SZ}",
    "md5 of x": md5_text(b"x"),
    "md5 of other": md5_text(b"other"),
    "long block id": base64.b64encode(bytes(65)).decode().replace("+", "%2B"),
    "long name": "n" * 1025,
    "64 letters": "a" * 64,
    "deep xml": "<BlockList>" * 1000 + "</BlockList>" * 1000,
    "long id": "i" * 65,
    "any signature": base64.b64encode(bytes(32)).decode(),
    "tags": f"<Tags><TagSet>{TAG.format('a')}</TagSet></Tags>",
    "eleven tags": f"<Tags><TagSet>{''.join(TAG.format(f'k{i}') for i in range(11))}</TagSet></Tags>",
}


def read_table(name: str) -> dict[str, list[str]]:
    """The rows by section, as they stand."""
    sections: dict[str, list[str]] = {}
    for line in (HERE / name).read_text().splitlines():
        if line.startswith("["):
            rows = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            rows.append(line)
    return sections


def sas(container: str, credential: str) -> str:
    """What @sas=PERMISSIONS, @account-sas=PERMISSIONS/RESOURCE-TYPES and @bent-sas=NAME=VALUE stand for."""
    kind, _, allowed = credential.partition("=")
    if kind == "bent-sas":
        name, _, value = allowed.partition("=")
        right = generate_container_sas(ACCOUNT, container, KEY, permission="rl", expiry=later(1))
        parts = [part for part in right.split("&") if not part.startswith(name + "=")]
        return "&".join([*parts, *([f"{name}={value}"] if value else [])])
    if kind == "sas":
        return generate_container_sas(ACCOUNT, container, KEY, permission=allowed, expiry=later(1))
    permission, types = allowed.split("/")
    return generate_account_sas(ACCOUNT, KEY, types, permission, later(1))


class Bench:
    """A container of a row's own, what the row wants to be there, and its request."""

    def __init__(self, wire: Wire):
        self.wire = wire
        self.container = f"errors-{uuid.uuid4().hex}"
        self.words = dict(WORDS)
        self.done("PUT con?restype=container")

    def done(self, request: str) -> Reply:
        reply = self.ask(request)
        assert reply.status < 300, (request, reply)
        return reply

    def prepare(self, step: str) -> None:
        request = STEPS[step]
        if callable(request):
            request(self)
        else:
            self.words["etag"] = self.done(request).headers.get("etag", self.words.get("etag", ""))

    def snapshot(self, word: str) -> None:
        self.words[word] = self.done("PUT con/b?comp=snapshot").headers["x-ms-snapshot"]

    def fill(self, text: str) -> str:
        for word, value in self.words.items():
            text = text.replace("{" + word + "}", value)
        return text

    def ask(self, request: str) -> Reply:
        text, _, credential = request.partition(" @")
        head, _, body_text = self.fill(text).partition(" << ")
        method, _, rest = head.partition(" ")
        target, *fields = rest.split("; ")
        headers = {
            name: repeated(value.strip()) for name, _, value in (each.partition(":") for each in fields)
        }
        path, _, query = target.partition("?")
        if path == "con" or path.startswith("con/"):
            path = self.container + path[3:]
        path = f"/{ACCOUNT}/{path}".rstrip("/") if path == "" else f"/{ACCOUNT}/{path}"
        body = repeated(body_text).encode() if method in ("PUT", "POST") else None
        if headers.get("Content-Length") == "-":
            headers.pop("Content-Length")
            body = None
        if "=" in credential:
            query = "&".join(filter(None, [query, sas(self.container, credential)]))
        return self.send(method, path, query, headers, body, signed=not credential)

    def send(self, method, path, query, headers, body, signed) -> Reply:
        if signed and "Authorization" not in headers:
            return self.wire.ask(method, path, query, headers, body)
        if body is not None:
            headers.setdefault("Content-Length", str(len(body)))
        lines = [f"{method} {path}{'?' if query else ''}{query} HTTP/1.1", "Host: localhost"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.wire.send("\r\n".join([*lines, "", ""]).encode() + (body or b""))
        return self.wire.read(method)


def repeated(text: str) -> str:
    """512*x stands for so many x."""
    count, star, what = text.partition("*")
    return int(count) * what if star and count.isdigit() and what else text


STEPS: dict[str, str | Callable[[Bench], None]] = {
    "block": "PUT con/b; x-ms-blob-type: BlockBlob << hello",
    "empty": "PUT con/b; x-ms-blob-type: BlockBlob",
    "large": "PUT con/b; x-ms-blob-type: BlockBlob << 4194305*x",
    "append": "PUT con/b; x-ms-blob-type: AppendBlob",
    "page": "PUT con/b; x-ms-blob-type: PageBlob; x-ms-blob-content-length: 1024",
    "staged": "PUT con/b?comp=block&blockid=MTIz << hello",
    "sealed": "PUT con/b?comp=seal",
    "archived": "PUT con/b?comp=tier; x-ms-access-tier: Archive",
    "rehydrating": "PUT con/b?comp=tier; x-ms-access-tier: Cool",
    "snapshot": lambda bench: bench.snapshot("snapshot"),
    "later snapshot": lambda bench: bench.snapshot("later snapshot"),
    "public blobs": "PUT con?restype=container&comp=acl; x-ms-blob-public-access: blob",
    "sequence number 7": "PUT con/b?comp=properties; x-ms-sequence-number-action: update"
    "; x-ms-blob-sequence-number: 7",
    "highest sequence number": "PUT con/b?comp=properties; x-ms-sequence-number-action: update"
    "; x-ms-blob-sequence-number: 9223372036854775807",
}
for scope, address in (("", "con/b?comp=lease"), ("container ", "con?restype=container&comp=lease")):
    act = f"PUT {address}; x-ms-lease-action: "
    STEPS[f"{scope}leased"] = f"{act}acquire; x-ms-lease-duration: 60; x-ms-proposed-lease-id: {{lease}}"
    STEPS[f"{scope}lease breaking"] = f"{act}break; x-ms-lease-break-period: 60"
    STEPS[f"{scope}lease broken"] = f"{act}break; x-ms-lease-break-period: 0"


def answer_of(reply: Reply) -> str:
    return f"{reply.status} {reply.code or '-'}"
