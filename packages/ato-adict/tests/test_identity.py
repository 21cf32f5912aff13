"""Structure and values as an identity; differences."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_adict import ADict, ConversionError


class TestStructuralHash:
    def test_is_that_of_the_published_example(self):
        one, two = ADict(lr=0.1, epochs=100), ADict(lr=0.01, epochs=200)
        assert one.get_structural_hash() == two.get_structural_hash()
        assert ADict(lr=0.1, epochs="100").get_structural_hash() != one.get_structural_hash()

    def test_ignores_the_order_of_keys(self):
        assert (
            ADict(a=1, b={"x": 1, "y": 2}).get_structural_hash()
            == ADict(b={"y": 2, "x": 1}, a=1).get_structural_hash()
        )

    def test_tells_dots_in_keys_from_nesting(self):
        dotted, nested = ADict({"a.b": 1}), ADict(a={"b": 1})
        assert dotted.get_structural_hash() != nested.get_structural_hash()

    def test_tells_an_empty_mapping_from_none_at_all(self):
        assert ADict(a={}).get_structural_hash() != ADict().get_structural_hash()
        assert ADict(a={}).get_structural_hash() != ADict(a={"b": 1}).get_structural_hash()

    def test_counts_list_elements_only_on_request(self):
        short, long = ADict(a=[1]), ADict(a=[1, "x"])
        assert short.get_structural_hash() == long.get_structural_hash()
        assert short.get_structural_hash(deep=True) != long.get_structural_hash(deep=True)

    def test_finds_mappings_in_lists_on_request(self):
        one, two = ADict(a=[{"x": 1}]), ADict(a=[{"x": "1"}])
        assert one.get_structural_hash() == two.get_structural_hash()
        assert one.get_structural_hash(deep=True) != two.get_structural_hash(deep=True)


def test_structural_repr_names_the_type_of_each_leaf():
    config = ADict(b={"c": 1.0}, a=[1], d={})
    assert config.get_structural_repr() == {"a": "list", "b.c": "float", "d": "dict"}


def test_structural_mapping_is_that_of_one_key():
    config = ADict()
    assert config.get_structural_mapping("k", {"a": 1, "b": "x"}) == [
        ("k.a", "int"),
        ("k.b", "str"),
    ]
    assert config.get_structural_mapping("k", 1) == [("k", "int")]


class TestValueHash:
    def test_ignores_the_order_of_keys_and_of_sets(self):
        one = ADict(a={"x": 1, "y": {"b", "a", "c"}}, b=2)
        two = ADict(b=2, a={"y": {"c", "b", "a"}, "x": 1})
        assert one.get_value_hash() == two.get_value_hash()

    @pytest.mark.parametrize(
        ("one", "two"),
        [
            (1, 1.0),
            (1, True),
            (1, "1"),
            (None, "None"),
            ([1, 2], (1, 2)),
            ([1, 2], [2, 1]),
            ([[1], 2], [[1, 2]]),
            ({"a": 1}, [("a", 1)]),
            (b"a", "a"),
            (0.0, -0.0),
            ("a", "a "),
            ({}, []),
        ],
    )
    def test_tells_different_values_apart(self, one, two):
        assert ADict(k=one).get_value_hash() != ADict(k=two).get_value_hash()

    def test_of_nan_equals_itself(self):
        assert ADict(a=float("nan")).get_value_hash() == ADict(a=float("nan")).get_value_hash()

    def test_of_objects_depends_on_their_attributes(self):
        class Point:
            def __init__(self, x):
                self.x = x

        assert ADict(p=Point(1)).get_value_hash() == ADict(p=Point(1)).get_value_hash()
        assert ADict(p=Point(1)).get_value_hash() != ADict(p=Point(2)).get_value_hash()

    def test_of_objects_depends_on_their_slots(self):
        class Slotted:
            __slots__ = ("x", "unset")

            def __init__(self, x):
                self.x = x

        assert ADict(p=Slotted(1)).get_value_hash() == ADict(p=Slotted(1)).get_value_hash()
        assert ADict(p=Slotted(1)).get_value_hash() != ADict(p=Slotted(2)).get_value_hash()

    def test_of_an_object_with_hidden_state_is_an_error(self):
        class Hidden:
            def __reduce_ex__(self, protocol):
                return Hidden, ()

        with pytest.raises(ConversionError, match="an object of type Hidden has no canonical form"):
            ADict(p=Hidden()).get_value_hash()

    def test_of_arrays_depends_on_their_content(self):
        numpy = pytest.importorskip("numpy")

        def digest(*args):
            return ADict(a=numpy.array(*args)).get_value_hash()

        assert digest([1, 2]) == digest([1, 2])
        assert len({digest([1, 2]), digest([1, 3]), digest([[1, 2]]), digest([1.0, 2.0])}) == 4
        assert digest(["a", None], object) == digest(["a", None], object)
        assert ADict(x=numpy.float64(1)).get_value_hash() != ADict(x=1.0).get_value_hash()

    def test_of_values_of_a_subclass_depends_on_the_value(self):
        class Name(str):
            pass

        assert ADict(p=Name("a")).get_value_hash() != ADict(p=Name("b")).get_value_hash()

    def test_of_what_has_no_canonical_form_is_an_error(self):
        with pytest.raises(ConversionError, match="no canonical form"):
            ADict(a=object()).get_value_hash()


VALUES = st.recursive(
    st.one_of(st.integers(), st.booleans(), st.none(), st.text(max_size=3), st.floats()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("ab.", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
CONFIG_DATA = st.dictionaries(st.text("ab.", max_size=3), VALUES, max_size=4)


@given(CONFIG_DATA, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_hashes_do_not_depend_on_insertion_order(data, shuffler):
    def shuffled(value):
        if not isinstance(value, dict):
            return value
        items = list(value.items())
        shuffler.shuffle(items)
        return {key: shuffled(child) for key, child in items}

    one, two = ADict(data), ADict(shuffled(data))
    assert one.get_structural_hash() == two.get_structural_hash()
    assert one.get_value_hash() == two.get_value_hash()


@given(CONFIG_DATA, CONFIG_DATA)
@settings(max_examples=60, deadline=None)
def test_a_difference_is_empty_exactly_for_equal_hashes(one, two):
    one, two = ADict(one), ADict(two)
    assert not one.diff(one.clone())
    assert (not one.diff(two)) == (one.get_value_hash() == two.get_value_hash())


class TestDiff:
    OLD = ADict(lr=0.1, epochs=100, gone=1, model={"depth": 3, "name": "a"})
    NEW = ADict(lr=0.2, epochs="100", model={"depth": 3, "name": "a", "new": [1]})

    def test_names_what_changed_by_kind(self):
        difference = self.OLD.diff(self.NEW)
        assert difference.to_dict() == {
            "added": {"model.new": [1]},
            "removed": {"gone": 1},
            "changed": {"lr": (0.1, 0.2)},
            "retyped": {"epochs": (100, "100")},
        }
        assert len(difference) == 4

    def test_prints_one_line_each(self):
        assert str(self.OLD.diff(self.NEW)).splitlines() == [
            "+ model.new: [1]",
            "- gone: 1",
            "~ lr: 0.1 -> 0.2",
            "! epochs: 100 -> '100' (int -> str)",
        ]
        assert repr(self.OLD.diff(self.NEW)) == ("<Diff: 1 added, 1 removed, 1 changed, 1 retyped>")

    def test_is_falsy_where_nothing_changed(self):
        difference = self.OLD.diff(self.OLD.clone())
        assert not difference
        assert str(difference) == "no difference"

    def test_takes_plain_dicts(self):
        assert ADict(a=1).diff({"a": 2}).changed == {"a": (1, 2)}

    def test_nan_has_not_changed(self):
        assert not ADict(a=float("nan")).diff({"a": float("nan")})

    def test_values_that_compare_strangely_are_compared_by_their_content(self):
        class Array:
            def __init__(self, values):
                self.values = values

            def __eq__(self, other):
                raise ValueError("the truth value of an array is ambiguous")

            __hash__ = None

        assert not ADict(a=Array([1])).diff({"a": Array([1])})
        assert ADict(a=Array([1])).diff({"a": Array([2])}).changed


def test_hashing_many_orders_of_keys_gives_one_hash():
    names = [f"key{n}" for n in range(50)]
    hashes = set()
    for seed in range(20):
        random.Random(seed).shuffle(names)
        hashes.add(ADict(dict.fromkeys(names, 1)).get_structural_hash())
    assert len(hashes) == 1
