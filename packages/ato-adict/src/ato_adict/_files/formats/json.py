"""JSON and JSON lines."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, time

from ato_adict._basics.errors import ConfigFileError
from ato_adict._basics.texts import cut, name_of, shown
from ato_adict._files.formats.numbers import bounded_int, too_long
from ato_adict._files.formats.scalars import NotPlainError, is_scalar, plain_scalar
from ato_adict._files.formats.simplify import Rules, countable, no_surrogates, simplify
from ato_adict._names import nesting_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

# What tells where the keys of a text are that is known to be JSON.
_PARTS = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"(?P<is_key>\s*:)?|[\[{]|[\]}]')
RULES = Rules(
    "JSON", {type(None): None, bool: None, int: countable, float: None, str: no_surrogates}
)


def dumps(tree: Any, **options: Any) -> str:
    """Return a config as JSON text; not-a-number and infinities as Python's json writes them."""
    return json.dumps(simplify(tree, RULES), **options)


def dumps_file(tree: Any, **options: Any) -> str:
    """Return a config as the text of a JSON file: indented, with a final line break."""
    return dumps(tree, **{"indent": 2, "ensure_ascii": False, **options}) + "\n"


def dumps_lines(tree: Any, **options: Any) -> str:
    """Return a config as JSON lines: one line, one object."""
    return dumps(tree, **{"ensure_ascii": False, **options}) + "\n"


def jsonable(value: Any, other: Callable[[Any], Any] = shown) -> Any:
    """Return data as strict JSON can hold it, whatever types that loses. Not a read.

    Keys become texts, tuples and sets lists, not-a-number and infinities their names, dates and
    times ISO texts, numbers of numpy plain ones.

    Args:
        value: A config, or any other data.
        other: What is made of an object that JSON does not know.

    Raises:
        NestingError: For data that contains itself or is nested too deeply.
    """
    try:
        return _jsonable(value, other)
    except RecursionError:
        raise nesting_error(value) from None


def _jsonable(value: Any, other: Callable[[Any], Any]) -> Any:
    if isinstance(value, float):
        return float(value) if value - value == 0 else repr(float(value))
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, Mapping):
        return {name_of(key): _jsonable(child, other) for key, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(item, other) for item in value]
    if isinstance(value, (set, frozenset)):
        return [_jsonable(item, other) for item in sorted(value, key=shown)]
    if is_scalar(value):
        try:
            return _jsonable(plain_scalar(value), other)
        except NotPlainError:
            return other(value)
    return value.isoformat() if isinstance(value, (date, time)) else other(value)


def loads(text: str) -> Any:
    """Return the data of a JSON text; a key that appears twice in an object is an error."""
    long_number = too_long(text)
    options: Any = {} if long_number is None else {"parse_int": bounded_int}
    try:
        return json.loads(text, object_pairs_hook=_no_duplicates, **options)
    except json.JSONDecodeError as error:
        raise ConfigFileError(error.msg, None, error.lineno, error.colno) from None
    except _TwiceError:
        raise _duplicate(text) from None
    except ConfigFileError:
        raise
    except ValueError as error:
        raise ConfigFileError(str(error), None, *(long_number or (None, None))) from None


def loads_lines(text: str) -> dict[str, Any]:
    """Return the objects of JSON lines merged into one; the last one wins."""
    merged: dict[str, Any] = {}
    empty = True
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            merged.update(_load_line(line, number))
            empty = False
    if empty:
        raise ConfigFileError("is empty; an empty config is written {}")
    return merged


def _load_line(line: str, number: int) -> dict[str, Any]:
    try:
        data = loads(line)
    except ConfigFileError as error:
        raise ConfigFileError(error.problem, None, number, error.column) from None
    if not isinstance(data, dict):
        problem = f"expected a JSON object, found {type(data).__name__}"
        if isinstance(data, list):
            problem += "; put it below a key, or read each line with json.loads"
        raise ConfigFileError(problem, None, number)
    return data


class _TwiceError(ValueError):
    """A key that appears twice in an object, of which Python does not tell the place."""


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        raise _TwiceError
    return data


def _duplicate(text: str) -> ConfigFileError:
    """Return the error of the first key that appears twice, with its place."""
    open_: list[set[str]] = []  # the keys so far of each object or list that is not closed
    for found in _PARTS.finditer(text):
        if found.group("is_key"):
            name = str(json.loads(found.group(0)[: found.end("text") + 1 - found.start()]))
            if name in open_[-1]:
                line = text.count("\n", 0, found.start()) + 1
                column = found.start() - text.rfind("\n", 0, found.start())
                problem = f"the key '{cut(name, 80)}' appears twice in one object"
                return ConfigFileError(problem, None, line, column)
            open_[-1].add(name)
        elif found.group(0) in ("[", "{"):
            open_.append(set())
        elif found.group(0) in ("]", "}"):
            open_.pop()
    return ConfigFileError("a key appears twice in one object")
