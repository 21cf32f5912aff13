"""Ask and tell: the search behind a loop that is the user's own."""

import os
import threading

import pytest

from ato_hyperband import (
    AllTrialsFailedError,
    DistributedHyperBand,
    HyperBand,
    ObjectiveError,
    SearchError,
    SettingsError,
)
from ato_scope import Scope

LR = {"lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"}}


def hyperband(**options):
    options = {"resource": "epochs", "max_resource": 27, "sampler": "random", "seed": 0, **options}
    return HyperBand(None, LR, **options)


def score(trial):
    return trial.params["lr"] * trial.resource


def told(search, metric=score):
    for trial in iter(search.ask, None):
        search.tell(trial, metric(trial))
    return search.result()


def story(result):
    return [
        (t.number, t.params, t.seed, [(e.resource, e.outcome.metric) for e in t.evaluations])
        for t in result.trials
    ]


class TestAskAndTell:
    @pytest.mark.parametrize("scheduler", ["sync", "async"])
    @pytest.mark.parametrize("sampler", ["random", "tpe"])
    def test_the_trials_are_those_of_run(self, scheduler, sampler):
        def train(config):
            while True:
                yield config.lr * config.trial.resource

        options = {"scheduler": scheduler, "sampler": sampler, "study_name": "s"}
        asked = told(hyperband(**options))
        run = hyperband(**options).run(train, [])
        assert story(asked) == story(run)
        assert (asked.metric, asked.config) == (run.metric, run.config)

    def test_without_a_resource_it_is_halving_over_the_grid(self):
        space = {"n": {"param_type": "INTEGER", "param_range": (1, 9)}}
        search = HyperBand(None, space)
        result = told(search, lambda trial: trial.params["n"])
        assert ([len(rung) for rung in result.logs], result.config.n) == ([9, 3, 1], 9)

    def test_a_trial_has_a_config_made_by_the_scope(self, tmp_path):
        scope = Scope()

        @scope.observe(default=True)
        def defaults(config):
            config.lr, config.width, config.epochs = 0.1, 64, 27

        search = HyperBand(scope, LR, resource="epochs", max_resource=81, checkpoint_dir=tmp_path)
        trial = search.ask(["width=32"])
        assert (trial.config.width, trial.config.lr) == (32, trial.params["lr"])
        assert (trial.config.epochs, trial.resource, trial.previous_resource) == (81, 1, 0)
        assert trial.config.trial.seed == trial.seed
        assert os.path.isdir(trial.config.trial.checkpoint_dir)

    def test_several_can_be_asked_for_before_one_is_told(self):
        search = hyperband(max_trials=9)
        trials = [search.ask() for _ in range(9)]
        assert [trial.number for trial in trials] == list(range(9))
        assert search.ask() is None
        assert not search.finished
        for trial in reversed(trials):
            search.tell(trial, score(trial))
        assert search.ask().resource > trials[0].resource

    def test_what_failed_is_told_with_its_error(self):
        search = hyperband(max_trials=3)
        search.tell(search.ask(), error="out of memory")
        search.tell(search.ask(), float("nan"))
        result = told(search)
        assert [trial.error for trial in result.failed] == ["out of memory", "the metric is nan"]

    def test_a_metric_that_is_no_number_is_an_error_and_can_be_told_rightly(self):
        search = hyperband()
        trial = search.ask()
        with pytest.raises(ObjectiveError, match="told None .* which is not a number"):
            search.tell(trial)
        search.tell(trial, 0.5)

    def test_it_goes_on_from_its_storage(self, tmp_path):
        options = {"storage": f"sqlite:///{tmp_path}/s.db", "study_name": "s"}
        whole = told(hyperband())
        search = hyperband(**options)
        for _ in range(20):
            trial = search.ask()
            search.tell(trial, score(trial))
        search.ask()  # and is lost
        search.close()
        assert story(told(hyperband(**options))) == story(whole)

    def test_a_search_that_was_closed_says_so(self):
        search = hyperband()
        search.tell(search.ask(), 1.0)
        search.close()
        with pytest.raises(SearchError, match="was closed"):
            search.ask()
        assert search.result().metric == 1.0

    def test_a_result_needs_something_told(self):
        search = hyperband()
        with pytest.raises(SettingsError, match="was not begun"):
            search.result()
        search.ask()
        with pytest.raises(AllTrialsFailedError, match="no trial was told yet"):
            search.result()

    def test_workers_of_the_search_do_not_go_with_it(self):
        with pytest.raises(SettingsError, match="n_jobs does not go with ask"):
            hyperband(n_jobs=2).ask()
        with pytest.raises(SettingsError, match=r"ask\(\) is for HyperBand"):
            DistributedHyperBand(None, LR, max_trials=3, sampler="random").ask()


