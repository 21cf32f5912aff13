"""When what was logged is in the database."""

import glob
import threading

import pytest

import programs
from ato_sql import MetricError, SQLLogger
from helping import wait_until
from programs import config_of, count, settings


class TestBuffering:
    def test_a_metric_reaches_the_database_by_itself(self, logger, path):
        logger.run()
        logger.log_metric("loss", 0.5, step=0)
        assert wait_until(lambda: count(path) == 1)

    def test_a_loop_far_ahead_of_the_database_loses_nothing(self, logger, path):
        logger.run()
        for step in range(50_000):
            logger.log_metric("loss", 0.5, step)
        logger.finish()
        assert count(path) == 50_000
        assert glob.glob(path + "*journal*") == []

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

    @pytest.mark.parametrize("durability", ["second", "commit"])
    def test_many_metrics_at_once_arrive_whole_and_in_order(
        self, path, open_logger, open_finder, durability
    ):
        logger = open_logger(config_of(path, durability=durability))
        with logger.start() as run:
            for step in range(2345 if durability == "second" else 50):
                run.log_metric("loss", float(step), step)
        points = open_finder(path).get_metrics(run.id, "loss")
        assert [p.value for p in points] == [float(p.step) for p in points]
        assert [p.step for p in points] == list(range(len(points)))

    def test_durability_commit_needs_no_flush_for_anything_that_is_logged(self, path, open_logger):
        logger = open_logger(config_of(path, durability="commit"))
        run = logger.start()
        run.log_metric("loss", 0.5, 0)
        run.log_note("a remark")
        run.log_artifact("nowhere.bin", "model")
        run.log_fingerprints({"f": "abc"})
        tables = ("metrics", "notes", "artifacts", "fingerprints")
        assert [count(path, table) for table in tables] == [1, 1, 1, 1]

    def test_a_wrong_metric_does_not_stop_those_before_and_after(self, logger, finder):
        run_id = logger.run()
        logger.log_metric("loss", 0.5, 0)
        with pytest.raises(MetricError):
            logger.log_metric("loss", "high", 1)
        logger.log_metric("loss", 0.4, 1)
        assert [p.value for p in finder.get_metrics(run_id, "loss")] == [0.5, 0.4]

    def test_a_closed_logger_opens_again_when_it_is_used(self, logger, finder):
        run = logger.start()
        logger.close()
        run.log_metric("loss", 0.5, 0)
        run.finish()
        assert finder.get_metrics(run.id, "loss")[0].value == 0.5

    def test_no_thread_is_left_once_all_runs_have_ended(self, config):
        before = set(threading.enumerate())
        with SQLLogger(config).start() as run:
            run.log_metric("loss", 0.5, 0)
        assert wait_until(lambda: set(threading.enumerate()) <= before)
