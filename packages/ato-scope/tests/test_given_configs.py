"""A caller may give a config by name, wherever its parameter stands."""

import asyncio

import pytest

from ato_scope import MultiScope, Scope

MINE = {"lr": 7}
scope = Scope({"lr": 1})
model, data = Scope({"lr": 1}, name="model"), Scope({"lr": 2}, name="data")
both = MultiScope(model, data)


class Trainer:
    @scope
    def first(self, config, k):
        return config["lr"], k

    @scope
    def last(self, k, config=None):
        return config["lr"], k

    @classmethod
    @scope
    def of_class(cls, config, k):
        return config["lr"], k

    @staticmethod
    @scope
    def static(config, k):
        return config["lr"], k


@scope
def first(config, k):
    return config["lr"], k


@scope
def middle(a, config, b):
    return config["lr"], (a, b)


@scope
def with_rest(config, *rest):
    return config["lr"], rest


@scope
def after_one(a, config, *rest, **named):
    return config["lr"], (a, *rest, *named.items())


@scope
def by_name_only(k, *, config):
    return config["lr"], k


@scope
def with_default(config, k=3):
    return config["lr"], k


@scope
def any_names(*args, **named):
    return named.pop("config")["lr"], (*args, *named.items())


@scope
async def later(config, k):
    return config["lr"], k


CALLS = {
    "first": (first, (2,), {}, 2),
    "first, all by name": (first, (), {"k": 2}, 2),
    "middle": (middle, (1, 2), {}, (1, 2)),
    "middle, partly by name": (middle, (1,), {"b": 2}, (1, 2)),
    "middle, all by name": (middle, (), {"a": 1, "b": 2}, (1, 2)),
    "rest": (with_rest, (1, 2, 3), {}, (1, 2, 3)),
    "no rest": (with_rest, (), {}, ()),
    "after one": (after_one, (1, 2, 3), {"x": 4}, (1, 2, 3, ("x", 4))),
    "keyword-only": (by_name_only, (2,), {}, 2),
    "with a default": (with_default, (2,), {}, 2),
    "default left out": (with_default, (), {}, 3),
    "any names": (any_names, (1,), {"x": 4}, (1, ("x", 4))),
    "method": (Trainer().first, (2,), {}, 2),
    "method, config last": (Trainer().last, (2,), {}, 2),
    "classmethod": (Trainer.of_class, (2,), {}, 2),
    "staticmethod": (Trainer.static, (2,), {}, 2),
    "coroutine": (lambda *a, **k: asyncio.run(later(*a, **k)), (2,), {}, 2),
}


@pytest.mark.parametrize(("call", "args", "named", "rest"), CALLS.values(), ids=CALLS.keys())
def test_a_config_is_made_or_given(call, args, named, rest):
    assert call(*args, **named) == (1, rest)
    assert call(*args, config=MINE, **named) == (7, rest)


@pytest.mark.parametrize("name", ["first", "middle", "rest", "method", "after one"])
def test_a_given_config_takes_its_place_while_a_scope_is_paused(name):
    call, args, named, rest = CALLS[name]
    with scope.pause():
        assert call(*args, config=MINE, **named) == (7, rest)


@both
def two(model, k, data, *rest):
    return model["lr"], k, data["lr"], rest


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (1, "k", 2, ("r",))),
        ({"model": MINE}, (7, "k", 2, ("r",))),
        ({"data": MINE}, (1, "k", 7, ("r",))),
        ({"model": MINE, "data": MINE}, (7, "k", 7, ("r",))),
    ],
)
def test_each_of_several_configs_is_made_or_given(given, expected):
    assert two("k", "r", **given) == expected


def test_bind_and_call_place_a_given_config_alike():
    plain = first.__wrapped__
    assert scope.call(plain, MINE, 2) == (7, 2)
    assert scope.bind(plain, MINE, 2) == ((MINE, 2), {})
