"""Unset attributes of an open config: assign below them, anything else is an error."""

import copy
import pickle

import pytest

from ato_adict import ADict, UnsetKeyError


def test_reading_an_unset_key_stores_nothing():
    config = ADict()
    _ = config.model.backbone
    assert config == {}


def test_assigning_below_an_unset_key_creates_the_levels():
    config = ADict()
    config.model.backbone.layers = [64, 128]
    config.data["train"]["path"] = "/data"
    assert config == {
        "model": {"backbone": {"layers": [64, 128]}},
        "data": {"train": {"path": "/data"}},
    }


def test_its_repr_names_it():
    assert repr(ADict(model={}).model.backbone.depth) == "<unset: model.backbone.depth>"


USES = {
    "bool": bool,
    "equality": lambda p: p == 1,
    "order": lambda p: p < 1,
    "arithmetic": lambda p: p * 2,
    "reflected arithmetic": lambda p: 2 - p,
    "negation": lambda p: -p,
    "iteration": list,
    "length": len,
    "containment": lambda p: 1 in p,
    "call": lambda p: p(),
    "str": str,
    "format": lambda p: f"{p}",
    "format with a spec": lambda p: f"{p:.3f}",
    "float": float,
    "index": lambda p: [1, 2][p],
    "hash": hash,
    "pickle": pickle.dumps,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "path": lambda p: open(p),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
def test_every_other_use_names_the_key_and_suggests(use):
    config = ADict(model={"depth": 1})
    with pytest.raises(UnsetKeyError, match="no key 'model.dept' .*did you mean 'model.depth'"):
        use(config.model.dept)


def test_augmented_assignment_to_an_unset_key_is_an_error():
    config = ADict()
    with pytest.raises(AttributeError, match="'count'"):
        config.count += 1
    assert config == {}


@pytest.mark.parametrize("wrap", [lambda p: p, lambda p: [p], lambda p: {"x": (p,)}])
def test_storing_an_unset_key_as_a_value_is_an_error(wrap):
    config = ADict(depth=1)
    with pytest.raises(UnsetKeyError, match="'dept'"):
        config.size = wrap(config.dept)
    assert config == {"depth": 1}


def test_a_value_in_between_is_not_replaced():
    config = ADict()
    pending = config.model.backbone
    config.model = 3
    with pytest.raises(UnsetKeyError, match="'model' is int, not a mapping"):
        pending.depth = 50
    assert config == {"model": 3}


def test_a_failed_assignment_creates_no_levels():
    config = ADict()
    with pytest.raises(UnsetKeyError):
        config.a.b = config.c
    assert config == {}


def test_deleting_below_an_unset_key_is_an_error():
    config = ADict()
    with pytest.raises(UnsetKeyError, match=r"'a'"):
        del config.a.b
    with pytest.raises(UnsetKeyError, match=r"'a'"):
        del config.a["b"]
