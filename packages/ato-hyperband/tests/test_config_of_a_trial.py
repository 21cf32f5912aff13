"""What the config of a trial says of the trial, and whose files are where."""

import os

import pytest

from ato_hyperband import HyperBand, SettingsError
from ato_scope import Scope

LR = {"lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"}}


def told(spaces=LR, **options):
    """What `config.trial` was in each evaluation, in their order."""
    options = {"resource": "epochs", "max_resource": 9, "sampler": "random", "seed": 0, **options}
    seen = []

    def train(config):
        seen.append(config.trial)
        return -config.trial.number

    result = HyperBand(None, spaces, **options).run(train, [])
    return seen, result


class TestTheTrialInTheConfig:
    def test_its_bracket_and_rung_are_those_of_the_plan(self):
        trials, _ = told()
        assert [(t.bracket, t.rung) for t in trials] == [
            *[(0, 0)] * 9,
            *[(0, 1)] * 3,
            (0, 2),
            *[(1, 0)] * 5,
            (1, 1),
            *[(2, 0)] * 3,
        ]

    def test_its_seed_is_that_of_the_trial_in_the_result(self):
        trials, result = told()
        assert all(t.seed == result.trials[t.number].seed for t in trials)
        assert trials[9].seed == trials[0].seed != trials[1].seed

    def test_a_function_starts_over_unless_its_files_are_kept(self, tmp_path):
        without, _ = told(max_trials=1)
        given, _ = told(max_trials=1, checkpoint_dir=str(tmp_path))
        assert (without[0].continues, given[0].continues) == (False, True)

    def test_a_generator_goes_on(self):
        def train(config):
            seen.append(config.trial.continues)
            yield config.lr

        seen = []
        HyperBand(None, LR, sampler="random", max_trials=1).run(train, [])
        assert seen == [True]

    def test_the_config_of_the_result_is_that_of_its_best_evaluation(self):
        _, result = told()
        at = result.config.trial
        assert (at.number, at.rung, at.resource, at.previous_resource) == (0, 2, 9, 3)

    def test_without_a_resource_the_generation_is_the_resource(self):
        spaces = {"n": {"param_type": "INTEGER", "param_range": (1, 3)}}
        trials, _ = told(spaces=spaces, resource=None, max_resource=None, sampler="grid")
        assert [(t.resource, t.previous_resource) for t in trials] == [(1, 0)] * 3 + [(2, 1)]


class TestItsFiles:
    def test_each_trial_has_one_folder_in_all_its_rungs(self, tmp_path):
        trials, _ = told(checkpoint_dir=tmp_path)
        folders = {}
        for trial in trials:
            folders.setdefault(trial.number, set()).add(trial.checkpoint_dir)
        assert all(len(found) == 1 for found in folders.values())
        assert len(set.union(*folders.values())) == len(folders) == 17

    def test_it_lies_in_the_folder_given(self, tmp_path):
        trials, _ = told(checkpoint_dir=tmp_path / "a" / "b", max_trials=1)
        assert os.path.dirname(trials[0].checkpoint_dir) == str(tmp_path / "a" / "b")

    def test_what_cannot_be_a_folder_is_refused_before_the_first_trial(self, tmp_path):
        (tmp_path / "file").write_text("x")
        for given in (tmp_path / "file", tmp_path / "file" / "a" / "b"):
            with pytest.raises(SettingsError, match="cannot be a folder: .*file is none"):
                HyperBand(None, LR, sampler="random", max_trials=1, checkpoint_dir=given)
        for given in ("", 5, b"a", ["a"]):
            with pytest.raises(SettingsError, match="checkpoint_dir must be a folder, not"):
                HyperBand(None, LR, sampler="random", max_trials=1, checkpoint_dir=given)


class TestTheRestOfTheConfig:
    def test_a_resource_may_be_a_nested_key(self):
        options = {"resource": "train.epochs", "max_resource": 9, "sampler": "random", "seed": 0}
        result = HyperBand(None, LR, **options).run(lambda config: config.train.epochs, [])
        assert (result.metric, result.resource_name) == (9.0, "train.epochs")

    def test_a_nested_parameter_leaves_its_neighbours(self):
        scope = Scope()

        @scope.observe(default=True)
        def defaults(config):
            config.model.lr = 0.5
            config.model.layers = 3

        result = HyperBand(scope, {"model": LR}, sampler="random", max_trials=2).run(
            lambda config: config.model.layers if config.model.lr < 0.2 else -1, []
        )
        assert [t.metric for t in result.trials] == [3.0, 3.0]

    def test_where_a_condition_fails_the_value_of_the_view_stays(self):
        scope = Scope()

        @scope.observe(default=True)
        def defaults(config):
            config.optimizer, config.momentum = "sgd", 0.25

        spaces = {
            "optimizer": {"param_type": "CATEGORY", "categories": ["sgd", "adam"]},
            "momentum": {
                "param_type": "FLOAT",
                "param_range": (0.5, 0.9),
                "num_samples": 2,
                "when": {"optimizer": "sgd"},
            },
        }
        result = HyperBand(scope, spaces).run(lambda config: config.momentum, [])
        assert sorted(t.evaluations[0].outcome.metric for t in result.trials) == [0.25, 0.5, 0.9]

    @pytest.mark.parametrize(("fixed", "left"), [("sgd", {"momentum"}), ("adam", set())])
    def test_what_a_fixed_parent_rules_out_is_not_searched(self, fixed, left):
        scope = Scope()

        @scope.observe(default=True)
        def defaults(config):
            config.optimizer, config.momentum = "sgd", 0.25

        spaces = {
            "optimizer": {"param_type": "CATEGORY", "categories": ["sgd", "adam"]},
            "momentum": {**LR["lr"], "when": {"optimizer": "sgd"}},
        }
        search = HyperBand(scope, spaces, sampler="random", max_trials=2)
        result = search.run(lambda config: config.momentum, [f"optimizer:={fixed}"])
        assert {name for t in result.trials for name in t.params} == left

    def test_an_objective_without_a_signature_can_be_searched(self):
        result = HyperBand(None, LR, sampler="random", max_trials=3).run(getattr, [], "lr")
        assert result.metric == max(t.params["lr"] for t in result.trials)

    def test_a_constrained_space_that_is_used_up_ends_the_search(self):
        spaces = {n: {"param_type": "INTEGER", "param_range": (1, 3)} for n in ("low", "high")}
        options = {"sampler": "random", "max_trials": 50, "constraint": lambda c: c.low < c.high}
        result = HyperBand(None, spaces, **options).run(lambda config: config.low, [])
        assert sorted(tuple(t.params.values()) for t in result.trials) == [(1, 2), (1, 3), (2, 3)]
