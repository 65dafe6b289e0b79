"""The cage around workers that hold models and have analysed pictures."""

import pathlib

from jobs.archive import workers


def test_every_thread_of_a_worker_is_under_the_filter(archive):
    archive.fill(4)
    assert archive.run()["progress"]["done"] == 4
    processes = workers(archive.server.pid)
    assert processes, "they stay for the next job"
    for process in processes:
        for thread in pathlib.Path(f"/proc/{process}/task").iterdir():
            status = dict(line.split(":", 1) for line in (thread / "status").read_text().splitlines())
            assert status["Seccomp"].strip() == "2", f"{status['Name'].strip()} runs outside the cage"
            assert status["NoNewPrivs"].strip() == "1"
