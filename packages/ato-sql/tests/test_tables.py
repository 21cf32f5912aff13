"""What a notebook shows of runs, histories and comparisons: tables, with nothing of them run."""

import pytest

from ato_adict import ADict
from ato_sql import TrackerError


@pytest.fixture
def two(config, open_logger):
    """The ids of two runs of one project."""
    ids = []
    for lr in (0.1, 0.2):
        given = ADict(config, lr=lr, depth=3, note="<script>")
        with open_logger(given).start(tags=["<b>"]) as run:
            run.log_metric("loss", lr, step=0)
            run.log_metric("loss", lr / 2, step=1)
        ids.append(run.id)
    return ids


def test_runs_are_a_table_of_what_differs_and_where_metrics_ended(finder, two):
    shown = finder.search()._repr_html_()
    for text in ("lr", "0.1", "0.2", "loss", "0.05", "completed"):
        assert f">{text}</" in shown
    assert "depth" not in shown


def test_a_part_of_a_list_of_runs_is_a_table_too(finder, two):
    shown = finder.search()[:1]._repr_html_()
    assert ">0.05</" in shown
    assert ">0.2</" not in shown


def test_runs_are_a_list_like_any_other(finder, two):
    runs = finder.search()
    assert [run.id for run in runs] == two
    assert runs[0].id == two[0]


def test_no_runs_are_an_empty_table(finder, two):
    assert "<td" not in finder.search("lr>5")._repr_html_()


def test_a_run_is_a_table_with_its_config(finder, two):
    shown = finder.find_run(two[0])._repr_html_()
    for text in ("completed", "config.lr", "0.1"):
        assert f">{text}</td>" in shown


def test_a_history_is_a_table_of_steps_and_values(finder, two):
    shown = finder.get_metrics(two[0], "loss")._repr_html_()
    assert ">step</th>" in shown
    assert ">0.05</td>" in shown


def test_of_a_long_history_the_ends_are_shown(finder, config, open_logger):
    with open_logger(config).start() as run:
        for step in range(1000):
            run.log_metric("loss", 0.5, step=step)
    shown = finder.get_metrics(run.id, "loss")._repr_html_()
    assert shown.count("<tr>") == 202
    assert "800 more" in shown


def test_a_comparison_is_a_table_for_each_kind_of_difference(finder, two):
    shown = finder.compare(*two)._repr_html_()
    for text in ("config", "lr", "0.1", "0.2", "metrics", "loss"):
        assert f">{text}</" in shown


def test_names_and_values_are_escaped(finder, two):
    finder.tag(two[0], add=["<script>alert(1)</script>"])
    shown = finder.search()._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_why_says_which_package_has_it(finder, two):
    with pytest.raises(TrackerError, match="pip install ato"):
        finder.why(*two)


def test_versions_of_a_traced_function_are_a_table_too(logger, finder):
    for text in ("a" * 40, "b" * 40):
        with logger.start(fingerprints={"static": {"step": text}}):
            pass
    shown = finder.history("step")._repr_html_()
    assert ">aaaaaaaaaaaa</" in shown
    assert ">bbbbbbbbbbbb</" in finder.history("step")[1:]._repr_html_()
