"""The points of a curve: few enough to draw, and every spike among them."""

import math
import random

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")

LONG = 20_000
SPIKE = 13_337


@pytest.fixture(scope="module")
def long_run(tmp_path_factory, serve):
    """A page over one run with 20,000 values of `loss`, one of them a spike, some not finite."""
    from ato.adict import ADict
    from ato.db_routers.sql.manager import SQLLogger

    url = f"sqlite:///{tmp_path_factory.mktemp('long')}/long.db"
    rng = random.Random(3)
    config = ADict(experiment=ADict(project_name="long", sql=ADict(db_path=url)))
    with SQLLogger(config).start() as run:
        for step in range(LONG):
            run.log_metric("loss", rng.random() + (100 if step == SPIKE else 0), step=step)
        for step, value in enumerate([1.0, math.nan, math.inf, -math.inf, math.nan, 2.0]):
            run.log_metric("odd", value, step=step)
        run.log_metric("single", 3.0, step=10**12)
    return serve(url)


def curve(page, key, **params):
    (series,) = page.get("metrics", key=key, run=1, **params)["series"]
    return series


def test_a_short_curve_comes_whole(page):
    series = curve(page, "val/loss")
    assert series["x"] == list(range(60))
    assert series["sampled"] is False


def test_a_long_curve_comes_with_no_more_points_than_asked_for(long_run):
    series = curve(long_run, "loss", points=400)
    assert 200 <= len(series["x"]) <= 400
    assert series["count"] == LONG
    assert series["sampled"] is True


@pytest.mark.parametrize("axis", ["step", "time"])
def test_a_spike_of_one_step_survives_at_any_width(long_run, axis):
    for points in (50, 101, 600):
        assert max(curve(long_run, "loss", points=points, axis=axis)["y"]) > 100


def test_the_points_go_from_left_to_right(long_run):
    x = curve(long_run, "loss", points=300)["x"]
    assert x == sorted(x)
    assert (x[0], x[-1]) == (0, LONG - 1)


def test_the_mean_of_each_stretch_comes_along_for_smoothing(long_run):
    series = curve(long_run, "loss", points=100)
    assert len(series["mean_x"]) == len(series["mean_y"]) == 50
    assert 0.4 < sorted(series["mean_y"])[25] < 0.6


def test_zooming_in_shows_what_was_logged(long_run):
    series = curve(long_run, "loss", points=400, **{"from": SPIKE - 100, "to": SPIKE + 100})
    assert series["x"] == list(range(SPIKE - 100, SPIKE + 101))
    assert series["y"][100] > 100
    assert series["sampled"] is False


def test_values_that_cannot_be_drawn_are_gaps_and_counted(long_run):
    series = curve(long_run, "odd")
    assert series["y"] == [1.0, None, None, None, None, 2.0]
    assert series["special"] == {"nan": 2, "inf": 1, "-inf": 1}


def test_one_far_point_is_a_curve_too(long_run):
    assert curve(long_run, "single")["x"] == [10**12]


def test_a_metric_that_was_not_logged_is_an_empty_curve(page):
    series = curve(page, "nope")
    assert (series["x"], series["y"], series["count"]) == ([], [], 0)


def test_time_is_counted_from_the_start_of_the_run(page):
    x = curve(page, "val/loss", axis="time", points=4000)["x"]
    assert x == sorted(x)
    assert 0 <= x[0] < 60


def test_the_curves_of_several_runs_come_together(page):
    answer = page.get("metrics", key="val/loss", run=[3, 1, 2])
    assert [series["run"] for series in answer["series"]] == [3, 1, 2]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"run": 1}, "key must name a metric"),
        ({"key": "a"}, "give 1 to 8 runs, not 0"),
        ({"key": "a", "run": "x"}, "run must be the number of a run"),
        ({"key": "a", "run": 1, "axis": "y"}, "axis must be step or time, not 'y'"),
        ({"key": "a", "run": 1, "from": "nan"}, "from must be a number, not 'nan'"),
        ({"key": "a", "run": 1, "to": "1e"}, "to must be a number, not '1e'"),
    ],
)
def test_a_question_that_makes_no_sense_is_one_line(page, question, message):
    assert page.error("metrics", **question) == (400, message)


def test_a_range_beyond_all_numbers_is_empty(page):
    assert curve(page, "val/loss", **{"from": 1e300})["count"] == 0


@pytest.fixture(scope="module")
def beyond(tmp_path_factory, serve):
    """A page over a run whose metrics have integers that no float holds."""
    from ato.adict import ADict
    from ato.db_routers.sql.manager import SQLLogger

    url = f"sqlite:///{tmp_path_factory.mktemp('beyond')}/beyond.db"
    config = ADict(experiment=ADict(project_name="beyond", sql=ADict(db_path=url)))
    for _ in range(2):
        with SQLLogger(config).start() as run:
            for step, value in enumerate([10**500, 10**501, 10**499]):
                run.log_metric("huge", value, step=step)
                run.log_metric("below", -value, step=step)
            for step, value in enumerate([1, 10**400, 3]):
                run.log_metric("mixed", value, step=step)
            for step in range(400):
                run.log_metric("long", 10**400 if step == 100 else step, step=step)
    return serve(url)


class TestIntegersBeyondFloats:
    @pytest.mark.parametrize(
        ("key", "least", "greatest"),
        [
            ("huge", str(10**499), str(10**501)),
            ("below", str(-(10**501)), str(-(10**499))),
            ("mixed", 1.0, str(10**400)),
        ],
    )
    def test_extremes_are_told_with_their_digits(self, beyond, key, least, greatest):
        (of_run,) = [one for one in beyond.get("runs/1")["metrics"] if one["key"] == key]
        assert (of_run["min"], of_run["max"]) == (least, greatest)
        compared = beyond.get("compare", run=[1, 2])["metrics"]
        (cells,) = [row["cells"] for row in compared if row["key"] == key]
        assert [cell["max"] for cell in cells] == [greatest] * 2
        column = f"metric.{key}.max"
        rows = beyond.get("projects/1/runs", column=column)["rows"]
        assert [row["values"][column] for row in rows] == [greatest] * 2

    def test_they_have_no_place_in_a_chart_and_are_counted(self, beyond):
        series = curve(beyond, "mixed")
        assert series["y"] == [1, None, 3]
        assert series["special"] == {"beyond floats": 1}

    def test_nor_in_one_of_many_points(self, beyond):
        series = curve(beyond, "long", points=50)
        assert max(series["y"]) == 399
        assert max(series["mean_y"]) < 400
        assert series["special"] == {"beyond floats": 1}

    def test_nor_among_the_curves_of_a_project(self, beyond):
        curves = beyond.get("projects/1/curves", key="mixed")["runs"]
        assert [run["y"] for run in curves] == [[1, None, 3]] * 2
