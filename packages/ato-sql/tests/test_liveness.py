"""Which runs still run."""

import datetime as dt
import os
import sqlite3

import pytest


@pytest.fixture
def change(tmp_path):
    """Change a run behind the tracker's back."""

    def change(**columns):
        with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
            names = ", ".join(f"{name} = ?" for name in columns)
            connection.execute(f"UPDATE experiments SET {names}", tuple(columns.values()))

    return change


def seconds_ago(seconds):
    moment = dt.datetime.now(dt.timezone.utc) - dt.timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


@pytest.fixture
def run_id(logger):
    run_id = logger.run()
    logger._writer._next_beat = float("inf")  # no heartbeat but the test's
    logger.flush()
    return run_id


def test_a_run_of_this_process_runs(finder, run_id):
    assert finder.find_run(run_id).status == "running"


def test_a_late_heartbeat_does_not_matter_while_the_process_is_seen(finder, run_id, change):
    change(heartbeat=seconds_ago(3600))
    assert finder.find_run(run_id).status == "running"


def test_a_recycled_pid_is_not_taken_for_the_run(finder, run_id, change):
    if not os.path.exists("/proc/self/stat"):
        pytest.skip("needs /proc")
    with sqlite3.connect(finder._settings.url.database) as connection:
        process = connection.execute("SELECT process FROM experiments").fetchone()[0]
    change(process=process + "0")  # the same pid, started at another time
    assert finder.find_run(run_id).status == "lost"


def test_elsewhere_six_missed_heartbeats_make_it_lost_and_a_late_one_revives_it(
    finder, run_id, change
):
    change(host="another", heartbeat=seconds_ago(30))
    assert finder.find_run(run_id).status == "running"
    change(heartbeat=seconds_ago(70))
    assert finder.find_run(run_id).status == "lost"
    assert [run.id for run in finder.search({"status": "lost"})] == [run_id]
    change(heartbeat=seconds_ago(1))
    assert finder.find_run(run_id).status == "running"


def test_a_run_that_ended_is_never_lost(logger, finder, run_id, change):
    logger.finish()
    change(host="another", heartbeat=seconds_ago(3600))
    assert finder.find_run(run_id).status == "completed"


def test_a_heartbeat_is_written_while_the_run_goes_on(config, finder):
    from ato_sql import SQLLogger

    config.experiment.sql.heartbeat = 0.01
    logger = SQLLogger(config)
    run_id = logger.run()
    first = finder.find_run(run_id).heartbeat
    for _ in range(100):
        if finder.find_run(run_id).heartbeat > first:
            return
        logger._writer._wake.wait(0.05)
    raise AssertionError("no heartbeat in five seconds")
