"""What JSON does not have, as a stored config marks it, and back."""

from __future__ import annotations

import ast
import functools
import json
import math
import re
from typing import Any, Callable, Mapping

from ato_sql._values.values import SPECIAL

MARK = "__ato__"  # of a mapping that stands for a value which JSON does not have
BRACKETS = re.compile(r"\[.*\]", re.DOTALL)  # around the name of a key that is no text
_HEX = re.compile(r"-?0x[0-9a-f]+", re.IGNORECASE)
_KINDS = ("repr", "set", "damaged")


def unless_damaged(process: Callable[[Any], Any], value: Any) -> Any:
    """Return JSON data; of a damaged text, what it begins with, so that the rest can be read."""
    try:
        return process(value)
    except (ValueError, TypeError, RecursionError):
        return {MARK: "damaged", "value": ascii(value)[:200]}


def json_text(value: Any, **options: Any) -> str:
    """Return JSON; a number that it does not have, which not every database takes, is marked."""
    try:
        return json.dumps(value, allow_nan=False, **options)
    except ValueError:
        return json.dumps(with_marks(value), **options)


def json_data(text: Any) -> Any:
    """Return the data of a stored text, marked what is none of JSON: of older versions, `NaN`."""
    return json.loads(text, parse_constant=_marked_constant)


def with_marks(value: Any) -> Any:
    """Return JSON data, each NaN and ±inf in it marked."""
    if isinstance(value, float) and not math.isfinite(value):
        return {MARK: "float", "value": repr(value)}
    if isinstance(value, Mapping):
        return {key: with_marks(item) for key, item in value.items()}
    return [with_marks(item) for item in value] if isinstance(value, (list, tuple)) else value


def _marked_constant(name: str) -> Any:
    return with_marks(float(name))


def is_marked(value: Any) -> bool:
    """Tell whether stored data stands for a value that JSON does not have."""
    if not isinstance(value, Mapping) or "value" not in value:
        return False
    if value.get(MARK) in ("float", "int"):  # another program may have written any such mapping
        return number_in(value) is not value
    return value.get(MARK) in _KINDS


def number_in(leaf: Any) -> Any:
    """Return the number that a leaf marks as one which JSON does not have, else the leaf."""
    text = leaf.get("value") if isinstance(leaf, Mapping) else None
    if isinstance(text, str):
        if leaf.get(MARK) == "float" and text in SPECIAL:
            return SPECIAL[text]
        if leaf.get(MARK) == "int" and _HEX.fullmatch(text):
            return int(text, 16)
    return leaf


def key_in(name: Any) -> Any:
    """Return the key that a name stands for: of `[1]` the number, of other names themselves."""
    if not (isinstance(name, str) and BRACKETS.fullmatch(name)):
        return name
    try:
        key = ast.literal_eval(name[1:-1])
        hash(key)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return name
    return key


def from_json(value: Any) -> Any:
    """Return stored JSON data with NaN, ±inf, very large integers and keys that are no texts."""
    value = number_in(value)
    if isinstance(value, Mapping):
        return {key_in(key): from_json(item) for key, item in value.items()}
    return [from_json(item) for item in value] if isinstance(value, list) else value


def readable(value: Any) -> Any:
    """Return stored JSON data with the text of each value that JSON does not have: `inf`, `{1}`."""
    if is_marked(value):
        return literal(value)
    if isinstance(value, Mapping):
        return {key: readable(item) for key, item in value.items()}
    return [readable(item) for item in value] if isinstance(value, list) else value


def literal(value: Any, write: Callable[[Any], str] = repr, whole: bool = False) -> str:
    """Return stored JSON data as text, what JSON does not have as Python writes it.

    Args:
        value: the data.
        write: writes what JSON has and is no list and no mapping; by default as Python does.
        whole: say all that is stored of what JSON does not have: its type, a hash of its content.
    """
    again = functools.partial(literal, write=write, whole=whole)
    if is_marked(value):
        rest = {name: item for name, item in value.items() if name not in (MARK, "value")}
        text = _set(value["value"], again) if value[MARK] == "set" else str(value["value"])
        text = f"damaged: {text}" if value[MARK] == "damaged" else text
        return f"{text} {again(rest)}" if whole and rest else text
    if isinstance(value, Mapping):
        pairs = (f"{write(key_in(key))}: {again(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    return f"[{', '.join(map(again, value))}]" if isinstance(value, list) else write(value)


def _set(items: Any, again: Callable[[Any], str]) -> str:
    """Return a set as text, in order where its items have one."""
    try:
        items = sorted(items)
    except TypeError:
        pass
    inner = ", ".join(map(again, items)) if isinstance(items, list) else str(items)
    return f"{{{inner}}}" if inner else "set()"


def json_literal(value: Any, whole: bool = False) -> str:
    """Return stored JSON data as `literal` does, what JSON has as JSON."""
    return literal(value, _as_json, whole)


def _as_json(value: Any) -> str:
    """Return JSON; of a key that it does not have, such as a tuple, what Python writes."""
    try:
        return json.dumps(value, ensure_ascii=False)
    except TypeError:
        return repr(value)
