"""Functions for configs and plain dicts alike."""

import datetime
import json
import math
import pathlib
from collections import OrderedDict, namedtuple
from types import MappingProxyType

import pytest

from ato_adict import (
    ADict,
    ConversionError,
    FrozenError,
    NestingError,
    jsonable,
    leaves,
    merge,
    record_writes,
    set_by_name,
    to_plain,
)

TREES = pytest.mark.parametrize("make", [dict, ADict], ids=["dict", "config"])


@TREES
class TestMerge:
    def test_a_mapping_merges_into_a_mapping(self, make):
        tree = make({"a": {"b": 1, "c": {"d": 2}}, "e": 3})
        merge(tree, {"a": {"c": {"x": 4}, "b": 5}, "f": 6})
        assert tree == {"a": {"b": 5, "c": {"d": 2, "x": 4}}, "e": 3, "f": 6}

    def test_anything_else_replaces(self, make):
        tree = make({"a": {"b": 1}, "c": 2, "l": [1, 2]})
        merge(tree, {"a": 3, "c": {"d": 4}, "l": [5]})
        assert tree == {"a": 3, "c": {"d": 4}, "l": [5]}

    def test_keeps_the_objects_that_are_there(self, make):
        tree = make({"a": {"b": {}}})
        inner = tree["a"]["b"]
        merge(tree, {"a": {"b": {"c": 1}}})
        assert tree["a"]["b"] is inner
        assert inner == {"c": 1}

    def test_the_order_is_that_of_arrival(self, make):
        tree = make({"b": 1, "a": {"y": 1}})
        merge(tree, {"c": 1, "a": {"x": 1}})
        assert list(tree) == ["b", "a", "c"]
        assert list(tree["a"]) == ["y", "x"]

    def test_takes_pairs(self, make):
        tree = make({"a": {"b": 1}})
        merge(tree, [("a", {"c": 2})])
        assert tree == {"a": {"b": 1, "c": 2}}

    def test_a_mark_makes_a_mapping_replace(self, make):
        tree = make({"a": {"b": {"x": 1}, "c": 2}})
        merge(tree, {"a": {"b": {"!": True, "y": 2}, "n": {"m": {"!": True, "z": 3}}}}, "!")
        assert tree == {"a": {"b": {"y": 2}, "c": 2, "n": {"m": {"z": 3}}}}

    def test_a_mark_that_is_false_merges(self, make):
        tree = make({"a": {"x": 1}})
        merge(tree, {"a": {"!": False, "y": 2}}, "!")
        assert tree == {"a": {"x": 1, "y": 2}}

    def test_data_without_end_changes_nothing(self, make):
        endless = {"me": [1]}
        endless["me"] = {"again": endless}
        tree = make({"me": {"again": {}}, "a": 1})
        tree["me"]["again"] = tree
        with pytest.raises(NestingError, match="refers back"):
            merge(tree, endless)


def test_merging_into_a_config_records_only_what_changed():
    config, journal = ADict(a={"b": 1, "c": 2}, d=3), []
    record_writes(config, journal)
    config.mm_like_update(a={"b": 5})
    assert [(key, value) for _, key, value in journal] == [("b", 5)]


def test_merging_into_a_frozen_config_is_an_error_at_any_depth():
    config = ADict(a=1)
    config.part = ADict(b=1).freeze()
    with pytest.raises(FrozenError, match="cannot set 'b': this config is frozen"):
        merge(config, {"a": 2, "part": {"b": 2}})
    assert config == {"a": 1, "part": {"b": 1}}


def test_what_is_merged_into_a_config_becomes_config():
    config = ADict(a={})
    merge(config, {"a": {"l": [{"x": 1}]}})
    assert type(config.a.l[0]) is ADict


@TREES
class TestSetByName:
    def test_creates_the_levels_that_are_missing(self, make):
        tree = make({"a": {"x": 1}})
        set_by_name(tree, "a.b.c", 2)
        set_by_name(tree, "d", 3)
        assert tree == {"a": {"x": 1, "b": {"c": 2}}, "d": 3}

    def test_keys_with_dots_are_escaped(self, make):
        tree = make({})
        set_by_name(tree, r"a\.b.[1]", 2)
        assert tree == {"a.b": {1: 2}}

    def test_a_value_in_between_is_an_error_that_names_it(self, make):
        tree = make({"a": {"b": 1}})
        with pytest.raises(ConversionError, match=r"cannot set 'a\.b\.c': 'a\.b' is int, not a"):
            set_by_name(tree, "a.b.c", 2)
        assert tree == {"a": {"b": 1}}


