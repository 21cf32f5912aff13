"""However a process ends and wherever it works, nothing that was logged is lost."""

import json
import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time

import pytest

import programs
from ato_sql import DatabaseError, SQLFinder, SQLLogger
from killing import kill_and_count
from programs import config_of, count, settings

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


def only_run(path):
    finder = SQLFinder(config_of(path))
    (run,) = finder.search()
    return run, [note.text for note in run.notes]


class TestSignals:
    @needs_fork
    def test_sigterm_loses_nothing_and_ends_the_run_as_interrupted(self, path):
        process = programs.start(
            """
            run = SQLLogger(config()).start()
            for step in range(10**9):
                run.log_metric("loss", 0.5, step)
                os.write(1, b"%d\\n" % (step + 1))
                time.sleep(0.0005)
            """,
            **settings(path),
        )
        process.stdout.readline()
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        returned = int(process.communicate()[0].decode().split("\n")[-2])
        assert process.returncode == -signal.SIGTERM
        assert count(path) - returned in (0, 1)
        run, _ = only_run(path)
        assert (run.status, run.error) == ("interrupted", "ended by SIGTERM")

    @pytest.mark.slow
    @pytest.mark.timeout(300)
    @needs_fork
    def test_a_hundred_sigterms_lose_nothing(self, path):
        kill_and_count(100, "SIGTERM", "interrupted", **settings(path))

    @needs_fork
    @pytest.mark.parametrize("start", ["fork", "spawn"])
    def test_a_worker_without_an_open_run_leaves_them_to_its_pool(self, path, tmp_path, start):
        # Which would wait for ever for one that a handler of Python's kept from its end.
        (tmp_path / "pool.py").write_text(
            textwrap.dedent(
                """
                import json, multiprocessing, signal, sys
                from ato_sql import SQLLogger

                def is_watched():
                    return signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL

                def work(number):
                    before = is_watched()
                    with SQLLogger(CONFIG).start():
                        inside = is_watched()
                    return [before, inside, is_watched()]

                CONFIG = {"experiment": {"project_name": "p", "sql": {"db_path": sys.argv[1]}}}
                if __name__ == "__main__":
                    with SQLLogger(CONFIG).start():
                        with multiprocessing.get_context(sys.argv[2]).Pool(1) as pool:
                            print(json.dumps([*pool.map(work, range(2)), is_watched()]))
                """
            )
        )
        command = [sys.executable, str(tmp_path / "pool.py"), f"sqlite:///{path}", start]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        worker = [False, True, False]
        assert json.loads(done.stdout.decode()) == [worker, worker, True]

    @needs_fork
    def test_one_that_comes_as_the_thread_is_being_started_waits_for_no_thread(self, path):
        _, errors = programs.run(
            """
            start = threading.Thread.start
            def interrupted(thread):
                if thread.name == "ato-sql-writer":
                    threading.Thread.start = start
                    os.kill(os.getpid(), signal.SIGTERM)
                start(thread)
            threading.Thread.start = interrupted
            SQLLogger(config()).start().log_metric("loss", 0.5, 0)
            """,
            code=-signal.SIGTERM,
            **settings(path, patience=3),
        )
        assert errors == ""  # not "no answer for 3 seconds"

    def test_a_handler_of_ones_own_is_kept_and_may_finish_the_run(self, path):
        output, _ = programs.run(
            """
            logger = SQLLogger(config())
            run = logger.start()
            def stop(number, frame):
                run.log_metric("loss", -1.0, 10**9)
                run.finish("stopped")
                print(step, flush=True)
                sys.exit(0)
            signal.signal(signal.SIGTERM, stop)
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
            for step in range(10**9):
                run.log_metric("loss", 0.5, step)
            """,
            **settings(path),
        )
        assert count(path) - int(output) in (1, 2)
        assert only_run(path)[0].status == "stopped"


def test_a_program_that_ends_without_finish_leaves_a_completed_run_with_a_note(path):
    programs.run("SQLLogger(config()).start().log_metric('loss', 0.5, 0)", **settings(path))
    run, notes = only_run(path)
    assert (run.status, notes) == ("completed", ["the program ended without finish()"])


def test_what_is_logged_in_exit_handlers_of_any_order_is_stored(path):
    programs.run(
        """
        import atexit
        logger = SQLLogger(config())
        atexit.register(lambda: run.log_metric("after", 0.5, 0))
        run = logger.start()
        run.log_metric("loss", 0.5, 0)
        """,
        **settings(path),
    )
    assert count(path) == 2


def test_a_database_in_memory_ends_with_the_program_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    text = """
        run = SQLLogger(config()).start()
        run.log_metric("loss", 0.5, 0)
    """
    assert programs.run(text, db_path=":memory:") == ("", "")
    assert os.listdir(tmp_path) == []


