"""Writing: conversion on every way in, several keys, reserved names."""

from collections import OrderedDict, namedtuple
from types import MappingProxyType

import pytest

from ato_adict import ADict, NestingError, ReservedNameError

Pair = namedtuple("Pair", "x y")

WAYS_IN = {
    "constructor": lambda value: ADict(k=value),
    "constructor mapping": lambda value: ADict({"k": value}),
    "pairs": lambda value: ADict([("k", value)]),
    "item": lambda value: _after(lambda c: c.__setitem__("k", value)),
    "attribute": lambda value: _after(lambda c: setattr(c, "k", value)),
    "update": lambda value: _after(lambda c: c.update({"k": value})),
    "update keywords": lambda value: _after(lambda c: c.update(k=value)),
    "recurrent update": lambda value: _after(lambda c: c.update({"k": value}, recurrent=True)),
    "update_if_absent": lambda value: _after(lambda c: c.update_if_absent(k=value)),
    "setdefault": lambda value: _after(lambda c: c.setdefault("k", value)),
    "|=": lambda value: _after(lambda c: c.__ior__({"k": value})),
    "|": lambda value: ADict() | {"k": value},
    "reflected |": lambda value: {"k": value} | ADict() if hasattr(dict, "__or__") else _ror(value),
    "fromkeys": lambda value: ADict.fromkeys(["k"], value),
    "set_by_name": lambda value: _after(lambda c: c.set_by_name("k", value)),
    "unflatten": lambda value: ADict.unflatten({"k": value}),
}


def _after(change):
    config = ADict()
    change(config)
    return config


def _ror(value):
    return ADict().__ror__({"k": value})


@pytest.mark.parametrize("way", WAYS_IN.values(), ids=WAYS_IN.keys())
class TestNestedMappingsBecomeConfigs:
    def test_a_mapping(self, way):
        config = way({"a": {"b": 1}})
        assert type(config) is type(config.k) is type(config.k.a) is ADict

    def test_in_lists_and_tuples(self, way):
        config = way([{"a": 1}, ({"b": [{"c": 2}]},)])
        assert type(config.k[0]) is ADict
        assert config.k[1][0].b[0].c == 2

    def test_in_namedtuples_which_stay_such(self, way):
        config = way(Pair({"a": 1}, 2))
        assert type(config.k) is Pair
        assert config.k.x.a == 1

    def test_of_other_mapping_types(self, way):
        for mapping in (OrderedDict(a=1), MappingProxyType({"a": 1})):
            config = way(mapping)
            assert type(config.k) is ADict
            assert config.k == {"a": 1}


def test_what_needs_no_conversion_stays_the_same_object():
    layers, child = [1, 2], ADict(a=1)
    config = ADict(layers=layers, child=child)
    assert config.layers is layers
    assert config.child is child


def test_the_mapping_that_was_passed_is_not_changed():
    plain = {"a": {"b": [{"c": 1}]}}
    ADict(plain).a.b[0].c = 2
    assert plain == {"a": {"b": [{"c": 1}]}}


def test_later_mappings_and_keywords_win():
    assert ADict({"a": 1, "b": 1}, [("b", 2)], {"c": 2}, c=3) == {"a": 1, "b": 2, "c": 3}


def test_children_of_a_subclass_are_of_that_class():
    class Config(ADict):
        def total(self):
            return sum(self.values())

    config = Config(parts={"a": 1, "b": 2})
    assert config.parts.total() == 3


def test_properties_of_a_subclass_can_be_set():
    class Config(ADict):
        @property
        def rate(self):
            return self.lr

        @rate.setter
        def rate(self, value):
            self["lr"] = value * 2

    config = Config()
    config.rate = 1
    assert config == {"lr": 2}


class TestSeveralKeys:
    def test_are_assigned_pairwise(self):
        config = ADict()
        config["a", "b"] = 1, [2]
        assert config == {"a": 1, "b": [2]}

    def test_or_one_value_to_each(self):
        config = ADict()
        config["a", "b"] = "text"
        assert config == {"a": "text", "b": "text"}

    def test_a_wrong_number_of_values_is_an_error_that_changes_nothing(self):
        config = ADict()
        with pytest.raises(ValueError, match="3 values to 2 keys"):
            config["a", "b"] = [1, 2, 3]
        assert config == {}


