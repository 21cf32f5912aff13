"""Laws of merging."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ato_adict import ADict

KEYS = st.sampled_from("abc")
TREES = st.recursive(
    st.dictionaries(KEYS, st.integers(0, 3), max_size=3),
    lambda inner: st.dictionaries(KEYS, st.one_of(st.integers(0, 3), inner), max_size=3),
    max_leaves=6,
)
SETTINGS = settings(max_examples=60, deadline=None)


def merged(*trees):
    config = ADict()
    for tree in trees:
        config.update(tree, recurrent=True)
    return config


def reference_merge(old, new):
    result = dict(old)
    for key, value in new.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = reference_merge(result[key], value) if both else value
    return result


@SETTINGS
@given(TREES, TREES)
def test_merging_is_what_a_plain_merge_is(one, two):
    config = merged(one, two)
    assert config == reference_merge(one, two)
    assert list(config) == list(reference_merge(one, two))


@SETTINGS
@given(TREES)
def test_the_empty_config_is_neutral(tree):
    assert merged(tree, {}) == merged({}, tree) == tree


@SETTINGS
@given(TREES, TREES)
def test_merging_twice_is_merging_once(one, two):
    assert merged(one, two, two) == merged(one, two)


@SETTINGS
@given(TREES, TREES)
def test_filling_in_is_merging_the_other_way_round(one, two):
    filled = ADict(one).update_if_absent(two)
    assert filled == merged(two, one) or _a_value_meets_a_mapping(one, two)


def _a_value_meets_a_mapping(one, two):
    for key in one.keys() & two.keys():
        kinds = isinstance(one[key], dict), isinstance(two[key], dict)
        if kinds[0] != kinds[1] or (all(kinds) and _a_value_meets_a_mapping(one[key], two[key])):
            return True
    return False


@SETTINGS
@given(TREES, TREES)
def test_or_is_update_and_changes_neither(one, two):
    left, right = ADict(one), ADict(two)
    assert left | right == {**one, **two}
    assert two | left == {**two, **one}
    assert (left, right) == (one, two)


@SETTINGS
@given(TREES, TREES)
def test_a_difference_says_what_a_merge_adds_and_changes(one, two):
    old, new = ADict(one), merged(one, two)
    difference = old.diff(new)
    for name, value in difference.added.items():
        assert new.get_value_by_name(name) == value
    for name, (before, after) in {**difference.changed, **difference.retyped}.items():
        assert old.get_value_by_name(name) == before
        assert new.get_value_by_name(name) == after


@SETTINGS
@given(TREES, TREES)
def test_merging_keeps_what_was_passed_unchanged_and_independent(one, two):
    from copy import deepcopy

    before = deepcopy(two)
    config = merged(one, two)
    for name in list(config.flatten()):
        config.set_by_name(name, "changed")
    assert two == before
