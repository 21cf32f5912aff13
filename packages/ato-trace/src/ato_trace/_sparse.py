"""SciPy sparse matrices: shape, dtype and the entries that are not zero, in whatever format."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._sink import Encoder, Sink


def scipy_encoder(value: Any) -> Encoder | None:
    """The encoder of a sparse matrix or array, or None."""
    sparse = sys.modules.get("scipy.sparse")
    return _encode_sparse if sparse is not None and sparse.issparse(value) else None


def _encode_sparse(matrix: Any, sink: Sink) -> None:
    from ato_trace._arrays import encode_array

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
