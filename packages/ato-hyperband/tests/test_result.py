"""What can be asked of a result."""

import builtins
import warnings

import pytest

from ato_hyperband import (
    Evaluation,
    HyperBand,
    Outcome,
    SearchSpace,
    SettingsError,
    Trial,
)

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


KINDS = {"param_type": "CATEGORY", "categories": ["a", "b", "c"]}
LEVELS = {"param_type": "INTEGER", "param_range": (1, 9)}


def searched(objective, spaces=None, **options):
    options = {"resource": "epochs", "max_resource": 9, "seed": 0, "sampler": "random", **options}
    return HyperBand(None, spaces or {"lr": SPACES["lr"]}, **options).run(objective, [])


class TestTheBest:
    """Of those trained furthest: to the whole resource, or in the last generation."""

    @pytest.mark.parametrize(("mode", "pick"), [("max", max), ("min", min)])
    def test_of_the_evaluations_at_the_greatest_resource(self, mode, pick):
        result = searched(lambda config: config.trial.seed % (7 * config.epochs), mode=mode)
        found = [e for t in result.trials for e in t.evaluations if e.resource == 9]
        assert result.metric == pick(e.outcome.metric for e in found)
        assert result.resource == result.config.epochs == 9

    @pytest.mark.parametrize(("mode", "pick"), [("max", max), ("min", min)])
    def test_anywhere_it_is_of_all_evaluations(self, mode, pick):
        result = searched(lambda config: config.trial.seed % (7 * config.epochs), mode=mode)
        found = [e for t in result.trials for e in t.evaluations]
        trial, evaluation = result.best_anywhere()
        assert evaluation in trial.evaluations
        assert evaluation.outcome.metric == pick(e.outcome.metric for e in found)

    def test_a_lucky_first_epoch_does_not_win(self):
        result = searched(lambda config: 1.0 if config.epochs == 1 else config.lr)
        assert result.metric < 1.0
        assert result.best_anywhere()[1].resource == 1

    def test_where_all_fail_at_the_end_it_is_of_the_rung_before(self):
        def train(config):
            if config.epochs == 9:
                raise RuntimeError("on purpose")
            return config.lr

        assert searched(train).resource == 3

    def test_of_the_last_generation_without(self):
        spaces = {"n": {"param_type": "INTEGER", "param_range": (1, 9)}}
        train = lambda config: config.n if config.trial.rung == 0 else -config.n
        result = HyperBand(None, spaces, 1 / 3, 3).run(train, [])
        assert sorted(entry.n for entry in result.logs[-1]) == [7, 8, 9]
        assert (result.metric, result.config.n) == (-7, 7)

    def test_the_earlier_of_two_equals(self):
        assert searched(lambda config: 0.5).best.number == 0

    def test_a_metric_of_zero_is_a_metric(self):
        result = searched(lambda config: 0.0)
        assert result.metric == 0.0
        assert result.failed == []


class TestLogs:
    @pytest.mark.parametrize("mode", ["max", "min"])
    def test_each_rung_is_best_first_and_failures_are_last(self, mode):
        def train(config):
            if config.trial.number in (1, 3):
                raise RuntimeError("on purpose")
            return config.lr

        first = searched(train, mode=mode).logs[0]
        metrics = [entry.metric for entry in first if entry.metric is not None]
        assert metrics == sorted(metrics, reverse=mode == "max")
        assert [entry.trial for entry in first[-2:]] == [1, 3]
        assert all("on purpose" in entry.error for entry in first[-2:])

    def test_one_list_per_rung_of_each_bracket(self):
        logs = searched(lambda config: config.lr).logs
        stages = [
            (stage[0].bracket, stage[0].rung, stage[0].resource, len(stage)) for stage in logs
        ]
        assert stages == [
            (0, 0, 1, 9),
            (0, 1, 3, 3),
            (0, 2, 9, 1),
            (1, 0, 3, 5),
            (1, 1, 9, 1),
            (2, 0, 9, 3),
        ]

    def test_an_entry_holds_the_parameters_too(self):
        entry = searched(lambda config: config.lr).logs[0][0]
        assert set(entry) == {"lr", "trial", "bracket", "rung", "resource", "metric", "error"}
        assert entry.metric == entry.lr


class TestHistory:
    def test_it_is_in_the_order_of_evaluation_and_adds_up(self):
        told = []

        def train(config):
            told.append((config.epochs, config.lr))
            return config.lr

        result = searched(train)
        assert result.history() == told
        assert sum(added for added, _ in result.history()) == result.total_resource == 78

    def test_a_generator_adds_what_is_new(self):
        def train(config):
            while True:
                yield config.lr

        added = [added for added, _ in searched(train).history()]
        assert added[:13] == [1] * 9 + [2] * 3 + [6]

    def test_a_failure_has_no_metric(self):
        def train(config):
            if config.trial.number == 0:
                raise RuntimeError("on purpose")
            return 1.0

        assert searched(train).history()[0] == (1, None)

    def test_without_a_resource_an_evaluation_counts_its_generation(self):
        result = HyperBand(None, {"n": LEVELS}).run(lambda config: config.n, [])
        assert result.history()[:2] == [(1, 1.0), (1, 2.0)]
        assert result.total_resource == 9 * 1 + 3 * 2 + 1 * 3


