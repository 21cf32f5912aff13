"""Values of globals and closure variables as text: short ones readable, long ones hashed."""

from __future__ import annotations

import sys

from ato_trace._errors import HashError
from ato_trace._hashing.dispatch import encoder_for, module_of_class
from ato_trace._hashing.outputs import hash_value
from ato_trace._source.projects import is_of_ato

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._hashing.encoders import Encoder

_LONGEST = 10_000  # characters; kept with the fingerprint, so that a change can be shown
_MOST_ITEMS = 2_000
_MOST_ELEMENTS = 200  # of an array that is shown
_MOST_BYTES = 64 << 20  # of an array that still counts as a constant of the program

# By the module of its class: what changes as the program runs, whatever the code.
_OF_THE_PROCESS = {
    "_contextvars": "a context variable",
    "_io": "an open file",
    "_queue": "a queue",
    "_socket": "a socket",
    "_thread": "a lock",
    "_weakref": "a weak reference",
    "asyncio": "a part of an event loop",
    "contextvars": "a context variable",
    "io": "an open file",
    "logging": "a logger",
    "multiprocessing": "a part of multiprocessing",
    "queue": "a queue",
    "socket": "a socket",
    "sqlite3": "a database connection",
    "subprocess": "a process",
    "tempfile": "a temporary file",
    "threading": "a lock or thread",
    "weakref": "a weak reference",
}
_GENERATORS = {
    ("random", "Random"),
    ("numpy", "Generator"),
    ("numpy", "RandomState"),
    ("numpy", "BitGenerator"),
    ("torch", "Generator"),
}


def reason_to_skip(value: Any) -> str | None:
    """Why a value is a state of the process rather than part of the program; None if it is not."""
    if value is sys.path or value is sys.argv or value is sys.modules:
        return "where and how the program was started"
    for base in type(value).__mro__:
        if is_of_ato(module_of_class(base)) and not isinstance(value, dict):
            return "a part of ato"
        top = module_of_class(base).partition(".")[0]
        if top in _OF_THE_PROCESS:
            return _OF_THE_PROCESS[top]
        if (top, base.__name__) in _GENERATORS:
            return "the state of a random generator"
        if (module_of_class(base), base.__name__) == ("os", "_Environ"):
            return "environment variables are kept with the environment"
    if hasattr(type(value), "__next__"):
        return "an iterator"
    return None


def value_text(value: Any) -> str | None:
    """The value as canonical text, or None for what is no simple value."""
    try:
        if getattr(value, "nbytes", 0) > _MOST_BYTES:
            return None
        hashed = hash_value(value, None, "value", _simple_encoder)
    except Exception:  # HashError, or a library's object that is not ready to be read
        return None
    text = _readable(value)
    if text is not None and len(text) <= _LONGEST:
        return text
    return f"{_shape(value)}sha256:{hashed}"


def _simple_encoder(value: Any) -> Encoder:
    """The encoder of a value, unless it is a class: of a class the code counts, not the name.

    Raises:
        HashError: The value is a class or a state, or has no canonical form.
    """
    if isinstance(value, type):
        raise HashError("a class is no simple value")
    if reason_to_skip(value) is not None:
        raise HashError("a state is no simple value")
    return encoder_for(value)


def _readable(value: Any) -> str | None:
    if isinstance(value, (bool, int, float, complex, str, bytes, type(None))):
        kind = type(value)
        return ascii(value) if module_of_class(kind) == "builtins" else None
    if type(value) in (list, tuple) and len(value) <= _MOST_ITEMS:
        return _joined("[]" if isinstance(value, list) else "()", [_readable(v) for v in value])
    if type(value) in (set, frozenset) and len(value) <= _MOST_ITEMS:
        items = [_readable(item) for item in value]
        return _joined("{}", sorted(items, key=str))
    if isinstance(value, dict) and len(value) <= _MOST_ITEMS:
        pairs = [(_readable(key), _readable(dict.get(value, key))) for key in dict.keys(value)]
        items = [None if None in pair else f"{pair[0]}: {pair[1]}" for pair in pairs]
        return _joined("{}", sorted(items, key=str))
    return _readable_array(value)


def _readable_array(value: Any) -> str | None:
    np = sys.modules.get("numpy")
    if np is None or type(value) is not np.ndarray or value.dtype.kind not in "biuf":
        return None
    return f"{value.dtype}{value.tolist()!a}" if value.size <= _MOST_ELEMENTS else None


def _shape(value: Any) -> str:
    """Type and shape of an array, to be read before its hash."""
    np = sys.modules.get("numpy")
    is_array = np is not None and type(value) is np.ndarray and value.dtype.names is None
    return f"{value.dtype} {value.shape} " if is_array else ""


def _joined(brackets: str, items: list[Any]) -> str | None:
    if any(item is None for item in items):
        return None
    return brackets[0] + ", ".join(items) + brackets[1]


# -- names ----------------------------------------------------------------------------------------


def key_text(key: Any) -> str:
    """A key of a dictionary as text, in which no address may stand."""
    text = _readable(key)
    if text is not None:
        return text if len(text) <= 80 else text[:77] + "..."
    name = getattr(key, "__qualname__", None)
    if isinstance(name, str):
        return name
    return value_text(key) or type(key).__qualname__


def library_name(obj: Any) -> str:
    """What a function or class of a library is called, alike in all its versions."""
    name = getattr(obj, "__name__", None) or type(obj).__name__
    owner = getattr(obj, "__self__", None)
    module = getattr(obj, "__module__", None)
    if isinstance(owner, type):
        name = f"{owner.__name__}.{name}"
        module = module or owner.__module__
    elif owner is not None and not hasattr(owner, "__spec__"):
        name = f"{type(owner).__name__}.{name}"
        module = module or module_of_class(type(owner))
    elif owner is not None:
        module = module or owner.__name__
    if not isinstance(module, str) or module.startswith("_cython_"):
        module = module_of_class(type(obj))
    top = module.partition(".")[0].lstrip("_")
    return name if top in ("builtins", "") else f"{top}.{name}"
