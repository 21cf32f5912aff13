"""What can be asked of a result."""

import builtins

import pytest

from ato_hyperband import HyperBand

SPACES = {
    "lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"},
    "width": {"param_type": "INTEGER", "param_range": (8, 256), "space_type": "LOG"},
    "kind": {"param_type": "CATEGORY", "categories": ["a", "b"]},
    "momentum": {"param_type": "FLOAT", "param_range": (0, 1), "when": {"kind": "a"}},
}


@pytest.fixture(scope="module")
def result():
    def train(config):
        if config.trial.number == 4:
            raise RuntimeError("on purpose")
        for epoch in range(config.epochs):
            yield -((config.lr - 0.01) ** 2) + epoch / 1e9

    hyperband = HyperBand(
        None, SPACES, resource="epochs", max_resource=27, seed=1, sampler="random"
    )
    return hyperband.run(train, [])


def test_the_best_trial_has_the_metric_and_the_config(result):
    assert result.best.metric == result.metric
    assert result.config.lr == result.best.params["lr"]
    assert result.config.trial.number == result.best.number
    assert result.metric == max(t.metric for t in result.trials if t.metric is not None)


def test_every_trial_is_listed_by_number(result):
    assert [t.number for t in result.trials] == list(range(len(result.trials)))


def test_importance_adds_up_to_one_and_finds_the_only_parameter_that_matters(result):
    importance = result.importance()
    assert sum(importance.values()) == pytest.approx(1)
    assert next(iter(importance)) == "lr"
    assert set(importance) == set(SPACES)


def test_the_ranking_puts_those_that_went_furthest_first(result):
    resources = [t.resource for t in result.ranking()]
    assert resources == sorted(resources, reverse=True)


def test_the_dataframe_has_a_row_per_evaluation(result):
    pytest.importorskip("pandas")
    frame = result.to_dataframe()
    assert len(frame) == sum(len(t.evaluations) for t in result.trials)
    assert {"trial", "rung", "resource", "metric", "error", *SPACES} <= set(frame.columns)
    assert frame[frame.kind == "b"].momentum.isna().all()


def test_the_figure_has_curves_best_over_budget_and_parallel_coordinates(result, tmp_path):
    pytest.importorskip("matplotlib")
    figure = result.plot()
    assert [axes.get_title().split(" (")[0] for axes in figure.axes] == [
        "curves",
        "best over budget",
        "parameters",
    ]
    figure.savefig(str(tmp_path / "figure.png"))
    assert (tmp_path / "figure.png").stat().st_size > 10000


@pytest.mark.parametrize(
    ("ask", "package"),
    [("to_dataframe", "pandas"), ("plot", "ato-hyperband.plot.")],
)
def test_a_missing_package_is_named(result, monkeypatch, ask, package):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.split(".")[0] in ("pandas", "matplotlib"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=f"pip install .*{package}"):
        getattr(result, ask)()


def test_its_repr_is_one_line(result):
    assert repr(result).startswith("<Result metric=")
    assert "\n" not in repr(result)
