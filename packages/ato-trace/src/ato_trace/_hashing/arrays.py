"""NumPy arrays and scalars, streamed in C order and little-endian whatever their layout."""

from __future__ import annotations

import sys

from ato_trace._errors import HashError
from ato_trace._hashing.encoders import (
    encode,
    encode_bool,
    encode_bytes,
    encode_complex,
    encode_float,
    encode_int,
    encode_str,
)
from ato_trace._hashing.tree_hash import piece_digests

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ato_trace._hashing.encoders import Encoder, Sink

_CHUNK_BYTES = 1 << 20  # stays in the cache between the search for NaN and the hash; part of the
# definition of the hash: what is larger is hashed piece by piece


def numpy_encoder(value: Any) -> Encoder | None:
    """The encoder of a NumPy object, or None."""
    np = sys.modules["numpy"]
    if isinstance(value, np.ma.MaskedArray):
        return _encode_masked
    if isinstance(value, np.ndarray):
        return encode_array
    if isinstance(value, np.generic):
        return _scalar_encoder(value)
    if isinstance(value, np.dtype):
        return lambda dtype, sink: sink.text(b"dtype", _dtype_text(dtype))
    if isinstance(value, np.random.RandomState):
        return lambda state, sink: encode(state.get_state(legacy=False), sink)
    if hasattr(value, "bit_generator"):
        return lambda generator, sink: encode(generator.bit_generator.state, sink)
    return None


def _scalar_encoder(value: Any) -> Encoder:
    """NumPy's float64 is the float of Python, its integers are integers; float32 is its own."""
    np = sys.modules["numpy"]
    if isinstance(value, np.timedelta64):  # a subclass of the signed integers
        return encode_array_like
    exact: list[tuple[Any, Encoder]] = [
        (np.bool_, encode_bool),
        (np.integer, lambda number, sink: encode_int(int(number), sink)),
        (np.float64, lambda number, sink: encode_float(float(number), sink)),
        (np.complex128, lambda number, sink: encode_complex(complex(number), sink)),
        (np.str_, encode_str),
        (np.bytes_, encode_bytes),
    ]
    for kind, encoder in exact:
        if isinstance(value, kind):
            return encoder
    return encode_array_like


def encode_array_like(value: Any, sink: Sink) -> None:
    """Write anything NumPy makes an array of."""
    encode_array(sys.modules["numpy"].asarray(value), sink)


def encode_array(array: Any, sink: Sink) -> None:
    """Write dtype, shape and elements of an array."""
    dtype = array.dtype
    sink.text(b"A", _dtype_text(dtype))
    sink.tag(b"d", array.ndim)
    for size in array.shape:
        sink.tag(b"", size)
    if dtype.names is not None:
        for name in dtype.names:
            encode_array(array[name], sink)
    elif dtype.hasobject or dtype.kind == "T":  # T: strings of any length, NumPy 2
        _encode_objects(array, sink)
    else:
        _encode_elements(_chunks(array, _step(array)), array, sink)


