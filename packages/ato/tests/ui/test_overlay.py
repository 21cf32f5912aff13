"""The curves of a project over each other, and a metric as a file."""

import csv
import io
import math

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")

RUNS = 12


@pytest.fixture(scope="module")
def overlaid(tmp_path_factory, serve):
    """A page over 12 runs of three learning rates; each logs 10 or 40 values of `loss`."""
    from ato.adict import ADict
    from ato.db_routers.sql.manager import SQLLogger

    url = f"sqlite:///{tmp_path_factory.mktemp('overlay')}/overlay.db"
    for number in range(RUNS):
        experiment = ADict(project_name="overlay", sql=ADict(db_path=url))
        config = ADict(experiment=experiment, lr=[0.1, 0.01, 0.001][number % 3], fixed=1)
        with SQLLogger(config).start(tags=["even"] if number % 2 == 0 else []) as run:
            for step in range(10 if number % 2 else 40):
                run.log_metric("loss", number + step / 100, step=step)
            if number == 0:
                run.log_metric("rare", math.nan, step=3)
    return serve(url)


def overlay(page, **params):
    return page.get("projects/1/curves", **params)


def test_every_run_comes_with_its_curve(overlaid):
    answer = overlay(overlaid, key="loss")
    assert [run["id"] for run in answer["runs"]] == list(range(1, RUNS + 1))
    assert answer["runs"][3]["x"] == list(range(10))
    assert answer["runs"][3]["y"][0] == 3.0
    assert (answer["total"], answer["averaged"]) == (RUNS, False)


def test_the_metric_that_most_runs_have_comes_first(overlaid):
    answer = overlay(overlaid)
    assert (answer["key"], answer["keys"]) == ("loss", ["loss", "rare"])


def test_only_config_keys_that_vary_are_offered_to_group_by(overlaid):
    answer = overlay(overlaid, by="lr")
    assert answer["configs"] == ["lr"]
    assert [run["by"] for run in answer["runs"]][:3] == [0.1, 0.01, 0.001]


def test_runs_are_grouped_by_values_not_by_how_they_look(new_database, serve):
    values = [1, "1", 1.0, True, "True", None, "None", [1], "[1]", 10**40, "a b", math.nan, "nan"]
    for value in values:
        with new_database(key=value).start() as run:
            run.log_metric("loss", 0.5)
    groups = [run["by"] for run in overlay(serve(new_database.url), by="key")["runs"]]
    assert groups[:4] == [1, '"1"', 1.0, "True"]
    assert groups[4:9] == ['"True"', "None", '"None"', "[1]", '"[1]"']
    assert groups[9:] == [str(10**40), "a b", "nan", '"nan"']


def test_the_filter_is_that_of_the_table_of_runs(overlaid):
    assert overlay(overlaid, filter="lr<0.05 tag:even")["total"] == 4
    assert overlay(overlaid, filter="metric.loss.max>=3", key="loss")["total"] == 9
    assert overlay(overlaid, filter="metric.rare.count=1", key="loss")["total"] == 1
    assert overlaid.error("projects/1/curves", filter="lrr<0.05")[0] == 400


def test_long_curves_are_means_of_stretches_and_short_ones_whole(overlaid):
    answer = overlay(overlaid, key="loss", points=10)
    assert answer["averaged"] is True
    assert answer["runs"][0]["x"] == [1.5 + 4 * stretch for stretch in range(10)]
    assert answer["runs"][0]["y"][0] == pytest.approx(0.015)
    assert answer["runs"][1]["x"] == list(range(10))


def test_beside_one_far_longer_run_the_others_keep_their_course(new_database, serve):
    with new_database().start() as run:
        for step in (0, 10_000_000):
            run.log_metric("loss", 1.0, step=step)
    with new_database().start() as run:
        for step in range(50):
            run.log_metric("loss", float(step), step=step)
    slow, short = overlay(serve(new_database.url), key="loss", points=100)["runs"]
    assert len(slow["x"]) == 2
    assert (short["x"], short["y"]) == (list(range(50)), list(range(50)))


def test_another_metric_may_stand_on_the_x_axis_where_both_have_a_value(new_database, serve):
    with new_database().start() as run:
        for step in range(6):
            run.log_metric("loss", 10.0 - step, step=step)
            if step % 2 == 0:
                run.log_metric("seen", 100.0 - step, step=step)
    (run,) = overlay(serve(new_database.url), key="loss", axis="metric:seen")["runs"]
    assert (run["x"], run["y"]) == ([96, 98, 100], [6, 8, 10])


def test_values_of_one_moment_are_said_to_be_averaged(new_database, serve):
    with new_database().start() as run:
        run.log_metric("loss", 1.0, step=0)
        run.log_metric("loss", 3.0, step=0)
    answer = overlay(serve(new_database.url), key="loss")
    assert answer["averaged"] is True
    assert answer["runs"][0]["y"] == [2.0]


def test_the_x_axis_may_be_the_time_since_each_run_began(overlaid):
    answer = overlay(overlaid, key="loss", axis="time")
    assert all(run["x"] == sorted(run["x"]) and run["x"][0] < 60 for run in answer["runs"])
    assert overlaid.error("projects/1/curves", axis="tim") == (
        400,
        "axis must be step or time, not 'tim'; did you mean 'time'?",
    )


def test_a_stretch_without_a_number_is_a_gap(overlaid):
    (run,) = overlay(overlaid, key="rare")["runs"]
    assert run["y"] == [None]


def test_what_is_not_drawn_is_counted(overlaid):
    assert overlay(overlaid, key="rare")["special"] == {"nan": 1}
    assert overlay(overlaid, key="loss")["special"] == {}


def test_a_project_without_metrics_has_no_curves(new_database, serve):
    logger = new_database()
    logger.start().finish()
    answer = overlay(serve(new_database.url))
    assert (answer["key"], answer["runs"], answer["total"]) == ("", [], 0)


def test_a_metric_is_kept_as_a_file_with_every_value(overlaid):
    reply = overlaid.ask("/api/metric-file?key=loss&run=1&run=2")
    assert reply.headers["content-disposition"] == 'attachment; filename="loss.csv"'
    rows = list(csv.DictReader(io.StringIO(reply.body.decode())))
    assert len(rows) == 50
    assert {**rows[1], "time": None} == {
        "run": "1",
        "key": "loss",
        "step": "1",
        "value": "0.01",
        "time": None,
    }


def test_in_a_file_nan_is_a_word_and_no_name_leaves_its_folder(overlaid):
    reply = overlaid.ask("/api/metric-file?key=rare&run=1")
    assert reply.body.decode().splitlines()[1].startswith("1,rare,3,nan,")
    assert overlaid.error("metric-file", run=1)[0] == 400
    assert overlaid.error("metric-file", key="loss", run=999)[0] == 404
    hostile = overlaid.ask("/api/metric-file?key=..%2F%22a%0d%0ab&run=1")
    assert hostile.headers["content-disposition"] == 'attachment; filename="..-a-b.csv"'


def test_the_mean_of_values_whose_sum_is_beyond_floats_is_that_of_them(new_database, serve):
    with new_database().start() as run:
        for step in range(2000):
            run.log_metric("large", 1.7e308, step=step)
    page = serve(new_database.url)
    (curve,) = overlay(page, key="large")["runs"]
    (series,) = page.get("metrics", key="large", run=1)["series"]
    means = len(curve["y"]) + len(series["mean_y"])
    assert means < 1000
    assert set(series["y"]) == {1.7e308}
    assert [*curve["y"], *series["mean_y"]] == pytest.approx([1.7e308] * means)
