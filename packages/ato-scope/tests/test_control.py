"""What a program can ask of a scope itself."""

import sys

import pytest

from ato_scope import Scope, ScopeError


@pytest.fixture
def scope():
    scope = Scope()
    scope.observe("defaults", config={"lr": 0.1}, default=True)
    scope.observe("late", config={"late": True}, default=True, lazy=True)
    scope.observe("fast", config={"lr": 1.0})
    scope.observe("last", config={"last": True}, lazy=True)
    return scope


def test_assign_asks_as_if_typed_before_the_command_line(scope):
    scope.assign("fast")
    scope.assign(["lr=2", "seed=3"])
    assert scope.apply([]) == {"lr": 2, "seed": 3, "late": True}
    assert scope.apply(["lr=4"]).lr == 4
    assert "overrode 2 from scope.assign: lr=2" in str(scope.explain("lr"))


def test_assigned_views_are_told(scope):
    scope.assign(["fast", "last", "lr=3", "name:=x y"])
    assert scope.get_assigned_views() == {
        "default_views": ["defaults"],
        "default_lazy_views": ["late"],
        "views": ["fast"],
        "lazy_views": ["last"],
        "literals": ["lr=3", "name:=x y"],
    }


def test_reset_forgets_what_was_asked_for_also_on_the_command_line(scope, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["train.py", "lr=5"])
    assert scope.apply().lr == 5
    scope.assign("fast")
    scope.reset_user_inputs()
    assert scope.apply().lr == 0.1
    assert scope.apply(["lr=7"]).lr == 7


def test_a_scope_is_a_context_that_applies_it(scope):
    with scope as config:
        assert config.lr == 0.1
    assert scope.config is config


def test_the_registry_has_the_last_scope_of_each_name():
    Scope.initialize_registry()
    first, second, other = Scope(), Scope(), Scope(name="other")
    assert Scope.registry == {"config": second, "other": other}
    Scope.override(first)
    assert Scope.registry["config"] is first
    Scope.initialize_registry()
    assert Scope.registry == {}


def test_two_scopes_of_one_name_work_side_by_side():
    first, second = Scope({"n": 1}), Scope({"n": 2})
    assert (first.apply([]).n, second.apply([]).n) == (1, 2)


@pytest.mark.parametrize("name", ["trace", "runtime_trace"])
def test_fingerprints_are_in_another_package(scope, name):
    with pytest.raises(ScopeError, match=f"{name} is in the package ato-trace: pip install"):
        getattr(scope, name)(trace_id="x")


def test_manual_takes_a_function_a_key_or_a_mapping(scope):
    @scope.manual
    def docs(manual):
        manual.lr = "Learning rate"
        manual.model.depth = "Depth"

    scope.manual("seed", "Random seed")
    scope.manual({"model": {"width": "Width"}})
    assert scope.manuals == {
        "lr": "Learning rate",
        "model": {"depth": "Depth", "width": "Width"},
        "seed": "Random seed",
    }
