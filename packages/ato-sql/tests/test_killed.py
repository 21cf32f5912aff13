"""Programs that are killed or interrupted lose nothing that was promised."""

import glob
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

import programs
from ato_sql import SQLFinder, SQLLogger
from killing import kill_and_count
from programs import config_of, count, settings

pytestmark = pytest.mark.slow  # programs that are started, killed, waited for


def finder_of(path):
    return SQLFinder(config_of(path))


class TestKilled:
    LOOP = """
        logger = SQLLogger(config())
        logger.run()
        for step in range(10**9):
            logger.log_metric("loss", float(step), step)
            if step % 10 == 0:
                time.sleep(0.001)
            os.write(1, b"%d\\n" % step)
        """

    def test_a_killed_program_loses_nothing_that_returned(self, path):
        process = programs.start(self.LOOP, **settings(path))
        process.stdout.readline()
        time.sleep(0.7)
        process.kill()
        returned = int(process.communicate()[0].decode().split("\n")[-2]) + 1
        points = finder_of(path).get_metrics(1, "loss")  # who asks, stores what was left
        assert [point.step for point in points] == list(range(len(points)))
        assert len(points) - returned in (0, 1)
        assert glob.glob(path + "*journal*") == []

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    def test_killed_at_random_moments_and_rates_nothing_is_lost_or_doubled(self, path):
        kill_and_count(10, **settings(path))

    @pytest.mark.slow
    @pytest.mark.timeout(300)
    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    def test_killed_three_hundred_times_nothing_is_lost_or_doubled(self, path):
        kill_and_count(300, **settings(path))

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
        for line in range(1, lines):
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
        logger = SQLLogger(config_of(path))
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
