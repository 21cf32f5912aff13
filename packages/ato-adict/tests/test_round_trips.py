"""What is written is read back equal, in every format, for all data the format can hold."""

import datetime
import math
import os
import tempfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ato_adict import ADict, xyz

TEXTS = st.one_of(
    st.text(max_size=8).filter(lambda t: t.isprintable() or "\ud800" > t),
    st.sampled_from(
        [
            "",
            "1e-3",
            "1",
            "01",
            "true",
            "null",
            "~",
            "yes",
            "None",
            "2020-01-01",
            "a: b",
            "#x",
            "- a",
        ]
    ),
    st.sampled_from(
        ["C:\\new\\table", "\\u0041", "'", '"', "\n", "a\nb\n", " x ", "\t", "\r\n", "é"]
    ),
    st.sampled_from(
        ["\x00", "\x85", "\u2028", "\ufeff", "🙂", "<<", "=", "0) x", "| x", "[x]", "{}"]
    ),
).filter(lambda t: t.encode("utf-8", "replace").decode() == t)
NUMBERS = st.one_of(
    st.integers(), st.integers(-(2**70), 2**70), st.floats(), st.sampled_from([1e-3, 1e22, 1e-7])
)
PLAIN = st.one_of(st.booleans(), NUMBERS, TEXTS)
DAYS = st.dates(datetime.date(1000, 1, 1))
MOMENTS = st.datetimes(datetime.datetime(1000, 1, 1))


def configs(leaves, keys=TEXTS):
    values = st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)
        ),
        max_leaves=10,
    )
    return st.dictionaries(keys, values, max_size=4)


def same(one, two):
    """Equal with the same types at every depth; nan equals nan."""
    if isinstance(one, dict):
        return (
            isinstance(two, dict)
            and one.keys() == two.keys()
            and all(same(value, two[key]) for key, value in one.items())
        )
    if type(one) is not type(two):
        return False
    if isinstance(one, (list, tuple)):
        return len(one) == len(two) and all(map(same, one, two))
    if isinstance(one, float):
        if one != one:
            return two != two
        return one == two and math.copysign(1, one) == math.copysign(1, two)
    return one == two


def assert_round_trip(data, format):
    assert same(data, ADict.loads(ADict(data).dumps(format), format).to_dict())


SETTINGS = settings(max_examples=60, deadline=None)


@SETTINGS
@given(data=configs(st.one_of(PLAIN, st.none())))
@example(data={"a": [1, {"b": 2}]})
@example(data={"a": [None]})
@example(data={"path": "C:\\Users\\new\\u0041"})
@example(data={"a": [math.inf, -math.inf, math.nan]})
def test_json(data):
    assert_round_trip(data, "json")


@SETTINGS
@given(data=configs(st.one_of(PLAIN, st.none())))
def test_json_lines(data):
    assert_round_trip(data, "jsonl")


@SETTINGS
@given(
    data=configs(
        st.one_of(PLAIN, st.none(), st.binary(max_size=4), DAYS),
        keys=st.one_of(TEXTS, st.integers(), st.booleans(), st.none()),
    )
)
@example(data={"a": [1, {"b": 2}]})
@example(data={"a": [None]})
@example(data={"path": "C:\\Users\\new\\u0041"})
@example(data={"a": [math.inf, -math.inf, math.nan], "1e-3": "1e-3", "x": 1e-3})
@example(data={"<<": {"a": 1}})
@example(data={"=": "="})
def test_yaml(data):
    assert_round_trip(data, "yaml")


