"""ADict is a dict: under any sequence of operations it is what a dict would be."""

import json

from hypothesis import settings, stateful
from hypothesis import strategies as st

from ato_adict import ADict

KEYS = st.sampled_from(["a", "b", "c", "items", "lr", 1, None, ""])
LEAVES = st.one_of(st.integers(), st.text(max_size=3), st.none(), st.floats(allow_nan=False))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("xyz"), inner, max_size=3)
    ),
    max_leaves=5,
)
SENTINEL = object()


class DictEquivalence(stateful.RuleBasedStateMachine):
    """Does to an ADict and a dict the same, and compares results, order and content."""

    def __init__(self):
        super().__init__()
        self.plain = {}
        self.config = ADict()

    def same(self, operation):
        outcomes = []
        for target in (self.plain, self.config):
            try:
                outcomes.append(operation(target))
            except KeyError:
                outcomes.append(SENTINEL)
        assert outcomes[0] == outcomes[1]
        return outcomes[1]

    @stateful.rule(key=KEYS, value=VALUES)
    def set_item(self, key, value):
        self.same(lambda d: d.__setitem__(key, value))

    @stateful.rule(key=KEYS)
    def get_item(self, key):
        self.same(lambda d: d[key])

    @stateful.rule(key=KEYS, default=LEAVES)
    def get(self, key, default):
        self.same(lambda d: d.get(key, default))

    @stateful.rule(key=KEYS)
    def delete(self, key):
        self.same(lambda d: d.__delitem__(key))

    @stateful.rule(key=KEYS)
    def pop(self, key):
        self.same(lambda d: d.pop(key))

    @stateful.rule(key=KEYS, default=LEAVES)
    def pop_default(self, key, default):
        self.same(lambda d: d.pop(key, default))

    @stateful.rule()
    def popitem(self):
        self.same(lambda d: d.popitem())

    @stateful.rule(key=KEYS, value=VALUES)
    def setdefault(self, key, value):
        self.same(lambda d: d.setdefault(key, value))

    @stateful.rule(values=st.dictionaries(KEYS, VALUES, max_size=4))
    def update(self, values):
        self.plain.update(values)
        self.config.update(values)

    @stateful.rule(pairs=st.lists(st.tuples(KEYS, VALUES), max_size=4))
    def update_pairs(self, pairs):
        self.plain.update(pairs)
        self.config.update(pairs)

    @stateful.rule(values=st.dictionaries(KEYS, VALUES, max_size=4))
    def or_(self, values):
        assert self.config | values == {**self.plain, **values}
        assert type(self.config | values) is ADict
        reflected = self.config.__ror__(values)
        assert list(reflected.items()) == list({**values, **self.plain}.items())

    @stateful.rule(values=st.dictionaries(KEYS, VALUES, max_size=4))
    def ior(self, values):
        self.plain.update(values)
        self.config |= values

    @stateful.rule()
    def clear(self):
        self.same(lambda d: d.clear())

    @stateful.rule()
    def copy(self):
        self.config = self.config.copy()

    @stateful.rule()
    def freeze_and_defrost(self):
        assert self.config.freeze() == self.plain
        self.config.defrost()

    @stateful.rule(key=KEYS)
    def contains(self, key):
        self.same(lambda d: key in d)

    @stateful.invariant()
    def looks_the_same(self):
        assert self.config == self.plain
        assert list(self.config) == list(self.plain)
        assert list(self.config.items()) == list(self.plain.items())
        assert list(self.config.values()) == list(self.plain.values())
        assert len(self.config) == len(self.plain)
        assert repr(self.config) == repr(self.plain)

    @stateful.invariant()
    def reads_are_up_to_date(self):
        for key in self.config.accessed_keys & set(self.config):
            assert self.config[key] is dict.__getitem__(self.config, key)


DictEquivalence.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestDictEquivalence = DictEquivalence.TestCase


def test_it_is_an_instance_of_dict():
    assert isinstance(ADict(), dict)


def test_json_dumps_takes_it():
    config = ADict(a={"b": [1, {"c": None}]})
    assert json.dumps(config) == '{"a": {"b": [1, {"c": null}]}}'
    assert json.dumps(config, indent=1) == json.dumps(config.to_dict(), indent=1)


def test_it_unpacks_into_keyword_arguments():
    assert (lambda **values: values)(**ADict(a=1, b={"c": 2})) == {"a": 1, "b": {"c": 2}}


def test_it_unpacks_into_a_dict():
    assert {**ADict(a=1), "b": 2} == {"a": 1, "b": 2}
    assert type({**ADict(a=1)}) is dict


def test_it_is_not_hashable():
    assert ADict.__hash__ is None


def test_reversed_and_views_work():
    config = ADict(a=1, b=2)
    assert config.keys() & {"a", "z"} == {"a"}
    assert list(reversed(list(config))) == ["b", "a"]
