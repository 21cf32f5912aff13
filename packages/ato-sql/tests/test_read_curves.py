"""`read_curve` and `read_overlay`: curves for a page, thinned out by the database."""

import math
import sqlite3

import pytest

from ato_sql import QuestionError
from ato_sql.reading import ReadOnlyDatabase, read_curve, read_overlay


@pytest.fixture
def connection(config, logger):
    """To the database as it is at the end of the test's own logging."""
    logger.get_or_create_project()
    with ReadOnlyDatabase(config.experiment.sql.db_path).connect() as connection:
        yield connection


class TestEveryPoint:
    def test_a_short_curve_is_whole(self, connection, log):
        curve = read_curve(connection, log([(0, 1.0), (1, 0.5), (4, 0.25)]), "loss")
        assert (curve.x, curve.y) == ([0, 1, 4], [1.0, 0.5, 0.25])
        assert (curve.total, curve.sampled) == (3, False)
        assert (curve.mean_x, curve.mean_y) == ([], [])

    def test_of_a_step_logged_again_the_last_value_counts(self, connection, log):
        curve = read_curve(connection, log([(0, 1.0), (1, 0.5), (1, 0.75)]), "loss")
        assert (curve.x, curve.y, curve.total) == ([0, 1], [1.0, 0.75], 3)

    def test_nan_and_infinity_are_gaps_that_are_counted(self, connection, log):
        points = [(0, 1.0), (1, math.nan), (2, math.inf), (3, -math.inf), (4, math.nan)]
        curve = read_curve(connection, log(points), "loss")
        assert curve.y == [1.0, None, None, None, None]
        assert curve.special == {"nan": 2, "inf": 1, "-inf": 1}

    def test_of_a_metric_that_is_not_there_there_is_nothing(self, connection, log):
        curve = read_curve(connection, log([(0, 1.0)]), "acc")
        assert curve == ([], [], 0, False, {}, [], [])

    def test_of_an_unknown_run_there_is_nothing(self, connection):
        assert read_curve(connection, 99, "loss").total == 0


class TestRange:
    def test_only_from_a_step_on(self, connection, log):
        run = log([(step, float(step)) for step in range(10)])
        assert read_curve(connection, run, "loss", low=7).x == [7, 8, 9]

    def test_only_up_to_a_step(self, connection, log):
        run = log([(step, float(step)) for step in range(10)])
        curve = read_curve(connection, run, "loss", high=2)
        assert (curve.x, curve.total) == ([0, 1, 2], 3)

    def test_between_two_steps(self, connection, log):
        run = log([(step, float(step)) for step in range(10)])
        assert read_curve(connection, run, "loss", low=3, high=5).x == [3, 4, 5]

    def test_limits_beyond_all_steps_are_no_trouble(self, connection, log):
        run = log([(0, 1.0)])
        assert read_curve(connection, run, "loss", low=-1e300, high=1e300).total == 1

    def test_what_is_seen_of_a_part_is_whole_where_it_is_short(self, connection, log):
        run = log([(step, float(step % 7)) for step in range(1000)])
        assert read_curve(connection, run, "loss", points=100).sampled
        part = read_curve(connection, run, "loss", points=100, low=10, high=20)
        assert (part.sampled, part.total) == (False, 11)


class TestSampled:
    def test_a_spike_of_a_single_step_is_seen(self, connection, log):
        run = log([(step, 9.0 if step == 617 else 0.5) for step in range(2000)])
        curve = read_curve(connection, run, "loss", points=50)
        assert max(curve.y) == 9.0
        assert len(curve.x) <= 50
        assert curve.x == sorted(curve.x)

    def test_it_says_how_many_values_there_were(self, connection, log):
        run = log([(step, 0.5) for step in range(500)])
        assert read_curve(connection, run, "loss", points=10).total == 500

    def test_smoothing_goes_by_the_mean_of_each_stretch(self, connection, log):
        run = log([(step, float(step % 2)) for step in range(400)])
        curve = read_curve(connection, run, "loss", points=20)
        assert curve.mean_y == [0.5] * 10
        assert curve.mean_x[0] == pytest.approx(19.5)

    def test_a_falling_curve_is_drawn_falling(self, connection, log):
        run = log([(step, -float(step)) for step in range(100)])
        curve = read_curve(connection, run, "loss", points=10)
        assert curve.y[2:] == sorted(curve.y[2:], reverse=True)

    def test_nan_is_left_out_and_counted(self, connection, log):
        run = log([(step, math.nan if step < 3 else 0.5) for step in range(300)])
        curve = read_curve(connection, run, "loss", points=10)
        assert set(curve.y) == {0.5}
        assert curve.special == {"nan": 3}

    def test_a_stretch_of_nan_alone_has_no_point(self, connection, log):
        run = log([(step, math.nan if step < 150 else 0.5) for step in range(300)])
        curve = read_curve(connection, run, "loss", points=10)
        assert min(curve.x) >= 120

    def test_where_steps_are_uneven_stretches_hold_equally_many_values(self, connection, log):
        points = [(step, float(step % 10)) for step in range(400)]
        run = log([*points, (10**9, 5.0)])
        curve = read_curve(connection, run, "loss", points=40)
        assert len(curve.x) == 40
        assert len([x for x in curve.x if x < 400]) > 30

    def test_fewer_than_two_points_are_two(self, connection, log):
        run = log([(step, float(step)) for step in range(10)])
        curve = read_curve(connection, run, "loss", points=1)
        assert (curve.x, curve.y) == ([0, 9], [0.0, 9.0])


