r"""Dotted names: how the place of a value in a tree is written.

`a.b` is the key 'b' below the key 'a'. A key that is no string, and the index of a list element,
is written as its Python literal in brackets: `layers[1]`. A dot, bracket or backslash in a string
key has a backslash before it, an empty string is `['']`. So no two places have the same name.
"""

from __future__ import annotations

from ato_adict._errors import ConversionError, MissingKeyError
from ato_adict._sentinel import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator


def part(key: object) -> str:
    """Return `key` as one part of a dotted name; without the dot before it."""
    if type(key) is str and key:
        return key if key.isidentifier() else _escape(key, "\\.[")
    text = _escape(repr(key), "\\[]")
    return f"[{text}]"


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
    name: str = node._ato_path
    for key in keys:
        name = below(name, key)
    return name


def split(name: str) -> tuple[Any, ...]:
    """Return the keys of a dotted name, the inverse of `join`."""
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


def lookup(tree: Any, name: str, default: Any = MISSING) -> Any:
    """Return the value at the dotted `name`, reading each level; `default` where it is not set."""
    keys = split(name)
    value = tree
    for depth, key in enumerate(keys):
        if not isinstance(value, dict) or key not in value:
            if default is not MISSING:
                return default
            raise _no_such_name(value, keys, depth)
        value = value[key]
    return value


def _no_such_name(value: Any, keys: tuple[Any, ...], depth: int) -> MissingKeyError:
    wanted, reached = join(keys), join(keys[:depth])
    if not isinstance(value, dict):
        return MissingKeyError(
            f"no key '{wanted}': '{reached}' is {type(value).__name__}, not a mapping"
        )
    from ato_adict._suggest import did_you_mean

    known = {key: join((*keys[:depth], key)) for key in value if isinstance(key, str)}
    hint = did_you_mean(keys[depth], known)
    for key, full in known.items():
        hint = hint.replace(f"'{key}'", f"'{full}'") if depth else hint
    return MissingKeyError(f"no key '{join(keys[: depth + 1])}' in this config{hint}")


def contains(tree: Any, name: str) -> bool:
    """Whether the dotted `name` is set; not a read."""
    value = tree
    for key in split(name):
        if not isinstance(value, dict) or key not in value:
            return False
        value = dict.__getitem__(value, key)
    return True


def assign(tree: Any, name: str, value: Any) -> None:
    """Set the dotted `name`, creating the levels that are missing; not a read."""
    keys = split(name)
    for depth, key in enumerate(keys[:-1]):
        child = dict.get(tree, key, MISSING)
        if child is MISSING:
            tree[key] = {}
            child = dict.__getitem__(tree, key)
        if not isinstance(child, dict):
            raise ConversionError(
                f"cannot set '{join(keys)}': '{join(keys[: depth + 1])}' is "
                f"{type(child).__name__}, not a mapping"
            )
        tree = child
    tree[keys[-1]] = value
