"""Values that a program gives: to `with_args`, and to the scope it makes."""

import argparse
import dataclasses
import pathlib

import pytest

from ato_adict import ADict
from ato_scope import MultiScope, Scope, ScopeError, StrictKeyError, TokenError

scope = Scope({"lr": 0.1, "model": {"depth": 3, "width": 5}, "layers": [1]})
scope.observe("fast", config={"lr": 0.5})


@scope.observe(lazy=True, default=True)
def computed(config):
    config.double = config.lr * 2


@scope
def train(config, *rest):
    return config.to_dict()


BASE = {"lr": 0.1, "model": {"depth": 3, "width": 5}, "layers": [1], "double": 0.2}

GIVEN = {
    "a value": (([],), {"lr": 3}, {"lr": 3, "double": 6}),
    "a value only": ((), {"lr": 3}, {"lr": 3, "double": 6}),
    "after a view": ((["fast"],), {"lr": 3}, {"lr": 3, "double": 6}),
    "after an argument": ((["lr=5"],), {"lr": 3}, {"lr": 3, "double": 6}),
    "beside arguments": ((["fast"],), {"seed": 1}, {"lr": 0.5, "double": 1.0, "seed": 1}),
    "a dotted key": (([],), {"model.depth": 9}, {"model": {"depth": 9, "width": 5}}),
    "a mapping": (([],), {"model": {"depth": 9}}, {"model": {"depth": 9, "width": 5}}),
    "a config": (([],), {"model": ADict(depth=9)}, {"model": {"depth": 9, "width": 5}}),
    "an empty mapping": (([],), {"model": {}}, {"model": {}}),
    "a list": (([],), {"layers": [2, 3]}, {"layers": [2, 3]}),
    "an item": (([],), {"layers[0]": 7}, {"layers": [7]}),
    "text": (([],), {"name": "a b"}, {"name": "a b"}),
    "text that looks like a number": (([],), {"name": "1.10"}, {"name": "1.10"}),
    "a name of ours": (
        ([],),
        {"args": 1, "self": 2, "values": 3},
        {"args": 1, "self": 2, "values": 3},
    ),
    "a tuple of arguments": ((("fast",),), {}, {"lr": 0.5, "double": 1.0}),
}


@pytest.mark.parametrize(("args", "values", "changes"), GIVEN.values(), ids=GIVEN)
def test_with_args_takes_values(args, values, changes):
    assert train.with_args(*args, **values)() == {**BASE, **changes}


def test_what_is_given_is_not_shared():
    mine = [1, 2]
    entry = scope(lambda config: config.layers.append(3))
    entry.with_args(layers=mine)()
    assert mine == [1, 2]


def test_explain_and_the_record_name_them():
    train.with_args(["fast"], lr=3)()
    assert str(scope.explain("lr")).splitlines()[1] == "  set by with_args: lr=3"


@pytest.mark.parametrize("args", [("fast",), ("lr=3",), ("a", "b"), (["a"], ["b"]), ("",)])
def test_with_args_takes_one_list(args):
    with pytest.raises(TypeError, match=r"with_args takes one list of arguments: with_args\(\["):
        train.with_args(*args)


def test_a_bad_key_is_named():
    with pytest.raises(TokenError):
        train.with_args(**{"a b": 1})()
    strict = Scope({"lr": 1}, strict=True)
    with pytest.raises(StrictKeyError, match="no view has set the key 'lrr'; did you mean 'lr'"):
        strict(lambda config: None).with_args(lrr=1)()


def test_values_of_several_scopes():
    both = MultiScope(Scope({"lr": 1}, name="model"), Scope({"lr": 2}, name="data"))

    @both
    def run(model, data):
        return model.lr, data.lr

    assert run.with_args(**{"model.lr": 5})() == (5, 2)
    assert run.with_args(model={"lr": 5}, data={"lr": 6})() == (5, 6)
    with pytest.raises(ScopeError, match="'lr' names no scope"):
        run.with_args(lr=5)()


@dataclasses.dataclass
class Optimizer:
    name: str = "sgd"
    betas: tuple = (0.9, 0.999)


@dataclasses.dataclass
class Settings:
    lr: float = 0.1
    optimizer: Optimizer = dataclasses.field(default_factory=Optimizer)


def test_a_scope_starts_with_a_dataclass_instance():
    mine = Scope(Settings(lr=5))
    config = mine.apply(["optimizer.name:=adam"])
    assert config == {"lr": 5, "optimizer": {"name": "adam", "betas": (0.9, 0.999)}}
    assert str(mine.explain("lr")).endswith("set by the config that the scope was made with")


NO_BASE = {
    "a class": (Settings, r"Scope\(schema=Settings\)"),
    "a path": (pathlib.PurePosixPath("a.yaml"), r"ADict.from_file\('a.yaml'\)"),
    "text": ("a.yaml", r"ADict.from_file\('a.yaml'\)"),
    "a namespace": (argparse.Namespace(lr=1), "vars"),
    "a number": (3, "a mapping"),
}


@pytest.mark.parametrize(("thing", "fix"), NO_BASE.values(), ids=NO_BASE)
def test_what_a_scope_cannot_start_with_names_the_fix(thing, fix):
    with pytest.raises(ScopeError, match=fix):
        Scope(thing)
