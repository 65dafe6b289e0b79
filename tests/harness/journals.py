"""Journals as a test reads them: every record of a test's own server, by its place."""

import hashlib
import hmac
import http.client
import json
import time

from server import Server

SYSTEM_SLOT = 0  # the server's own account


def sign(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, hashlib.sha256)


class Journals:
    """Makes the receipt tokens that the server itself would give out: the key file is the test's, too."""

    def __init__(self, server: Server):
        self.server = server
        master = bytes.fromhex((server.data_dir / "keys/log.key").read_text().splitlines()[2])
        secret = sign(master, b"receipt tokens")
        self.tag_key = sign(secret, b"receipt token tag")
        self.mask_key = sign(secret, b"receipt token mask")

    def token(self, slot: int, index: int) -> str:
        place = slot.to_bytes(4, "big") + index.to_bytes(8, "big")
        tag = sign(self.tag_key, place)[:16]
        mask = sign(self.mask_key, tag)
        return (tag + bytes(a ^ b for a, b in zip(place, mask, strict=False))).hex()

    def receipt(self, slot: int, index: int) -> dict | None:
        """None while no seal covers such a record."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.platform_port, timeout=60)
        try:
            connection.request("GET", f"/api/v1/receipts/{self.token(slot, index)}")
            answer = connection.getresponse()
            document = answer.read()
        finally:
            connection.close()
        assert answer.status in (200, 409), document
        return json.loads(document) if answer.status == 200 else None

    def records(self, slot: int) -> list[dict]:
        """What each record says that is sealed now, by facet."""
        first = self.receipt(slot, 0)
        size = first["journal"]["size"] if first else 0
        receipts = [self.receipt(slot, index) for index in range(size)]
        return [
            {name: facet["reads"] for name, facet in receipt["record"]["facets"].items()}
            for receipt in receipts
            if receipt
        ]

    def counting_records(self, slot: int) -> list[dict]:
        return [record for record in self.records(slot) if record["what"]["action"] == "requests.refused"]

    def refused(self, slot: int) -> dict[str, int]:
        """The sums over all counting records, by quantity."""
        sums: dict[str, int] = {}
        for record in self.counting_records(slot):
            for quantity in record["outcome"]["quantities"]:
                sums[quantity["name"]] = sums.get(quantity["name"], 0) + quantity["amount"]
        return sums

    def wait_for_refused(self, slot: int, expected: dict[str, int]) -> dict[str, int]:
        """The sums as soon as they are as expected, or what they are after ten seconds."""
        for _ in range(100):
            sums = self.refused(slot)
            if sums == expected:
                break
            time.sleep(0.1)
        return sums
