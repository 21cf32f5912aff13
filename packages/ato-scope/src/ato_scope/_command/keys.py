"""Keys as they are typed: dotted names with optional `[i]` and `["text"]`."""

from __future__ import annotations

from ato_scope._errors import TokenError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence, Tuple, Union

    Key = Union[str, int]
    Keys = Tuple[Key, ...]

OPERATORS = ("**", "//", "<<", ">>", "*", "/", "%", "|", "&", "^", "-")
SAFE = frozenset("_-+=.,:/@%^")


def split_key(name: str) -> Keys:
    """Return the parts of a typed key: `a.b[0]["c d"]` is 'a', 'b', 0, 'c d'.

    Raises:
        TokenError: It is no such key.
    """
    if name.isidentifier() and name[:2] != "__":
        return (name,)
    if "[" not in name:
        parts = tuple(name.split("."))
        if not all(map(is_name, parts)):
            raise TokenError("no valid key")
        return _checked(parts)
    keys: list[Key] = []
    position = 0
    while position < len(name):
        if name[position] == "[":
            key, position = _bracket(name, position)
        else:
            position += name[position] == "." and bool(keys)
            end = position
            while end < len(name) and name[end] not in ".[":
                end += 1
            key, position = name[position:end], end
            if not is_name(str(key)):
                raise TokenError("no valid key")
        keys.append(key)
    return _checked(tuple(keys))


def joined(keys: Sequence[Any]) -> str | None:
    """Return keys as they are typed, the inverse of `split_key`; None where none can."""
    name = ""
    for key in keys:
        if isinstance(key, str) and is_name(key):
            name += f".{key}" if name else key
            continue
        part = _in_brackets(key)
        if part is None or (not name and not isinstance(key, str)):
            return None
        name += part
    try:
        return name if split_key(name) == tuple(keys) else None
    except TokenError:
        return None


def _in_brackets(key: Any) -> str | None:
    if type(key) is int:
        return f"[{key}]"
    for quote in "\"'" if isinstance(key, str) else "":
        if quote + "]" not in key:
            return f"[{quote}{key}{quote}]"
    return None


def is_name(part: str) -> bool:
    """Whether a part of a key needs no brackets: letters, digits, `_`, and `-` inside."""
    inner = part.replace("-", "_")
    return f"_{inner}".isidentifier() and bool(part) and part[0] != "-" != part[-1]


def is_number(part: str) -> bool:
    """Whether a part of a key is the number of an item, or of a key that is a number."""
    return len(part) < 19 and part.isascii() and part.isdigit()


def _bracket(name: str, start: int) -> tuple[Key, int]:
    """Return what stands in the brackets that open at `start`, and the position behind them."""
    quote = name[start + 1 : start + 2]
    if quote and quote in "'\"":
        end = name.find(quote + "]", start + 2)
        text = name[start + 2 : end]
        if end < 0 or not text or "\\" in text or not text.isprintable():
            raise TokenError("no valid key")
        return text, end + 2
    end = name.find("]", start)
    digits = name[start + 1 : end]
    if end < 0 or not is_number(digits[digits[:1] == "-" :]):
        raise TokenError("no valid key")
    return int(digits), end + 1


def _checked(keys: Keys) -> Keys:
    for key in keys:
        if isinstance(key, str) and key.startswith("__"):
            raise TokenError("keys may not start with two underscores")
    if not isinstance(keys[0], str):
        raise TokenError("no valid key")
    return keys


def end_of_key(raw: str) -> int:
    """Return where the `=` of a token stands, -1 for none; one in `["a=b"]` is part of the key."""
    sign, opened = raw.find("="), raw.find("[")
    if opened < 0 or opened > sign:
        return sign
    quote = raw[opened + 1 : opened + 2]
    closed = raw.find(quote + "]", opened + 2) if quote and quote in "'\"" else -1
    return raw.find("=", closed) if closed > sign else sign


def augmented(name: str, value: str, prefix: str) -> str:
    """Return how `lr*=2` is written here, `lr=config.lr*2`; "" where it is no such thing.

    Args:
        name: What stands left of the `=`.
        value: What stands right of it.
        prefix: What a reference to a key starts with, `config.`.
    """
    for operator in OPERATORS:
        key = name[: -len(operator)]
        if name.endswith(operator) and key and all(map(is_name, key.split("."))):
            return typed(key, "=", f"{prefix}{key}{operator}{value}")
    return ""


def typed(key: str, sign: str, value: str) -> str:
    """Return a token as it is typed at the command line of a shell: `'a[0]':='x y'`."""
    return f"{quoted(key)}{sign}{quoted(value) if value else ''}"


def quoted(text: str) -> str:
    """Return a text as it is typed at the command line of a shell."""
    if text and all(c.isalnum() or c in SAFE for c in text):
        return text
    if "'" not in text:
        return f"'{text}'"
    if not any(c in '"$`\\!' for c in text):
        return f'"{text}"'
    from shlex import quote

    return quote(text)
