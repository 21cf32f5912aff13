"""Canonical bytes of the builtin types, and the sink that they go into."""

from __future__ import annotations

import math
import struct

from ato_trace._errors import HashError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from ato_trace._hashing.quantise import Quantiser

    Update = Callable[[Any], object]
    Encoder = Callable[[Any, "Sink"], None]
    Find = Callable[[Any], Encoder]

_DOUBLE = struct.Struct("<d").pack
_INTEGER = struct.Struct("<q").pack
_NAN = _DOUBLE(float("nan"))
_SMALL = 4096


class Sink:
    """Receives tagged, length-prefixed bytes, so that no two values give the same stream.

    Attributes:
        update: Takes bytes or any contiguous buffer.
        find: Gives the encoder of a value of other than builtin type.
        quantiser: Rounds floating-point numbers, or None to keep them exact.
        open: Ids of the containers being encoded, to notice one that contains itself.
    """

    __slots__ = ("find", "open", "quantiser", "update")

    def __init__(
        self, update: Update, find: Find, quantiser: Quantiser | None, opened: set[int]
    ) -> None:
        self.update = update
        self.find = find
        self.quantiser = quantiser
        self.open = opened

    def tag(self, tag: bytes, count: int) -> None:
        """Write a tag and a count."""
        self.update(tag + _INTEGER(count))

    def text(self, tag: bytes, value: str) -> None:
        """Write a string under a tag."""
        self.data(tag, value.encode("utf-8", "surrogatepass"))

    def data(self, tag: bytes, value: bytes) -> None:
        """Write bytes under a tag."""
        if len(value) < _SMALL:
            self.update(tag + _INTEGER(len(value)) + value)
        else:  # not to copy what is large
            self.update(tag + _INTEGER(len(value)))
            self.update(value)


def encode(value: Any, sink: Sink) -> None:
    """Write the canonical bytes of any value.

    Raises:
        HashError: It has none; `path` is relative to the value.
    """
    encoder = ENCODERS.get(value.__class__)
    if encoder is None:
        encoder = sink.find(value)
    encoder(value, sink)


# -- scalars -----------------------------------------------------------------------------------


def _none(value: None, sink: Sink) -> None:
    sink.update(b"N")


def _ellipsis(value: Any, sink: Sink) -> None:
    sink.update(b".")


def encode_bool(value: Any, sink: Sink) -> None:
    """Write True or False."""
    sink.update(b"T" if value else b"F")


def encode_int(value: int, sink: Sink) -> None:
    """Write an integer of any size."""
    if -(1 << 63) <= value < 1 << 63:
        sink.update(b"i" + _INTEGER(value))
    else:
        sink.data(b"I", value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True))


def double(value: float, sink: Sink) -> bytes:
    """The eight bytes of a float; every NaN has the same."""
    if sink.quantiser is not None:
        value = sink.quantiser.number(value)
    return _DOUBLE(value) if value == value else _NAN


def encode_float(value: float, sink: Sink) -> None:
    """Write a float."""
    sink.update(b"f" + double(value, sink))


def encode_complex(value: complex, sink: Sink) -> None:
    """Write a complex number."""
    sink.update(b"c" + double(value.real, sink) + double(value.imag, sink))


def encode_str(value: str, sink: Sink) -> None:
    """Write a string."""
    sink.text(b"s", value)


def encode_bytes(value: Any, sink: Sink) -> None:
    """Write bytes, a bytearray or a memoryview."""
    sink.data(b"b", bytes(value))


# -- containers --------------------------------------------------------------------------------


def encode_items(value: Any, sink: Sink) -> None:
    """Write the elements of a sequence, without tag and count."""
    enter(value, sink)
    done = 0
    try:
        for item in value:
            encode(item, sink)
            done += 1
    except HashError as error:
        error.path = f"[{done}]{error.path}"
        raise
    sink.open.discard(id(value))