class TestRanking:
    @pytest.mark.parametrize("mode", ["max", "min"])
    def test_first_by_resource_then_by_metric(self, mode):
        ranking = searched(lambda config: config.lr, mode=mode).ranking()
        sign = -1 if mode == "max" else 1
        keys = [(-t.resource, sign * t.metric) for t in ranking]
        assert keys == sorted(keys)

    def test_failures_are_not_in_it(self, result):
        assert 4 not in [t.number for t in result.ranking()]
        assert [t.number for t in result.failed] == [4]


class TestImportance:
    def test_a_category_that_decides_everything_is_named_first(self):
        spaces = {"lr": SPACES["lr"], "kind": KINDS}
        train = lambda config: "abc".index(config.kind)
        importance = searched(train, spaces, max_resource=27, max_trials=60).importance()
        assert list(importance) == ["kind", "lr"]
        assert importance["kind"] > 0.7

    def test_where_nothing_can_matter_shares_are_equal(self):
        only = {"param_type": "CATEGORY", "categories": ["a"]}
        importance = searched(lambda config: 1.0, {"one": only, "two": only}).importance()
        assert importance == {"one": 0.5, "two": 0.5}

    def test_a_condition_that_no_good_trial_met_counts_for_nothing(self):
        spaces = {"lr": SPACES["lr"], "kind": KINDS, "x": SPACES["momentum"]}
        train = lambda config: "abc".index(config.kind)
        importance = searched(train, spaces, max_resource=1, max_trials=60).importance()
        assert importance["x"] == 0

    def test_too_few_trials_are_said_to_be_at_the_line_that_asked(self):
        few = searched(lambda config: config.lr, max_trials=3)
        with pytest.warns(UserWarning, match=r"too few trials \(3\) to say") as warned:
            importance = few.importance()
        assert importance == {"lr": 1.0}
        assert [one.filename for one in warned] == [__file__]

    def test_failed_trials_do_not_count_as_told(self):
        def train(config):
            if config.trial.number > 2:
                raise RuntimeError("on purpose")
            return config.lr

        with pytest.warns(UserWarning, match=r"too few trials \(3\) to say"):
            searched(train, max_trials=12).importance()

    def test_of_ten_trials_nothing_is_warned_of(self):
        enough = searched(lambda config: config.lr, max_trials=10)
        assert len(enough.trials) == 10
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            enough.importance()


class TestDataframe:
    def test_its_rows_are_the_evaluations_in_order(self):
        pytest.importorskip("pandas")
        result = searched(lambda config: config.lr)
        frame = result.to_dataframe()
        expected = [
            (t.number, t.bracket, e.rung, e.resource, e.outcome.metric, t.origin, t.seed)
            for t in result.trials
            for e in t.evaluations
        ]
        columns = ["trial", "bracket", "rung", "resource", "metric", "origin", "seed"]
        assert list(frame[columns].itertuples(index=False, name=None)) == expected
        assert (frame.lr == frame.metric).all()

    def test_errors_stand_in_their_rows(self, result):
        pytest.importorskip("pandas")
        frame = result.to_dataframe()
        assert list(frame[frame.error.notna()].trial) == [4]
        assert frame[frame.trial == 4].metric.isna().all()


class TestFigure:
    @pytest.fixture(autouse=True)
    def needs_matplotlib(self):
        pytest.importorskip("matplotlib")

    def test_a_curve_per_trial_that_did_not_fail(self, result):
        curves = result.plot().axes[0]
        assert len(curves.lines) == len(result.trials) - 1
        longest = max(curves.lines, key=lambda line: len(line.get_xdata()))
        assert list(longest.get_xdata()) == list(range(1, 28))

    @pytest.mark.parametrize("mode", ["max", "min"])
    def test_the_best_over_budget_never_gets_worse_and_ends_at_the_total(self, mode):
        result = searched(lambda config: config.trial.seed % 100, mode=mode)
        (line,) = result.plot().axes[1].lines
        best = list(line.get_ydata())
        assert best == sorted(best, reverse=mode == "min")
        assert best[-1] == result.metric
        assert line.get_xdata()[-1] == result.total_resource

    def test_failures_before_the_first_metric_draw_nothing(self):
        def train(config):
            if config.trial.number < 2:
                raise RuntimeError("on purpose")
            return 1.0

        (line,) = searched(train).plot().axes[1].lines
        assert line.get_xdata()[0] == 3

    def test_a_parameter_that_a_trial_lacks_is_a_gap(self, result):
        parallel = result.plot().axes[2]
        assert [label.get_text() for label in parallel.get_xticklabels()] == list(SPACES)
        gaps = sum(line.get_ydata()[-1] != line.get_ydata()[-1] for line in parallel.lines)
        assert gaps == sum("momentum" not in t.params for t in result.ranking())

    def test_a_few_short_rungs_are_on_a_linear_axis(self, result):
        assert searched(lambda config: 1.0).plot().axes[0].get_xscale() == "linear"
        assert result.plot().axes[0].get_xscale() == "log"

    def test_a_grid_has_one_too(self):
        axes = HyperBand(None, {"n": LEVELS}).run(lambda config: config.n, []).plot().axes
        assert axes[0].get_xlabel() == "generation"
        assert axes[1].get_xlabel() == "generation spent"


