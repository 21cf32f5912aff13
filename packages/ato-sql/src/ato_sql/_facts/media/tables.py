"""From rows or a data frame to a table: names of columns, and rows of plain values."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ato_adict import did_you_mean
from ato_sql._errors import MetricError
from ato_sql._facts.configs.config import to_json
from ato_sql._values.marked import MARK, literal, readable
from ato_sql._values.values import SPECIAL, clean_text

_TAKEN = "a table is a list of dicts, a list of rows, a dict of columns or a data frame"


def table_of_rows(key: str, data: Any, columns: Sequence[str] | None = None) -> dict[str, Any]:
    """Return `columns` and `rows` of a table, as JSON holds them.

    NaN and ±inf are texts in it; where they stand is said in `special`, by row and column.

    Args:
        key: the table, for the error.
        data: a list of dicts, a list of rows, a dict of columns, a data frame of pandas or polars.
        columns: which columns, in this order; of rows without names, what they are called.

    Raises:
        MetricError: it is none of these, its rows differ in length, or it lacks a column.
    """
    names, rows = _read(key, data)
    if columns is not None:
        names, rows = _chosen(key, names, rows, [str(name) for name in columns])
    width = max(map(len, rows), default=0)
    if names is None:
        names = [str(number) for number in range(width)]
    if any(len(row) != len(names) for row in rows):
        raise MetricError(f"table {key!r} has {len(names)} columns, and a row of another length")
    cells = [[_cell(value) for value in row] for row in rows]
    table: dict[str, Any] = {"columns": [clean_text(str(name)) for name in names], "rows": cells}
    special = [
        [number, place]
        for number, row in enumerate(cells)
        for place, cell in enumerate(row)
        if isinstance(cell, _Special)
    ]
    return {**table, "special": special} if special else table


def table_from(stored: Any) -> Any:
    """Return a stored table with the numbers that JSON lacks."""
    if not isinstance(stored, dict):
        return stored
    table = {name: value for name, value in stored.items() if name != "special"}
    for number, place in stored.get("special", ()):
        row = table["rows"][number]
        row[place] = SPECIAL.get(row[place], row[place])  # it may have been hidden
    return table


def _chosen(
    key: str, names: list[str] | None, rows: list[Any], columns: list[str]
) -> tuple[list[str], list[Any]]:
    """Return the columns of these names; rows without names have them from now on."""
    if not names:
        return columns, rows
    for name in columns:
        if name not in names:
            hint = did_you_mean(name, names)
            raise MetricError(f"table {key!r} has no column {name!r}{hint}")
    places = [names.index(name) for name in columns]
    return columns, [[row[place] for place in places] for row in rows]


def _read(key: str, data: Any) -> tuple[list[str] | None, list[Any]]:
    if hasattr(data, "itertuples") and hasattr(data, "columns"):  # pandas
        return _of_pandas(data)
    if hasattr(data, "iter_rows") and hasattr(data, "columns"):  # polars
        return list(map(str, data.columns)), list(data.iter_rows())
    fields = getattr(getattr(data, "dtype", None), "names", None)
    if fields and getattr(data, "ndim", 0) == 1:  # a structured array of numpy
        return list(fields), [list(row) for row in data.tolist()]
    if isinstance(data, Mapping):
        if any(map(_is_one, data.values())):
            raise MetricError(f"table {key!r}: {_TAKEN}; in the dict of columns each is a list")
        data = {str(name): list(values) for name, values in data.items()}
        if len({len(values) for values in data.values()}) > 1:
            raise MetricError(f"table {key!r} has columns of different lengths")
        return list(data), list(zip(*data.values()))
    try:
        rows = list(data)
        if isinstance(data, (str, bytes)) or any(isinstance(row, (str, bytes)) for row in rows):
            raise TypeError
        if rows and all(isinstance(row, Mapping) for row in rows):
            names = list(dict.fromkeys(name for row in rows for name in row))
            return list(map(str, names)), [[row.get(name) for name in names] for row in rows]
        return None, [list(row) for row in rows]
    except TypeError:
        raise MetricError(f"table {key!r}: {_TAKEN}; not {type(data).__name__}") from None


def _of_pandas(frame: Any) -> tuple[list[str], list[Any]]:
    """Return names and rows, the index first unless it only counts them."""
    index = frame.index
    names = list(map(str, frame.columns))
    # In columns of texts and categories NaN, which is no text, says that one is missing.
    of_texts = [str(kind).startswith(("str", "category")) for kind in frame.dtypes]
    rows = [
        tuple(None if text and _is_nan(cell) else cell for text, cell in zip(of_texts, row))
        for row in frame.itertuples(index=False, name=None)
    ]
    labels = list(index.names)
    if labels == [None] and index.dtype.kind in "iu":
        return names, rows
    named = ["index" if label is None else str(label) for label in labels]
    entries = [entry if len(labels) > 1 else (entry,) for entry in index.tolist()]
    return named + names, [(*entry, *row) for entry, row in zip(entries, rows)]


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and value != value


def _is_one(value: Any) -> bool:
    """Tell whether a value is no list: a number, a text, a dict."""
    return isinstance(value, (str, bytes, Mapping)) or not hasattr(value, "__iter__")


class _Special(str):
    """The text of a number that JSON lacks: NaN, ±inf."""


def _cell(value: Any) -> Any:
    """Return a value as JSON has it; what is missing as None, what JSON lacks as text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean_text(value)
    if _is_missing(value):
        return None
    found = to_json(value)
    if isinstance(found, dict) and MARK in found:
        text = clean_text(_words(value, literal(found)))
        return _Special(found["value"]) if found[MARK] == "float" else text
    return clean_text(found) if isinstance(found, str) else readable(found)


def _is_missing(value: Any) -> bool:
    """Tell whether a value stands for none: NaT and NA of pandas, NaT and masked of numpy."""
    kind = type(value)
    if kind.__name__ == "MaskedConstant":
        return True
    if kind.__module__.partition(".")[0] == "pandas":
        return kind.__name__ in ("NaTType", "NAType")
    return kind.__name__ in ("datetime64", "timedelta64") and str(value) == "NaT"


def _words(value: Any, otherwise: str) -> str:
    """Return the text of a value whose type has one of its own: a day, a decimal, an amount."""
    of_type = getattr(type(value), "__str__", None)
    if isinstance(value, (bytes, bytearray, set, frozenset, int)) or of_type is object.__str__:
        return otherwise
    try:
        return str(value)
    except Exception:  # it is another's code
        return otherwise
