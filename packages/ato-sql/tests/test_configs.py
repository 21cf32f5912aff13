"""Configs are stored as JSON, and come back as they were."""

import decimal
import enum
import functools
import math
import pathlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ato_adict import ADict

on_one_database = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Colour(enum.Enum):
    RED = 1


class Unprintable:
    def __repr__(self):
        raise RuntimeError("no")


class Device:
    def __repr__(self):
        return "<Device at 0x7f0012ab>"


keys = st.text("abcdeäß_.", min_size=1, max_size=6).filter(lambda key: key != "__ato__")
leaves = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
)
trees = st.dictionaries(
    keys,
    st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


@given(trees)
@on_one_database
def test_any_config_of_plain_values_comes_back_with_types_and_order(finder, keep, config):
    run = keep(config)
    found = finder.get_config(run.id)
    assert isinstance(found, ADict)
    assert repr(found.to_dict()) == repr(ADict(config).to_dict())


@given(trees)
@on_one_database
def test_the_same_values_have_the_same_hash(keep, config):
    first, second = keep(config), keep(dict(reversed(list(config.items()))))
    assert first.value_hash == second.value_hash
    assert first.structural_hash == second.structural_hash


def test_nan_and_infinity_come_back(keep, finder):
    run = keep({"a": math.nan, "b": [math.inf, {"c": -math.inf}]})
    assert run.config["a"] == {"__ato__": "float", "value": "nan"}
    found = finder.get_config(run.id)
    assert math.isnan(found.a)
    assert found.b == [math.inf, {"c": -math.inf}]


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ((1, (2, 3)), [1, [2, 3]]),
        (pathlib.PurePosixPath("data/x"), "data/x"),
        (2**80, 2**80),
        ({1: "one", None: "none"}, {"[1]": "one", "[None]": "none"}),
        ({1: "number", "1": "text", "[1]": 0}, {"[1]": "number", "1": "text", "['[1]']": 0}),
        ({3, 1}, {"__ato__": "set", "value": [1, 3]}),
        (frozenset(["x"]), {"__ato__": "set", "value": ["x"]}),
        (range(3), {"__ato__": "repr", "type": "builtins.range", "value": "range(0, 3)"}),
        (
            decimal.Decimal("0.1"),
            {"__ato__": "repr", "type": "decimal.Decimal", "value": "Decimal('0.1')"},
        ),
    ],
)
def test_what_json_does_not_have_is_stored_in_its_words(keep, value, stored):
    found = keep({"value": value}).config["value"]
    if isinstance(value, set):
        assert sorted(found["value"]) == stored["value"]
    else:
        assert found == stored


def test_enums_are_kept_by_their_repr(keep):
    found = keep({"colour": Colour.RED}).config["colour"]
    assert found["value"] == "<Colour.RED: 1>"
    assert found["type"].endswith("Colour")


def test_numpy_scalars_are_numbers(keep):
    numpy = pytest.importorskip("numpy")
    config = {"a": numpy.float32(0.5), "b": numpy.int64(3), "c": numpy.bool_(True)}
    assert keep(config).config == {"a": 0.5, "b": 3, "c": True}


def test_addresses_in_memory_are_left_out_so_that_equal_configs_are_equal(keep):
    first, second = keep({"device": Device()}), keep({"device": Device()})
    assert first.config["device"]["value"] == "<Device>"
    assert first.value_hash == second.value_hash


def test_a_value_that_cannot_even_be_shown_does_not_fail_the_run(keep):
    assert keep({"x": Unprintable()}).config["x"]["value"] == "<repr failed: RuntimeError>"


def test_a_config_that_contains_itself_is_cut(keep):
    loop = {"name": "loop"}
    loop["self"] = loop
    assert keep(loop).config == {
        "name": "loop",
        "self": {"__ato__": "repr", "type": "builtins.dict", "value": "..."},
    }


def test_a_value_used_twice_is_no_loop(keep):
    shared = [1, 2]
    assert keep({"a": shared, "b": shared}).config == {"a": [1, 2], "b": [1, 2]}


def test_very_deep_configs_are_cut(keep, finder):
    deep = 1
    for _ in range(150):
        deep = [deep]
    text = repr(keep({"deep": deep}).config)
    assert "'value': '...'" in text


def test_a_type_that_changes_changes_the_structure_and_a_value_does_not(keep):
    one, other, text = keep({"x": 1}), keep({"x": 2}), keep({"x": "1"})
    assert one.structural_hash == other.structural_hash != text.structural_hash
    assert one.value_hash != other.value_hash


def test_what_no_database_stores_in_a_text_does_not_fail_a_run(keep, finder):
    run = keep({"text": "a\0b\ud800c", "key\0": 1})
    assert finder.find_run(run.id).status == "completed"
    assert run.config["text"] == "a\0b\ud800c"


def test_similar_runs_have_the_same_keys_and_types(keep, finder):
    first = keep({"x": 1, "m": {"y": 0.5}})
    same = keep({"m": {"y": 0.7}, "x": 2})
    keep({"x": 1})
    keep({"x": 1, "m": {"y": "0.5"}})
    assert [run.id for run in finder.find_similar_runs(first.uuid)] == [same.id]


class Plain:
    def __init__(self, width):
        self.width = width


class Slotted:
    __slots__ = ("width",)

    def __init__(self, width):
        self.width = width


def scaled(factor):
    return lambda x: x * factor


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda x: x + 1, lambda x: x + 2),
        (scaled(2), scaled(3)),
        (functools.partial(max, 1), functools.partial(max, 2)),
        (functools.partial(scaled(2), 1), functools.partial(scaled(3), 1)),
        (Plain(1), Plain(2)),
        (Slotted(1), Slotted(2)),
        (Plain(Plain(1)), Plain(Plain(2))),
        (Plain(1).__init__, Plain(2).__init__),
        ({1: "a"}, {"1": "a"}),
        ({(1, 2): "a"}, {"(1, 2)": "a"}),
    ],
)
def test_values_that_differ_are_told_apart_though_their_names_are_the_same(
    open_logger, config, finder, one, other
):
    first, second = config.clone(), config.clone()
    first["x"], second["x"] = one, other
    with open_logger(first).start() as a:
        pass
    assert open_logger(first).skip_if_done()
    later = open_logger(second)
    assert not later.skip_if_done()
    with later.start() as b:
        pass
    assert any(key.startswith("x") for key in finder.compare(a.id, b.id).config)


def test_arrays_and_tables_are_told_apart_by_what_their_repr_leaves_out(keep):
    numpy = pytest.importorskip("numpy")
    array = numpy.arange(5000.0)
    changed = array.copy()
    changed[2500] += 1e-12
    hashes = [keep({"x": x}).value_hash for x in (array, array.copy(), changed)]
    assert hashes[0] == hashes[1] != hashes[2]
    pandas = pytest.importorskip("pandas")
    frames = [pandas.DataFrame({"a": x}) for x in (array, array.copy(), changed)]
    hashes = [keep({"x": x}).value_hash for x in frames]
    assert hashes[0] == hashes[1] != hashes[2]


def test_keys_that_are_no_texts_come_back(keep, finder):
    labels = {1: "number", "1": "text", None: 0, (1, 2): "pair", "[1]": "brackets"}
    config = finder.get_config(keep({"labels": labels}).id)
    assert dict(config["labels"]) == labels
