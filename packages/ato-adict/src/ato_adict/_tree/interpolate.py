"""Replacing `${...}` in the texts of a config.

The syntax is OmegaConf's: https://omegaconf.readthedocs.io, "Variable interpolation".
"""

from __future__ import annotations

import os
from copy import deepcopy
from itertools import chain

from ato_adict._basics.errors import InterpolationError, did_you_mean
from ato_adict._basics.texts import cut, holds_long, in_line
from ato_adict._names.depth import nesting_error
from ato_adict._names.dotted import join, split
from ato_adict._node.convert import remake_tuple
from ato_adict._sentinel import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, NoReturn

    Keys = tuple[Any, ...]

ENVIRONMENT = "oc.env:"
# Limits that no config comes near: characters and values that all results hold together, and
# braces in braces.
MAX_RESULT = 5_000_000
MAX_DEPTH = 100
_LONG = 1000  # characters
_COPY = 10  # characters that cost as much as one value


def resolve(root: Any) -> None:
    """Replace every interpolation in the tree; all of them or, on an error, none."""
    try:
        new = Resolver(root).container(root, ())
    except RecursionError:
        raise nesting_error(root) from None
    _store(root, new)


def _store(node: Any, new: Any) -> None:
    """Write what changed, in place, so that nodes stay the same objects."""
    for key, value in new.items():
        old = dict.__getitem__(node, key)
        if isinstance(old, dict) and isinstance(value, dict) and old.keys() == value.keys():
            _store(old, value)
        elif old is not value:
            node[key] = value


