"""Dotted names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_adict import ADict, ConversionError, MissingKeyError


def test_a_name_reads_a_nested_value():
    assert ADict(a={"b": {"c": 1}}).get_value_by_name("a.b.c") == 1


def test_a_name_sets_a_nested_value_and_creates_levels():
    config = ADict(a={"x": 1})
    config.set_by_name("a.b.c", {"d": 2})
    assert config == {"a": {"x": 1, "b": {"c": {"d": 2}}}}
    assert config.a.b.c.d == 2


def test_an_unset_name_is_an_error_with_a_suggestion():
    with pytest.raises(MissingKeyError, match=r"no key 'model\.dept'.*'model\.depth'"):
        ADict(model={"depth": 1}).get_value_by_name("model.dept.x")
    with pytest.raises(MissingKeyError, match="'a' is int, not a mapping"):
        ADict(a=1).get_value_by_name("a.b")


def test_an_unset_name_can_have_a_default():
    assert ADict(a=1).get_value_by_name("a.b", None) is None
    assert ADict().get_value_by_name("x", 3) == 3


def test_setting_below_a_value_is_an_error():
    config = ADict(a=1)
    with pytest.raises(ConversionError, match=r"cannot set 'a\.b': 'a' is int"):
        config.set_by_name("a.b", 1)
    assert config == {"a": 1}


def test_has_says_whether_a_name_is_set_and_reads_nothing():
    config = ADict(a={"b": None})
    assert config.has("a.b")
    assert not config.has("a.c")
    assert not config.has("a.b.c")
    assert config.accessed_keys == set()


def test_flatten_gives_one_entry_per_leaf():
    config = ADict(a={"b": 1, "c": [{"d": 2}]}, e={}, f=0)
    assert config.flatten() == {"a.b": 1, "a.c": [{"d": 2}], "e": {}, "f": 0}
    assert list(config.flatten()) == ["a.b", "a.c", "e", "f"]


def test_keys_with_dots_and_keys_that_are_no_strings_have_names_of_their_own():
    config = ADict({"a.b": 1, "a": {"b": 2}, 1: 3, "1": 4, "[1]": 5, "c\\": 6, "": {"": 7, 0: 8}})
    assert config.flatten() == {
        r"a\.b": 1,
        "a.b": 2,
        "[1]": 3,
        "1": 4,
        r"\[1]": 5,
        r"c\\": 6,
        "['']['']": 7,
        "[''][0]": 8,
    }
    assert config.get_value_by_name(r"a\.b") == 1
    assert config.get_value_by_name("[1]") == 3


KEYS = st.one_of(st.text(r"ab.\[]1 ", max_size=4), st.integers(), st.none(), st.booleans())
TREES = st.recursive(
    st.integers(), lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
).filter(lambda tree: isinstance(tree, dict))


@given(TREES)
@settings(max_examples=80, deadline=None)
def test_unflatten_is_the_inverse_of_flatten(tree):
    flat = ADict(tree).flatten()
    assert ADict.unflatten(flat) == tree
    for name, value in flat.items():
        assert ADict(tree).get_value_by_name(name) == value
