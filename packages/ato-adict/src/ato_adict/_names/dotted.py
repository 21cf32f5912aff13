r"""Dotted names: how the place of a value in a tree is written.

`a.b` is the key 'b' below the key 'a'. A key that is no string, and the index of a list element,
is written as its Python literal in brackets: `layers[1]`. A dot, bracket or backslash in a string
key has a backslash before it, an empty string is `['']`. So no two places have the same name.
"""

from __future__ import annotations

from ato_adict._basics.errors import ConversionError
from ato_adict._basics.texts import in_line, kind_name, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator

_PLAIN = frozenset((str, int, float, bool, bytes, complex, type(None)))
_MOST_BITS = 14_000  # of an integer that every Python converts to decimal


def part(key: object) -> str:
    """Return `key` as one part of a dotted name; without the dot before it."""
    if type(key) is str and key:
        return key if key.isidentifier() else _escape(key, "\\.[")
    text = _escape(literal(key), "\\[]")
    return f"[{text}]"


def literal(value: object) -> str:
    """Return a value as Python's literal; what Python writes in no decimal, in hexadecimal."""
    if type(value) is int and value.bit_length() > _MOST_BITS:
        return hex(value)
    return repr(value) if type(value) in _PLAIN else shown(value)


def _escape(text: str, special: str) -> str:
    """Put a backslash before each special character, the first of which is the backslash."""
    for char in special:
        if char in text:
            text = text.replace(char, "\\" + char)
    return text


def below(name: str, key: object) -> str:
    """Return the dotted name of `key` below the place that has `name` ('' for the root)."""
    text = part(key)
    return f"{name}.{text}" if name and text[0] != "[" else name + text


def join(keys: Iterable[object]) -> str:
    """Return the dotted name of the place that `keys` lead to."""
    name = ""
    for key in keys:
        name = below(name, key)
    return name


def join_path(node: Any, *keys: object) -> str:
    """Return the dotted name of a place below `node`, from the root as far as it is known."""
    name: str = getattr(node, "_ato_path", "")
    for key in keys:
        name = below(name, key)
    return name


def split(name: str) -> tuple[Any, ...]:
    """Return the keys of a dotted name, the inverse of `join`."""
    if not isinstance(name, str):
        raise ConversionError(f"{in_line(name, 100)} of type {kind_name(name)} is no dotted name")
    if "\\" not in name and "[" not in name:
        return tuple(name.split("."))
    return tuple(_parse(name))


def _parse(name: str) -> Iterator[Any]:
    """Yield the keys of a name: plain parts between dots, and what stands in brackets."""
    import re

    plain = re.compile(r"((?:\\.|[^.\[\\])*)(?:\.|(?=\[)|$)", re.DOTALL)
    bracket = re.compile(r"\[((?:\\.|[^\]\\])*)\](?:\.(?!$)|(?=\[)|$)", re.DOTALL)
    position = 0
    while position < len(name):
        match = bracket.match(name, position)
        if match is None:
            match = plain.match(name, position)
            if match is None or match.end() == position:
                yield name[position:]
                return
            yield _unescape(match.group(1))
        else:
            yield _literal(_unescape(match.group(1)))
        position = match.end()
    if name.endswith(".") and not name.endswith("\\."):
        yield ""


def _unescape(text: str) -> str:
    import re

    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _literal(text: str) -> Any:
    from ast import literal_eval

    try:
        return literal_eval(text)
    except (ValueError, SyntaxError):
        return text