class TestReports:
    """A loop over all epochs, which is told when to stop."""

    def train(self, search, curve):
        epochs = {}
        for trial in iter(search.ask, None):
            for epoch in range(trial.previous_resource + 1, 28):
                value = curve(trial, epoch)
                epochs.setdefault(trial.number, []).append(epoch)
                trial.report(epoch, value)
                if trial.should_stop():
                    break
            search.tell(trial, value)
        return search.result(), epochs

    @pytest.mark.parametrize("scheduler", ["sync", "async"])
    def test_what_goes_on_where_it_was_trains_no_epoch_twice(self, scheduler):
        search = hyperband(scheduler=scheduler)
        result, epochs = self.train(search, lambda trial, epoch: trial.params["lr"] * epoch)
        assert all(seen == list(range(1, len(seen) + 1)) for seen in epochs.values())
        assert sum(map(len, epochs.values())) == result.total_resource
        assert result.resource == 27
        assert search.finished

    def test_the_trials_are_those_of_run(self):
        def train(config):
            for epoch in range(1, 28):
                yield config.lr * epoch

        asked, _ = self.train(hyperband(), lambda trial, epoch: trial.params["lr"] * epoch)
        run = hyperband().run(train, [])
        assert story(asked) == story(run)
        curves = [[e.outcome.curve for e in t.evaluations] for t in asked.trials]
        assert curves == [[e.outcome.curve for e in t.evaluations] for t in run.trials]

    def test_an_asynchronous_search_lets_the_best_go_straight_on(self):
        search = hyperband(scheduler="async", brackets="one", max_trials=9)
        _, epochs = self.train(search, lambda trial, epoch: trial.number)
        assert len(epochs[8]) > 1
        assert len(epochs[0]) == 1

    def test_epochs_between_two_rungs_may_be_left_out(self):
        search = hyperband(max_trials=1)
        trial = search.ask()
        trial.report(30, 0.5)
        assert trial.should_stop()
        assert search.result().metric == 0.5

    def test_a_loss_that_is_not_finite_stops_the_trial_at_once(self):
        trial = hyperband(min_resource=9).ask()
        trial.report(1, float("nan"))
        assert trial.should_stop()

    def test_its_config_says_how_far_it_goes(self):
        search = hyperband(scheduler="async", max_trials=1)
        trial = search.ask()
        config = trial.config
        trial.report(trial.resource, 1.0)
        assert not trial.should_stop()
        assert config.trial.resource == trial.resource == 27