class TestWhetherEarlyResultsTell:
    def correlations(self, metric):
        def train(config):
            for epoch in range(1, 10):
                yield metric(config.trial.seed / 2**32, epoch)

        return searched(train).rank_correlations()

    def test_from_each_rung_to_the_next_and_from_the_first_to_the_last(self):
        found = self.correlations(lambda quality, epoch: quality * epoch)
        assert [(c.early, c.late) for c in found] == [(1, 3), (3, 9), (1, 9)]
        assert all(c.value == pytest.approx(1.0) for c in found)
        assert str(found[0]).startswith("1 → 3: results tell well (+1.00 over ")

    def test_early_results_that_mislead_are_said_to(self):
        found = self.correlations(lambda quality, epoch: quality if epoch < 5 else 1 - quality)
        assert found[0].value == pytest.approx(1.0)
        assert found[-1].value == pytest.approx(-1.0)
        assert "results tell wrongly" in str(found[-1])

    def test_equal_results_share_their_rank_and_constant_ones_have_none(self):
        ties = self.correlations(lambda quality, epoch: round(quality * 3))
        assert all(c.value == pytest.approx(1.0) for c in ties if c.value is not None)
        constant = self.correlations(lambda quality, epoch: 1.0)
        assert all(c.value is None and "are all equal" in str(c) for c in constant)

    def test_of_a_function_those_that_went_on_count(self):
        result = searched(lambda config: config.trial.seed)
        for c in result.rank_correlations():
            both = [
                t for t in result.trials if {c.early, c.late} <= {e.resource for e in t.evaluations}
            ]
            assert c.trials == len(both)

    def test_few_trials_say_nothing(self):
        found = searched(lambda config: 1.0, max_trials=3).rank_correlations()
        assert all(c.value is None and "too few trials" in str(c) for c in found)


