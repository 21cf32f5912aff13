"""Configs that ato 2.2.1 pickled load with all they held.

The golden files are a dict of configs made from `ADict(lr=0.1, model=ADict(depth=3, ...), ...)`.
"""

import copy
import pathlib
import pickle

import pytest

from ato.adict import ADict, FrozenError

GOLDEN = pathlib.Path(__file__).parent / "golden"
DATA = {
    "lr": 0.1,
    "model": {"depth": 3, "layers": [64, {"width": 1}]},
    "name": "x",
    "betas": (0.9, 0.999),
}


@pytest.fixture(params=[2, 4], ids=["protocol 2", "protocol 4"])
def configs(request):
    return pickle.loads((GOLDEN / f"ato-2.2.1.protocol-{request.param}.pickle").read_bytes())


@pytest.mark.parametrize("name", ["open", "frozen", "read"])
def test_all_values_are_there_and_of_their_types(configs, name):
    config = configs[name]
    assert config == DATA
    assert type(config) is type(config.model) is type(config.model.layers[1]) is ADict
    assert list(config) == list(DATA)


def test_a_frozen_config_is_frozen_at_every_depth(configs):
    config = configs["frozen"]
    assert config.frozen
    for change in (
        lambda: setattr(config, "lr", 1),
        lambda: setattr(config.model, "depth", 1),
        lambda: config.model.layers.append(1),
        lambda: setattr(config.model.layers[1], "width", 2),
    ):
        with pytest.raises(FrozenError):
            change()
    assert config == DATA


def test_the_others_can_be_changed(configs):
    for name in ("open", "read", "default", "empty"):
        config = configs[name]
        config.new = {"level": 1}
        assert config.new.level == 1
        assert not config.frozen


def test_a_default_factory_is_kept(configs):
    config = configs["default"]
    assert config == {"runs": [3]}
    assert config.more == []
    assert config.get_default() is list


def test_without_a_default_there_is_none(configs):
    assert configs["empty"] == {}
    with pytest.raises(ValueError, match="no default"):
        configs["empty"].get_default()


def test_they_can_be_copied_and_pickled_anew(configs):
    for name, config in configs.items():
        for again in (copy.deepcopy(config), pickle.loads(pickle.dumps(config)), config.clone()):
            assert again == config
        assert pickle.loads(pickle.dumps(config, 2)).frozen is (name == "frozen")


def test_a_frozen_one_thaws(configs):
    config = configs["frozen"].defrost()
    config.model.layers[1].width = 2
    config.model.layers.append(3)
    assert config.model.layers == [64, {"width": 2}, 3]
