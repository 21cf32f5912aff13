"""A search as a user writes it: a scope, spaces, a decorated function, a result."""

import pytest

from ato_adict import ADict
from ato_hyperband import AllTrialsFailedError, HyperBand, SettingsError, SpaceError
from ato_scope import MultiScope, Scope

SPACES = ADict(
    lr=ADict(param_type="FLOAT", param_range=(1e-5, 1e-1), num_samples=20, space_type="LOG"),
    batch_size=ADict(param_type="INTEGER", param_range=(16, 128), num_samples=5, space_type="LOG"),
    model=ADict(param_type="CATEGORY", categories=["resnet50", "resnet101", "efficientnet_b0"]),
)


@pytest.fixture
def scope():
    scope = Scope()

    @scope.observe(default=True)
    def defaults(config):
        config.lr = 1e-3
        config.batch_size = 32
        config.model = "resnet50"
        config.epochs = 10
        config.layers = [64, 64]

    @scope.observe()
    def wide(config):
        config.layers = [512, 512]

    return scope


def score(config):
    return -abs(config.lr - 0.01) - abs(config.batch_size - 45) / 1e3


class TestOverAGrid:
    def test_the_quick_start(self, scope):
        calls = []
        hyperband = HyperBand(scope, SPACES, halving_rate=0.3, num_min_samples=3, mode="max")

        @hyperband.main
        def train(config):
            calls.append(config.trial.rung)
            return score(config)

        best = train([])
        assert best.config.batch_size == 45
        assert best.metric == pytest.approx(-abs(best.config.lr - 0.01))
        assert [calls.count(generation) for generation in range(4)] == [300, 90, 27, 8]

    def test_logs_hold_each_generation_best_first(self, scope):
        result = HyperBand(scope, SPACES, 0.3, 3).run(score, [])
        assert [len(generation) for generation in result.logs] == [300, 90, 27, 8]
        metrics = [entry.metric for entry in result.logs[0]]
        assert metrics == sorted(metrics, reverse=True)
        assert result.logs[-1][0].lr == result.config.lr

    def test_steps_can_follow_the_generation(self, scope):
        hyperband = HyperBand(scope, SPACES, 0.3, 3)
        steps = hyperband.compute_optimized_initial_training_steps(100)
        seen = set()

        @hyperband.main
        def train(config):
            seen.add(steps[config.trial.rung])
            return score(config)

        train([])
        assert sorted(seen) == steps == [3, 9, 30, 100]

    def test_num_min_samples_larger_than_the_space(self, scope):
        with pytest.raises(SettingsError, match="num_min_samples=301 is larger than the space"):
            HyperBand(scope, SPACES, 0.3, 301)

    def test_min_finds_the_smallest(self, scope):
        hyperband = HyperBand(scope, SPACES, 0.3, 3, mode="min")
        assert hyperband.run(lambda config: config.lr, []).config.lr == 1e-5


