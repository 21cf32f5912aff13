"""Freezing: no write anywhere in the tree, reads as ever."""

import copy
import pickle
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_adict import ADict, FrozenError


def make():
    return ADict(
        lr=0.1,
        model={"depth": 3, "layers": [64, {"n": 1}]},
        names={"a", "b"},
        pair=([1], {"x": 2}),
    )


WRITES = {
    "attribute": lambda c: setattr(c, "lr", 1),
    "item": lambda c: c.__setitem__("lr", 1),
    "several items": lambda c: c.__setitem__(("lr", "model"), 1),
    "new attribute": lambda c: setattr(c, "new", 1),
    "del attribute": lambda c: delattr(c, "lr"),
    "del item": lambda c: c.__delitem__("lr"),
    "update": lambda c: c.update(lr=1),
    "recurrent update": lambda c: c.update({"model": {"depth": 4}}, recurrent=True),
    "update_if_absent": lambda c: c.update_if_absent({"model": {"new": 4}}),
    "|=": lambda c: c.__ior__({"lr": 1}),
    "pop": lambda c: c.pop("lr"),
    "pop a missing key": lambda c: c.pop("missing", None),
    "popitem": lambda c: c.popitem(),
    "clear": lambda c: c.clear(),
    "setdefault": lambda c: c.setdefault("new", 1),
    "filter": lambda c: c.filter(lambda k, v: False),
    "replace_keys": lambda c: c.replace_keys(["lr"], ["rate"]),
    "set_by_name": lambda c: c.set_by_name("model.depth", 1),
    "resolve": lambda c: c.resolve(),
    "nested attribute": lambda c: setattr(c.model, "depth", 1),
    "in a list": lambda c: c.model.layers[1].update(n=2),
    "in a tuple": lambda c: c.pair[1].update(x=3),
    "list append": lambda c: c.model.layers.append(1),
    "list item": lambda c: c.model.layers.__setitem__(0, 1),
    "list slice": lambda c: c.model.layers.__delitem__(slice(None)),
    "list sort": lambda c: c.model.layers.sort(),
    "list +=": lambda c: c.model.layers.__iadd__([1]),
    "list in a tuple": lambda c: c.pair[0].append(1),
    "set add": lambda c: c.names.add("c"),
    "set |=": lambda c: c.names.__ior__({"c"}),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_every_write_raises_and_changes_nothing(write):
    config = make().freeze()
    if write is WRITES["resolve"]:
        config = ADict(a="${b}", b=1).freeze()
    before = copy.deepcopy(config)
    with pytest.raises(FrozenError, match="frozen") as error:
        write(config)
    assert isinstance(error.value, AttributeError)
    assert isinstance(error.value, TypeError)
    assert config == before


def test_the_error_names_the_key():
    with pytest.raises(FrozenError, match="cannot set 'model.depth'"):
        make().freeze().model.depth = 4


def test_freeze_and_defrost_return_the_config():
    config = make()
    assert config.freeze() is config
    assert config.frozen
    assert config.model.frozen
    assert config.defrost() is config
    assert not config.frozen


def test_a_frozen_config_reads_as_before():
    config, frozen = make(), make().freeze()
    assert frozen == config
    assert repr(frozen.model) == repr(config.model)
    assert frozen.to_dict() == config.to_dict()
    assert frozen.get_structural_hash() == config.get_structural_hash()
    assert frozen.get_value_hash() == config.get_value_hash()
    assert isinstance(frozen.model.layers, list)


def test_to_dict_of_a_frozen_config_is_plain_and_free():
    plain = make().freeze().to_dict()
    assert type(plain["model"]["layers"]) is list
    assert type(plain["names"]) is set
    plain["model"]["layers"].append(1)
    plain["pair"][0].append(1)


def test_an_unset_attribute_of_a_frozen_config_is_an_error_at_once():
    assert not hasattr(ADict().freeze(), "model")


def test_a_subtree_can_be_frozen_alone():
    config = make()
    config.model.freeze()
    config.lr = 1
    with pytest.raises(FrozenError):
        config.model.depth = 1


def test_a_frozen_config_stays_frozen_in_another_tree():
    constants = ADict(pi=3).freeze()
    config = ADict(constants=constants).strict()
    with pytest.raises(FrozenError):
        config.constants.pi = 4


def test_a_list_taken_from_a_frozen_config_is_free_in_another():
    config = ADict(layers=make().freeze().model.layers)
    config.layers.append(1)
    assert config.layers == [64, {"n": 1}, 1]


def test_copies_of_a_frozen_config():
    frozen = make().freeze()
    assert copy.deepcopy(frozen).frozen
    assert pickle.loads(pickle.dumps(frozen)).frozen
    for free in (frozen.clone(), frozen.copy(), frozen | {}, ADict(frozen.to_dict())):
        free.new = 1
    clone = frozen.clone()
    clone.model.layers[1].n = 5
    clone.model.layers.append(6)
    clone.names.add("z")
    assert frozen == make()


def test_immutable_is_frozen_for_good():
    config = make()
    config.convert_to_immutable()
    with pytest.raises(FrozenError):
        config.lr = 1
    with pytest.raises(FrozenError, match="immutable"):
        config.defrost()
    clone = config.clone()
    clone.model.depth = 5
    assert clone.freeze().defrost().model.depth == 5


def test_a_default_is_not_stored_in_a_frozen_config():
    config = ADict(default=list).freeze()
    with pytest.raises(KeyError):
        config["a"]
    assert config == {}


VALUES = st.recursive(
    st.one_of(st.integers(), st.text(max_size=3), st.sets(st.integers(), max_size=2)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.text("abc", max_size=2), inner, max_size=3),
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abc", max_size=2), VALUES, max_size=4))
@settings(max_examples=60, deadline=None)
def test_freeze_then_defrost_changes_nothing(data):
    def types(value):
        if isinstance(value, dict):
            return (type(value), {key: types(child) for key, child in value.items()})
        if isinstance(value, (list, tuple)):
            return (type(value), [types(child) for child in value])
        return type(value)

    config = ADict(data)
    before = copy.deepcopy(config)
    config.freeze()
    assert config == before
    config.defrost()
    assert config == before
    assert types(config) == types(before)


def _set(sequence, where, value):
    sequence[where] = value


LATER = {
    "append": lambda layers: layers.append({"a": {"b": 1}}),
    "extend": lambda layers: layers.extend([{"a": {"b": 1}}]),
    "insert": lambda layers: layers.insert(0, {"a": {"b": 1}}),
    "an item": lambda layers: _set(layers, 0, {"a": {"b": 1}}),
    "a slice": lambda layers: _set(layers, slice(0, 1), [{"a": {"b": 1}}]),
    "an extended slice": lambda layers: _set(layers, slice(None, None, 1), [{"a": {"b": 1}}]),
    "+=": lambda layers: layers.__iadd__([{"a": {"b": 1}}]),
    "an ordered dict": lambda layers: layers.insert(0, OrderedDict(a=OrderedDict(b=1))),
    "another mapping": lambda layers: layers.insert(0, MappingProxyType({"a": {"b": 1}})),
    "a config": lambda layers: layers.insert(0, ADict(a={"b": 1})),
    "a subclass": lambda layers: layers.insert(0, defaultdict(dict, a={"b": 1})),
}
PLACES = {
    "a list": (lambda: ADict(x=[0]), lambda c: c.x, lambda c: c.x[0]),
    "a list in a list": (lambda: ADict(x=[[0]]), lambda c: c.x[0], lambda c: c.x[0][0]),
    "a list in a tuple": (lambda: ADict(x=([0],)), lambda c: c.x[0], lambda c: c.x[0][0]),
    "a list below": (lambda: ADict(m={"x": [0]}), lambda c: c.m.x, lambda c: c.m.x[0]),
    "a list of configs": (lambda: ADict(x=[{"y": [0]}]), lambda c: c.x[0].y, lambda c: c.x[0].y[0]),
}


@pytest.mark.parametrize("freeze", [ADict.freeze, ADict.convert_to_immutable])
@pytest.mark.parametrize("later", LATER.values(), ids=LATER.keys())
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_what_was_put_into_a_list_later_is_frozen_too(place, later, freeze):
    make, sequence, item = place
    config = make()
    later(sequence(config))
    if not isinstance(item(config), Mapping):
        sequence(config).pop(0)
    freeze(config)
    frozen = item(config)
    for write in (
        lambda: frozen.update(z=1),
        lambda: _set(frozen, "a", 1),
        lambda: _set(frozen["a"], "b", 2),
        lambda: setattr(frozen.a, "b", 2),
        lambda: frozen.pop("a"),
        lambda: frozen["a"].clear(),
        lambda: sequence(config).append({}),
    ):
        with pytest.raises(FrozenError):
            write()
    assert frozen == {"a": {"b": 1}}


def test_what_was_put_into_a_list_later_can_be_changed_again():
    config = ADict(x=[])
    config.x.append({"a": [{"b": 1}]})
    config.freeze().defrost()
    config.x[0].a[0].b = 2
    config.x.append(3)
    assert config == {"x": [{"a": [{"b": 2}]}, 3]}


def test_freezing_changes_no_value_and_no_hash():
    config = ADict(x=[{"a": 1}], y=(1, [2]), z={1, 2})
    config.x.append({"c": (1, {"d": []})})
    before = config.to_dict(), config.get_value_hash(), config.get_structural_hash(deep=True)
    config.freeze()
    after = config.to_dict(), config.get_value_hash(), config.get_structural_hash(deep=True)
    assert after == before
