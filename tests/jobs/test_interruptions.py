"""Jobs that do not run to their end: killed, cancelled, suspended; and workers that die under them."""

import os
import pathlib
import signal

import pytest
from jobs.archive import SMALL_BUDGET, workers
from server import ACCOUNT

# More than two workers finish while a test looks.
PICTURES = 20


def test_a_killed_job_is_interrupted_and_goes_on_where_it_was(lone_archive):
    lone_archive.fill(PICTURES)
    job = lone_archive.start()
    seen = lone_archive.wait_for_work(job, 3)["progress"]["done"]
    lone_archive.server.kill()
    lone_archive.server.start()
    interrupted = lone_archive.show(job)
    assert (interrupted["state"], interrupted["charged"]) == ("interrupted", PICTURES)
    assert "Start it again" in interrupted["message"]
    before = lone_archive.analysed()
    assert seen <= len(before) < PICTURES, "what was counted as done is there"
    again = lone_archive.run()
    assert (again["progress"]["done"], again["progress"]["failed"]) == (PICTURES - len(before), 0)
    after = lone_archive.analysed()
    assert len(after) == PICTURES
    assert {name: after[name][0] for name in before} == {name: etag for name, (etag, _) in before.items()}


def test_an_interrupted_job_is_charged_in_full(lone_archive):
    lone_archive.fill(PICTURES)
    lone_archive.wait_for_work(lone_archive.start(SMALL_BUDGET), 1)
    lone_archive.server.kill()
    lone_archive.server.start()
    refused = lone_archive.ask(SMALL_BUDGET, "19")
    assert refused.status == 403
    assert "0 are left and this asks for 1" in refused.json()["error"]["message"]


def test_a_cancelled_job_ends_and_what_it_did_not_use_is_given_back(lone_archive):
    lone_archive.fill(PICTURES)
    job = lone_archive.start(SMALL_BUDGET)
    lone_archive.wait_for_work(job, 1)
    assert lone_archive.cancel(job).status == 202
    ended = lone_archive.wait(job)
    assert ended["state"] == "cancelled"
    done = ended["progress"]["done"]
    assert done == len(lone_archive.analysed()) < PICTURES
    again = lone_archive.run(SMALL_BUDGET)
    assert again["progress"]["done"] == PICTURES - done
    lone_archive.pictures.upload_blob("more.jpg", lone_archive.pictures.download_blob("00.jpg").readall())
    assert "0 are left" in lone_archive.ask(SMALL_BUDGET).json()["error"]["message"]


def test_a_suspension_ends_a_running_job(lone_archive):
    lone_archive.fill(PICTURES)
    job = lone_archive.start(SMALL_BUDGET)
    lone_archive.wait_for_work(job, 1)
    suspension = f"/suspensions/{ACCOUNT}/image"
    assert lone_archive.api.as_operator("PUT", suspension).status_code == 200
    ended = lone_archive.wait(job)
    assert ended["state"] == "failed"
    assert f"The service 'image' is suspended for the account '{ACCOUNT}'" in ended["message"]
    done = ended["progress"]["done"]
    assert done == len(lone_archive.analysed()) < PICTURES
    assert lone_archive.ask(SMALL_BUDGET).json()["error"]["policy"] == "charter/suspended-service"
    assert lone_archive.api.as_operator("DELETE", suspension).status_code == 200
    assert lone_archive.run(SMALL_BUDGET)["progress"]["done"] == PICTURES - done


@pytest.mark.parametrize("times", [1, 2])
def test_a_job_outlives_the_death_of_its_workers(lone_archive, times):
    lone_archive.fill(PICTURES)
    job = lone_archive.start()
    for time in range(times):
        lone_archive.wait_for_work(job, 1 + 5 * time)
        # Never the one that took the other's place: it may still have the picture that its predecessor
        # died of, and a picture that breaks two workers is given up.
        os.kill(workers(lone_archive.server.pid)[0], signal.SIGKILL)
    ended = lone_archive.wait(job)
    assert (ended["state"], ended["progress"]["done"]) == ("succeeded", PICTURES), ended["message"]


def test_a_job_outlives_a_worker_that_dies_before_it_is_ready(lone_archive):
    lone_archive.fill(4)
    job = lone_archive.start()
    while not (started := workers(lone_archive.server.pid)):
        assert lone_archive.show(job)["state"] == "running"
    os.kill(started[0], signal.SIGKILL)
    ended = lone_archive.wait(job)
    assert (ended["state"], ended["progress"]["done"]) == ("succeeded", 4), ended["message"]


def test_a_stopped_server_leaves_no_job_running_and_no_worker(lone_archive):
    lone_archive.fill(PICTURES)
    job = lone_archive.start()
    lone_archive.wait_for_work(job, 1)
    processes = workers(lone_archive.server.pid)
    assert processes
    lone_archive.server.stop()
    assert not [each for each in processes if pathlib.Path(f"/proc/{each}").exists()]
    lone_archive.server.start()
    ended = lone_archive.show(job)
    assert (ended["state"], "Start it again" in ended["message"]) == ("interrupted", True)
    assert lone_archive.run()["progress"]["failed"] == 0
    assert len(lone_archive.analysed()) == PICTURES


def test_a_job_whose_picture_outlasts_the_server_is_interrupted(lone_archive):
    lone_archive.fill(PICTURES)
    job = lone_archive.start()
    lone_archive.wait_for_work(job, 1)
    for each in workers(lone_archive.server.pid):
        os.kill(each, signal.SIGSTOP)
    lone_archive.server.stop()
    lone_archive.server.start()
    ended = lone_archive.show(job)
    assert (ended["state"], "Start it again" in ended["message"]) == ("interrupted", True)