def _encode_elements(chunks: Iterator[Any], array: Any, sink: Sink) -> None:
    """Write chunks of one MiB, or where there are several their digests."""

    def settle(chunk: Any) -> Any:
        return _settled(chunk, sink).view("u1")

    count = -(-array.size // _step(array))
    if count > 1:
        sink.update(b"".join(piece_digests(chunks, settle, count)))
    else:
        for chunk in chunks:
            sink.update(settle(chunk))


def _encode_objects(array: Any, sink: Sink) -> None:
    index = 0
    try:
        for item in array.flat:
            encode(item, sink)
            index += 1
    except HashError as error:
        place = sys.modules["numpy"].unravel_index(index, array.shape)
        error.path = f"[{', '.join(str(int(i)) for i in place)}]{error.path}"
        raise


def _dtype_text(dtype: Any) -> str:
    if dtype.names is not None:
        return "{" + ",".join(f"{n!r}:{_dtype_text(dtype[n])}" for n in dtype.names) + "}"
    if dtype.subdtype is not None:
        return f"{_dtype_text(dtype.subdtype[0])}{dtype.subdtype[1]}"
    return "T" if dtype.kind == "T" else str(dtype.str).lstrip("<>|=")


def _step(array: Any) -> int:
    """Elements to a piece."""
    size: int = array.itemsize
    return max(1, _CHUNK_BYTES // max(1, size))


def _chunks(array: Any, step: int) -> Iterator[Any]:
    """The elements in C order, as contiguous little-endian pieces of `step`; views if possible."""
    np = sys.modules["numpy"]
    wanted = array.dtype.newbyteorder("<")
    if array.size == 0 or array.itemsize == 0:
        return
    if array.flags.c_contiguous and wanted == array.dtype:
        flat = np.asarray(array).reshape(-1)
        for start in range(0, flat.size, step):
            yield flat[start : start + step]
        return
    pieces = np.nditer(
        np.asarray(array),
        flags=["external_loop", "buffered", "zerosize_ok"],
        op_dtypes=[wanted],
        casting="equiv",
        order="C",
        buffersize=step,
    )
    yield from _regrouped((piece.copy() for piece in pieces), step)


def _regrouped(pieces: Iterator[Any], step: int) -> Iterator[Any]:
    """Pieces of `step` elements each, but the last: NumPy may fill a buffer only in part."""
    np = sys.modules["numpy"]
    rest: list[Any] = []
    missing = step
    for piece in pieces:
        while len(piece) >= missing:
            rest.append(piece[:missing])
            yield rest[0] if len(rest) == 1 else np.concatenate(rest)
            piece, rest, missing = piece[missing:], [], step
        if len(piece):
            rest.append(piece)
            missing -= len(piece)
    if rest:
        yield np.concatenate(rest)


def _settled(chunk: Any, sink: Sink) -> Any:
    """Floating-point numbers, rounded if wanted, with a single kind of NaN."""
    np = sys.modules["numpy"]
    kind = chunk.dtype.kind
    if kind not in "fc":
        return chunk
    if sink.quantiser is not None:
        plain = chunk.view(chunk.real.dtype) if kind == "c" else chunk
        chunk = sink.quantiser.array(plain.astype("<f8"))
    elif chunk.dtype.itemsize // (2 if kind == "c" else 1) > 8:
        return _without_padding(chunk)
    if kind == "c" and chunk.dtype.kind == "c":
        chunk = chunk.view(chunk.real.dtype)
    missing = np.isnan(chunk)
    if missing.any():
        chunk = np.where(missing, chunk.dtype.type(np.nan), chunk)
    return chunk


def _without_padding(chunk: Any) -> Any:
    """Extended precision: 80 bits in 128, of which the rest is whatever was in memory."""
    np = sys.modules["numpy"]
    parts = chunk.view(chunk.real.dtype).copy()
    parts[np.isnan(parts)] = np.nan
    if np.finfo(parts.dtype).nmant == 63:
        parts.view("u1").reshape(-1, parts.itemsize)[:, 10:] = 0
    return parts


def _encode_masked(array: Any, sink: Sink) -> None:
    """A masked array; what stands under the mask is no value."""
    np = sys.modules["numpy"]
    data, mask = np.ma.getdata(array), np.ma.getmaskarray(array)
    sink.tag(b"masked", 2)
    encode_array(mask, sink)
    if data.dtype.kind in "OVT":
        encode_array(array.filled(np.zeros((), data.dtype)[()]), sink)
        return
    sink.text(b"A", _dtype_text(data.dtype))
    step = _step(data)
    pairs = zip(_chunks(data, step), _chunks(mask, step))
    _encode_elements(
        (np.where(gone, np.zeros((), values.dtype), values) for values, gone in pairs), data, sink
    )