class TestTheLandscape:
    @pytest.fixture(autouse=True)
    def needs_matplotlib(self):
        pytest.importorskip("matplotlib")

    def test_importance_is_a_bar_for_each_parameter(self, result):
        (axes,) = result.plot_importance().axes
        assert {label.get_text() for label in axes.get_yticklabels()} == set(SPACES)
        widths = [bar.get_width() for bar in axes.patches]
        assert widths == sorted(widths)

    def test_the_title_of_importance_says_when_trials_are_too_few(self, result):
        few = searched(lambda config: config.lr, max_trials=3)
        with pytest.warns(UserWarning, match="too few trials") as warned:
            figure = few.plot_importance()
        assert [one.filename for one in warned] == [__file__]
        assert figure.axes[0].get_title() == "importance of parameters (too few trials to say: 3)"
        assert result.plot_importance().axes[0].get_title() == "importance of parameters"

    def test_slices_show_each_trial_that_has_the_parameter(self, result, tmp_path):
        figure = result.plot_slices()
        assert [axes.get_xlabel() for axes in figure.axes] == list(SPACES)
        for axes, name in zip(figure.axes, SPACES):
            having = [t for t in result.ranking() if name in t.params]
            assert len(axes.collections[0].get_offsets()) == len(having)
        figure.savefig(str(tmp_path / "slices.png"))

    def test_a_contour_is_of_the_trials_trained_furthest(self, result, tmp_path):
        figure = result.plot_contour("lr", "kind")
        axes = figure.axes[0]
        furthest = [t for t in result.ranking() if t.resource == result.resource]
        assert len(axes.collections[-1].get_offsets()) == len(furthest)
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("lr", "kind")
        figure.savefig(str(tmp_path / "contour.png"))

    @pytest.mark.parametrize(
        "fields",
        [
            {"param_type": "INTEGER", "param_range": (1, 4)},
            {"param_type": "INTEGER", "param_range": (2, 5), "space_type": "LOG"},
            {"param_type": "INTEGER", "param_range": (8, 256), "space_type": "LOG"},
            {"param_type": "INTEGER", "param_range": (3, 3)},
            {"param_type": "FLOAT", "param_range": (0.0, 1.0)},
            {"param_type": "FLOAT", "param_range": (1e-4, 1e-2), "space_type": "LOG"},
            {"param_type": "FLOAT", "param_range": (0.5, 0.5)},
        ],
        ids=lambda fields: " ".join(map(str, fields.values())),
    )
    def test_a_tick_stands_where_trials_of_its_value_do(self, fields):
        result = searched(lambda config: 1.0, {"n": fields, "m": fields})
        parameter = SearchSpace({"n": fields}).by_name["n"]
        slices, contour = result.plot_slices().axes[0], result.plot_contour("n", "m").axes[0]
        for axis in (slices.xaxis, contour.xaxis, contour.yaxis):
            values = [float(tick.get_text()) for tick in axis.get_ticklabels()]
            assert {values[0], values[-1]} == set(fields["param_range"])
            assert list(axis.get_ticklocs()) == pytest.approx(
                [parameter.to_unit(value) for value in values], abs=0.01
            )

    def test_each_of_a_few_whole_numbers_has_a_tick_below_its_dots(self):
        fields = {"param_type": "INTEGER", "param_range": (1, 4)}
        (axes,) = searched(lambda config: config.n, {"n": fields}).plot_slices().axes
        assert [tick.get_text() for tick in axes.get_xticklabels()] == ["1", "2", "3", "4"]
        ticks = axes.get_xticks()
        dots = axes.collections[0].get_offsets()
        assert [ticks[int(metric) - 1] for _, metric in dots] == [place for place, _ in dots]

    def test_a_category_has_its_tick_below_its_dots(self):
        (axes,) = searched(lambda c: "abc".index(c.kind), {"kind": KINDS}).plot_slices().axes
        assert [tick.get_text() for tick in axes.get_xticklabels()] == ["'a'", "'b'", "'c'"]
        ticks = axes.get_xticks()
        dots = axes.collections[0].get_offsets()
        assert [ticks[int(metric)] for _, metric in dots] == [place for place, _ in dots]

    def test_ticks_of_a_narrow_range_differ_in_words(self):
        fields = {"param_type": "FLOAT", "param_range": (100.0, 100.5)}
        (axes,) = searched(lambda config: config.x, {"x": fields}).plot_slices().axes
        texts = [tick.get_text() for tick in axes.get_xticklabels()]
        assert [float(text) for text in texts] == pytest.approx([100, 100.25, 100.5], abs=0.05)
        assert len(set(texts)) == 3

    def test_of_few_trials_it_has_dots_alone(self):
        result = searched(lambda config: 1.0, SPACES, max_trials=1)
        assert len(result.plot_contour("lr", "kind").axes[0].collections) == 1

    def test_a_parameter_that_there_is_none_of_is_named(self, result):
        with pytest.raises(
            SettingsError, match="'lrr' is no parameter of the search; did you mean"
        ):
            result.plot_contour("lrr", "kind")


class TestTrials:
    def test_one_that_has_not_begun(self):
        trial = Trial(3, {"lr": 0.1}, 7, 0, "random")
        assert (trial.metric, trial.resource, trial.rung, trial.error) == (None, 0, -1, None)
        assert not trial.failed
        assert repr(trial) == "Trial(3, {'lr': 0.1}, resource=0, metric=None)"

    def test_one_that_has_reached_a_rung(self):
        trial = Trial(3, {"lr": 0.1}, 7, 0, "random")
        trial.evaluations.append(Evaluation(0, 1, Outcome(0.5)))
        trial.evaluations.append(Evaluation(1, 3, Outcome(None, "no memory")))
        assert (trial.metric, trial.resource, trial.rung, trial.error) == (None, 3, 1, "no memory")
        assert trial.failed

    def test_where_they_came_from(self):
        assert {t.origin for t in searched(lambda config: 1.0).trials} == {"random"}
        grid = HyperBand(None, {"n": LEVELS}).run(lambda config: config.n, [])
        assert {t.origin for t in grid.trials} == {"grid"}

    def test_the_bracket_each_belongs_to(self):
        brackets = [t.bracket for t in searched(lambda config: 1.0).trials]
        assert brackets == [0] * 9 + [1] * 5 + [2] * 3


def test_its_repr_names_metric_trial_and_parameters():
    result = HyperBand(None, {"n": LEVELS}).run(lambda config: config.n, [])
    assert repr(result) == ("<Result metric=9.0 at generation 3 of trial 8 among 9: {'n': 9}>")


def test_mode_and_seed_are_told(result):
    assert (result.mode, result.seed, result.resource_name) == ("max", 1, "epochs")
