"""Every error of errors.txt, provoked."""

import pytest
from blob.request_tables import Bench, answer_of, read_table
from blob.wire import Wire

TABLE = "errors.txt"


@pytest.mark.parametrize("operation", read_table(TABLE))
def test_each_error_is_provoked(server, operation):
    wrong = []
    for row in read_table(TABLE)[operation]:
        before, request, expected = row.split(" | ")
        with Wire(server) as wire:
            bench = Bench(wire)
            for step in before.split(", ") if before != "-" else []:
                bench.prepare(step)
            reply = bench.ask(request)
            if answer_of(reply) != expected:
                wrong.append(f"{row}   but {answer_of(reply)}: {reply.body[:300].decode()}")
            # The connection is in order, or closed.
            elif reply.headers.get("connection") != "close":
                assert bench.ask("GET con?restype=container").status == 200, row
    assert not wrong, "\n".join(wrong)


def test_the_table_is_long_and_says_nothing_twice():
    rows = [f"{operation} {row}" for operation, rows in read_table(TABLE).items() for row in rows]
    assert len(rows) >= 300 and len(set(rows)) == len(rows)
