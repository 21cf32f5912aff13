"""Which runs still run."""

import datetime as dt
import os
import sqlite3

import pytest

import programs
from ato_sql.reading import ReadOnlyDatabase, lost_runs
from helping import wait_until

pytestmark = pytest.mark.slow  # programs that are started, killed, waited for


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
def gone(path):
    """The id of a run whose program was killed."""
    text = "print(SQLLogger(config()).run(), flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    output, _ = programs.run(text, code=-9, db_path=path)
    return int(output)


@pytest.fixture
def alive(tmp_path, gone, change, open_logger):
    """The same run, as if this process kept it alive, but without heartbeats."""
    other = str(tmp_path / "other.sqlite")
    config = {"experiment": {"project_name": "p", "sql": {"db_path": other}}}
    open_logger(config).run()
    with sqlite3.connect(other) as connection:
        query = "SELECT host, pid, process FROM experiments"
        host, pid, process = connection.execute(query).fetchone()
    change(host=host, pid=pid, process=process)
    return gone


needs_proc = pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="needs /proc")


def test_a_run_of_this_process_runs(logger, finder):
    assert finder.get_run(logger.run()).status == "running"


def test_a_late_heartbeat_does_not_matter_while_the_process_is_seen(finder, alive, change):
    change(heartbeat=seconds_ago(3600))
    assert finder.get_run(alive).status == "running"


@needs_proc
def test_a_run_whose_process_is_gone_is_lost_at_once(finder, gone, change):
    change(heartbeat=seconds_ago(0))
    assert finder.get_run(gone).status == "lost"


@needs_proc
def test_a_recycled_pid_is_not_taken_for_the_run(finder, alive, change, path):
    with sqlite3.connect(path) as connection:
        process = connection.execute("SELECT process FROM experiments").fetchone()[0]
    change(process=process + "0")  # the same pid, started at another time
    assert finder.get_run(alive).status == "lost"


def test_elsewhere_six_missed_heartbeats_make_it_lost_and_a_late_one_revives_it(
    finder, gone, change
):
    change(host="another", heartbeat=seconds_ago(30))
    assert finder.get_run(gone).status == "running"
    change(heartbeat=seconds_ago(70))
    assert finder.get_run(gone).status == "lost"
    assert [run.id for run in finder.search({"status": "lost"})] == [gone]
    change(heartbeat=seconds_ago(1))
    assert finder.get_run(gone).status == "running"


def test_how_long_a_silence_is_borne_is_up_to_the_run(finder, gone, change):
    change(host="another", heartbeat=seconds_ago(70), heartbeat_every=60.0)
    assert finder.get_run(gone).status == "running"


@pytest.mark.parametrize("unknown", ["pid", "process"])
def test_where_the_process_is_unknown_the_heartbeat_decides(finder, gone, change, unknown):
    change(**{unknown: None}, heartbeat=seconds_ago(5))
    assert finder.get_run(gone).status == "running"
    change(heartbeat=seconds_ago(3600))
    assert finder.get_run(gone).status == "lost"


def test_a_run_on_a_machine_that_was_booted_again_goes_by_its_heartbeat(finder, gone, change):
    change(process="another-boot/pid:[1]/42", heartbeat=seconds_ago(5))
    assert finder.get_run(gone).status == "running"


def test_a_run_without_heartbeat_is_left_as_it_is(finder, gone, change):
    change(heartbeat=None)
    assert finder.get_run(gone).status == "running"


def test_a_run_that_ended_is_never_lost(finder, gone, change):
    change(status="completed", host="another", heartbeat=seconds_ago(3600))
    assert finder.get_run(gone).status == "completed"


@needs_proc
def test_only_the_finder_says_lost_and_the_database_keeps_running(finder, gone, path):
    assert finder.get_run(gone).status == "lost"
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT status FROM experiments").fetchall() == [("running",)]


@needs_proc
def test_a_page_of_ones_own_finds_lost_runs_by_project(finder, gone, path):
    project = finder.get_run(gone).project_id
    with ReadOnlyDatabase(path).connect() as connection:
        assert [run.id for run in lost_runs(connection)] == [gone]
        assert [run.id for run in lost_runs(connection, project)] == [gone]
        assert lost_runs(connection, project + 1) == []


@needs_proc
def test_a_lost_run_may_be_deleted_and_reopened(config, open_logger, finder, gone):
    with open_logger(config).reopen(gone):
        assert finder.get_run(gone).status == "running"
    assert finder.get_run(gone).status == "completed"


@needs_proc
def test_a_lost_run_is_deleted_without_force(finder, gone):
    finder.delete_run(gone)
    assert finder.find_run(gone) is None


def test_a_heartbeat_is_written_while_the_run_goes_on(config, open_logger, finder):
    config.experiment.sql.heartbeat = 0.01
    run_id = open_logger(config).run()
    first = finder.get_run(run_id).heartbeat
    assert wait_until(lambda: finder.get_run(run_id).heartbeat > first)
