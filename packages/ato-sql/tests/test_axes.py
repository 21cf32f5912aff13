"""Steps on other axes: epochs that are fractions, tokens, samples."""

import pytest

from ato_sql import MetricError, NotFoundError


def test_a_metric_is_asked_for_along_another_axis(logger, finder):
    with logger.start() as run:
        for step in range(4):
            run.log_metric("loss", 1.0 - step / 10, step, axis={"epoch": step / 2})
    points = finder.get_metrics(run.id, "loss", axis="epoch")
    assert [(p.step, p.value) for p in points] == [(0, 1.0), (0.5, 0.9), (1, 0.8), (1.5, 0.7)]


def test_an_axis_that_several_metrics_share_is_kept_once(logger, finder):
    with logger.start() as run:
        for step in range(3):
            run.log_metrics({"loss": 0.5, "acc": 0.1}, step, axis={"tokens": 1024 * step})
            run.log_metric("norm", 2.0, step, axis={"tokens": 1024 * step})
    assert [p.value for p in finder.get_metrics(run.id, "tokens")] == [0, 1024, 2048]
    assert [p.step for p in finder.get_metrics(run.id, "norm", axis="tokens")] == [0, 1024, 2048]


def test_steps_count_up_where_only_the_axis_is_given(logger, finder):
    run_id = logger.run()
    for part in (0.25, 0.5):
        logger.log_metric("loss", 1.0, axis={"epoch": part})
    logger.finish()
    assert [p.step for p in finder.get_metrics(run_id, "loss")] == [0, 1]
    assert [p.step for p in finder.get_metrics(run_id, "loss", axis="epoch")] == [0.25, 0.5]


def test_values_at_steps_without_a_place_on_the_axis_are_left_out(logger, finder):
    with logger.start() as run:
        run.log_metric("loss", 1.0, 0)
        run.log_metric("loss", 2.0, 1, axis={"epoch": 0.5})
    assert [p.value for p in finder.get_metrics(run.id, "loss", axis="epoch")] == [2.0]


def test_a_fraction_as_step_is_refused_with_what_to_write(logger):
    with logger.start() as run, pytest.raises(MetricError, match=r"axis=\{'epoch': 1.5\}"):
        run.log_metric("loss", 1.0, step=0.5)


@pytest.mark.parametrize(
    ("axis", "message"),
    [
        ({"loss": 1.0}, "'loss' cannot be its own axis"),
        ({"epoch": "one"}, "'epoch'"),
        ({"": 1.0}, "1 to 255 characters"),
    ],
)
def test_a_wrong_axis_is_refused_and_nothing_is_recorded(logger, finder, axis, message):
    with logger.start() as run:
        with pytest.raises(MetricError, match=message):
            run.log_metric("loss", 1.0, 0, axis=axis)
        assert run.log_metric("other", 1.0) is None
    assert finder.get_metric_keys(run.id) == ["other"]


def test_an_axis_that_is_no_metric_is_an_error_with_a_suggestion(logger, finder):
    with logger.start() as run:
        run.log_metric("loss", 1.0, 0, axis={"epoch": 0.5})
    with pytest.raises(NotFoundError, match="did you mean 'epoch'"):
        finder.get_metrics(run.id, "loss", axis="epoc")