def test_a_run_lasts_as_long_as_it_did_where_the_clock_is_set_back(path):
    text = """
        run = SQLLogger(config()).start()
        real = time.time
        time.time = lambda: real() - 3600
        time.sleep(0.2)
        {}
    """
    for end in ("run.finish()", ""):
        programs.run(text.format(end), **settings(path))
    for run in SQLFinder(config_of(path)).search():
        assert 0.2 <= (run.end_time - run.start_time).total_seconds() < 60


def test_a_program_may_change_its_folder(tmp_path):
    programs.run(
        """
        logger = SQLLogger(config())
        run = logger.start()
        os.mkdir("elsewhere")
        os.chdir("elsewhere")
        run.log_metric("loss", 0.5, 0)
        run.log_artifact(os.path.abspath("../runs.sqlite"), "copy", copy=True)
        run.finish()
        """,
        cwd=str(tmp_path),
        db_path="runs.sqlite",
    )
    assert count(str(tmp_path / "runs.sqlite")) == 1
    assert os.listdir(str(tmp_path / "elsewhere")) == []


class TestOtherProcesses:
    @needs_fork
    def test_what_a_child_logged_that_ends_without_ceremony_is_stored(self, path):
        programs.run(
            """
            run = SQLLogger(config()).start()
            for _ in range(3):
                child = os.fork()
                if child == 0:
                    run.log_metric("child", 0.5, 0)
                    os._exit(0)
                os.waitpid(child, 0)
            run.finish()
            """,
            **settings(path),
        )
        assert count(path) == 3

    @needs_fork
    def test_a_child_forked_while_threads_log_does_not_hang(self, path):
        programs.run(
            """
            run = SQLLogger(config()).start()
            stop = threading.Event()
            def log():
                while not stop.wait(0.0001):
                    run.log_metric("loss", 0.5)
            threads = [threading.Thread(target=log) for _ in range(4)]
            for thread in threads: thread.start()
            for _ in range(20):
                child = os.fork()
                if child == 0:
                    signal.alarm(60)
                    run.log_metric("child", 0.5)
                    os._exit(0)
                assert os.waitpid(child, 0)[1] == 0
            stop.set()
            for thread in threads: thread.join()
            run.finish()
            """,
            **settings(path),
        )
        with sqlite3.connect(path) as connection:
            found = connection.execute("SELECT COUNT(*) FROM metrics WHERE key = 'child'")
            assert found.fetchone() == (20,)

    def test_a_pickled_run_goes_on_elsewhere_and_only_its_maker_ends_it(self, path):
        run = SQLLogger(config_of(path)).start()
        script = (
            "import pickle, sys; run = pickle.load(sys.stdin.buffer); "
            "run.log_metric('loss', 0.5, 0); run.finish()"
        )
        subprocess.run([sys.executable, "-c", script], input=pickle.dumps(run), check=True)
        assert count(path) == 1
        assert only_run(path)[0].status == "running"
        run.finish()


def test_a_lock_that_stays_stops_neither_the_loop_nor_the_end(path):
    programs.run(
        """
        import sqlite3
        run = SQLLogger(config()).start()
        lock = sqlite3.connect(SETTINGS["db_path"][10:], isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        for step in range(30_000):
            run.log_metric("loss", 0.5, step)
        run.finish()
        """,
        **settings(path, patience=0.3),
    )
    assert only_run(path)[0].status == "completed"
    assert count(path) == 30_000


class TestAddresses:
    def test_two_slashes_are_refused(self):
        with pytest.raises(DatabaseError, match="write sqlite:///runs.db"):
            SQLLogger({"experiment": {"project_name": "p", "sql": {"db_path": "sqlite://runs.db"}}})

    @pytest.mark.parametrize("name", ["~/runs.db", "$HOME/runs.db", "sqlite:///~/runs.db"])
    def test_the_home_folder_is_understood(self, name, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        config = {"experiment": {"project_name": "p", "sql": {"db_path": name}}}
        SQLLogger(config).start().finish()
        assert count(str(tmp_path / "runs.db"), "experiments") == 1


def test_a_backup_is_whole_while_a_run_goes_on(path, tmp_path, open_logger, open_finder):
    run = open_logger(config_of(path)).start()
    run.log_metric("loss", 0.5, 0)
    open_finder(path).backup(tmp_path / "copy.sqlite")
    assert count(str(tmp_path / "copy.sqlite")) == 1
    with pytest.raises(DatabaseError, match="is there already"):
        open_finder(path).backup(tmp_path / "copy.sqlite")
