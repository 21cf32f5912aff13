"""How values of other than builtin types are encoded.

Libraries are recognised by the module their classes come from; none is ever imported here.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from ato_trace import _hashing
from ato_trace._errors import HashError
from ato_trace._hashing.encoders import (
    ENCODERS,
    encode,
    encode_fields,
    encode_items,
    encode_mapping,
    encode_tuple,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ato_trace._hashing.encoders import Encoder, Sink

_MOST_FOUND = 1000  # classes whose encoder is remembered
_found: dict[type, Encoder] = {}


def module_of_class(cls: type) -> str:
    """The name of the module that a class says it is from, '' where it says none.

    What a class written in C has under `__module__` may be what its objects have there: Cython's
    functions show a descriptor, no name. The name it was made with, which stands in its repr, still
    has the module then.
    """
    module: object = cls.__module__
    if isinstance(module, str):
        return module
    return type.__repr__(cls)[len("<class '") : -len("'>")].rpartition(".")[0]


def encoder_for(value: Any) -> Encoder:
    """The encoder of a value; its class decides.

    Raises:
        HashError: It has no canonical form.
    """
    kind = value.__class__
    encoder = _found.get(kind)
    if encoder is None:
        encoder = _find_encoder(value)
        if len(_found) >= _MOST_FOUND:
            _found.clear()
        _found[kind] = encoder
    return encoder


def _find_encoder(value: Any) -> Encoder:
    kind = value.__class__
    for base in kind.__mro__:
        library = _LIBRARIES.get(module_of_class(base).partition(".")[0])
        encoder = library(value) if library is not None else None
        if encoder is not None:
            return encoder
    for test in (_of_structure, _of_standard_library, _of_builtin, _of_array_protocol):
        encoder = test(value)
        if encoder is not None:
            return encoder
    raise HashError(_refusal(value))


# -- libraries ---------------------------------------------------------------------------------


# Through the door of the room: what reads a library's objects is loaded with the first of them.
_LIBRARIES: dict[str, Callable[[Any], Encoder | None]] = {
    "numpy": lambda value: _hashing.numpy_encoder(value),
    "torch": lambda value: _hashing.torch_encoder(value),
    "pandas": lambda value: _hashing.pandas_encoder(value),
    "scipy": lambda value: _hashing.scipy_encoder(value),
}


def _of_array_protocol(value: Any) -> Encoder | None:
    """Anything else that NumPy can read: JAX arrays, images."""
    if "numpy" not in sys.modules or isinstance(value, type) or not hasattr(value, "__array__"):
        return None
    return _hashing.encode_array_like


# -- records -----------------------------------------------------------------------------------


def _of_structure(value: Any) -> Encoder | None:
    kind = value.__class__
    if isinstance(value, type):
        return _encode_type
    if hasattr(kind, "__dataclass_fields__"):
        return _encode_dataclass
    if hasattr(kind, "__attrs_attrs__"):
        return _encode_attrs
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return _encode_namedtuple
    if hasattr(kind, "__members__") and hasattr(value, "_name_"):
        return _encode_enum
    return None


def _encode_type(value: Any, sink: Sink) -> None:
    sink.text(b"type", f"{value.__module__}.{value.__qualname__}")


def _encode_dataclass(value: Any, sink: Sink) -> None:
    encode_fields(b"record", value, sorted(value.__dataclass_fields__), sink)


def _encode_attrs(value: Any, sink: Sink) -> None:
    encode_fields(b"record", value, sorted(a.name for a in value.__attrs_attrs__), sink)


def _encode_namedtuple(value: Any, sink: Sink) -> None:
    encode_fields(b"named", value, value._fields, sink)


def _encode_enum(value: Any, sink: Sink) -> None:
    # A combination of flags has a name only in some versions of Python.
    name = value._value_ if hasattr(value, "__or__") else value._name_
    sink.text(b"enum", f"{value.__class__.__qualname__}.{name}")


# -- standard library --------------------------------------------------------------------------


def _by_text(tag: bytes) -> Encoder:
    def encoder(value: Any, sink: Sink) -> None:
        sink.text(tag, str(value))

    return encoder


def _encode_time(value: Any, sink: Sink) -> None:
    sink.text(b"time", f"{value.__class__.__name__} {value.isoformat()} {value.tzinfo}")


def _encode_date(value: Any, sink: Sink) -> None:
    sink.text(b"date", value.isoformat())


def _encode_duration(value: Any, sink: Sink) -> None:
    sink.text(b"duration", f"{value.days} {value.seconds} {value.microseconds}")


def _encode_path(value: Any, sink: Sink) -> None:
    sink.text(b"path", value.as_posix())


def _encode_deque(value: Any, sink: Sink) -> None:
    sink.tag(b"deque", len(value))
    encode_items(value, sink)


def _encode_array(value: Any, sink: Sink) -> None:
    sink.text(b"array", value.typecode)
    encode(value.tolist(), sink)


def _encode_range(value: Any, sink: Sink) -> None:
    sink.text(b"range", f"{value.start} {value.stop} {value.step}" if len(value) else "")


def _encode_slice(value: Any, sink: Sink) -> None:
    sink.tag(b"slice", 3)
    for part in (value.start, value.stop, value.step):
        encode(part, sink)


def _encode_pattern(value: Any, sink: Sink) -> None:
    sink.tag(b"regex", value.flags)
    encode(value.pattern, sink)


def _encode_random(value: Any, sink: Sink) -> None:
    sink.tag(b"random", 1)
    try:
        state = value.getstate()
    except NotImplementedError:
        raise HashError("the random generator of the system has no state") from None
    encode(state, sink)


_STANDARD: dict[str, Encoder] = {
    "array.array": _encode_array,
    "builtins.range": _encode_range,
    "builtins.slice": _encode_slice,
    "collections.deque": _encode_deque,
    "datetime.datetime": _encode_time,
    "datetime.date": _encode_date,
    "datetime.time": _encode_time,
    "datetime.timedelta": _encode_duration,
    "decimal.Decimal": _by_text(b"decimal"),
    "fractions.Fraction": _by_text(b"fraction"),
    "ipaddress.IPv4Address": _by_text(b"address"),
    "ipaddress.IPv6Address": _by_text(b"address"),
    "pathlib.PurePath": _encode_path,
    "pathlib._local.PurePath": _encode_path,
    "random.Random": _encode_random,
    "re.Pattern": _encode_pattern,
    "uuid.UUID": _by_text(b"uuid"),
}


def _of_standard_library(value: Any) -> Encoder | None:
    for base in value.__class__.__mro__:
        encoder = _STANDARD.get(f"{module_of_class(base)}.{base.__qualname__}")
        if encoder is not None:
            return encoder
    return None


def _of_builtin(value: Any) -> Encoder | None:
    """Subclasses of builtin types count as the builtin; other mappings as dicts."""
    for base in value.__class__.__mro__:
        encoder = ENCODERS.get(base)
        if encoder is not None:
            return encode_tuple if base is tuple else encoder
    return encode_mapping if isinstance(value, Mapping) else None


def _refusal(value: Any) -> str:
    kind = value.__class__.__qualname__
    if hasattr(value, "__next__"):
        return f"hashing a {kind} would consume it (pass a list of its items)"
    if callable(value):
        return f"a {kind} has no canonical value"
    return f"an object of type {kind} has no canonical form"
