"""A run that ended goes on."""

import math
import os
import warnings

import pytest

from ato_sql import (
    MetricError,
    NotFoundError,
    SQLFinder,
    SQLLogger,
    TrackerError,
    TrackerWarning,
)


@pytest.fixture
def ended(config):
    with SQLLogger(config).start(tags=["first"]) as run:
        run.log_metric("loss", 3.0, step=0)
        run.log_metric("loss", 2.0, step=4)
    return run


def test_what_was_logged_stays_and_steps_go_on(config, ended):
    with SQLLogger(config).reopen(ended.uuid) as run:
        run.log_metric("loss", 1.0)

    points = SQLFinder(config).get_metrics(ended.id, "loss")
    assert [(p.step, p.value) for p in points] == [(0, 3.0), (4, 2.0), (5, 1.0)]


def test_it_is_the_same_run(config, ended):
    run = SQLLogger(config).reopen(ended.id)
    run.finish()
    assert (run.id, run.uuid) == (ended.id, ended.uuid)
    assert len(SQLFinder(config).get_runs_in_project("digits")) == 1


def test_it_is_running_until_it_is_finished_again(config, ended):
    run = SQLLogger(config).reopen(ended.uuid)
    found = SQLFinder(config).get_run(ended.id)
    assert (found.status, found.end_time) == ("running", None)

    run.finish("failed")
    assert SQLFinder(config).get_run(ended.id).status == "failed"


@pytest.mark.parametrize("name", [99, "no such uuid"])
def test_an_unknown_run_is_an_error(config, ended, name):
    with pytest.raises(NotFoundError, match="there is no run"):
        SQLLogger(config).reopen(name)


def test_its_error_is_forgotten_while_it_goes_on(config, logger, finder):
    with pytest.raises(ValueError), logger.start() as failed:
        raise ValueError("diverged")
    run = SQLLogger(config).reopen(failed.uuid)
    assert finder.get_run(failed.id).error is None
    run.finish()
    assert finder.get_run(failed.id).status == "completed"


def test_its_config_and_tags_stay(config, ended, finder):
    before = finder.get_run(ended.id)
    config["lr"] = 0.5
    SQLLogger(config).reopen(ended.uuid).finish()
    after = finder.get_run(ended.id)
    assert (after.config, after.tags) == (before.config, ["first"])
    assert after.start_time == before.start_time


def test_the_summary_goes_on(config, ended, finder):
    with SQLLogger(config).reopen(ended.uuid) as run:
        run.log_metric("loss", 0.5)
    summary = finder.get_summaries([ended.id])[ended.id]["loss"]
    assert (summary.count, summary.min, summary.max, summary.last_step) == (3, 0.5, 3.0, 5)


def test_where_the_database_is_out_of_reach_there_is_no_such_run(path, open_logger):
    os.mkdir(path)
    logger = open_logger({"experiment": {"project_name": "p", "sql": {"db_path": path}}})
    with pytest.warns(TrackerWarning), pytest.raises(NotFoundError, match="there is no run"):
        logger.reopen("some-uuid")


def test_its_first_end_is_kept_in_a_note(config, finder):
    with pytest.raises(ValueError, match="boom"), SQLLogger(config).start() as run:
        raise ValueError("boom")
    ended = finder.get_run(run.id).end_time
    SQLLogger(config).reopen(run.id).finish()
    (note,) = finder.get_run(run.id).notes
    assert f"ended as failed at {ended:%Y-%m-%d %H:%M:%S}" in note.text
    assert "ValueError: boom" in note.text


def test_run_goes_on_with_a_run_where_asked(config, ended, finder):
    logger = SQLLogger(config)
    assert logger.run(resume=ended.uuid) == ended.id
    logger.log_metric("loss", 1.0)
    logger.finish()
    assert [p.step for p in finder.get_metrics(ended.id, "loss")] == [0, 4, 5]


def test_a_living_run_is_joined_and_only_its_owner_ends_it(config, logger, finder):
    run = logger.start()
    for other in (SQLLogger(config).join(run.uuid), SQLLogger(config).reopen(run.id)):
        other.log_metric("rank", 1.0)
        other.finish()
        assert finder.get_run(run.id).status == "running"
    run.finish()
    assert finder.get_run(run.id).status == "completed"
    assert len(finder.get_metrics(run.id, "rank")) == 2


def test_ending_it_again_with_another_status_counts_and_the_first_moment_stays(logger, finder):
    run = logger.start()
    run.finish()
    ended = finder.get_run(run.id).end_time
    run.finish("failed", "no good")
    found = finder.get_run(run.id)
    assert (found.status, found.error, found.end_time) == ("failed", "no good", ended)