class TestEnqueued:
    @pytest.mark.parametrize("sampler", ["random", "tpe", "grid"])
    def test_it_is_tried_first(self, sampler):
        spaces = {**LR, "n": {"param_type": "INTEGER", "param_range": (1, 9)}}
        spaces["lr"] = {**spaces["lr"], "num_samples": 5}
        search = HyperBand(None, spaces, sampler=sampler, max_trials=20)
        search.enqueue({"lr": 1e-1, "n": 9})
        search.enqueue({"lr": 1e-5})
        result = search.run(lambda config: config.lr, [])
        assert result.trials[0].params == {"lr": 1e-1, "n": 9}
        assert result.trials[1].params["lr"] == 1e-5
        assert [t.origin for t in result.trials[:2]] == ["enqueued", "enqueued"]
        assert len({tuple(t.params.items()) for t in result.trials}) == len(result.trials) == 20

    def test_it_is_a_trial_more_only_once_however_often_the_search_goes_on(self, tmp_path):
        def search(budget):
            options = {"storage": f"sqlite:///{tmp_path}/s.db", "study_name": "s"}
            one = hyperband(max_trials=budget, **options)
            one.enqueue({"lr": 0.01})
            return one.run(lambda config: config.lr, [])

        search(5)
        result = search(10)
        assert [t.number for t in result.trials if t.params["lr"] == 0.01] == [0]

    def test_while_a_search_is_under_way_it_is_next(self):
        search = hyperband()
        search.tell(search.ask(), 1.0)
        search.enqueue({"lr": 0.01})
        assert search.ask().params == {"lr": 0.01}

    def test_workers_change_nothing(self):
        def run(n_jobs):
            search = hyperband(sampler="tpe", n_jobs=n_jobs)
            search.enqueue({"lr": 0.01})
            search.add_result({"lr": 0.05}, 1.0)
            return story(search.run(lambda config: config.lr, []))

        assert run(1) == run(2)

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"widht": 1}, "'widht' is no parameter of this search; did you mean 'width'"),
            ({"lr": 1}, r"lr=1 is outside its range \(1e-05, 0.1\)"),
            ({"lr": "x"}, "lr='x' is no finite number"),
            ({"n": 1.5}, "n=1.5 is no whole number"),
            ({"kind": "deep"}, "kind='deep' is none of its categories"),
            ({"kind": "a", "width": 3}, "'width' does not exist beside"),
        ],
    )
    def test_what_could_not_be_drawn_is_refused(self, params, message):
        spaces = {
            **LR,
            "n": {"param_type": "INTEGER", "param_range": (1, 9)},
            "kind": {"param_type": "CATEGORY", "categories": ["a", "b"]},
            "width": {"param_type": "INTEGER", "param_range": (1, 9), "when": {"kind": "b"}},
        }
        with pytest.raises(SettingsError, match=message):
            HyperBand(None, spaces, sampler="random", max_trials=3).enqueue(params)

    @pytest.mark.parametrize("params", [[0.1], "lr=0.1", None])
    def test_values_have_names(self, params):
        with pytest.raises(SettingsError, match="values by the names of parameters"):
            hyperband().enqueue(params)

    @pytest.mark.parametrize("trial", [3, None, {"lr": 0.1}])
    def test_what_nobody_asked_for_is_not_told(self, trial):
        with pytest.raises(SettingsError, match=r"takes the trial that ask\(\) gave, not"):
            hyperband().tell(trial, 1.0)

    @pytest.mark.parametrize("switch", ["vertices", "cost_aware"])
    def test_a_switch_is_true_or_false(self, switch):
        with pytest.raises(SettingsError, match=f"{switch} must be True or False: 'no'"):
            HyperBand(None, LR, sampler="random", max_trials=3, **{switch: "no"})

    def test_what_is_not_on_the_grid_is_refused(self):
        spaces = {"lr": {**LR["lr"], "num_samples": 3}}
        with pytest.raises(SettingsError, match="is not on the grid"):
            HyperBand(None, spaces).enqueue({"lr": 0.02})

    def test_what_the_constraint_does_not_allow_is_left_out_with_a_warning(self):
        def ordered(config):
            return config.low < config.high

        spaces = {n: {"param_type": "INTEGER", "param_range": (1, 9)} for n in ("low", "high")}
        search = HyperBand(None, spaces, constraint=ordered, sampler="random", max_trials=3)
        search.enqueue({"low": 5, "high": 2})
        search.enqueue({"low": 9})
        with pytest.warns(UserWarning, match="is not tried: the constraint allows no") as told:
            result = search.run(lambda config: config.low, [])
        assert len(result.trials) == 3
        assert ["'high': 2" in str(one.message) for one in told] == [True, False]

    def test_threads_that_begin_together_ask_one_search(self):
        search, begun = hyperband(), threading.Barrier(4)
        asked = []

        def ask():
            begun.wait()
            asked.append(search.ask().number)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(asked) == [0, 1, 2, 3]


