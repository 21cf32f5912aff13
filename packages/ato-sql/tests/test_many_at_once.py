"""Many threads, processes and programs at once."""

import os
import sqlite3
import threading

import pytest

import programs
from ato_sql import SQLFinder, TrackerError
from programs import config_of, settings

pytestmark = pytest.mark.slow  # programs that are started, killed, waited for


def finder_of(path):
    return SQLFinder(config_of(path))


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


def test_a_thread_in_which_no_block_was_entered_is_told_where_to_log(logger):
    told = []

    def work(log):
        try:
            log("loss", 1.0)
        except TrackerError as error:
            told.append(str(error))

    with logger.start() as run:
        for log in (logger.log_metric, run.log_metric):
            thread = threading.Thread(target=work, args=(log,))
            thread.start()
            thread.join()
    assert told == ["no run is open here; log to the one that start() returned: run.log_metric(…)"]