def test_a_metric_after_the_end_is_kept_and_says_once_what_to_do(logger, finder):
    run = logger.start()
    run.finish()
    with pytest.warns(TrackerWarning, match="has ended.*reopen"):
        run.log_metric("loss", 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run.log_metric("loss", 2.0)
    assert len(finder.get_metrics(run.id, "loss")) == 2


def test_what_was_just_logged_is_read_from_the_current_run(logger):
    logger.run()
    logger.log_metric("loss", 1.0, 0)
    assert [metric.value for metric in logger.get_current_run().metrics] == [1.0]


def test_the_session_of_221_is_an_error_that_names_what_there_is(logger):
    with pytest.raises(AttributeError, match="SQLFinder"):
        logger.session  # noqa: B018


def test_the_next_run_ends_the_one_before(logger, finder):
    first, second = logger.run(), logger.run()
    assert finder.get_run(first).status == "completed"
    assert finder.get_run(second).status == "running"


def test_half_refused_metrics_move_no_step(logger, finder):
    run = logger.start()
    run.log_metric("a", 1.0)
    for values in ({"a": 2.0, "": 1.0}, {"a": 2.0, "b": "x"}):
        with pytest.raises(MetricError):
            run.log_metrics(values)
    with pytest.raises(MetricError):
        run.log_metrics({"a": 2.0}, step="x")
    run.log_metric("a", 3.0)
    assert [p.step for p in finder.get_metrics(run.id, "a")] == [0, 1]


class TestFromAnEarlierStep:
    """A run goes on from a checkpoint that is older than what it logged last."""

    def test_later_steps_are_gone_and_a_note_says_so(self, config, ended, finder):
        with SQLLogger(config).reopen(ended.uuid, last_step=0) as run:
            run.log_metric("loss", 2.5)

        points = finder.get_metrics(ended.id, "loss")
        assert [(p.step, p.value) for p in points] == [(0, 3.0), (1, 2.5)]
        note = finder.get_run(ended.id).notes[0].text
        assert note == "went on from step 0; what was logged at later steps, 1 values, is gone"

    def test_its_summaries_are_those_of_what_is_left(self, config, logger, finder):
        with logger.start() as run:
            for step in range(10):
                run.log_metric("loss", 10.0 - step, step)
                run.log_metric("late", step, step + 100)
        logger.reopen(run.id, last_step=3).finish()

        (loss,) = finder.get_summaries([run.id])[run.id].values()
        assert (loss.key, loss.count, loss.min, loss.last, loss.last_step) == ("loss", 4, 7, 7, 3)

    def test_images_and_the_like_of_later_steps_are_gone_too(self, logger, finder):
        with logger.start() as run:
            for step in range(4):
                run.log_text("answer", f"no. {step}", step)
        logger.reopen(run.id, last_step=1).finish()
        assert [one.step for one in finder.media(run.id)] == [0, 1]

    def test_nothing_is_said_where_nothing_is_cut(self, config, ended, finder):
        SQLLogger(config).reopen(ended.uuid, last_step=4).finish()
        notes = [note.text for note in finder.get_run(ended.id).notes]
        assert not any("went on from" in note for note in notes)

    def test_the_current_run_may_be_cut_too(self, logger, finder):
        run_id = logger.run()
        for step in range(5):
            logger.log_metric("loss", step, step)
        assert logger.reopen(run_id, last_step=1).id == run_id
        logger.finish()
        assert len(finder.get_metrics(run_id, "loss")) == 2

    def test_run_takes_it_with_resume_alone(self, logger, ended, finder):
        assert logger.run(resume=ended.id, last_step=0) == ended.id
        with pytest.raises(MetricError, match="needs resume="):
            logger.run(last_step=0)
        assert len(finder.get_metrics(ended.id, "loss")) == 1

    def test_a_run_that_another_process_writes_is_not_cut(self, config, logger, finder):
        run = logger.start()
        run.log_metric("loss", 1.0, 5)
        run.flush()
        with pytest.raises(TrackerError, match="alive in another process"):
            SQLLogger(config).reopen(run.uuid, last_step=0)
        assert len(finder.get_metrics(run.id, "loss")) == 1

    @pytest.mark.databases
    def test_servers_cut_as_sqlite_does(self, url):
        config = {"experiment": {"project_name": "digits", "sql": {"db_path": url}}}
        logger, finder = SQLLogger(config), SQLFinder(config)
        with logger.start() as run:
            for step in range(30):
                run.log_metric("loss", math.nan if step == 2 else step, step)
        logger.reopen(run.id, last_step=9).finish()
        (loss,) = finder.get_summaries([run.id])[run.id].values()
        assert (loss.count, loss.max, loss.last_step) == (10, 9, 9)
        assert len(finder.get_metrics(run.id, "loss")) == 10
        logger.close()
        finder.close()
