"""pandas: tables by column, with their index, names and dtypes; SciPy: sparse matrices."""

from __future__ import annotations

import sys

from ato_trace._errors import HashError
from ato_trace._hashing.arrays import encode_array
from ato_trace._hashing.encoders import encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._hashing.encoders import Encoder, Sink

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
    try:
        _encode_column(array, sink)
    except HashError as error:
        error.path = path + error.path
        raise


def _encode_index(index: Any, sink: Sink) -> None:
    sink.tag(b"index", len(index))
    encode(index.name, sink)
    if len(index):  # versions of pandas differ in what an empty one is of
        _in_column(index.array, sink, ".index")


def _encode_multi_index(index: Any, sink: Sink) -> None:
    sink.tag(b"multiindex", index.nlevels)
    for level in range(index.nlevels):
        _encode_index(index.get_level_values(level), sink)


def _encode_column(array: Any, sink: Sink) -> None:
    pd = sys.modules["pandas"]
    texts = _texts(array)
    if texts is not None:
        _encode_texts(texts, sink)
        return
    if _is_plain(array):
        values = array.to_numpy()
        encode(_in_nanoseconds(values) if values.dtype.kind in "mM" else values, sink)
        return
    if isinstance(array.dtype, pd.SparseDtype):
        sink.text(b"column", f"Sparse[{array.dtype.subtype}]")
        encode(array.fill_value, sink)
        encode(sys.modules["numpy"].asarray(array), sink)
        return
    if hasattr(array, "closed"):  # intervals
        sink.text(b"column", f"interval {array.closed}")
        encode(array.left, sink)
        encode(array.right, sink)
        return
    if getattr(array.dtype, "tz", None) is not None:
        sink.text(b"column", f"datetime {array.dtype.tz}")
        encode(_in_nanoseconds(array.asi8.view(f"M8[{array.dtype.unit}]")), sink)
        return
    sink.text(b"column", str(array.dtype))
    if isinstance(array.dtype, pd.CategoricalDtype):
        encode(array.categories, sink)
        encode(bool(array.ordered), sink)
        encode(array.codes, sink)
    elif hasattr(array, "asi8"):  # periods
        encode(array.asi8, sink)
    else:
        for start in range(0, len(array), _ROWS):
            _encode_extension(array[start : start + _ROWS], sink)


def _is_plain(array: Any) -> bool:
    """Whether a column is an array of NumPy, which pandas may have wrapped."""
    wrappers = ("PandasArray", "NumpyExtensionArray")
    is_numpy = isinstance(array.dtype, sys.modules["numpy"].dtype)
    return is_numpy or type(array).__name__ in wrappers


def _texts(array: Any) -> list[str | None] | None:
    """The items of a column of texts, None where one is missing; None if they are no texts.

    What holds them differs between versions of pandas: objects, or one of several string types.
    """
    pd = sys.modules["pandas"]
    dtype = array.dtype
    is_object = _is_plain(array) and dtype.kind == "O"
    if not is_object and not isinstance(dtype, getattr(pd, "StringDtype", ())):
        return None
    missing = sys.modules["numpy"].asarray(array.isna(), dtype=bool)
    items = array.astype(object)
    texts = [None if gone else item for item, gone in zip(items, missing)]
    if all(item is None or type(item) is str for item in texts):
        return texts if not is_object or any(item is not None for item in texts) else None
    return None


def _encode_texts(texts: list[str | None], sink: Sink) -> None:
    sink.tag(b"texts", len(texts))
    for text in texts:
        encode(text, sink)


def _in_nanoseconds(values: Any) -> Any:
    """Times in the unit of older versions of pandas, where they fit in it."""
    np = sys.modules["numpy"]
    kind = values.dtype.kind + "8"
    try:
        scaled = values.astype(f"{kind}[ns]")
    except OverflowError:  # NumPy 2.5 and later; older ones wrap around
        return values
    fits = bool((scaled.astype(values.dtype) == values)[~np.isnat(values)].all())
    return scaled if fits else values


def _encode_extension(array: Any, sink: Sink) -> None:
    missing = sys.modules["numpy"].asarray(array.isna(), dtype=bool)
    encode(missing, sink)
    encode([item for item, gone in zip(array.astype(object), missing) if not gone], sink)


def _encode_moment(value: Any, sink: Sink) -> None:
    sink.text(b"moment", f"{value.isoformat()} {getattr(value, 'tz', None)}")


def _encode_missing(value: Any, sink: Sink) -> None:
    sink.text(b"missing", value.__class__.__name__)


def _encode_text(value: Any, sink: Sink) -> None:
    sink.text(b"pandas", f"{value.__class__.__name__} {value}")


# -- SciPy: shape, dtype and the entries that are not zero, in whatever format ---------------------


def scipy_encoder(value: Any) -> Encoder | None:
    """The encoder of a sparse matrix or array, or None."""
    sparse = sys.modules.get("scipy.sparse")
    return _encode_sparse if sparse is not None and sparse.issparse(value) else None


def _encode_sparse(matrix: Any, sink: Sink) -> None:
    np = sys.modules["numpy"]
    entries = matrix.tocoo(copy=True)
    entries.sum_duplicates()
    kept = entries.data != 0
    # Arrays of other than two dimensions have coords; older SciPy has only row and col.
    axes = getattr(entries, "coords", None) or (entries.row, entries.col)
    axes = [axis[kept].astype(np.int64) for axis in axes]
    order = np.lexsort(axes[::-1])
    sink.tag(b"sparse", len(entries.shape))
    for size in entries.shape:
        sink.tag(b"", size)
    for axis in axes:
        encode_array(axis[order], sink)
    encode_array(entries.data[kept][order], sink)
