"""What the packages offer: under which names, from where, and picklable."""

import importlib
import pickle

import pytest

import ato_sql
import ato_sql.cli
import ato_sql.reading
from ato_sql import MetricError, NotFound, Point

PUBLIC = [(m, name) for m in (ato_sql, ato_sql.reading, ato_sql.cli) for name in m.__all__]


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_public_classes_name_the_module_that_users_import_them_from(module, name):
    value = getattr(module, name)
    if isinstance(value, type) and value.__module__.startswith("ato_sql"):
        assert value.__module__ == module.__name__
        assert pickle.loads(pickle.dumps(value)) is value


@pytest.mark.parametrize(
    ("module", "name", "framework"),
    [
        ("ato_sql.integrations.lightning", "AtoLogger", "torch"),
        ("ato_sql.integrations.transformers", "AtoCallback", "transformers"),
    ],
)
def test_integrations_name_their_public_module(module, name, framework):
    pytest.importorskip(framework)
    assert getattr(importlib.import_module(module), name).__module__ == module


def test_results_survive_a_pickle(logger, finder):
    with logger.start() as run:
        run.log_metric("loss", 0.5, 0)
    point = finder.get_metrics(run.id, "loss")[0]
    assert pickle.loads(pickle.dumps(point)) == point == Point(0, 0.5, point.timestamp)
    nothing = pickle.loads(pickle.dumps(finder.find_best_run("digits", "acc")))
    assert isinstance(nothing, NotFound)
    assert nothing.kind == "run"


def test_a_misspelt_name_is_told_the_right_one():
    with pytest.raises(AttributeError, match="did you mean 'SQLFinder'"):
        ato_sql.SQLFindr  # noqa: B018


def test_errors_are_errors_of_python_too():
    assert issubclass(MetricError, (TypeError, ValueError))
    assert issubclass(ato_sql.QuestionError, LookupError)
