"""What is kept as text of a value that JSON does not have: its repr, where that can be kept.

The text is the same on every Python: since 3.11 none is made of an integer with more than 4,300
digits, before that it takes minutes. Such integers are written in hexadecimal.
"""

from __future__ import annotations

import dataclasses
import enum
import fractions
import hashlib
import re
import uuid
from typing import Any, Iterator, Mapping

from ato_sql._values.values import has_digits

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_LONGEST = 100_000  # letters; of a longer text the beginning is kept, and a hash of it
_KEPT = 10_000
_SHORT = frozenset((str, float, bool, bytes, complex, type(None)))
_FAILED = "<repr failed: {}>"
_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
}


class Text:
    """The text of a value.

    Attributes:
        text: with no addresses in it, which change from run to run, and of bounded length.
        is_whole: whether all of the value is in it, as far as can be told: no address was.
        failed: whether the value has none.
    """

    def __init__(self, value: Any) -> None:
        self.failed, whole = False, ""
        try:
            whole = whole_repr(value)
        except Exception as error:  # a config value must never fail a run
            whole, self.failed = _FAILED.format(type(error).__name__), True
        cut = _ADDRESS.sub("", whole)
        self.is_whole = not self.failed and cut == whole
        self.text = bounded(cut)

    def fail(self) -> None:
        """Take a text for none that Python would not have made since 3.11."""
        self.text, self.failed, self.is_whole = _FAILED.format("ValueError"), True, False


def bounded(text: str) -> str:
    """Return a text, of one that would swell the config the beginning and what tells it apart."""
    if len(text) <= _LONGEST:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{text[:_KEPT]}... ({len(text):,} characters, sha256:{digest})"


def unlike_any() -> str:
    """Return what makes a value differ from all others: nobody knows whether it is equal to one."""
    return uuid.uuid4().hex


def has_long_digits(text: str) -> bool:
    """Tell whether a text has a run of more digits than Python writes since 3.11."""
    return len(text) > 4300 and re.search(r"\d{4301}", text) is not None


def whole_repr(value: Any) -> str:
    """Return the repr of a value, integers of too many digits in it in hexadecimal."""
    try:
        is_long = holds_long(value)
    except Exception:  # it cannot be looked into; its repr may do without
        is_long = False
    return _written(value, frozenset()) if is_long else repr(value)


def holds_long(value: Any) -> bool:
    """Tell whether a value of a kind that is known holds an integer of too many digits."""
    seen, waiting = {}, [value]
    while waiting:
        one = waiting.pop()
        if type(one) in _SHORT:
            continue
        if isinstance(one, int):
            if not has_digits(one):
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
    elif isinstance(value, fractions.Fraction):
        yield from (value.numerator, value.denominator)
    elif isinstance(value, enum.Enum):
        if kind.__repr__ is enum.Enum.__repr__:
            yield value.value
    elif not isinstance(value, type):
        yield from _fields(value).values()


def _fields(value: Any) -> Mapping[str, Any]:
    """Return the fields of a dataclass that its repr shows; none where that is its author's."""
    # What dataclasses makes is wrapped, so that one may contain itself.
    if not (dataclasses.is_dataclass(value) and hasattr(type(value).__repr__, "__wrapped__")):
        return {}
    return {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.repr}


def _written(value: Any, above: frozenset[int]) -> str:
    """Return the text of a value that may hold such integers."""
    if isinstance(value, int) and not has_digits(value):
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
    if isinstance(value, enum.Enum):
        return f"<{kind.__name__}.{value.name}: {again[0]}>"
    names = _fields(value)
    given = map("=".join, zip(names, again)) if names else again
    return f"{kind.__qualname__}({', '.join(given)})"


def _in_brackets(kind: type, items: list[str]) -> str:
    start, end = _BRACKETS[kind]
    inner = ", ".join(items if kind in (list, tuple) else sorted(items))
    return f"{start}{inner}{',' if kind is tuple and len(items) == 1 else ''}{end}"
