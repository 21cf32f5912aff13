"""What happens to metrics when something goes wrong."""

import glob
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import warnings

import pytest

import programs
from ato_sql import DatabaseError, SQLFinder, SQLLogger, TrackerError, TrackerWarning


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "runs.sqlite")


def finder_of(path):
    return SQLFinder({"experiment": {"sql": {"db_path": f"sqlite:///{path}"}}})


def settings(path, **more):
    return {"db_path": f"sqlite:///{path}", **more}


def count(path, table="metrics"):
    with sqlite3.connect(path) as connection:
        return connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]


def wait_until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


class TestBuffering:
    def test_a_metric_reaches_the_database_by_itself(self, logger, path):
        logger.run()
        logger.log_metric("loss", 0.5, step=0)
        assert wait_until(lambda: count(path) == 1)

    def test_a_thousand_metrics_do_not_wait_for_the_second(self, logger, path, monkeypatch):
        monkeypatch.setattr("ato_sql._writer.ROUND_SECONDS", 3600.0)
        logger.run()
        logger.flush()
        for step in range(1000):
            logger.log_metric("loss", 0.5, step)
        assert wait_until(lambda: count(path) >= 1000)

    def test_flush_returns_when_all_is_in_the_database(self, logger, path):
        logger.run()
        logger.log_metric("loss", 0.5, step=0)
        logger.flush()
        assert count(path) == 1

    def test_a_finder_in_the_same_process_sees_what_was_just_logged(self, logger, finder):
        run_id = logger.run()
        logger.log_metric("loss", 0.5, step=0)
        assert finder.get_metrics(run_id, "loss")[0].value == 0.5

    def test_a_program_that_ends_without_finish_loses_nothing(self, path):
        programs.run(
            """
            logger = SQLLogger(config())
            logger.run()
            for step in range(1500):
                logger.log_metric("loss", 0.5, step)
            """,
            **settings(path),
        )
        assert count(path) == 1500


class TestKilled:
    LOOP = """
        logger = SQLLogger(config())
        logger.run()
        for step in range(10**9):
            logger.log_metric("loss", float(step), step)
            if step % 10 == 0:
                time.sleep(0.001)
                sys.stdout.write("%d %f\\n" % (step, time.time()))
                sys.stdout.flush()
        """

    def kill_and_check(self, path, after):
        process = programs.start(self.LOOP, **settings(path))
        process.stdout.readline()
        time.sleep(after)
        process.kill()
        moment = time.time()
        lines = process.communicate()[0].decode().split("\n")[:-1]
        with sqlite3.connect(path) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            steps = [s for (s,) in connection.execute("SELECT step FROM metrics ORDER BY id")]
        assert steps == list(range(len(steps)))
        logged_a_second_ago = [
            int(step) for step, when in map(str.split, lines) if float(when) < moment - 1
        ]
        assert len(steps) > max(logged_a_second_ago, default=-1)

    def test_a_killed_program_loses_at_most_its_last_second(self, path):
        self.kill_and_check(path, after=1.3)

    @pytest.mark.slow
    @pytest.mark.timeout(600)
    def test_killed_at_fifty_random_moments_it_loses_at_most_its_last_second(self, tmp_path):
        chance = random.Random(7)
        for number in range(50):
            self.kill_and_check(str(tmp_path / f"{number}.sqlite"), chance.uniform(0.0, 2.5))

    def test_with_durability_commit_nothing_that_returned_is_lost(self, path):
        loop = """
            logger = SQLLogger(config())
            logger.run()
            for step in range(10**9):
                logger.log_metric("loss", float(step), step)
                os.write(1, b"%d\\n" % step)
            """
        process = programs.start(loop, **settings(path, durability="commit"))
        process.stdout.readline()
        time.sleep(0.5)
        process.kill()
        returned = int(process.communicate()[0].decode().split("\n")[-2])
        assert count(path) > returned

    def test_a_killed_run_shows_as_lost_at_once_on_its_own_machine(self, path):
        process = programs.start(self.LOOP, **settings(path))
        process.stdout.readline()
        assert finder_of(path).find_run(1).status == "running"
        process.kill()
        process.communicate()
        assert finder_of(path).find_run(1).status == "lost"
        assert finder_of(path).count({"status": "lost"}) == 1
        assert finder_of(path).search({"status": "running"}) == []


def press_ctrl_c(process):
    """What the process prints until it ends; as people do, press again if nothing happens.

    CPython prints and forgets an interrupt that arrives inside a weakref callback.
    """
    for _ in range(4):
        process.send_signal(signal.SIGINT)
        try:
            return process.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            continue
    process.kill()
    return process.communicate()