class TestMethodNames:
    def test_are_reachable_as_items(self):
        config = ADict({"items": 3, "copy": 4})
        assert config["items"] == 3
        assert config.get("copy") == 4
        assert list(config.items()) == [("items", 3), ("copy", 4)]

    @pytest.mark.parametrize("name", ["items", "copy", "filter", "freeze", "update"])
    def test_cannot_be_written_as_attributes(self, name):
        config = ADict()
        with pytest.raises(ReservedNameError, match=rf"write config\['{name}'\]"):
            setattr(config, name, 1)
        assert config == {}


class TestUpdate:
    def test_replaces_nested_mappings(self):
        config = ADict(m={"a": 1})
        config.update({"m": {"b": 2}})
        assert config == {"m": {"b": 2}}

    def test_merges_them_on_request(self):
        config = ADict(m={"a": 1, "n": {"x": 1}})
        inner = config.m
        config.update({"m": {"n": {"y": 2}}, "k": 3}, recurrent=True)
        assert config == {"m": {"a": 1, "n": {"x": 1, "y": 2}}, "k": 3}
        assert config.m is inner

    def test_returns_the_config(self):
        config = ADict()
        assert config.update(a=1) is config.update_if_absent(b=2) is config

    def test_changes_nothing_on_an_error(self):
        endless = {}
        endless["me"] = endless
        config = ADict(a=1, m={"x": 1})
        for recurrent in (False, True):
            with pytest.raises(NestingError):
                config.update({"a": 2, "m": {"x": 2}, "e": endless}, recurrent=recurrent)
        assert config == {"a": 1, "m": {"x": 1}}

    def test_if_absent_keeps_what_is_there(self):
        config = ADict(a=1, m={"x": 1})
        config.update_if_absent({"a": 2, "b": 3, "m": {"x": 2, "y": 3}})
        assert config == {"a": 1, "b": 3, "m": {"x": 1, "y": 3}}

    def test_if_absent_leaves_nested_mappings_alone_on_request(self):
        config = ADict(m={"x": 1})
        config.update_if_absent({"m": {"y": 3}}, recurrent=False)
        assert config == {"m": {"x": 1}}


def test_filter_keeps_what_the_function_says():
    config = ADict(a=1, b=2, c=3)
    config.filter(lambda key, value: key != "a" and value < 3)
    assert config == {"b": 2}


class TestReplaceKeys:
    def test_renames_and_keeps_the_order(self):
        config = ADict(a=1, b=2, c=3)
        config.replace_keys(["b", "a"], ["B", "A"])
        assert list(config.items()) == [("A", 1), ("B", 2), ("c", 3)]

    def test_can_swap(self):
        config = ADict(a=1, b=2)
        config.replace_keys(["a", "b"], ["b", "a"])
        assert config == {"b": 1, "a": 2}

    @pytest.mark.parametrize(
        ("old", "new", "problem"),
        [
            (["a"], ["b", "c"], "1 old keys but 2 new"),
            (["x"], ["y"], "no key 'x'"),
            (["a"], ["b"], "already taken"),
        ],
    )
    def test_refuses_what_would_lose_values(self, old, new, problem):
        config = ADict(a=1, b=2)
        with pytest.raises((ValueError, KeyError), match=problem):
            config.replace_keys(old, new)
        assert config == {"a": 1, "b": 2}


def test_raw_returns_key_and_value():
    config = ADict(a=1)
    assert config.raw("a") == {"key": "a", "value": 1}
    assert config.raw("b", 2) == {"key": "b", "value": 2}


class TestDeepData:
    def test_ten_thousand_levels_are_a_named_error(self):
        data = {}
        for _ in range(10_000):
            data = {"a": [data]}
        for name in ("constructor", "attribute", "recurrent update"):
            with pytest.raises(NestingError, match="nested too deeply"):
                WAYS_IN[name](data)

    def test_a_structure_that_contains_itself_is_named(self):
        data = {"b": {}}
        data["b"]["me"] = [data]
        with pytest.raises(NestingError, match=r"'b\.me\[0\]' refers back"):
            ADict(data)

    def test_a_config_may_hold_itself_until_it_is_written_out(self):
        config = ADict(a=1)
        config.me = config
        assert config.me.me.a == 1
        for use in (config.to_dict, config.get_value_hash, config.flatten, config.json):
            with pytest.raises(NestingError, match="'me' refers back"):
                use()
