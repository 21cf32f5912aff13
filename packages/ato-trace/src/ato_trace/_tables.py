"""pandas: tables by column, with their index, names and dtypes."""

from __future__ import annotations

import sys

from ato_trace._encoders import encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._sink import Encoder, Sink

_ROWS = 1 << 20  # of a column that NumPy does not know, made Python objects at a time


def pandas_encoder(value: Any) -> Encoder | None:
    """The encoder of a pandas object, or None."""
    pd = sys.modules["pandas"]
    known: list[tuple[Any, Encoder]] = [
        (pd.DataFrame, _encode_frame),
        (pd.Series, _encode_series),
        (pd.MultiIndex, _encode_multi_index),
        (pd.Index, _encode_index),
        (pd.api.extensions.ExtensionArray, _encode_column),
        (pd.api.extensions.ExtensionDtype, _encode_text),
        ((pd.Timestamp, pd.Timedelta), _encode_moment),
        ((type(pd.NaT), type(pd.NA)), _encode_missing),
        ((pd.Period, pd.Interval, pd.DateOffset), _encode_text),
    ]
    for kind, encoder in known:
        if isinstance(value, kind):
            return encoder
    return None


def _encode_frame(frame: Any, sink: Sink) -> None:
    sink.tag(b"frame", frame.shape[1])
    encode(frame.index, sink)
    encode(frame.columns, sink)
    for position in range(frame.shape[1]):
        _in_column(frame.iloc[:, position].array, sink, f"[{frame.columns[position]!r}]")


def _encode_series(series: Any, sink: Sink) -> None:
    sink.tag(b"series", len(series))
    encode(series.name, sink)
    encode(series.index, sink)
    _in_column(series.array, sink, ".array")


def _in_column(array: Any, sink: Sink, path: str) -> None:
    from ato_trace._errors import HashError

    try:
        _encode_column(array, sink)
    except HashError as error:
        error.path = path + error.path
        raise


def _encode_index(index: Any, sink: Sink) -> None:
    sink.tag(b"index", len(index))
    encode(index.name, sink)
    _in_column(index.array, sink, ".index")


def _encode_multi_index(index: Any, sink: Sink) -> None:
    sink.tag(b"multiindex", index.nlevels)
    for level in range(index.nlevels):
        _encode_index(index.get_level_values(level), sink)


def _encode_column(array: Any, sink: Sink) -> None:
    pd = sys.modules["pandas"]
    if isinstance(array.dtype, sys.modules["numpy"].dtype):
        encode(array.to_numpy(), sink)
        return
    sink.text(b"column", str(array.dtype))
    if isinstance(array.dtype, pd.CategoricalDtype):
        encode(array.categories, sink)
        encode(bool(array.ordered), sink)
        encode(array.codes, sink)
    elif hasattr(array, "asi8"):  # times with a zone, and periods
        encode(array.asi8, sink)
    else:
        for start in range(0, len(array), _ROWS):
            _encode_extension(array[start : start + _ROWS], sink)


def _encode_extension(array: Any, sink: Sink) -> None:
    missing = array.isna()
    encode(missing, sink)
    encode([item for item, gone in zip(array.astype(object), missing) if not gone], sink)


def _encode_moment(value: Any, sink: Sink) -> None:
    sink.text(b"moment", f"{value.isoformat()} {getattr(value, 'tz', None)}")


def _encode_missing(value: Any, sink: Sink) -> None:
    sink.text(b"missing", value.__class__.__name__)


def _encode_text(value: Any, sink: Sink) -> None:
    sink.text(b"pandas", f"{value.__class__.__name__} {value}")