class TestWithAResource:
    def test_the_resource_key_tells_a_function_until_where_to_train(self, scope):
        seen = {}
        hyperband = HyperBand(scope, SPACES, resource="epochs", max_resource=27, sampler="random")

        @hyperband.main
        def train(config):
            assert config.epochs == config.trial.resource
            seen.setdefault(config.trial.number, []).append(
                (config.trial.previous_resource, config.epochs)
            )
            return score(config) * 0.9**config.epochs

        result = train([])
        assert max(seen.values(), key=len) == [(0, 1), (1, 3), (3, 9), (9, 27)]
        assert result.total_resource == sum(epochs for s in seen.values() for _, epochs in s)

    def test_the_best_is_one_of_those_trained_furthest(self, scope):
        hyperband = HyperBand(scope, SPACES, resource="epochs", max_resource=9, sampler="random")
        result = hyperband.run(lambda config: -config.epochs, [])
        assert (result.metric, result.resource) == (-9, 9)
        assert result.config.epochs == 9

    def test_a_seed_makes_the_trials(self, scope):
        def run(seed):
            hyperband = HyperBand(scope, SPACES, resource="epochs", max_resource=9, seed=seed)
            return [t.params for t in hyperband.run(score, []).trials]

        assert run(1) == run(1)
        assert run(1) != run(2)

    def test_the_seed_of_a_search_without_one_repeats_it(self, scope):
        first = HyperBand(scope, SPACES, resource="epochs", max_resource=9).run(score, [])
        again = HyperBand(scope, SPACES, resource="epochs", max_resource=9, seed=first.seed)
        assert [t.params for t in again.run(score, []).trials] == [t.params for t in first.trials]

    def test_each_trial_has_a_seed_of_its_own(self, scope):
        hyperband = HyperBand(scope, SPACES, resource="epochs", max_resource=9, seed=3)
        result = hyperband.run(lambda config: config.trial.seed / 2**32, [])
        assert len({t.seed for t in result.trials}) == len(result.trials)

    def test_budget_in_trials(self, scope):
        hyperband = HyperBand(scope, SPACES, resource="epochs", max_resource=81, max_trials=10)
        result = hyperband.run(score, [])
        assert len(result.trials) == 10
        assert max(t.resource for t in result.trials) == 81

    def test_budget_in_resource(self, scope):
        hyperband = HyperBand(
            scope, SPACES, resource="epochs", max_resource=27, max_total_resource=300
        )
        assert 250 < hyperband.run(score, []).total_resource <= 300

    def test_budget_in_seconds(self, scope):
        hyperband = HyperBand(scope, SPACES, resource="epochs", max_resource=27, max_seconds=0.2)
        assert hyperband.run(score, []).seconds < 5

    def test_a_budget_that_allows_nothing_is_an_error(self, scope):
        hyperband = HyperBand(
            scope, SPACES, resource="epochs", max_resource=9, min_resource=9, max_total_resource=5
        )
        with pytest.raises(AllTrialsFailedError, match="the budget allows no trial"):
            hyperband.run(score, [])

    @pytest.mark.parametrize("scheduler", ["sync", "async"])
    @pytest.mark.parametrize("sampler", ["random", "grid", "tpe"])
    def test_every_scheduler_goes_with_every_sampler(self, scope, scheduler, sampler):
        hyperband = HyperBand(
            scope,
            SPACES,
            resource="epochs",
            max_resource=27,
            max_total_resource=200,
            sampler=sampler,
            scheduler=scheduler,
            seed=0,
        )
        result = hyperband.run(score, [])
        assert result.metric > -0.1
        assert result.total_resource <= 200

    def test_the_resource_cannot_be_a_parameter(self, scope):
        spaces = {"epochs": {"param_type": "INTEGER", "param_range": (1, 9)}}
        with pytest.raises(SettingsError, match="'epochs' is the resource of the search"):
            HyperBand(scope, spaces, resource="epochs", max_resource=9).run(score, [])


class TestIsolation:
    def test_views_run_once_and_each_trial_gets_its_own_copy(self, scope):
        applied = []

        @scope.observe(default=True)
        def counted(config):
            applied.append(1)
            config.seen = []

        def train(config):
            config.layers.append(1)
            config.seen.append(config.trial.number)
            assert config.layers == [64, 64, 1]
            assert len(config.seen) == 1
            return config.lr

        HyperBand(scope, SPACES, 0.3, 3).run(train, [])
        assert len(applied) == 1

    def test_lazy_views_see_the_sampled_values(self, scope):
        @scope.observe(default=True, lazy=True)
        def derived(config):
            config.half = config.batch_size / 2

        def train(config):
            assert config.half == config.batch_size / 2
            return config.lr

        HyperBand(scope, SPACES, 0.3, 3).run(train, [])

    def test_a_misspelt_key_is_an_error_in_the_objective(self, scope):
        with pytest.raises(AllTrialsFailedError, match="did you mean 'batch_size'"):
            HyperBand(scope, SPACES, 0.3, 3).run(lambda config: config.bach_size, [])

    def test_trial_is_a_reserved_key(self, scope):
        @scope.observe(default=True)
        def mine(config):
            config.trial = 1

        with pytest.raises(SettingsError, match="a view defines 'trial'"):
            HyperBand(scope, SPACES, 0.3, 3).run(score, [])


