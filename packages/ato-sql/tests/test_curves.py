"""The course of metrics: whole, thinned out, the latest, and in summary."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ato_sql import MetricSummary, NotFoundError, Point
from ato_sql.reading import ReadOnlyDatabase, read_curve

on_one_database = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def pairs(points):
    return [(p.step, p.value) for p in points]


class TestWhole:
    def test_points_come_by_step(self, log, finder):
        points = finder.get_metrics(log([(2, 0.2), (0, 0.0), (1, 0.1)]), "loss")
        assert pairs(points) == [(0, 0.0), (1, 0.1), (2, 0.2)]
        assert all(isinstance(point, Point) for point in points)

    def test_values_of_one_step_keep_the_order_they_were_logged_in(self, log, finder):
        assert pairs(finder.get_metrics(log([(1, 3.0), (1, 1.0), (1, 2.0)]), "loss")) == [
            (1, 3.0),
            (1, 1.0),
            (1, 2.0),
        ]

    def test_moments_never_run_backwards(self, log, finder):
        moments = [
            p.timestamp for p in finder.get_metrics(log([(s, 0.5) for s in range(50)]), "loss")
        ]
        assert moments == sorted(moments)
        assert moments[0].utcoffset().total_seconds() == 0

    def test_an_unknown_metric_suggests_a_known_one(self, finder, trials):
        with pytest.raises(NotFoundError, match="no metric 'ac'; did you mean 'acc'"):
            finder.get_metrics(trials[0], "ac")

    @pytest.mark.parametrize("run_id", [99, "nope"])
    def test_an_unknown_run_is_an_error(self, finder, trials, run_id):
        for ask in (
            lambda: finder.get_metrics(run_id, "acc"),
            lambda: finder.get_metric_keys(run_id),
            lambda: finder.get_latest_metrics(run_id),
        ):
            with pytest.raises(NotFoundError, match="no run"):
                ask()

    def test_a_run_is_named_by_its_uuid_too(self, finder, trials):
        uuid = finder.get_run(trials[0]).uuid
        assert finder.get_metrics(uuid, "acc") == finder.get_metrics(trials[0], "acc")
        assert finder.get_metric_keys(uuid) == ["acc"]


class TestThinned:
    def test_every_spike_is_kept(self, log, finder):
        spikes = {77: -7.0, 4321: 100.0}
        run_id = log((step, spikes.get(step, 0.0)) for step in range(10_000))
        thin = finder.get_metrics(run_id, "loss", max_points=100)
        assert len(thin) <= 100
        assert set(spikes.items()) <= set(pairs(thin))
        assert [p.step for p in thin] == sorted(p.step for p in thin)

    @given(
        st.lists(st.tuples(st.integers(-50, 500), st.integers(-9, 9).map(float)), min_size=1),
        st.integers(1, 40),
    )
    @on_one_database
    def test_what_is_left_is_few_true_ordered_and_has_the_extremes(self, log, finder, series, most):
        run_id = log(series)
        whole = pairs(finder.get_metrics(run_id, "loss"))
        thin = pairs(finder.get_metrics(run_id, "loss", max_points=most))
        assert len(thin) <= max(2, most)
        assert [step for step, _ in thin] == sorted(step for step, _ in thin)
        assert set(thin) <= set(whole)
        values = [value for _, value in whole]
        assert {min(values), max(values)} <= {value for _, value in thin}

    @given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=60, unique=True).map(sorted))
    @on_one_database
    def test_of_a_monotonic_curve_first_and_last_are_kept(self, log, finder, values):
        run_id = log(enumerate(values))
        thin = pairs(finder.get_metrics(run_id, "loss", max_points=max(2, len(values) // 3)))
        assert thin[0] == (0, values[0])
        assert thin[-1] == (len(values) - 1, values[-1])

    @pytest.mark.parametrize("most", [5, 6, 1000, None])
    def test_a_short_curve_is_left_whole(self, log, finder, most):
        run_id = log((step, float(step)) for step in range(5))
        assert len(finder.get_metrics(run_id, "loss", max_points=most)) == 5

    def test_nan_and_infinity_are_kept(self, log, finder):
        odd = {3: math.nan, 5: math.inf, 7: -math.inf, 50: math.nan}
        run_id = log((step, odd.get(step, float(step))) for step in range(100))
        thin = dict(pairs(finder.get_metrics(run_id, "loss", max_points=50)))
        assert len(thin) <= 50
        assert (thin[5], thin[7]) == (math.inf, -math.inf)
        assert math.isnan(thin[3])
        assert math.isnan(thin[50])
        assert thin[99] == 99.0

    def test_uneven_steps_keep_their_shape(self, log, finder, path):
        run_id = log([*((step, float(step % 7)) for step in range(5000)), (10**6, 1.0)])
        thin = pairs(finder.get_metrics(run_id, "loss", max_points=100))
        assert 80 <= len(thin) <= 100
        assert thin[-1] == (10**6, 1.0)
        with ReadOnlyDatabase(path).connect() as connection:
            assert 80 <= len(read_curve(connection, run_id, "loss", 100).x) <= 100

    def test_of_a_step_logged_again_the_last_value_is_drawn(self, log, finder, path):
        run_id = log([(0, 1.0), (1, 2.0), (1, 3.0)])
        assert pairs(finder.get_metrics(run_id, "loss")) == [(0, 1.0), (1, 2.0), (1, 3.0)]
        with ReadOnlyDatabase(path).connect() as connection:
            curve = read_curve(connection, run_id, "loss")
        assert (curve.x, curve.y, curve.total) == ([0, 1], [1.0, 3.0], 3)

    def test_steps_far_apart_are_no_reason_to_lose_the_middle(self, log, finder):
        run_id = log([(step * 10**15, float(step % 7)) for step in range(100)])
        thin = finder.get_metrics(run_id, "loss", max_points=20)
        assert 10 <= len(thin) <= 20

    def test_many_values_of_one_step_are_thinned_to_its_extremes(self, log, finder):
        run_id = log((1, float(number)) for number in range(100))
        thin = pairs(finder.get_metrics(run_id, "loss", max_points=10))
        assert len(thin) <= 10
        assert {(1, 0.0), (1, 99.0)} <= set(thin)

    def test_large_integers_come_back_exactly(self, log, finder):
        run_id = log((step, 2**60 + step) for step in range(100))
        thin = finder.get_metrics(run_id, "loss", max_points=10)
        assert set(pairs(thin)) <= {(step, 2**60 + step) for step in range(100)}


class TestLatest:
    def test_the_latest_come_in_the_order_they_were_logged(self, log, finder):
        run_id = log([(5, 0.5), (3, 0.3), (4, 0.4)])
        found = finder.get_latest_metrics(run_id, limit=2)
        assert [(m.step, m.number) for m in found] == [(3, 0.3), (4, 0.4)]

    def test_one_goes_on_from_where_one_stopped(self, logger, finder):
        run = logger.start()
        run.log_metric("loss", 0.5, 0)
        seen = finder.get_latest_metrics(run.id)
        run.log_metric("loss", 0.4, 1)
        run.log_metric("acc", 0.9, 1)
        new = finder.get_latest_metrics(run.id, None, after=seen[-1].id)
        assert [(m.key, m.step) for m in new] == [("loss", 1), ("acc", 1)]
        assert finder.get_latest_metrics(run.id, after=new[-1].id) == []

    def test_some_metrics_only(self, logger, finder):
        with logger.start() as run:
            run.log_metrics({"loss": 0.5, "acc": 0.9, "lr": 0.1}, 0)
        found = finder.get_latest_metrics(run.id, keys=["acc", "lr", "nope"])
        assert [m.key for m in found] == ["acc", "lr"]
        assert finder.get_latest_metrics(run.id, keys=[]) == []

    def test_special_numbers_are_told_as_logged(self, log, finder):
        found = finder.get_latest_metrics(log([(0, math.nan), (1, -math.inf), (2, 2**70)]))
        assert repr([m.number for m in found]) == repr([math.nan, -math.inf, 2**70])

    def test_a_metric_knows_its_run(self, log, finder):
        run_id = log([(0, 0.5)])
        (metric,) = finder.get_latest_metrics(run_id)
        assert metric.run.id == run_id
        assert repr(metric) == f"<Metric id={metric.id} key='loss' step=0>"


class TestSummaries:
    def test_keys_are_sorted(self, logger, finder):
        with logger.start() as run:
            run.log_metrics({"b": 1, "a": 2, "C": 3}, 0)
        assert finder.get_metric_keys(run.id) == ["C", "a", "b"]

    def test_a_run_without_metrics_has_an_empty_summary(self, logger, finder):
        run_id = logger.run()
        assert finder.get_summaries([run_id, 99]) == {run_id: {}, 99: {}}
        assert finder.get_metric_keys(run_id) == []

    def test_of_no_runs_there_is_nothing(self, finder):
        assert finder.get_summaries([]) == {}

    def test_more_runs_than_one_query_takes(self, log, finder):
        run_id = log([(0, 0.5)])
        wanted = [*range(1000, 2100), run_id]
        found = finder.get_summaries(wanted)
        assert list(found) == wanted
        assert isinstance(found[run_id]["loss"], MetricSummary)
        assert found[run_id]["loss"].count == 1

    def test_the_first_step_of_an_extreme_counts(self, log, finder):
        run_id = log([(0, 0.5), (1, 0.9), (2, 0.5), (3, 0.9)])
        summary = finder.get_summaries([run_id])[run_id]["loss"]
        assert (summary.min_step, summary.max_step) == (0, 1)

    def test_of_values_of_the_last_step_the_later_counts(self, log, finder):
        run_id = log([(3, 0.5), (3, 0.7), (1, 0.1)])
        summary = finder.get_summaries([run_id])[run_id]["loss"]
        assert (summary.last, summary.last_step) == (0.7, 3)