class TestTime:
    def test_it_is_counted_in_seconds_from_the_start_of_the_run(self, connection, log, path):
        run = log([(0, 1.0), (1, 0.5)])
        with sqlite3.connect(path) as database:
            database.execute("UPDATE experiments SET start_time = '2026-11-24 10:00:00'")
            moment = "strftime('%Y-%m-%d %H:%M:%f', '2026-11-24 10:00:05.250', step || ' minutes')"
            database.execute(f"UPDATE metrics SET timestamp = {moment}")
        assert read_curve(connection, run, "loss", axis="time").x == [5.25, 65.25]

    def test_a_limit_is_in_seconds_too(self, connection, log):
        run = log([(0, 1.0), (1, 0.5)])
        assert read_curve(connection, run, "loss", axis="time", low=3600).total == 0
        assert read_curve(connection, run, "loss", axis="time", high=3600).total == 2

    @pytest.mark.parametrize("read", [read_curve, read_overlay])
    def test_another_axis_is_refused_with_what_was_meant(self, connection, log, read):
        run = log([(0, 1.0)])
        runs = [run] if read is read_overlay else run
        with pytest.raises(QuestionError, match="axis must be step or time, not 'tim'; did you"):
            read(connection, runs, "loss", axis="tim")


class TestOverlay:
    def test_short_curves_lie_over_each_other_as_they_are(self, connection, log):
        first, second = log([(0, 1.0), (1, 0.5)]), log([(0, 2.0), (1, 1.5)])
        found = read_overlay(connection, [first, second], "loss")
        assert found.curves == {first: ([0, 1], [1.0, 0.5]), second: ([0, 1], [2.0, 1.5])}
        assert not found.averaged

    def test_runs_of_like_length_share_their_stretches(self, connection, log):
        first = log([(step, 1.0) for step in range(96)])
        second = log([(step, 2.0) for step in range(48, 144)])
        found = read_overlay(connection, [first, second], "loss", points=15)
        assert found.averaged
        assert found.curves[first][0] == [3.5 + 8 * n for n in range(12)]
        assert found.curves[second][0] == [51.5 + 8 * n for n in range(12)]

    def test_a_stretch_counts_by_its_mean(self, connection, log):
        run = log([(step, float(step % 2)) for step in range(100)])
        assert set(read_overlay(connection, [run], "loss", points=10).curves[run][1]) == {0.5}

    def test_a_stretch_of_nan_alone_is_a_gap(self, connection, log):
        run = log([(0, 1.0), (1, math.nan)])
        assert read_overlay(connection, [run], "loss").curves[run][1] == [1.0, None]

    def test_what_no_mean_has_is_counted(self, connection, log):
        first = log([(0, 1.0), (1, math.nan), (2, math.inf)])
        second = log([(0, math.nan)] + [(step, 1.0) for step in range(1, 100)])
        found = read_overlay(connection, [first, second], "loss", points=10)
        assert found.special == {"nan": 2, "inf": 1}
        assert read_overlay(connection, [log([(0, 1.0)])], "loss").special == {}

    def test_a_run_without_the_metric_has_no_curve(self, connection, log):
        with_it, without = log([(0, 1.0)]), log([(0, 1.0)], key="acc")
        assert list(read_overlay(connection, [with_it, without], "loss").curves) == [with_it]

    def test_where_no_run_has_it_there_is_none(self, connection, log):
        assert read_overlay(connection, [log([(0, 1.0)])], "acc") == ({}, False, {})

    def test_each_run_has_its_own_start(self, connection, log):
        runs = [log([(0, 1.0)]), log([(0, 2.0)])]
        found = read_overlay(connection, runs, "loss", axis="time")
        assert [x[0] < 60 for x, _ in found.curves.values()] == [True, True]
