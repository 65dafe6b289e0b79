"""A network of its own in which one name means what the test says, and other addresses each time it is asked.

Run as a program below unshare --mount --net: the driver of tests/blob/test_rebinding.py. Prints what was
answered, and who was asked, as JSON.
"""

import http.server
import json
import pathlib
import socket
import subprocess
import sys
import threading

from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobServiceClient
from server import Server

NAME, PORT = "moving.example.org", 18080
OUTSIDE, INSIDE, LINK = "10.9.9.9", "127.0.0.1", "169.254.169.254"


class Names:
    """A name server: answers each question for NAME with the addresses that are due."""

    def __init__(self):
        self.addresses: list[str] = []
        self.asked = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            question, client = self.socket.recvfrom(512)
            self.socket.sendto(self.answer(question), client)

    def answer(self, question: bytes) -> bytes:
        end = question.index(b"\0", 12) + 5
        is_a = question[end - 4 : end - 2] == b"\0\1"
        addresses = self.addresses if is_a else []
        self.asked += is_a
        records = [b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + socket.inet_aton(each) for each in addresses]
        counts = b"\0\1" + len(records).to_bytes(2, "big") + b"\0\0\0\0"
        return question[:2] + b"\x81\x80" + counts + question[12:end] + b"".join(records)


def listener(address: str) -> http.server.ThreadingHTTPServer:
    """A server at the address that counts who comes."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.visits += 1
            self.send_response(200)
            self.send_header("Content-Length", "6")
            self.end_headers()
            self.wfile.write(b"secret")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer((address, PORT), Handler)
    server.visits = 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def copy(target) -> str:
    try:
        target.upload_blob_from_url(f"http://{NAME}:{PORT}/x", overwrite=True)
    except HttpResponseError as problem:
        return f"{problem.status_code} {problem.response.headers.get('x-ms-error-code')}"
    return target.download_blob().readall().decode()


def main(folder: pathlib.Path) -> None:
    resolver = folder / "resolv.conf"
    resolver.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    for command in (
        ["ip", "link", "set", "lo", "up"],
        ["ip", "address", "add", f"{OUTSIDE}/32", "dev", "lo"],
        ["ip", "address", "add", f"{LINK}/32", "dev", "lo"],
        ["mount", "--bind", str(resolver), "/etc/resolv.conf"],
    ):
        subprocess.run(command, check=True)
    names = Names()
    servers = {address: listener(address) for address in (OUTSIDE, INSIDE, LINK)}
    server = Server(
        folder / "server", ["--copy-from-hosts", f"{NAME}:{PORT}", "--copy-from-networks", f"{OUTSIDE}/32"]
    )
    server.start()
    answers = []
    with BlobServiceClient.from_connection_string(server.connection_string, retry_total=0) as service:
        target = service.create_container("box").get_blob_client("b")
        for addresses in ([OUTSIDE], [INSIDE], [LINK], [OUTSIDE], [LINK, INSIDE], ["0.0.0.0"]):
            names.addresses = addresses
            answers.append(copy(target))
    server.stop()
    visits = {address: each.visits for address, each in servers.items()}
    print(json.dumps({"answers": answers, "visits": visits, "asked": names.asked}))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
