"""`finder.why(a, b)`: what `ato why` says, for programs and notebooks."""

import json
import re

import pytest

import ato
from ato_sql import NotFoundError


@pytest.fixture
def finder(tmp_path):
    """A finder of two runs, of which the second has another `lr`."""
    config = ato.ADict(lr=0.1, note="<b>", experiment={"project_name": "p"})
    config.experiment.sql = {"db_path": f"sqlite:///{tmp_path}/runs.db"}
    for lr in (0.1, 0.2):
        config.lr = lr
        with ato.SQLLogger(config).start(name=f"run-{lr}") as run:
            run.log_metric("loss", lr, step=0)
    return ato.SQLFinder(config)


def test_the_first_line_is_the_likeliest_cause(finder):
    assert str(finder.why(1, 2)).splitlines()[0] == "lr: 0.1 -> 0.2"
    assert finder.why(1, 2).cause == ["lr: 0.1 -> 0.2"]


def test_runs_are_named_as_in_the_command(finder):
    assert str(finder.why("run-0.1", "last")) == str(finder.why(1, 2)) == str(finder.why())


def test_the_report_is_plain_data(finder):
    assert json.loads(json.dumps(finder.why(1, 2).report))["config"][0]["key"] == "lr"


def test_it_is_true_where_the_runs_differ(finder):
    assert finder.why(1, 2)
    assert not finder.why(1, 1)


def test_a_notebook_shows_tables_and_escapes_what_is_stored(finder):
    shown = finder.why(1, 2)._repr_html_()
    for text in ("lr", "0.1", "0.2", "loss"):
        assert f">{text}</td>" in shown
    assert "<b>lr: 0.1 -&gt; 0.2</b>" in shown


def test_what_json_does_not_have_is_written_as_python_does(tmp_path):
    config = {"experiment": {"sql": {"db_path": f"sqlite:///{tmp_path}/runs.db"}}}
    for odd in ({"dims": {2, 1}, "l": [b"x"]}, {"dims": {3}, "l": [b"y"], "new": {float("inf")}}):
        with ato.SQLLogger({**config, **odd}).start():
            pass
    found = ato.SQLFinder(config).why(1, 2)
    for words in ("dims: {1, 2} -> {3}", "l: [b'x'] -> [b'y']", "new: new, {inf}"):
        assert words in str(found)
    assert ">{1, 2}</td>" in found._repr_html_()


def test_what_one_run_alone_has_is_a_line_in_the_tables(tmp_path):
    config = {"experiment": {"sql": {"db_path": f"sqlite:///{tmp_path}/runs.db"}}}
    finder = ato.SQLFinder(config)
    for more, metric in (({"was": 1, "opt": None}, "loss"), ({"opt": 2, "new": 3}, "acc")):
        with ato.SQLLogger({**config, **more}).start() as run:
            run.log_metric(metric, 0.5, step=0)
    shown = finder.why(1, 2)._repr_html_()
    for cells in ("was", "1", "-"), ("opt", "None", "2"), ("new", "-", "3"), ("loss", "0.5", "-"):
        assert "".join(f"<td>{cell}</td>" for cell in cells) in plain_cells(shown)
    assert "<td>acc</td><td>-</td><td>0.5</td>" in plain_cells(shown)
    assert "acc" in finder.compare(1, 2)._repr_html_()


def plain_cells(shown):
    """HTML without the styles of its cells."""
    return re.sub(r"<td[^>]*>", "<td>", shown)


def test_one_run_is_not_enough(finder):
    with pytest.raises(TypeError, match="two runs, not 1"):
        finder.why(1)


def test_without_two_runs_there_is_nothing_to_explain(tmp_path):
    config = {"experiment": {"sql": {"db_path": f"sqlite:///{tmp_path}/runs.db"}}}
    with ato.SQLLogger(config).start():
        pass
    with pytest.raises(NotFoundError, match="no two runs"):
        ato.SQLFinder(config).why()
