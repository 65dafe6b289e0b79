"""A server process is watched from start to end; whatever goes wrong is told with its log."""

import sys

import pytest
from server import Process, ServerError, answers, free_ports

# A server that is ready at once and ends cleanly on SIGTERM, or with the status it is given.
PROGRAM = """
import http.server, signal, sys
port, status = int(sys.argv[1]), int(sys.argv[2])
signal.signal(signal.SIGTERM, lambda *_: sys.exit(status))
print("ready soon", flush=True)
http.server.HTTPServer(("127.0.0.1", port), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture
def process(tmp_path):
    """Returns a function that makes a process of a program; it is ended afterwards."""
    made = []

    def make(program: str, status: int = 0, path: str = "/") -> Process:
        (port,) = free_ports(1)
        command = [sys.executable, "-c", program, port, status]
        made.append(Process(command, tmp_path / "log", f"http://127.0.0.1:{port}{path}"))
        return made[-1]

    yield make
    for each in made:
        each.kill()


def test_start_returns_when_it_answers_and_stop_ends_it(process):
    server = process(PROGRAM)
    assert server.start() > 0
    assert answers(server.ready_url, range(200, 201)) and server.running()
    server.stop()
    assert not server.running() and not answers(server.ready_url, range(100, 600))


def test_early_exit_is_told_with_the_log(process):
    server = process("import sys; sys.exit('the disk is on fire')")
    with pytest.raises(ServerError, match="(?s)status 1 before it was ready.*the disk is on fire"):
        server.start()


def test_never_ready_is_an_error_and_leaves_no_process(process):
    server = process(PROGRAM, path="/absent")
    with pytest.raises(ServerError, match="was not ready after 0.5 s"):
        server.start(timeout=0.5)
    assert not server.running()


def test_unclean_exit_is_an_error(process):
    server = process(PROGRAM, status=3)
    server.start()
    with pytest.raises(ServerError, match="ended with status 3"):
        server.stop()


def test_free_ports_are_different():
    assert len(set(free_ports(20))) == 20
