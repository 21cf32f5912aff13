"""Pickles: what they keep, what they name, and those of earlier versions."""

import pathlib
import pickle
import pickletools
import sys

import pytest

from ato_adict import MISSING, ADict, FrozenError

GOLDEN = pathlib.Path(__file__).parent / "golden"
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def again(value, protocol=2):
    return pickle.loads(pickle.dumps(value, protocol))


def names_in(data):
    """Return the modules and names that a pickle of protocol 2 looks up."""
    return {argument for op, argument, _ in pickletools.genops(data) if op.name == "GLOBAL"}


class Special(ADict):
    """A config of the user's own."""

    @property
    def size(self):
        return self["width"] * self["height"]


class Tagged(Special):
    __slots__ = ()


# Found by pickle under the name this module has, however pytest imported it.
sys.modules.setdefault(Special.__module__, sys.modules[__name__])


@pytest.mark.parametrize("protocol", PROTOCOLS)
class TestEveryProtocol:
    def test_keeps_values_types_and_order(self, protocol):
        config = ADict(z=1, a={"b": [1, {"c": 2}], "t": (1, {"d": {3}})}, n=None)
        copied = again(config, protocol)
        assert copied == config
        assert list(copied) == ["z", "a", "n"]
        assert type(copied.a.b[1]) is type(copied.a.t[1]) is ADict
        assert type(copied.a.b) is list
        assert type(copied.a.t[1].d) is set

    def test_keeps_frozen_trees_frozen(self, protocol):
        copied = again(ADict(a={"b": [1, {"c": {2}}]}).freeze(), protocol)
        for change in (
            lambda: copied.update(x=1),
            lambda: copied.a.update(x=1),
            lambda: copied.a.b.append(1),
            lambda: copied.a.b[1].update(x=1),
            lambda: copied.a.b[1].c.add(1),
        ):
            with pytest.raises(FrozenError):
                change()
        assert copied.defrost().a.b[1].c == {2}

    def test_keeps_shared_parts_shared_and_circles_closed(self, protocol):
        shared = ADict(x=1)
        config = ADict(a=shared, b={"c": shared}, l=[shared])
        config.me = config
        copied = again(config, protocol)
        assert copied.a is copied.b.c is copied.l[0] is not shared
        assert copied.me is copied

    def test_keeps_a_frozen_circle_frozen(self, protocol):
        config = ADict(l=[], a={})
        config.l.append(config)
        config.a.up = config
        copied = again(config.freeze(), protocol)
        assert copied.l[0] is copied.a.up is copied
        with pytest.raises(FrozenError):
            copied.l.append(1)


def test_only_the_class_is_named():
    config = ADict(a={"b": [1, {"c": 2}]}, s={1}, d=ADict.auto()).strict()
    config.m = ADict(default=list)
    ours = {name for name in names_in(pickle.dumps(config, 2)) if "builtin" not in name}
    assert ours == {"ato_adict ADict"}
    frozen = {name for name in names_in(pickle.dumps(config.freeze(), 2)) if "builtin" not in name}
    assert frozen == {"ato_adict ADict"}


def test_an_immutable_config_stays_immutable():
    config = ADict(a={"b": 1})
    config.convert_to_immutable()
    with pytest.raises(FrozenError, match="immutable"):
        again(config).defrost()


def test_a_strict_config_stays_strict_and_an_open_one_open():
    assert not hasattr(again(ADict(a={}).strict()).a, "x")
    config = again(ADict(a={}))
    config.a.b.c = 1
    assert config == {"a": {"b": {"c": 1}}}


def test_defaults_stay_where_they_were():
    config = ADict(counts=ADict(default=int), tree=ADict.auto(), none=ADict(default=None), open={})
    copied = again(config)
    assert copied.counts.x == 0
    assert copied.tree.a.b == {}
    assert copied.none.x is None
    assert copied.open.get_value_by_name("x", 5) == 5
    with pytest.raises(ValueError, match="no default"):
        copied.open.get_default()


def test_what_was_read_is_not_kept():
    config = ADict(a=1, b={"c": 2})
    assert (config.a, config.b.c) == (1, 2)
    assert again(config).accessed_keys == set()


@pytest.mark.parametrize("cls", [Special, Tagged])
def test_subclasses_keep_their_class_at_every_level(cls):
    config = cls(width=2, height=3, inner={"width": 4, "height": 5}, many=[{"width": 1}])
    copied = again(config.freeze())
    assert type(copied) is type(copied.inner) is type(copied.many[0]) is cls
    assert (copied.size, copied.inner.size) == (6, 20)
    assert copied.frozen


def test_a_key_of_any_name_is_kept():
    names = ("_data", "_frozen", "_default", "_is_default_defined", "items", "self", "frozen")
    data = {name: {name: True} for name in names}
    copied = again(ADict(data))
    assert copied == data
    assert not copied.frozen


def test_a_frozen_list_taken_out_of_its_config_has_a_pickle_of_its_own():
    config = ADict(layers=[1, [2]], tags={"a"}).freeze()
    layers, tags = again(config.layers), again(config.tags)
    assert (layers, tags) == ([1, [2]], {"a"})
    with pytest.raises(FrozenError):
        layers.append(3)
    with pytest.raises(FrozenError):
        tags.add("b")
    assert {name.split()[0] for name in names_in(pickle.dumps(config.layers, 2))} <= {
        "ato_adict",
        "__builtin__",
    }


def test_a_value_without_a_pickle_is_pickles_own_error():
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(ADict(f=lambda: 1))


class TestPicklesMadeBeforeTheModulesMoved:
    @pytest.fixture
    def configs(self):
        return pickle.loads((GOLDEN / "before-rooms.pickle").read_bytes())

    DATA = {
        "lr": 0.1,
        "model": {"depth": 3, "layers": [64, {"width": 1}]},
        "name": "x",
        "betas": (0.9, 0.999),
    }

    @pytest.mark.parametrize("name", ["open", "frozen", "strict"])
    def test_keep_their_values(self, configs, name):
        assert configs[name] == self.DATA
        assert type(configs[name].model.layers[1]) is ADict

    def test_keep_how_they_behave(self, configs):
        assert {name for name, config in configs.items() if config.frozen} == {"frozen"}
        with pytest.raises(FrozenError):
            configs["frozen"].model.layers.append(1)
        with pytest.raises(AttributeError, match="no key 'model.dept'"):
            configs["strict"].model.dept
        assert configs["default"].runs == []
        assert configs["auto"].a.b == {}
        assert configs["empty"] == {}

    def test_are_written_anew_without_the_old_names(self, configs):
        names = names_in(pickle.dumps(configs, 2))
        assert {name for name in names if name.startswith("ato")} == {"ato_adict ADict"}

    def test_may_hold_other_objects_of_the_package(self):
        assert pickle.loads(b"cato_adict._sentinel\nMISSING\n.") is MISSING
        assert pickle.loads(b"cato_adict._locked\nFrozenSet\n.").__name__ == "FrozenSet"
        assert pickle.loads(b"cato_adict._diff\nDiff\n.").__module__ == "ato_adict"
