"""What was read, and what was not."""

import copy
import json
import pickle

import pytest

from ato_adict import ADict, leaves, to_plain, was_handed_on


def make():
    return ADict(lr=0.1, epochs=100, unused=999, model={"depth": 3, "width": 4}, layers=[1, 2])


def test_the_published_example():
    config = ADict(lr=0.1, epochs=100, unused=999)
    _ = config.lr
    assert config.get_minimal_config() == {"lr": 0.1}


READS = {
    "attribute": lambda c: c.lr,
    "item": lambda c: c["lr"],
    "get": lambda c: c.get("lr"),
    "several items": lambda c: c["lr",],
    "getattr": lambda c: getattr(c, "lr", None),
    "setdefault": lambda c: c.setdefault("lr", 1),
    "by name": lambda c: c.get_value_by_name("lr"),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_reads_are_recorded(read):
    config = make()
    read(config)
    assert config.accessed_keys == {"lr"}
    assert config.get_minimal_config() == {"lr": 0.1}


def test_unpacking_into_a_call_reads_every_key():
    config = make()
    (lambda **_: None)(**config.model)
    assert config.get_minimal_config() == {"model": {"depth": 3, "width": 4}}
    assert config.unused_keys() == ["lr", "epochs", "unused", "layers"]


def test_pop_is_a_read_of_a_key_that_is_gone():
    config = make()
    config.pop("lr")
    assert config.accessed_keys == {"lr"}
    assert config.get_minimal_config() == {}


NO_READS = {
    "in": lambda c: "lr" in c,
    "repr": repr,
    "str": str,
    "keys": lambda c: list(c.keys()),
    "iteration": list,
    "len": len,
    "comparison": lambda c: c == {"lr": 0.1},
    "to_dict": lambda c: c.to_dict(),
    "flatten": lambda c: c.flatten(),
    "json": lambda c: c.json(),
    "json.dumps": json.dumps,
    "yaml": lambda c: c.dumps("yaml"),
    "toml": lambda c: c.dumps("toml"),
    "xyz": lambda c: c.dumps("xyz"),
    "structural hash": lambda c: c.get_structural_hash(),
    "value hash": lambda c: c.get_value_hash(),
    "diff": lambda c: c.diff({}),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "clone": lambda c: c.clone(),
    "pickle": pickle.dumps,
    "update another": lambda c: ADict().update(c),
    "merge into another": lambda c: ADict().update(c, recurrent=True),
    "construct another": ADict,
    "|": lambda c: c | {},
    "has": lambda c: c.has("model.depth"),
    "freeze": lambda c: c.freeze(),
    "html": lambda c: c._repr_html_(),
    "validate": lambda c: c.validate({**dict.fromkeys(c.keys(), object)}),
    "write": lambda c: c.update(lr=1),
    "a missing key": lambda c: c.get("missing"),
}


@pytest.mark.parametrize("use", NO_READS.values(), ids=NO_READS.keys())
def test_exports_and_checks_are_no_reads(use):
    config = make()
    use(config)
    assert config.accessed_keys == set()
    assert config.model.accessed_keys == set()


def test_the_minimal_config_keeps_order_and_nests():
    config = make()
    _ = config.model.depth, config.epochs, config["lr"]
    minimal = config.get_minimal_config()
    assert type(minimal) is ADict
    assert json.dumps(minimal) == '{"lr": 0.1, "epochs": 100, "model": {"depth": 3}}'


def test_a_nested_config_read_only_as_a_whole_counts_whole():
    config = make()
    for _ in config.model.items():
        pass
    assert config.get_minimal_config() == {"model": {"depth": 3, "width": 4}}
    assert "model" not in config.unused_keys()


def test_the_minimal_config_has_the_values_of_now():
    config = make()
    _ = config.lr
    config.lr = 5
    assert config.get_minimal_config() == {"lr": 5}


def test_unused_keys_are_the_dead_config():
    config = make()
    _ = config.lr, config.model.depth
    assert config.unused_keys() == ["epochs", "unused", "model.width", "layers"]


def test_keys_named_like_methods_are_tracked_too():
    config = ADict({"items": 1, "copy": 2})
    assert config["items"] == 1
    assert config.accessed_keys == {"items"}
    assert config.unused_keys() == ["copy"]
    assert callable(config.items)


def test_a_copy_starts_with_nothing_read():
    config = make()
    _ = config.lr, config.model.depth
    for copied in (config.clone(), copy.deepcopy(config), config.copy(), make()):
        assert copied.accessed_keys == set()
    assert pickle.loads(pickle.dumps(config)).accessed_keys == set()


def test_a_frozen_config_records_reads():
    config = make().freeze()
    _ = config.lr
    assert config.accessed_keys == {"lr"}


HANDED = {
    "to_dict": lambda c: c.to_dict(),
    "clone": lambda c: c.clone(),
    "method copy": lambda c: c.copy(),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "flatten": lambda c: c.flatten(),
    "dumps": lambda c: c.dumps("yaml"),
    "json": lambda c: c.json(),
    "json.dumps": json.dumps,
    "pickle": pickle.dumps,
    "items": lambda c: list(c.items()),
    "values": lambda c: list(c.values()),
    "a config of it": ADict,
    "an update": lambda c: ADict().update(c),
    "a merge": lambda c: ADict().update(c, recurrent=True),
    "a union": lambda c: c | {"more": 1},
}
NOT_HANDED = {
    "repr": repr,
    "equality": lambda c: c == {},
    "keys": lambda c: list(c.keys()),
    "membership": lambda c: "lr" in c,
    "hasattr": lambda c: hasattr(c, "nothing"),
    "a wrong name": lambda c: c.get("model.dept"),
    "a read": lambda c: c.lr,
    "hashes": lambda c: (c.get_structural_hash(), c.get_value_hash()),
    "freezing": lambda c: c.freeze().defrost(),
    "strictness": lambda c: c.strict(),
    "leaves": lambda c: list(leaves(c)),
    "plain data": to_plain,
    "usage": lambda c: (c.unused_keys(), c.get_minimal_config()),
    "difference": lambda c: c.diff({"lr": 1}),
    "html": lambda c: c._repr_html_(),
}


class TestHandedOn:
    """A config all of whose values went elsewhere at once, where nobody sees them read."""

    @pytest.mark.parametrize("hand_on", HANDED.values(), ids=HANDED.keys())
    def test_it_is_known(self, hand_on):
        config = make()
        hand_on(config)
        assert was_handed_on(config)
        assert config.accessed_keys == set()

    @pytest.mark.parametrize("look", NOT_HANDED.values(), ids=NOT_HANDED.keys())
    def test_a_look_is_none(self, look):
        config = make()
        look(config)
        assert not was_handed_on(config)

    def test_a_level_is_handed_on_alone(self):
        config = make()
        config.model.to_dict()
        assert was_handed_on(config.model)
        assert not was_handed_on(config)
