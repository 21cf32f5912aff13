r"""Dotted names: how the place of a value in a tree is written.

`a.b` is the key 'b' below the key 'a'. A dot or backslash in a key is written `\.` and `\\`; a key
that is no string is written as its Python literal in brackets, `[1]`, and a string that begins with
a bracket `\[`. So different places never have the same name.
"""

from __future__ import annotations

from ato_adict._errors import ConversionError, MissingKeyError
from ato_adict._sentinel import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator


def part(key: object) -> str:
    """Return `key` as one part of a dotted name."""
    if type(key) is not str:
        return f"[{key!r}]".replace("\\", "\\\\").replace(".", "\\.")
    if "\\" in key or "." in key:
        key = key.replace("\\", "\\\\").replace(".", "\\.")
    return f"\\{key}" if key[:1] == "[" else key


def join(keys: Iterable[object]) -> str:
    """Return the dotted name of the place that `keys` lead to."""
    return ".".join(map(part, keys))


def join_path(node: Any, *keys: object) -> str:
    """Return the dotted name of a place below `node`, from the root as far as it is known."""
    own = node._ato_path
    name = join(keys)
    return f"{own}.{name}" if own else name


def split(name: str) -> tuple[Any, ...]:
    """Return the keys of a dotted name, the inverse of `join`."""
    if "\\" not in name and "[" not in name:
        return tuple(name.split("."))
    return tuple(_parse_part(text) for text in _raw_parts(name))


def _raw_parts(name: str) -> Iterator[str]:
    current, escaped = "", False
    for char in name:
        if char == "." and not escaped:
            yield current
            current = ""
            continue
        escaped = char == "\\" and not escaped
        current += char
    yield current


def _parse_part(text: str) -> Any:
    import re

    plain = re.sub(r"\\(.)", r"\1", text)
    if not (text.startswith("[") and text.endswith("]")):
        return plain
    from ast import literal_eval

    try:
        return literal_eval(plain[1:-1])
    except (ValueError, SyntaxError):
        return plain


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
