"""Values of globals and closure variables as text: short ones readable, long ones hashed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._sink import Encoder

_LONGEST = 200
_MOST_BYTES = 64 << 20  # of an array that still counts as a constant of the program


def value_text(value: Any) -> str | None:
    """The value as canonical text, or None for what is no simple value."""
    from ato_trace._outputs import hash_value

    try:
        if getattr(value, "nbytes", 0) > _MOST_BYTES:
            return None
        hashed = hash_value(value, None, "value", _simple_encoder)
    except Exception:  # HashError, or a library's object that is not ready to be read
        return None
    text = _readable(value)
    return text if text is not None and len(text) <= _LONGEST else "sha256:" + hashed


def _simple_encoder(value: Any) -> Encoder:
    """The encoder of a value, unless it is a class: of a class the code counts, not the name.

    Raises:
        HashError: The value is a class, or has no canonical form.
    """
    from ato_trace._dispatch import encoder_for
    from ato_trace._errors import HashError

    if isinstance(value, type):
        raise HashError("a class is no simple value")
    return encoder_for(value)


def _readable(value: Any) -> str | None:
    if isinstance(value, (bool, int, float, complex, str, bytes, type(None))):
        return ascii(value)
    if type(value) in (list, tuple) and len(value) <= _LONGEST:
        return _joined("[]" if isinstance(value, list) else "()", [_readable(v) for v in value])
    if type(value) in (set, frozenset) and len(value) <= _LONGEST:
        items = [_readable(item) for item in value]
        return _joined("{}", sorted(items, key=str))
    if isinstance(value, dict) and len(value) <= _LONGEST:
        pairs = [(_readable(key), _readable(dict.get(value, key))) for key in dict.keys(value)]
        items = [None if None in pair else f"{pair[0]}: {pair[1]}" for pair in pairs]
        return _joined("{}", sorted(items, key=str))
    return None


def _joined(brackets: str, items: list[Any]) -> str | None:
    if any(item is None for item in items):
        return None
    return brackets[0] + ", ".join(items) + brackets[1]
