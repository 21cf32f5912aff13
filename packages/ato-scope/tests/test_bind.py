"""`bind`: the arguments of a call with configs, without the call."""

import functools

import pytest

from ato_scope import EntryError, MultiScope, Scope


def train(steps, config, *, seed=0):
    raise AssertionError("bind calls nothing")


def test_the_config_goes_to_the_parameter_of_its_name():
    assert Scope().bind(train, {"lr": 1}, 3) == ((3, {"lr": 1}), {})


def test_arguments_by_name_are_passed_on():
    assert Scope().bind(train, {"lr": 1}, steps=3, seed=1) == (
        (),
        {"steps": 3, "seed": 1, "config": {"lr": 1}},
    )


def test_the_parameter_has_the_name_of_the_scope():
    def fit(other, model):
        pass

    assert Scope(name="model").bind(fit, "m", 1) == ((1, "m"), {})


def test_a_keyword_only_parameter_receives_it_by_name():
    def fit(*, config):
        pass

    assert Scope().bind(fit, "c") == ((), {"config": "c"})


def test_a_parameter_that_the_caller_gives_is_the_callers():
    def fit(steps, model):
        pass

    assert Scope(name="model").bind(fit, "m", 3, model="mine") == ((3,), {"model": "mine"})


def test_entries_partials_and_objects_are_bound_by_their_parameters():
    scope = Scope()

    class Model:
        def __call__(self, x, config):
            pass

    assert scope.bind(scope(train), "c", 3) == ((3, "c"), {})
    assert scope.bind(functools.partial(train, 3), "c") == (("c",), {})
    assert scope.bind(Model(), "c", 1) == ((1, "c"), {})


def test_a_generator_is_not_started():
    def objective(config):
        yield config

    values, named = Scope().bind(objective, "c")
    assert list(objective(*values, **named)) == ["c"]


def test_several_configs_go_to_their_parameters():
    both = MultiScope(Scope(name="model"), Scope(name="data"))

    def fit(data, steps, model):
        pass

    assert both.bind(fit, {"model": "m", "data": "d"}, 3) == (("d", 3, "m"), {})


def test_call_is_bind_and_call():
    def fit(steps, config):
        return steps, config

    scope = Scope()
    values, named = scope.bind(fit, "c", 3)
    assert scope.call(fit, "c", 3) == fit(*values, **named)


def test_a_misspelled_parameter_is_named():
    def fit(confg):
        pass

    with pytest.raises(EntryError, match=r"'fit' .*'confg'"):
        Scope().bind(fit, "c")
