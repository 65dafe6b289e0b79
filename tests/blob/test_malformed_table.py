"""Every request of malformed.txt is refused as it says; nothing changes, and the next one is answered."""

import pytest
from blob.request_tables import Bench, answer_of, read_table
from blob.wire import Wire

TABLE = "malformed.txt"


class Watched:
    """A container with a blob, whose state is looked at after each request, and a connection to it."""

    def __init__(self, server):
        self.server = server
        self.wire = Wire(server)
        self.bench = Bench(self.wire)
        self.bench.prepare("block")
        self.before = self.state()

    def state(self) -> list:
        blobs = "GET con?restype=container&comp=list&include=metadata,tags,snapshots,uncommittedblobs"
        asked = [blobs, "GET con?restype=container", "GET con?restype=container&comp=acl", "GET con/b"]
        replies = [self.bench.done(each) for each in asked]
        return [
            (reply.body, reply.headers.get("etag"), reply.headers.get("x-ms-lease-state"))
            for reply in replies
        ]

    def refusal(self, request: str) -> str:
        """What is answered. Precondition, and proved afterwards: the connection is in order."""
        reply = self.bench.ask(request)
        if reply.headers.get("connection") == "close":
            assert self.wire.is_closed()
            self.wire = self.bench.wire = Wire(self.server)
        assert self.state() == self.before, request
        return answer_of(reply)


@pytest.mark.parametrize("section", read_table(TABLE))
def test_what_is_malformed_is_refused_and_changes_nothing(server, section):
    watched, wrong = Watched(server), []
    for row in read_table(TABLE)[section]:
        request, _, expected = row.rpartition(" | ")
        answer = watched.refusal(request)
        if answer != expected:
            wrong.append(f"{row}   but {answer}")
    assert not wrong, "\n".join(wrong)


def test_the_table_is_long_and_says_nothing_twice():
    rows = [row for rows in read_table(TABLE).values() for row in rows]
    assert len(rows) >= 200 and len(set(rows)) == len(rows)
