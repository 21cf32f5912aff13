"""Hashes of tables: the same with every version of pandas that ato meets, from 1.3 to 3."""

import json
import pathlib

import pytest

from ato_trace import hash_output

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")

GOLDEN = json.loads((pathlib.Path(__file__).parent / "golden" / "tables.json").read_text())
TABLES = {
    "texts": pd.DataFrame({"a": ["x", "y", None], "b": [1, 2, 3]}),
    "index": pd.DataFrame({"a": [1.5, 2.5]}, index=["p", "q"]),
    "series": pd.Series(["a", "b"], name="n"),
    "dates": pd.DataFrame({"d": pd.to_datetime(["2020-01-01", "2021-06-01"])}),
    "dateindex": pd.Series([1, 2], index=pd.date_range("2020-01-01", periods=2)),
    "tz": pd.Series(pd.to_datetime(["2020-01-01", "2021-06-01"]).tz_localize("UTC")),
    "delta": pd.Series(pd.to_timedelta(["1 days", "2 days"])),
    "cat": pd.Series(["a", "b", "a"], dtype="category"),
    "int": pd.Series([1, None], dtype="Int64"),
    "bool": pd.Series([True, None], dtype="boolean"),
    "period": pd.Series(pd.period_range("2020-01", periods=2, freq="M")),
    "interval": pd.Series(pd.IntervalIndex.from_breaks([0, 1, 2])),
    "sparse": pd.arrays.SparseArray([0, 0, 1]),
    "sparsef": pd.DataFrame({"s": pd.arrays.SparseArray([0.0, 0.0, 1.5])}),
    "string": pd.Series(["a", None], dtype="string"),
    "multi": pd.DataFrame(
        {"a": [1, 2]}, index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["k", "l"])
    ),
    "mixed": pd.Series(["a", 1, None]),
    "empty": pd.DataFrame(),
}


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_a_table_has_its_golden_hash(name):
    assert hash_output(TABLES[name]) == GOLDEN[name]


def test_missing_texts_and_other_texts_differ():
    series = [pd.Series(["a", text]) for text in (None, "None", "nan", "")]
    assert len({hash_output(one) for one in series}) == len(series)


def test_times_outside_the_range_of_nanoseconds_have_a_hash():
    times = np.array(["0001-01-01", "2020-01-01"], dtype="M8[us]")
    if pd.__version__ < "2":
        pytest.skip("pandas has only nanoseconds before 2")
    assert hash_output(pd.Series(times)) != hash_output(pd.Series(times[::-1]))


@pytest.mark.parametrize("length", [1, 8, 9, 100])
@pytest.mark.parametrize("kind", [np.int8, np.int32, np.int64, np.uint16])
def test_a_list_of_integers_of_numpy_is_a_list_of_integers(length, kind):
    values = [index % 100 for index in range(length)]
    assert hash_output([kind(value) for value in values]) == hash_output(values)
    mixed = [kind(value) if value % 2 else value for value in values]
    assert hash_output(mixed) == hash_output(values)


@pytest.mark.parametrize("length", [1, 8, 9, 100])
def test_numbers_of_other_kinds_stay_apart(length):
    lists = [[1] * length, [1.0] * length, [True] * length, [np.float32(1)] * length]
    assert len({hash_output(one) for one in lists}) == len(lists)