@TREES
class TestLeaves:
    def test_come_with_their_dotted_names_in_order(self, make):
        tree = make({"b": 1, "a": {"c": [{"d": 2}], "e": {}}})
        assert list(leaves(tree)) == [("b", 1), ("a.c", [{"d": 2}]), ("a.e", {})]

    def test_may_stand_below_something(self, make):
        assert dict(leaves(make({"a": {"b": 1}, 1: 2}), "x.y")) == {"x.y.a.b": 1, "x.y[1]": 2}

    def test_a_mapping_may_count_as_one_value(self, make):
        tree = make({"a": {"__type__": "set", "value": [1]}, "b": {"c": 1}})
        found = dict(leaves(tree, is_leaf=lambda value: "__type__" in value))
        assert found == {"a": {"__type__": "set", "value": [1]}, "b.c": 1}

    def test_of_nothing_are_none(self, make):
        assert list(leaves(make({}))) == []

    def test_of_a_circle_are_an_error(self, make):
        tree = make({"a": {}})
        tree["a"]["up"] = tree
        with pytest.raises(NestingError, match=r"'a\.up' refers back"):
            leaves(tree)


def test_leaves_are_no_reads():
    config = ADict(a={"b": 1})
    assert dict(leaves(config)) == {"a.b": 1}
    assert config.accessed_keys == set()


def test_leaves_of_any_mapping():
    assert dict(leaves(MappingProxyType({"a": {"b": 1}}))) == {"a.b": 1}


Point = namedtuple("Point", "x y")


class TestToPlain:
    def test_containers_become_new_plain_ones(self):
        config = ADict(a={"b": [1, {"c": 2}]}, s={1}, t=({"d": 1},))
        plain = to_plain(config)
        assert plain == config
        assert type(plain) is type(plain["a"]) is type(plain["a"]["b"][1]) is dict
        assert type(plain["t"][0]) is dict
        plain["a"]["b"].append(3)
        plain["s"].add(2)
        assert config == {"a": {"b": [1, {"c": 2}]}, "s": {1}, "t": ({"d": 1},)}

    def test_takes_any_value(self):
        assert to_plain([ADict(a=1), (ADict(b=2),)]) == [{"a": 1}, ({"b": 2},)]
        assert type(to_plain([ADict()])[0]) is dict
        assert to_plain(3) == 3

    def test_named_tuples_stay(self):
        assert to_plain(Point(1, ADict(a=1))) == Point(1, {"a": 1})

    def test_other_objects_are_shared(self):
        thing = object()
        assert to_plain({"a": [thing]})["a"][0] is thing

    def test_frozen_lists_become_lists(self):
        plain = to_plain(ADict(a=[1, [2]], s={1}).freeze())
        assert type(plain["a"]) is type(plain["a"][1]) is list
        assert type(plain["s"]) is set

    def test_is_no_read(self):
        config = ADict(a={"b": 1})
        to_plain(config)
        assert config.accessed_keys == set()

    def test_a_circle_is_an_error(self):
        endless = []
        endless.append(endless)
        with pytest.raises(NestingError, match=r"'\[0\]' refers back"):
            to_plain(endless)


class Opaque:
    def __repr__(self):
        return "<opaque>"


class TestJsonable:
    @pytest.mark.parametrize(
        ("value", "data"),
        [
            (None, None),
            (True, True),
            (2**80, 2**80),
            (0.1, 0.1),
            (math.nan, "nan"),
            (-math.inf, "-inf"),
            ("größe", "größe"),
            ((1, (2,)), [1, [2]]),
            ({3, 1}, [1, 3]),
            (frozenset(), []),
            ({1: {None: 2}}, {"1": {"None": 2}}),
            (datetime.date(2026, 11, 27), "2026-11-27"),
            (datetime.datetime(2026, 11, 27, 8, 30), "2026-11-27T08:30:00"),
            (datetime.time(8, 30), "08:30:00"),
            (OrderedDict(a=(1,)), {"a": [1]}),
            (MappingProxyType({"a": 1}), {"a": 1}),
            (Opaque(), "<opaque>"),
            (b"x", "b'x'"),
        ],
    )
    def test_strict_json_holds_it(self, value, data):
        found = jsonable(value)
        assert found == data
        assert json.loads(json.dumps(found, allow_nan=False)) == data

    def test_the_caller_says_what_becomes_of_other_objects(self):
        found = jsonable({"p": pathlib.PurePosixPath("/x"), "o": [Opaque()]}, other=str)
        assert found == {"p": "/x", "o": ["<opaque>"]}

    def test_numbers_of_numpy_are_numbers(self):
        numpy = pytest.importorskip("numpy")
        found = jsonable([numpy.int64(3), numpy.float32(0.5), numpy.float64("nan"), numpy.bool_(1)])
        assert found == [3, 0.5, "nan", True]

    def test_is_no_read(self):
        config = ADict(a={"b": 1})
        assert jsonable(config) == {"a": {"b": 1}}
        assert config.accessed_keys == set()

    def test_a_circle_is_an_error(self):
        config = ADict(a={})
        config.a.up = config
        with pytest.raises(NestingError, match=r"'a\.up' refers back"):
            jsonable(config)
