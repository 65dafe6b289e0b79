"""kill -9 under load, again and again on one folder: nothing that was acknowledged is lost.

After each kill and restart the whole history of each blob must be explained by one order of its operations
(crash/register.py), every answer must have a receipt that says what was answered, every promise must be
kept, and the public log must continue the one that was published before the kill. The account's journal is
exported, verified and compared with the clients' histories (crash/journal.py): it continues the export from
before the kill, and has exactly one record of each answer and none that nobody asked for, but for those that
count refused requests: they count what was refused, and nothing else.

That these checks can fail is tested too: on a store that was set back to an earlier copy, as if its last
commits had never reached the disk, all of them must complain.
"""

import shutil
import threading

import pytest
from crash.clients import BLOBS, Connection
from crash.fatal import AT_START, UNDER_LOAD, Point
from crash.journal import Requests
from crash.rounds import Rounds

NIGHTLY_PARTS, NIGHTLY_KILLS = 10, 100
MORE_TRIES = 30  # at points that no kill came to


@pytest.fixture
def rounds(tmp_path):
    """Returns a function that begins rounds by a seed; what still runs is ended afterwards."""
    begun: list[Rounds] = []

    def begin(seed: object) -> Rounds:
        begun.append(Rounds(tmp_path / "server", seed))
        begun[-1].begin()
        return begun[-1]

    yield begin
    for each in begun:
        each.server.stop()


def survive_a_kill(rounds: Rounds, point: Point | None) -> None:
    clients = rounds.load_and_kill(point)
    rounds.restart()
    found = rounds.complaints(clients)
    told = "\n".join(found[:10]) + "\n" + rounds.server.log_tail()
    assert not found, f"after kill {rounds.count} of the run with seed {rounds.seed}:\n{told}"


def points_missed(rounds: Rounds) -> list[Point]:
    return [point for point in UNDER_LOAD if not rounds.reached[point]]


def survive(rounds: Rounds, kills: int) -> None:
    """Every other kill is at a chosen point, and each of these is come to: that depends on what the server
    does just then, so some are tried more often.
    """
    for number in range(1, kills + 1):
        survive_a_kill(rounds, next(rounds.points) if number % 2 else None)
    for _ in range(MORE_TRIES):
        if missed := points_missed(rounds):
            survive_a_kill(rounds, missed[0])
    assert not rounds.complaints_about_backups()
    assert rounds.records_in_files(), "no records were moved to files"
    assert rounds.evidence.journal.counted, "no refused request was counted"
    print(f"{rounds.count} kills, {rounds.answered} answers, {rounds.evidence.journal.records} records")
    print(f"{rounds.evidence.journal.counted} refused requests in counting records")
    print(f"slowest restart {rounds.slowest_restart:.2f} s")
    print(*(f"{rounds.reached[point]:4} × {point}" for point in [*UNDER_LOAD, *AT_START]), sep="\n")
    missed = [point.moment for point in points_missed(rounds)]
    assert not missed, f"points that no kill came to, with seed {rounds.seed}"


def test_fifty_kills(rounds, seed):
    survive(rounds(seed), 50)


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(NIGHTLY_PARTS))
def test_many_kills(rounds, seed, part):
    survive(rounds(f"{seed}-{part}"), NIGHTLY_KILLS)


def test_a_store_that_was_set_back_is_found_out(rounds, seed, tmp_path):
    run = rounds(seed)
    run.server.stop()
    shutil.copytree(run.server.data_dir, tmp_path / "earlier")
    run.server.start()
    visitor = Connection(run.server)
    visitor.read(BLOBS[0])
    assert run.evidence.complaints(Requests(visitor.answers)) == []
    clients = run.load_and_kill()
    shutil.rmtree(run.server.data_dir)
    (tmp_path / "earlier").rename(run.server.data_dir)
    run.server.start()
    found = "\n".join(run.complaints(clients))
    assert "No order explains" in found
    assert "has no receipt" in found
    assert "verify log" in found
    assert "export journal" in found


def test_a_server_that_ends_by_itself_is_found_out(rounds, seed):
    run = rounds(seed)
    never = Point("never", "committer", "sendfile", 1)
    threading.Timer(0.3, run.server.process.terminate).start()
    clients = run.load_and_kill(never)
    run.server.start()
    assert "the server ended by itself, with status 0" in run.complaints(clients)
