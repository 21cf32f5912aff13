"""Deep copies, pickles and plain dicts."""

import copy
import pickle
import subprocess
import sys

import pytest

from ato_adict import ADict


def make():
    return ADict(a={"b": [1, {"c": 2}]}, t=(1, {"d": [3]}))


COPIES = {
    "clone": lambda c: c.clone(),
    "deepcopy": copy.deepcopy,
    "pickle": lambda c: pickle.loads(pickle.dumps(c)),
    "pickle protocol 2": lambda c: pickle.loads(pickle.dumps(c, 2)),
}


@pytest.mark.parametrize("make_copy", COPIES.values(), ids=COPIES.keys())
class TestDeepCopies:
    def test_are_equal_and_of_the_same_types(self, make_copy):
        copied = make_copy(make())
        assert copied == make()
        assert type(copied) is type(copied.a) is type(copied.a.b[1]) is type(copied.t[1]) is ADict

    def test_are_independent(self, make_copy):
        config = make()
        copied = make_copy(config)
        copied.a.b[1].c = 9
        copied.a.b.append(9)
        copied.t[1].d.append(9)
        assert config == make()

    def test_keep_the_rules(self, make_copy):
        assert not hasattr(make_copy(make().strict()).a, "missing")
        assert make_copy(ADict(default=list)).x == []
        assert make_copy(ADict.auto()).x.y == {}

    def test_keep_the_rules_of_parts(self, make_copy):
        config = ADict(open={}, counts=ADict(default=int))
        copied = make_copy(config)
        assert copied.counts.n == 0

    def test_keep_the_class(self, make_copy):
        assert type(make_copy(Special(a={"b": 1})).a) is Special

    def test_keep_the_order(self, make_copy):
        assert list(make_copy(ADict(z=1, a=2, m=3))) == ["z", "a", "m"]


class Special(ADict):
    pass


# Found by pickle under the name this module has, however pytest imported it.
sys.modules.setdefault(Special.__module__, sys.modules[__name__])


def test_deepcopy_keeps_shared_values_shared_and_cycles_closed():
    shared = ADict(x=1)
    config = ADict(a=shared, b=shared, l=[shared])
    config.me = config
    copied = copy.deepcopy(config)
    assert copied.a is copied.b is copied.l[0] is not shared
    assert copied.me is copied


def test_copy_is_shallow():
    config = make()
    copied = config.copy()
    copied.new = 1
    assert "new" not in config
    assert copied.a is config.a
    assert copy.copy(config) == config


def test_to_dict_is_plain_at_any_depth():
    def types(value):
        if isinstance(value, dict):
            return {type(value)}.union(*map(types, value.values()))
        if isinstance(value, (list, tuple)):
            return {type(value)}.union(*map(types, value))
        return set()

    plain = make().to_dict()
    assert plain == make()
    assert types(plain) == {dict, list, tuple}


def test_to_dict_is_independent():
    config = make()
    plain = config.to_dict()
    plain["a"]["b"].append(1)
    plain["t"][1]["d"].append(1)
    assert config == make()


def test_a_pickle_is_read_by_another_process():
    text = pickle.dumps(make().freeze(), 2).hex()
    program = (
        f"import pickle; c = pickle.loads(bytes.fromhex('{text}')); print(c.a.b[1].c, c.frozen)"
    )
    output = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE)
    assert output.stdout.split() == [b"2", b"True"]