class Resolver:
    """Resolves the texts of one tree, each place once."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.done: dict[Keys, Any] = {}
        self.chain: list[Keys] = []
        self.size = 0

    def container(self, value: Any, keys: Keys) -> Any:
        """Return a value with everything in it resolved; itself where nothing changed."""
        if isinstance(value, str):
            return self.at(keys, value)
        if isinstance(value, dict):
            new = {key: self.container(child, (*keys, key)) for key, child in value.items()}
            return value if _same(new.values(), value.values()) else new
        if isinstance(value, (list, tuple)):
            items = [self.container(child, (*keys, i)) for i, child in enumerate(value)]
            if _same(items, value):
                return value
            return items if isinstance(value, list) else remake_tuple(value, items)
        return value

    def at(self, keys: Keys, text: str) -> Any:
        """Return the resolved text at a place."""
        if keys in self.done:
            return self.done[keys]
        if "${" not in text:
            if len(text) > _LONG:
                self.done[keys] = text  # it is not looked through for each that refers to it
            return text
        if keys in self.chain:
            circle = [*self.chain[self.chain.index(keys) :], keys]
            shown = " -> ".join(map(join, circle))
            raise InterpolationError(f"'{cut(join(keys))}' refers to itself: {cut(shown)}")
        self.chain.append(keys)
        value = self.done[keys] = self.text(text, keys)
        self.chain.pop()
        return value

    def text(self, text: str, keys: Keys) -> Any:
        """Return a text with its interpolations replaced; a lone one keeps its value's type."""
        parts = (part for part in self.parts(text, keys) if part != "")
        first = next(parts, "")
        second = next(parts, "")
        if second == "" and isinstance(first, _Value):
            return first.value
        texts = []
        for part in chain((first, second), parts):
            texts.append(self.written(part.value, keys) if isinstance(part, _Value) else part)
            self.grow(len(texts[-1]), keys)  # at once: there may be many more
        return "".join(texts)

    def written(self, value: Any, keys: Keys) -> str:
        """Return a value as it stands in a text."""
        try:
            if not isinstance(value, str) and holds_long(value):
                raise ValueError("an integer of too many digits")
            return str(value)
        except Exception as error:  # it may be another's code
            kind = type(value).__name__
            return self.fail(keys, f"a value of type {kind} in it has no text: {cut(str(error))}")

    def grow(self, size: int, keys: Keys) -> None:
        """Count what a reference adds; references to references multiply."""
        self.size += size
        if self.size > MAX_RESULT:
            self.fail(keys, f"its references stand for more than {MAX_RESULT:,} values")

    def parts(self, text: str, keys: Keys) -> Iterator[Any]:
        """Yield the plain parts of a text and the values of its interpolations."""
        position = 0
        start = text.find("${")
        while start >= 0:
            if text[position:start].endswith("\\"):
                yield text[position : start - 1] + "${"
                position = start + 2
            else:
                yield text[position:start]
                position = self.closing(text, start, keys) + 1
                yield _Value(self.inner(text[start + 2 : position - 1], keys))
            start = text.find("${", position)
        yield text[position:]

    def closing(self, text: str, start: int, keys: Keys) -> int:
        """Return the position of the brace that closes the one behind `start`."""
        depth = 0
        for position in range(start + 1, len(text)):
            depth += {"{": 1, "}": -1}.get(text[position], 0)
            if depth == 0:
                return position
            if depth > MAX_DEPTH:
                self.fail(keys, f"'{cut(text[start:], 60)}' is nested too deeply")
        return self.fail(keys, f"'{cut(text[start:], 60)}' has no closing brace")

    def inner(self, expression: str, keys: Keys) -> Any:
        """Return the value of what stands between the braces."""
        if "${" in expression:
            expression = str(self.text(expression, keys))
        expression = expression.strip()
        if expression.startswith(ENVIRONMENT):
            return self.environment(expression[len(ENVIRONMENT) :], keys)
        if ":" in expression:
            self.fail(
                keys, f"unknown resolver in '{cut(f'${{{expression}}}', 60)}'; known is oc.env"
            )
        if not expression.strip("."):
            self.fail(keys, f"'{cut(f'${{{expression}}}', 60)}' names nothing")
        return self.reference(expression, keys)

    def environment(self, expression: str, keys: Keys) -> Any:
        """Return an environment variable or its default."""
        name, comma, default = expression.partition(",")
        if not _is_variable(name.strip()):
            shown = in_line(name.strip(), 60)
            self.fail(keys, f"{shown} is no name of an environment variable")
        value = os.environ.get(name.strip())
        if value is not None:
            return value
        if not comma:
            self.fail(keys, f"the environment variable {cut(name.strip())} is not set")
        default = default.strip()
        return None if default == "null" else default.strip("'\"") if default else ""

    def reference(self, expression: str, keys: Keys) -> Any:
        """Return the resolved value at a name; leading dots are relative to the text."""
        name = expression.lstrip(".")
        levels = len(expression) - len(name)
        if levels > len(keys):
            self.fail(keys, f"'{cut(f'${{{expression}}}', 60)}' goes above the root")
        target = (*(keys[: len(keys) - levels] if levels else ()), *split(name))
        value, place = self.root, ()
        for key in target:
            value, place = self.step(value, place, key, keys)
        if isinstance(value, (dict, list, tuple)):
            return self.whole(value, place, keys)
        return self.at(place, value) if isinstance(value, str) else value

    def step(self, value: Any, place: Keys, key: Any, keys: Keys) -> tuple[Any, Keys]:
        """Go one level down."""
        if isinstance(value, str):
            value = self.at(place, value)
        if isinstance(value, (list, tuple)) and str(key).strip("[]").isdigit():
            key = int(str(key).strip("[]"))
            child = value[key] if key < len(value) else MISSING
        else:
            child = dict.get(value, key, MISSING) if isinstance(value, dict) else MISSING
        if child is MISSING:
            known = list(value.keys()) if isinstance(value, dict) else []
            hint = did_you_mean(key, known)
            self.fail(keys, f"no key '{cut(join((*place, key)))}' in this config{hint}")
        return child, (*place, key)

    def whole(self, value: Any, place: Keys, keys: Keys) -> Any:
        """Return a resolved copy of a container that is referred to."""
        if keys[: len(place)] == place:
            self.fail(keys, f"it refers to '{cut(join(place))}', which contains it")
        found = self.container(value, place)
        self.grow(size_of(found), keys)
        return deepcopy(found)

    def fail(self, keys: Keys, problem: str) -> NoReturn:
        """Raise the error for a place."""
        raise InterpolationError(f"cannot resolve '{cut(join(keys))}': {problem}")


class _Value:
    """A resolved value among the parts of a text."""

    def __init__(self, value: Any) -> None:
        self.value = value


def _is_variable(name: str) -> bool:
    """Whether the environment may have a variable of a name, and can be asked for it."""
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return name != "" and "\0" not in name and "=" not in name


def size_of(value: Any) -> int:
    """Return the characters that a value and all in it cost to copy."""
    if not isinstance(value, (dict, list, tuple)):
        return _COPY + _length(value)
    if isinstance(value, dict):
        return _COPY + sum(map(_length, value)) + sum(map(size_of, value.values()))
    return _COPY + sum(map(size_of, value))


def _length(value: Any) -> int:
    """Return the length of a text; anything else has none."""
    return len(value) if isinstance(value, (str, bytes)) else 0


def _same(new: Any, old: Any) -> bool:
    return all(a is b for a, b in zip(new, old))