class TestTheCommandLine:
    def test_a_fixed_parameter_leaves_the_space_and_says_so(self, scope, capsys):
        result = HyperBand(scope, SPACES, 0.3, 3).run(score, ["lr=0.05", "wide"])
        assert len(result.trials) == 15
        assert {t.params.get("lr") for t in result.trials} == {None}
        assert result.config.lr == 0.05
        assert result.config.layers == [512, 512]
        assert "lr=0.05 is fixed on the command line, not searched" in capsys.readouterr().err

    def test_with_everything_fixed_one_trial_runs(self, scope):
        args = ["lr=0.05", "batch_size=20", "model:=resnet101"]
        assert len(HyperBand(scope, SPACES, 0.3, 3).run(score, args).trials) == 1

    def test_a_key_that_no_view_defines_is_pointed_out(self, scope, capsys):
        spaces = {"leraning_rate": SPACES.lr, "batchsize": SPACES.batch_size}
        HyperBand(scope, spaces, 0.3, 3).run(lambda config: config.batchsize, [])
        err = capsys.readouterr().err
        assert (
            "no view defines 'batchsize', which the search sets; did you mean 'batch_size'" in err
        )

    def test_the_resource_on_the_command_line_is_the_maximum(self, scope, capsys):
        hyperband = HyperBand(scope, SPACES, resource="epochs", max_resource=81, sampler="random")
        result = hyperband.run(score, ["epochs=9"])
        assert max(t.resource for t in result.trials) == 9
        assert (
            "epochs=9 on the command line is the search's max_resource" in capsys.readouterr().err
        )

    def test_the_plan_is_printed_before_the_search_starts(self, scope, capsys):
        def train(config):
            if config.trial.number == 0:
                assert "bracket s=2: 9@1 → 3@3 → 1@9" in capsys.readouterr().err
            return config.lr

        HyperBand(scope, SPACES, resource="epochs", max_resource=9, sampler="random").run(train, [])


class TestObjectivesAndScopes:
    def test_a_scope_is_not_needed(self):
        result = HyperBand(None, SPACES, 0.3, 3).run(score, [])
        assert result.config.batch_size == 45

    def test_a_multiscope_passes_its_configs_by_name(self):
        model, data = Scope(name="model"), Scope(name="data")

        @model.observe(default=True)
        def model_defaults(model):
            model.lr = 0.1

        @data.observe(default=True)
        def data_defaults(data):
            data.batch_size = 16

        spaces = {"model.lr": SPACES.lr, "data": {"batch_size": SPACES.batch_size}}

        hyperband = HyperBand(MultiScope(model, data), spaces, 0.3, 3)

        @hyperband.main
        def train(data, model):
            assert model.trial.number == data.trial.number
            return model.lr * data.batch_size

        result = train(["data.batch_size=20"])
        assert result.config.model.lr == 0.1
        assert result.config.data.batch_size == 20
        assert len(result.trials) == 20

    def test_the_scope_decides_the_name_of_the_parameter(self):
        scope = Scope(name="cfg")
        HyperBand(scope, SPACES, 0.3, 3).run(lambda cfg: cfg.lr, [])

    def test_an_entry_may_be_decorated_too(self, scope):
        hyperband = HyperBand(scope, SPACES, 0.3, 3)

        @hyperband.main
        @scope
        def train(config):
            """Train once."""
            return config.lr

        assert train([]).metric == 0.1
        assert train.__doc__ == "Train once."
        assert train.objective.__name__ == "train"

    def test_a_float_without_num_samples_cannot_be_a_grid(self, scope):
        spaces = {"lr": {"param_type": "FLOAT", "param_range": (0, 1)}}
        with pytest.raises(SpaceError, match="'lr' needs num_samples"):
            HyperBand(scope, spaces, 0.3, 3)
