"""Values as text, the same on every Python and without an error.

Since 3.11 Python makes no text of an integer of more than 4,300 digits, before that it takes
minutes: such integers are written in hexadecimal.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping

_BITS = 14_285  # of 10**4300, the first integer of too many digits
_TOO_LARGE = 10**4300
_SHORT = frozenset((str, float, bool, bytes, complex, type(None)))
_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
}
_DEEPEST = 100


def shown(value: Any, longest: int | None = None) -> str:
    """Return the repr of any value; of what has none, its type and why.

    Args:
        value: The value.
        longest: Where to cut it.
    """
    try:
        text = whole_repr(value)
    except Exception:  # a number of too many digits in it, or another's code
        text = piecewise(value)
    return text if longest is None else cut(text, longest)


def kind_name(value: Any) -> str:
    """Return the name of the type of any value; a metaclass of another's has no say in it."""
    name: str = type.__dict__["__name__"].__get__(type(value))
    return name


def a_kind(value: Any) -> str:
    """Return the name of the type of a value with its article: an object, a Path."""
    name = kind_name(value)
    return f"{'an' if name[:1] in ('a', 'e', 'i', 'o') else 'a'} {name}"


def in_line(value: Any, longest: int = 200) -> str:
    """Return what `shown` does, as one line: the repr of a table has several."""
    return cut(" ".join([line.strip() for line in shown(value).split("\n")]), longest)


def name_of(key: Any) -> str:
    """Return a key as it stands in a name or in JSON: its `str`, where it has one."""
    try:
        return str(key)
    except Exception:  # a number of too many digits, or another's code
        return shown(key)


def cut(text: str, longest: int = 200) -> str:
    """Return a text as a message shows it."""
    return text if len(text) <= longest else text[:longest] + "..."


def escaped(text: str, longest: int | None = None) -> str:
    """Return text of others as one line that cannot steer a terminal.

    Args:
        text: A name, a value, a message.
        longest: Where to cut it; what is cut off ends in dots.
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return text if longest is None or len(text) <= longest else text[: longest - 3] + "..."


def one_line(text: str, longest: int = 300) -> str:
    """Return a text as a message shows it, as `escaped` does, a long one without its middle.

    Of a path the end says most.
    """
    text = escaped(text)
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]}...{text[-half:]}"


def piecewise(value: Any, above: frozenset[int] = frozenset()) -> str:
    """Return the text of a value in which something has none."""
    if id(value) in above or len(above) > _DEEPEST:
        return "..."
    above = above | {id(value)}
    try:
        if isinstance(value, dict):
            pairs = dict.items(value)
            inner = (f"{piecewise(k, above)}: {piecewise(v, above)}" for k, v in pairs)
            return "{" + ", ".join(inner) + "}"
        kind = next((kind for kind in _BRACKETS if isinstance(value, kind)), None)
        if kind is not None:
            return _in_brackets(kind, [piecewise(item, above) for item in value])
        return whole_repr(value)
    except Exception as error:
        return f"<{kind_name(value)}, its repr failed: {type(error).__name__}>"


def is_long(number: int) -> bool:
    """Tell whether an integer has too many digits."""
    bits = int.bit_length(number)
    return bits >= _BITS and (bits > _BITS or not -_TOO_LARGE < number < _TOO_LARGE)


def whole_repr(value: Any) -> str:
    """Return the repr of a value, integers of too many digits in it in hexadecimal."""
    try:
        is_long = holds_long(value)
    except Exception:  # it cannot be looked into; its repr may do without
        is_long = False
    return _written(value, frozenset()) if is_long else repr(value)


def holds_long(value: Any) -> bool:
    """Tell whether a value of a kind that is known holds an integer of too many digits."""
    seen: dict[int, Any] = {}
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if type(one) in _SHORT:
            continue
        if isinstance(one, int):
            if is_long(one):
                return True
        elif id(one) not in seen:
            seen[id(one)] = one  # so that no other gets its place in memory
            waiting.extend(_parts(one))
    return False


def _parts(value: Any) -> Iterator[Any]:
    """Yield what the repr of a value of a kind that is known shows."""
    kind: Any = type(value)
    if kind in _BRACKETS:
        yield from value
    elif kind is dict:
        for pair in value.items():
            yield from pair
    elif kind in (range, slice):
        yield from (value.start, value.stop, value.step)
    elif _is_a("fractions", "Fraction", value):
        yield from (value.numerator, value.denominator)
    elif _is_a("enum", "Enum", value):
        if kind.__repr__ is sys.modules["enum"].Enum.__repr__:
            yield value.value
    elif not isinstance(value, type):
        yield from _fields(value).values()


def _is_a(module: str, name: str, value: Any) -> bool:
    """Tell whether a value is of a class of a module that is only there if somebody imported it."""
    cls = getattr(sys.modules.get(module), name, None)
    return cls is not None and isinstance(value, cls)


def _fields(value: Any) -> Mapping[str, Any]:
    """Return the fields of a dataclass that its repr shows; none where that is its author's."""
    if not hasattr(type(value), "__dataclass_fields__"):
        return {}
    import dataclasses

    # What dataclasses makes is wrapped, so that one may contain itself.
    if not hasattr(type(value).__repr__, "__wrapped__"):
        return {}
    return {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.repr}


def _written(value: Any, above: frozenset[int]) -> str:
    """Return the text of a value that may hold such integers."""
    if isinstance(value, int) and is_long(value):
        return hex(value)
    if id(value) in above:
        return "..."
    if not holds_long(value):
        return repr(value)
    kind, above = type(value), above | {id(value)}
    again = [_written(part, above) for part in _parts(value)]
    if kind in _BRACKETS:
        return _in_brackets(kind, again)
    if kind is dict:
        return "{" + ", ".join(map(": ".join, zip(again[::2], again[1::2]))) + "}"
    if hasattr(value, "_value_"):
        return f"<{kind.__name__}.{value.name}: {again[0]}>"
    names = _fields(value)
    given = map("=".join, zip(names, again)) if names else again
    return f"{kind.__qualname__}({', '.join(given)})"


def _in_brackets(kind: type, items: list[str]) -> str:
    start, end = _BRACKETS[kind]
    inner = ", ".join(items if kind in (list, tuple) else sorted(items))
    return f"{start}{inner}{',' if kind is tuple and len(items) == 1 else ''}{end}"