class TestKnownResults:
    def test_of_several_objectives_each_is_known(self):
        spaces = {"x": {"param_type": "FLOAT", "param_range": (0, 1)}}
        options = {"mode": ["max", "min"], "sampler": "tpe", "max_trials": 5, "seed": 0}
        search = HyperBand(None, spaces, **options)
        with pytest.raises(ObjectiveError, match="mode names 2 objectives"):
            search.add_result({"x": 0.5}, 1.0)
        search.add_result({"x": 0.5}, (1.0, 0.25))
        result = search.run(lambda config: (config.x, config.x**2), [])
        assert len(result.trials) == 5

    def test_the_model_looks_where_they_were_good(self):
        spaces = {f"x{i}": {"param_type": "FLOAT", "param_range": (0, 1)} for i in range(4)}

        def near(params):
            return -sum((params[name] - 0.3) ** 2 for name in spaces)

        def mean_of_first(warm):
            search = HyperBand(None, spaces, sampler="tpe", max_trials=30, seed=1)
            for trial in (
                HyperBand(None, spaces, sampler="random", max_trials=100 if warm else 1, seed=2)
                .run(near, [])
                .trials
            ):
                search.add_result({**trial.params, "unrelated": 1}, trial.metric)
            result = search.run(near, [])
            return sum(near(t.params) for t in result.trials) / len(result.trials)

        assert mean_of_first(warm=True) > mean_of_first(warm=False)

    def test_they_are_no_trials_of_the_search(self):
        search = hyperband(sampler="tpe")
        search.add_result({"lr": 0.01}, 99.0)
        result = search.run(lambda config: config.lr, [])
        assert result.metric < 1
        assert result.trials[0].number == 0

    def test_a_config_without_a_parameter_is_refused(self):
        with pytest.raises(SettingsError, match="has no lr"):
            hyperband().add_result({"rate": 0.1}, 1.0)


class TestConstraints:
    SPACES = {name: {"param_type": "INTEGER", "param_range": (1, 9)} for name in ("low", "high")}

    @staticmethod
    def ordered(config):
        return config.low < config.high

    @pytest.mark.parametrize("sampler", ["random", "tpe"])
    def test_every_trial_keeps_to_it(self, sampler):
        options = {"constraint": self.ordered, "sampler": sampler, "max_trials": 30, "seed": 0}
        result = HyperBand(None, self.SPACES, **options).run(lambda config: config.low, [])
        assert len({tuple(t.params.items()) for t in result.trials}) == 30
        assert all(t.params["low"] < t.params["high"] for t in result.trials)

    def test_a_grid_has_all_that_it_allows(self):
        search = HyperBand(None, self.SPACES, constraint=self.ordered)
        result = search.run(lambda config: config.low, [])
        assert len(result.trials) == 36
        assert (result.config.low, result.config.high) == (8, 9)

    def test_it_sees_what_the_command_line_fixed(self):
        scope = Scope()

        @scope.observe(default=True)
        def defaults(config):
            config.low = config.high = 1

        search = HyperBand(scope, self.SPACES, constraint=self.ordered)
        result = search.run(lambda config: config.low, ["low=7"])
        assert sorted(t.params["high"] for t in result.trials) == [8, 9]

    def test_one_that_allows_nothing_is_an_error(self):
        def nothing(config):
            return False

        options = {"constraint": nothing, "sampler": "random", "max_trials": 3}
        with pytest.raises(ValueError, match="the constraint allows none of 5000 random"):
            HyperBand(None, self.SPACES, **options).run(lambda config: config.low, [])
        with pytest.raises(SettingsError, match="the constraint allows no combination"):
            HyperBand(None, self.SPACES, constraint=nothing)

    def test_one_that_fails_says_on_what(self):
        options = {"constraint": lambda config: config.lwo, "sampler": "random", "max_trials": 3}
        with pytest.raises(ValueError, match=r"the constraint failed on \{'low': .*lwo"):
            HyperBand(None, self.SPACES, **options).run(lambda config: config.low, [])