def enter(value: Any, sink: Sink) -> None:
    """Note that a container is being encoded.

    Raises:
        HashError: It is inside itself.
    """
    if id(value) in sink.open:
        raise HashError("it contains itself")
    sink.open.add(id(value))


def encode_list(value: list[Any], sink: Sink) -> None:
    """Write a list; one of plain numbers goes in a single block."""
    packed = _packed(value, sink) if len(value) > 8 else None
    if packed is not None:
        tag, data = packed
        sink.tag(tag, len(value))
        sink.update(data)
    else:
        sink.tag(b"[", len(value))
        encode_items(value, sink)


def encode_tuple(value: tuple[Any, ...], sink: Sink) -> None:
    """Write a tuple."""
    sink.tag(b"(", len(value))
    encode_items(value, sink)


def _packed(value: list[Any], sink: Sink) -> tuple[bytes, Any] | None:
    kinds = set(map(type, value))
    if kinds == {int} or all(map(_is_integer, kinds)):
        try:
            return b"[i", struct.pack(f"<{len(value)}q", *value)
        except struct.error:  # larger than 64 bits
            return None
    if kinds == {float} and sink.quantiser is None and not math.isnan(sum(value)):
        return b"[f", struct.pack(f"<{len(value)}d", *value)
    if all(issubclass(kind, float) and not hasattr(kind, "__members__") for kind in kinds):
        return b"[f", b"".join([double(item, sink) for item in value])
    return None


def _is_integer(kind: type) -> bool:
    """Whether values of a class are encoded as integers: so are NumPy's, in lists of any length."""
    if issubclass(kind, int):
        return kind is not bool and not hasattr(kind, "__members__")
    names = [base.__name__ for base in kind.__mro__ if base.__module__ == "numpy"]
    return "integer" in names and "timedelta64" not in names


def sorted_parts(values: Iterable[Any], sink: Sink) -> list[tuple[bytes, Any]]:
    """The canonical bytes of each value and the value, sorted by the bytes."""
    parts = []
    for value in values:
        chunks: list[bytes] = []
        try:
            encode(value, Sink(chunks.append, sink.find, sink.quantiser, sink.open))
        except HashError as error:
            error.path = f" key {value!r}{error.path}"
            raise
        parts.append((b"".join(chunks), value))
    parts.sort(key=lambda part: part[0])
    return parts


def encode_set(value: Any, sink: Sink) -> None:
    """Write a set without its order."""
    sink.tag(b"{", len(value))
    for data, _ in sorted_parts(value, sink):
        sink.update(data)


def encode_mapping(value: Any, sink: Sink) -> None:
    """Write a mapping without its order."""
    enter(value, sink)
    # Iterating over dict's own view: reading an ADict here must not count as the user's reading.
    items = dict(dict.items(value) if isinstance(value, dict) else value.items())
    sink.tag(b"m", len(items))
    for data, key in sorted_parts(items, sink):
        sink.update(data)
        try:
            encode(items[key], sink)
        except HashError as error:
            error.path = f"[{key!r}]{error.path}"
            raise
    sink.open.discard(id(value))


def encode_fields(tag: bytes, value: Any, names: Iterable[str], sink: Sink) -> None:
    """Write the class name and the named attributes of an object."""
    enter(value, sink)
    sink.text(tag, value.__class__.__qualname__)
    for name in names:
        sink.text(b"a", name)
        try:
            encode(getattr(value, name), sink)
        except HashError as error:
            error.path = f".{name}{error.path}"
            raise
    sink.open.discard(id(value))


ENCODERS: dict[type, Encoder] = {
    type(None): _none,
    type(...): _ellipsis,
    bool: encode_bool,
    int: encode_int,
    float: encode_float,
    complex: encode_complex,
    str: encode_str,
    bytes: encode_bytes,
    bytearray: encode_bytes,
    memoryview: encode_bytes,
    list: encode_list,
    tuple: encode_tuple,
    set: encode_set,
    frozenset: encode_set,
    dict: encode_mapping,
}