class TestInterrupted:
    def test_ctrl_c_at_any_moment_loses_and_doubles_nothing(self, path):
        loop = """
            logger = SQLLogger(config())
            logged = 0
            def go():
                global logged
                with logger.start() as run:
                    print("go", flush=True)
                    while True:
                        run.log_metric("loss", float(logged), logged)
                        logged += 1
                        if logged % 50 == 0:
                            run.flush()
            try:
                go()
            except KeyboardInterrupt:
                print(logged, flush=True)
            """
        for delay in (0.0, 0.05):
            if os.path.exists(path):
                os.remove(path)
            process = programs.start(loop, **settings(path))
            process.stdout.readline()
            time.sleep(delay)
            output, errors = press_ctrl_c(process)
            assert process.returncode == 0, errors.decode()
            with sqlite3.connect(path) as connection:
                steps = [s for (s,) in connection.execute("SELECT step FROM metrics ORDER BY id")]
                status = connection.execute("SELECT status FROM experiments").fetchone()[0]
            assert steps == list(range(len(steps)))
            assert len(steps) - int(output) in (0, 1)
            assert status == "interrupted"

    def test_ctrl_c_at_any_line_of_a_flush_loses_nothing_and_leaves_no_lock(self, tmp_path):
        lines, _ = self.interrupt(str(tmp_path / "whole.sqlite"), None)
        for line in range(1, lines, lines // 150):
            path = str(tmp_path / f"{line}.sqlite")
            _, logged = self.interrupt(path, line)
            with sqlite3.connect(path) as connection:
                steps = [s for (s,) in connection.execute("SELECT step FROM metrics ORDER BY id")]
                status = connection.execute("SELECT status FROM experiments").fetchone()[0]
            assert steps == list(range(logged))
            assert status == "interrupted"
            assert glob.glob(path + "*.ato-journal*") == []

    def interrupt(self, path, line):
        """Interrupt a flush at its `line`-th line; return the lines it ran and what was logged."""
        logger = SQLLogger({"experiment": {"project_name": "digits", "sql": settings(path)}})
        count = 0

        def trace(frame, event, argument):
            nonlocal count
            if event == "line":
                count += 1
                if count == line:
                    raise KeyboardInterrupt
            return trace

        before = sys.gettrace()
        try:
            with logger.start() as run:
                for step in range(10):
                    run.log_metric("loss", float(step), step)
                sys.settrace(trace)
                run.flush()
                sys.settrace(before)
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            # The traceback is still there, and with it all that the interrupted call had open.
            return count, step + 1
        finally:
            sys.settrace(before)
            logger.close()

    def test_an_uncaught_exception_fails_a_run_that_was_never_finished(self, path):
        programs.run(
            """
            logger = SQLLogger(config())
            logger.run()
            logger.log_metric("loss", 0.5, 0)
            raise RuntimeError("diverged")
            """,
            code=1,
            **settings(path),
        )
        run = finder_of(path).find_run(1)
        assert run.status == "failed"
        assert "RuntimeError: diverged" in run.error


class TestTrouble:
    """The database cannot be written to for a while."""

    def break_database(self, logger, monkeypatch):
        """Make commits fail as they do when the disk is full, until `.undo()`."""
        database = logger._writer.database

        def full(*arguments):
            from sqlalchemy.exc import OperationalError

            raise OperationalError("", {}, sqlite3.OperationalError("database or disk is full"))

        with monkeypatch.context() as patch:
            patch.setattr(database, "commit", full)
            yield

    def test_a_full_disk_is_survived_with_one_warning_and_no_loss(self, path):
        # RLIMIT_FSIZE makes every write beyond it fail, as a full disk does.
        output, errors = programs.run(
            """
            import resource
            logger = SQLLogger(config())
            run = logger.start()
            run.log_metric("loss", 0.0, 0)
            run.flush()
            limits = resource.getrlimit(resource.RLIMIT_FSIZE)
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            size = os.path.getsize(SETTINGS["db_path"][10:] + "-wal")
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
            for step in range(1, 5000):
                run.log_metric("loss", float(step), step)
                if step % 1000 == 0:
                    run.flush()
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            run.finish()
            """,
            **settings(path),
        )
        assert errors.count("TrackerWarning") == 1
        assert count(path) == 5000
        assert not glob.glob(path + "*journal*")

    def test_a_locked_database_is_waited_for(self, path):
        logger = SQLLogger(config_of(path))
        run = logger.start()
        lock = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        lock.execute("BEGIN IMMEDIATE")
        threading.Timer(0.5, lambda: lock.execute("COMMIT")).start()
        run.log_metric("loss", 0.5, 0)
        run.finish()
        assert count(path) == 1

    def test_a_removed_database_is_made_anew_with_the_run(self, path):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            logger = SQLLogger(config_of(path))
            with logger.start(tags=["kept"]) as run:
                run.log_metric("loss", 0.1, 0)
                run.flush()
                for name in glob.glob(path + "*"):
                    os.remove(name)
                run.log_metric("loss", 0.2, 1)
        (again,) = finder_of(path).get_runs_in_project("digits")
        assert (again.uuid, again.tags, again.status) == (run.uuid, ["kept"], "completed")
        assert finder_of(path).get_metrics(again.id, "loss")[-1].value == 0.2

    def test_a_folder_that_vanished_is_made_anew(self, tmp_path):
        path = str(tmp_path / "deep" / "runs.sqlite")
        logger = SQLLogger(config_of(path))
        with logger.start() as run:
            shutil.rmtree(os.path.dirname(path))
            run.log_metric("loss", 0.2, 1)
        assert count(path) == 1

    @pytest.mark.skipif(os.getuid() != 0, reason="needs root to become another user")
    def test_a_read_only_database_is_survived_and_replayed_by_the_next_program(self):
        with tempfile.TemporaryDirectory() as folder:  # pytest's are closed to other users
            self.read_only(pathlib.Path(folder))

    def read_only(self, tmp_path):
        path = str(tmp_path / "runs.sqlite")
        (tmp_path / "journal").mkdir()
        os.chmod(tmp_path, 0o777)
        os.chmod(tmp_path / "journal", 0o777)
        SQLLogger(config_of(path)).get_or_create_project()
        os.chmod(path, 0o444)
        as_nobody = """
            warm = config()
            warm["experiment"]["sql"]["db_path"] += ".warm"  # imports what nobody may not read
            with SQLLogger(warm).start() as run:
                run.log_metric("loss", 0.5, 0)
            os.setuid(65534)
            logger = SQLLogger(config())
            with logger.start(tags=["unprivileged"]) as run:
                for step in range(100):
                    run.log_metric("loss", float(step), step)
            print(run.id)
            """
        mine = settings(path, journal_dir=str(tmp_path / "journal"))
        output, errors = programs.run(as_nobody, cwd=str(tmp_path), **mine)
        assert int(output) < 0
        assert errors.count("TrackerWarning") == 1
        assert count(path, "experiments") == 0
        os.chmod(path, 0o644)
        programs.run("SQLLogger(config()).start().finish()", cwd=str(tmp_path), **mine)
        runs = finder_of(path).get_runs_in_project("digits")
        assert sorted((r.status, tuple(r.tags)) for r in runs) == [
            ("completed", ()),
            ("completed", ("unprivileged",)),
        ]
        assert count(path) == 100
        assert os.listdir(tmp_path / "journal") == []

    def test_a_program_killed_in_trouble_leaves_a_journal_that_the_next_one_replays(self, path):
        process = programs.start(
            """
            logger = SQLLogger(config())
            run = logger.start()
            from ato_sql._database import Database
            def broken(self, batch, births):
                raise OSError("no space left on device")
            Database.commit = broken
            for step in range(500):
                run.log_metric("loss", float(step), step)
            try:
                run.flush()
            finally:
                print("ready", flush=True)
            time.sleep(60)
            """,
            **settings(path),
        )
        process.stdout.readline()
        process.kill()
        process.communicate()
        assert count(path) == 0
        assert len(glob.glob(os.path.dirname(path) + "/*.ato-journal")) == 1
        programs.run("SQLLogger(config()).start().finish()", **settings(path))
        assert count(path) == 500
        assert finder_of(path).get_summaries([1])[1]["loss"].count == 500
        assert glob.glob(os.path.dirname(path) + "/*.ato-journal") == []

    def test_on_error_raise_raises(self, path, monkeypatch):
        logger = SQLLogger(config_of(path, on_error="raise"))
        run = logger.start()
        breaking = self.break_database(logger, monkeypatch)
        next(breaking)
        run.log_metric("loss", 0.5, 0)
        with pytest.raises(TrackerError, match="disk is full"):
            run.flush()
        next(breaking, None)
        run.finish()
        assert count(path) == 1

    def test_a_run_that_starts_while_the_database_is_out_of_reach_gets_its_id_later(
        self, path, monkeypatch
    ):
        os.mkdir(path)  # a folder where the file should be
        logger = SQLLogger(config_of(path))
        with pytest.warns(TrackerWarning, match="cannot write to"):
            run_id = logger.run()
        assert run_id < 0
        logger.log_metric("loss", 0.5, 0)
        os.rmdir(path)
        logger.log_artifact(run_id, __file__, "code")
        logger.flush()
        assert logger.get_current_run_id() == 1
        logger.finish()
        assert count(path) == 1
        assert count(path, "artifacts") == 1

    def test_memory_stays_bounded_where_nothing_can_be_written(self, path, monkeypatch):
        logger = SQLLogger(config_of(path))
        run = logger.start()
        monkeypatch.setattr("ato_sql._committer.MEMORY_BATCHES", 3)
        monkeypatch.setattr("ato_sql._journal.Journal._open", nowhere)
        breaking = self.break_database(logger, monkeypatch)
        next(breaking)
        with pytest.warns(TrackerWarning, match="kept in memory"):  # noqa: PT031
            for step in range(5):
                run.log_metric("loss", 0.5, step)
                run.flush()
        next(breaking, None)
        run.flush()
        assert count(path) == 3
        with pytest.warns(TrackerWarning, match="2 metrics could be kept nowhere"):
            logger.close()


def nowhere(journal):
    raise OSError("read-only file system")


def config_of(path, **more):
    return {"experiment": {"project_name": "digits", "sql": settings(path, **more)}, "lr": 0.1}


def test_a_database_of_a_newer_schema_is_refused_clearly(path):
    logger = SQLLogger(config_of(path))
    logger.run()
    logger.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseError, match="9999.*newer ato-sql.*pip install --upgrade ato-sql"):
        SQLLogger(config_of(path)).run()
    with pytest.raises(DatabaseError, match="newer ato-sql"):
        finder_of(path).find_run(1)