@SETTINGS
@given(data=configs(st.one_of(PLAIN, DAYS, MOMENTS)))
@example(data={"a": [1, {"b": 2}], "t": [{"x": {"y": 1}}, {"x": {}}]})
@example(data={"a": [[{"b": [{"c": {}}]}]]})
@example(data={"path": "C:\\Users\\new\\u0041"})
@example(data={"a": [math.inf, -math.inf, math.nan]})
@example(data={"": {"": {"": 1}}, "a.b": {"c d": 1}})
@example(data={"path": "C:\\xyz", "C:\\xyz": {"C:\\xyz": [{"C:\\xyz": 1}]}})
@example(data={"a": [1, {"b": 2}], "c": [{"d": 1}, 2]})
@example(data={"a": [{}, {"b": {}}, {"b": {"c": [{"d": {}}]}}]})
@example(data={"a": [[{"b": [1, 2]}], []]})
def test_toml(data):
    assert_round_trip(data, "toml")


LOSSLESS = st.recursive(
    st.one_of(
        PLAIN,
        st.none(),
        st.text(max_size=5),
        st.text(st.characters(), max_size=5),
        st.binary(max_size=5),
        st.complex_numbers(),
        DAYS,
        MOMENTS,
        st.sets(st.one_of(st.integers(), st.text(max_size=2)), max_size=3),
        st.frozensets(st.text(max_size=2), max_size=3),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(
            st.one_of(st.text(max_size=4), st.integers(), st.none(), st.binary(max_size=2)),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=10,
)


@SETTINGS
@given(data=LOSSLESS)
@example(data="0) x: 1")
@example(data=[[], [[]], {}, [{}], ()])
@example(data={"0) x": 1, "a:b": {"": ""}})
@example(data="one\n\ntwo\n")
@example(data=["| x", "|", "\n", "\n\n", " \n "])
@example(data={"a": "\ud800\udc00", "b": "\ud800"})
@example(data=[complex(math.nan, -0.0), -0.0, math.nan])
def test_xyz_loses_nothing(data):
    text = xyz.dumps(data)
    read = xyz.loads(text)
    assert type(read) is type(data)
    assert xyz.dumps(read) == text
    if "nan" not in repr(data):
        assert same(data, read)


def test_xyz_holds_integers_of_any_size():
    assert xyz.loads(xyz.dumps(-(10**5000))) == -(10**5000)


@SETTINGS
@given(
    data=st.dictionaries(
        st.sampled_from(["lr", "model", "größe"]),
        st.recursive(
            st.one_of(PLAIN, st.none(), st.binary(max_size=4)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.tuples(inner),
                st.dictionaries(st.one_of(TEXTS, st.integers()), inner, max_size=3),
            ),
            max_leaves=8,
        ),
    )
)
def test_python(data):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "config.py")
        ADict(data).dump(path)
        assert same(data, ADict.from_file(path).to_dict())


NESTED = {"a": [1, {"b": 2}], "path": "C:\\new", "nan": math.nan, "größe": "🙂\nx"}


@pytest.mark.parametrize("suffix", ["yaml", "yml", "json", "jsonl", "toml", "xyz", "py", "YAML"])
def test_files(suffix, tmp_path):
    path = tmp_path / f"config.{suffix}"
    ADict(NESTED).dump(path)
    assert same(NESTED, ADict.from_file(path).to_dict())
    assert same(NESTED, ADict().load(str(path)).to_dict())


@pytest.mark.parametrize("format", ["yaml", "yml", "json", "jsonl", "toml", "xyz"])
def test_an_empty_config(format):
    assert_round_trip({}, format)


@pytest.mark.parametrize("format", ["yaml", "json", "toml"])
def test_tuples_become_lists_where_the_format_has_none(format):
    assert ADict.loads(ADict(a=(1, (2,))).dumps(format), format) == {"a": [1, [2]]}


@pytest.mark.parametrize("format", ["yaml", "json", "xyz"])
def test_the_order_of_keys_is_kept(format):
    config = ADict(z=1, a={"y": 1, "b": 2}, m=3)
    assert ADict.loads(config.dumps(format), format).json() == config.json()


def test_files_of_a_frozen_strict_config_are_the_same():
    data = {"a": [1, {"b": {2, 3}}]}
    frozen = ADict(data).strict().freeze()
    assert frozen.dumps("yaml") == ADict(data).dumps("yaml")
    assert frozen.dumps("xyz") == ADict(data).dumps("xyz")
