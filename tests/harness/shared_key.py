"""Raw HTTP with Azure's SharedKey signature, for requests that no SDK would send."""

import base64
import datetime
import email.utils
import hashlib
import hmac
import http.client
import urllib.parse
from collections.abc import Mapping

API_VERSION = "2025-07-05"

# The headers with a slot of their own, in the order of the string to sign (2015-02-21 and later).
SLOTS = (
    "content-encoding content-language content-length content-md5 content-type date "
    "if-modified-since if-match if-none-match if-unmodified-since range"
).split()


def string_to_sign(method: str, account: str, path: str, query: str, headers: Mapping[str, str]) -> str:
    """The string that SharedKey signs; path as in the request line, header names in any case."""
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    slots = [
        "" if (name, lower.get(name)) == ("content-length", "0") else lower.get(name, "") for name in SLOTS
    ]
    if "x-ms-date" in lower:
        slots[SLOTS.index("date")] = ""
    canonical_headers = [f"{name}:{lower[name]}" for name in sorted(lower) if name.startswith("x-ms-")]
    parameters: dict[str, list[str]] = {}
    for name, value in urllib.parse.parse_qsl(query, keep_blank_values=True):
        parameters.setdefault(name.lower(), []).append(value)
    resource = [f"/{account}{path}"]
    resource += [f"{name}:{','.join(sorted(parameters[name]))}" for name in sorted(parameters)]
    return "\n".join([method, *slots, *canonical_headers, *resource])


def signature(key: str, text: str) -> str:
    return base64.b64encode(hmac.digest(base64.b64decode(key), text.encode(), hashlib.sha256)).decode()


class RawClient:
    """Sends exactly the given request to one endpoint. Nothing is added but Host, Content-Length and,
    unless told otherwise, x-ms-date, x-ms-version and Authorization."""

    def __init__(self, host: str, port: int, account: str, key: str):
        self.host, self.port, self.account, self.key = host, port, account, key

    def signed(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers with date, version and signature, where they are not there yet."""
        now = email.utils.format_datetime(datetime.datetime.now(datetime.UTC), usegmt=True)
        complete = {"x-ms-date": now, "x-ms-version": API_VERSION, **headers}
        text = string_to_sign(method, self.account, path, query, complete)
        return {"Authorization": f"SharedKey {self.account}:{signature(self.key, text)}", **complete}

    def request(
        self,
        method: str,
        path: str,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        sign: bool = True,
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """One request on a connection of its own; path begins with /ACCOUNT and is sent as it stands."""
        sent = dict(headers or {})
        if body is not None or method in ("PUT", "POST"):
            sent.setdefault("Content-Length", str(len(body or b"")))
        if sign:
            sent = self.signed(method, path, query, sent)
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.putrequest(method, f"{path}?{query}" if query else path, skip_accept_encoding=True)
            for name, value in sent.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()