def test_a_file_that_is_no_database_is_left_as_it_is(path):
    with open(path, "w") as file:
        file.write("my notes, not a database\n" * 100)
    with pytest.warns(TrackerWarning, match="not a database"):
        SQLLogger(config_of(path)).run()
    with open(path) as file:
        assert file.read() == "my notes, not a database\n" * 100


class TestManyAtOnce:
    def test_threads_share_a_run(self, logger, finder):
        run_id = logger.run()
        threads = [
            threading.Thread(
                target=lambda: [logger.log_metric("loss", 0.5, step) for step in range(500)]
            )
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        logger.finish()
        assert len(finder.get_metrics(run_id, "loss")) == 4000

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    def test_forked_children_log_to_the_same_run(self, path):
        programs.run(
            """
            import multiprocessing
            logger = SQLLogger(config())
            run = logger.start()
            for step in range(1000):
                run.log_metric("parent", 0.5, step)
            def child(number):
                for step in range(300):
                    run.log_metric("child", float(number), step)
            workers = [
                multiprocessing.get_context("fork").Process(target=child, args=(n,))
                for n in range(4)
            ]
            for worker in workers: worker.start()
            for worker in workers: worker.join()
            assert [worker.exitcode for worker in workers] == [0] * 4
            run.finish()
            """,
            **settings(path),
        )
        finder = finder_of(path)
        assert len(finder.get_metrics(1, "parent")) == 1000
        assert len(finder.get_metrics(1, "child")) == 1200
        assert finder.get_summaries([1])[1]["child"].count == 1200

    def test_many_programs_start_on_a_database_that_does_not_exist(self, path):
        self.start_many(path, programs_at_once=6, metrics=50)

    @pytest.mark.slow
    @pytest.mark.timeout(300)
    def test_sixteen_programs_lose_and_double_nothing(self, path):
        self.start_many(path, programs_at_once=16, metrics=2000)

    def start_many(self, path, programs_at_once, metrics):
        text = f"""
            with SQLLogger(config()).start() as run:
                for step in range({metrics}):
                    run.log_metric("loss", float(step), step)
            """
        mine = settings(path, on_error="raise")
        started = [programs.start(text, **mine) for _ in range(programs_at_once)]
        ended = [process.communicate() for process in started]
        assert [errors.decode() for _, errors in ended] == [""] * programs_at_once
        with sqlite3.connect(path) as connection:
            rows = connection.execute(
                "SELECT run_id, COUNT(*), COUNT(DISTINCT step), SUM(value) FROM metrics GROUP BY 1"
            ).fetchall()
            projects = connection.execute("SELECT COUNT(*) FROM projects").fetchone()[0]
        assert len(rows) == programs_at_once
        assert {row[1:] for row in rows} == {(metrics, metrics, float(sum(range(metrics))))}
        assert projects == 1


def test_where_write_ahead_logging_is_impossible_the_plain_journal_does(path, monkeypatch):
    import ato_sql._birth

    monkeypatch.setattr(ato_sql._birth, "_try_wal", lambda engine: None)
    logger = SQLLogger(config_of(path))
    with logger.start() as run:
        run.log_metric("loss", 0.5, 0)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert count(path) == 1


def test_importing_the_package_starts_and_imports_nothing_heavy():
    text = """if True:
        import sys, threading, ato_sql
        print("sqlalchemy" in sys.modules, threading.active_count())
        """
    output = subprocess.run([sys.executable, "-c", text], stdout=subprocess.PIPE, check=True)
    assert output.stdout.split() == [b"False", b"1"]
