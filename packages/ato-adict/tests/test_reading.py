"""Reading: attributes, items, what is not set."""

import pytest

from ato_adict import ADict, MissingKeyError, UnsetKeyError


def test_attributes_and_items_are_the_same_values():
    config = ADict(lr=0.1, model={"depth": 50})
    assert config.lr == config["lr"] == 0.1
    assert config.model.depth == config["model"]["depth"] == 50


def test_reading_an_unset_key_stores_nothing():
    config = ADict()
    _ = config.model.backbone
    assert config == {}


def test_assigning_below_an_unset_key_creates_the_levels():
    config = ADict()
    config.model.backbone.layers = [64, 128]
    assert config == {"model": {"backbone": {"layers": [64, 128]}}}


def test_a_missing_item_is_a_key_error_with_a_suggestion():
    config = ADict(epochs=3)
    with pytest.raises(MissingKeyError, match="no key 'epoch' .*did you mean 'epochs'"):
        config["epoch"]


def test_a_strict_config_refuses_an_unset_attribute_at_once():
    config = ADict(model={"lr": 1}).strict()
    assert not hasattr(config, "depth")
    assert getattr(config.model, "depth", 18) == 18
    with pytest.raises(UnsetKeyError, match="no key 'model.lrr' .*did you mean 'model.lr'"):
        config.model.lrr
