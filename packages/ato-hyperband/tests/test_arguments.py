"""What a call of a search passes on to its objective: `train(10)`, `train(data=...)`."""

import concurrent.futures
import threading

import pytest

from ato_hyperband import HyperBand, ObjectiveError, SettingsError
from ato_scope import MultiScope, Scope

LR = {"lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"}}


def hyperband(scope=None, **options):
    options = {"resource": "epochs", "max_resource": 9, "sampler": "random", "seed": 0, **options}
    return HyperBand(scope, LR, **options)


def scope_with_lr(**options):
    scope = Scope(**options)

    @scope.observe(default=True)
    def defaults(config):
        config.lr = 0.1
        config.epochs = 9

    return scope


def weighted(config, data, *, scale=1):
    return config.lr * sum(data) * scale


def yielding(config, data):
    while True:
        yield config.lr * sum(data)


class TestPassedOn:
    @pytest.mark.parametrize("with_scope", [True, False])
    def test_by_position_and_by_name(self, with_scope):
        train = hyperband(scope_with_lr() if with_scope else None).main(weighted)
        plain = train([1], args=[]).metric
        assert train([10], args=[]).metric == pytest.approx(10 * plain)
        assert train(data=[10], args=[], scale=2).metric == pytest.approx(20 * plain)

    def test_to_a_generator(self):
        train = hyperband().main(yielding)
        assert train(data=[2, 3]).metric == pytest.approx(5 * train(data=[1]).metric)

    def test_around_the_configs_of_several_scopes(self):
        model, data = Scope(name="model"), Scope(name="data")
        spaces = {"model.lr": LR["lr"]}
        search = HyperBand(MultiScope(model, data), spaces, sampler="random", max_trials=3)

        @search.main
        def train(model, factor, data, offset=0):
            return model.lr * factor + offset

        assert train(0, args=[], offset=7).metric == 7

    def test_every_trial_gets_the_same_object(self):
        seen, data, search = set(), object(), hyperband()

        @search.main
        def train(config, data):
            seen.add(id(data))
            return config.lr

        train(data)
        assert seen == {id(data)}

    def test_to_processes(self):
        serial = hyperband().run(weighted, [], [1, 2], scale=3)
        parallel = hyperband(n_jobs=2).run(weighted, [], [1, 2], scale=3)
        assert parallel.metric == serial.metric

    def test_through_an_executor(self):
        serial = hyperband().run(weighted, [], data=[1, 2])
        with concurrent.futures.ProcessPoolExecutor(2) as pool:
            pooled = hyperband(executor=pool).run(weighted, [], data=[1, 2])
        assert pooled.metric == serial.metric

    def test_what_cannot_be_sent_to_an_executor_is_named(self):
        lock = threading.Lock()
        with concurrent.futures.ProcessPoolExecutor(1) as pool:
            with pytest.raises(ObjectiveError, match="an argument of the search cannot be sent"):
                hyperband(executor=pool).run(weighted, [], data=lock)


class TestTokens:
    """Where the command line's tokens are given instead of arguments."""

    def test_a_list_alone_is_tokens_where_the_objective_takes_the_config_alone(self):
        search = hyperband(scope_with_lr())

        @search.main
        def train(config):
            return config.lr

        assert train(["lr=0.5"]).metric == train(args=["lr=0.5"]).metric == 0.5

    def test_with_args_goes_with_arguments(self):
        train = hyperband(scope_with_lr()).main(weighted)
        assert train.with_args(["lr=0.5"])([3]).metric == 1.5

    def test_an_objective_may_have_a_parameter_called_args(self):
        search = hyperband()

        @search.main
        def train(config, args):
            return config.lr * args

        assert train(args=0).metric == 0


class TestMistakes:
    """They are found before the first trial."""

    @pytest.mark.parametrize("with_scope", [True, False])
    @pytest.mark.parametrize(
        ("values", "named", "what"),
        [
            ((), {}, "missing a required argument: 'data'"),
            (([1], [2]), {}, "too many positional arguments"),
            (([1],), {"scael": 2}, "got an unexpected keyword argument 'scael'"),
            (([1],), {"data": [1]}, "multiple values for argument 'data'"),
        ],
    )
    def test_a_call_that_does_not_fit(self, with_scope, values, named, what):
        train = hyperband(scope_with_lr() if with_scope else None).main(weighted)
        with pytest.raises(ObjectiveError, match=f"the objective weighted.*: {what}.*train"):
            train(*values, args=[], **named)

    def test_an_argument_for_an_objective_that_takes_the_config_alone(self):
        calls = []
        train = hyperband().main(lambda config: calls.append(1))
        with pytest.raises(ObjectiveError, match="too many positional arguments"):
            train(10)
        assert calls == []


def test_tokens_for_a_search_without_a_scope_are_refused():
    spaces = {"lr": {"param_type": "FLOAT", "param_range": (0, 1)}}
    search = HyperBand(None, spaces, sampler="random", max_trials=2)
    with pytest.raises(SettingsError, match=r"\['lr=0.01'\] would change nothing"):
        search.run(lambda config: config.lr, ["lr=0.01"])
    with pytest.raises(SettingsError, match="without a scope"):
        search.ask(["lr=0.01"])
