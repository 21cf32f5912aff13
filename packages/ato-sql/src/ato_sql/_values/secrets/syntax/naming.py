"""What expressions are called: `config["db"].password` is `config.db.password`."""

from __future__ import annotations

import ast
import re
from typing import Any, Sequence

from ato_sql._values.secrets.names import is_secret_key, words
from ato_sql._values.secrets.syntax.values import called, text_of

_LONGEST = 12
# What a tokenizer or a form calls so is no secret: these alone may mean something else.
_DOUBTFUL = re.compile(
    r"(?:\A|(?<=\.))_*(?:tokens?|auth|pass|pats?|cookies?|authorization|bearer|cred(?:ential)?s?|sas)"
    r"\d*(?=\.|\Z)",
    re.IGNORECASE,
)
_NAME = re.compile(r"-{0,2}[A-Za-z_][\w.\-]{0,200}\Z")
_SAME_VALUE = words("strip lstrip rstrip lower upper casefold encode decode str")
# What a function begins with that is named for what it returns: `get_password`.
_GETTERS = re.compile(
    r"_*(?:get|load|fetch|read|find|lookup|retrieve|obtain|default|make|create|build|generate|new"
    r"|current|ask(?:_for)?)_(?=\w)"
)
_PATTERN_NAME = re.compile(r"(?:\A|.*[._])pats?\d*\Z", re.IGNORECASE)
_PATTERN = re.compile(r"[\\\[\](){}*?^|]|\A\W*\Z")
_LOOKUPS = ("get", "pop", "getattr", "getenv")


def name_of(node: Any) -> str:
    """Return the dotted name of an expression, of its first names only where it is long."""
    parts: list[str] = []
    while len(parts) < _LONGEST:
        part, node = _step(node)
        if part:
            parts.append(part)
        if node is None:
            break
    return ".".join(reversed(parts))


def _step(node: Any) -> tuple[str, Any]:
    """Return the last part of a name and the expression before it."""
    if isinstance(node, ast.Name):
        return node.id, None
    if isinstance(node, ast.arg):
        return node.arg, None
    if isinstance(node, ast.Attribute):
        return node.attr, node.value
    if isinstance(node, ast.Subscript):
        # `Index` is around what stands in the brackets up to Python 3.8.
        index = node.slice.value if type(node.slice).__name__ == "Index" else node.slice  # type: ignore[attr-defined]
        return key_of(index), node.value
    if isinstance(node, ast.Call):
        return _step_of_call(node)
    return "", getattr(node, "value", None) if isinstance(node, ast.Starred) else None


def _step_of_call(call: ast.Call) -> tuple[str, Any]:
    name, receiver = called(call), getattr(call.func, "value", None)
    if name in _LOOKUPS:
        keys = [key for key in map(key_of, call.args[:2]) if key]
        return (keys[-1 if name == "getattr" else 0], None) if keys else ("", None)
    if name in _SAME_VALUE:
        return "", receiver or (call.args[0] if call.args else None)
    if name == "getpass":
        return "password", None
    given, is_getter = of_getter(name)
    return given if is_getter else "", None


def is_lookup(node: Any) -> bool:
    """Tell whether an expression asks for what it is named for: `getenv("X")`, `config["x"]`."""
    if isinstance(node, ast.Call):
        name = called(node)
        return name in _LOOKUPS or name == "getpass" or of_getter(name)[1]
    return isinstance(node, ast.Subscript) and bool(_step(node)[0])


def of_getter(name: str) -> tuple[str, bool]:
    """Return what a function is named for, and whether its name says that it returns that."""
    found = _GETTERS.match(name)
    return (name[found.end() :], True) if found else (name, False)


def is_pattern(name: str, text: str | bytes | None) -> bool:
    """Tell whether what a `pat` is given is a regular expression, or a mask of files."""
    if not isinstance(text, str) or not _PATTERN_NAME.match(name):
        return False
    return _PATTERN.search(text) is not None


def key_of(node: Any) -> str:
    """Return the name that a literal is, "" where it is none: a key, or an option."""
    text = text_of(node)
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    return text if text and _NAME.match(text) else ""


class Names:
    """Which names are those of secrets, and whether they may mean something else."""

    def __init__(self, extra: Sequence[str]) -> None:
        self._extra = tuple(extra)

    def is_secret(self, name: str, owner: str = "") -> bool:
        """Tell whether a name is one, alone or for whose it is: the `key` of `wandb`."""
        if not name:
            return False
        if is_secret_key(name, self._extra):
            return True
        is_below = bool(owner) and not is_secret_key(owner, self._extra)
        return is_below and is_secret_key(f"{owner}.{name}", self._extra)

    def is_about_tokens(self, name: str) -> bool:
        """Tell whether a name is rather of words of a text: `tokens`, or `token.kind`."""
        owner, _, last = name.rpartition(".")
        if last.lower().endswith(("tokens", "pats")):
            return True
        return "token" in owner.lower() and not is_secret_key(last, self._extra)

    def is_sure(self, name: str) -> bool:
        """Tell whether a secret's name can mean nothing else, as `token` can."""
        return is_secret_key(_DOUBTFUL.sub("", name).strip("."), self._extra)
