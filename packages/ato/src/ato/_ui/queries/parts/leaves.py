"""A stored config as leaves of text, so that no number is rounded and no type is lost on the way.

JavaScript would read 2**63 as another number and None as null; the text made here is what Python
would show.
"""

from __future__ import annotations

import json
from typing import Any, Mapping, Sequence

from ato_sql.comparing import literal as written
from ato_sql.reading import MARK, leaf_paths

LONGEST_LIST = 120  # characters a list may take to be shown on one line


def leaves(config: Any) -> list[dict[str, Any]]:
    """Return `path`, `text` and `type` of each leaf, in the order of the config."""
    found = () if config in (None, {}) else leaf_paths(config, _is_long)
    return [{"path": list(path), **literal(value)} for path, value in found]


def _is_long(items: Any) -> bool:
    """Whether a list of lists or mappings is shown item by item."""
    nested = any(isinstance(item, (Mapping, list)) for item in items)
    return nested and len(literal(items)["text"]) > LONGEST_LIST


def literal(value: Any) -> dict[str, str]:
    """Return `text` and `type` of one value."""
    return {"text": written(value, _in_quotes), "type": _type_of(value)}


def _type_of(value: Any) -> str:
    if isinstance(value, Mapping) and MARK in value:
        return {"set": "list", "float": "float", "int": "int"}.get(str(value[MARK]), "repr")
    return _TYPES.get(type(value), "repr")


def _in_quotes(value: Any) -> str:
    """Write a text in double quotes, so that none can be taken for another thing."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


_TYPES = {
    str: "str",
    bool: "bool",
    int: "int",
    float: "float",
    list: "list",
    dict: "dict",
    type(None): "none",
}


def shown_param(text: str) -> Any:
    """Return the JSON text of a stored parameter as the table shows it."""
    try:
        value = json.loads(text)
    except ValueError:  # it was too long and was shortened
        return text
    # Floats go as numbers, to be rounded for the eye; JavaScript would round integers itself.
    return value if isinstance(value, (str, float)) else literal(value)["text"]


def group_of(text: str) -> Any:
    """Return what runs with this JSON text of a parameter are grouped by: `1` with 1.0, not '1'."""
    try:
        value = json.loads(text)
    except ValueError:  # it was too long and was shortened
        return text
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if _is_literal(value) else value
    is_exact = type(value) is float or (type(value) is int and abs(value) <= 2**53)
    return value if is_exact else literal(value)["text"]


def _is_literal(text: str) -> bool:
    """Whether a text reads as something that is none."""
    try:
        float(text)
        return True
    except ValueError:
        return text in ("True", "False", "None") or text[:1] in tuple('[{"')


def provenance_of(
    found: Sequence[Mapping[str, Any]], history: Any
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the leaves, each with where its value came from, and the steps these point into.

    Args:
        found: what `leaves` returned.
        history: `scope.history` as it was stored: who gave which value to which dotted key.
    """
    listed = history if isinstance(history, list) else []
    steps = [step for step in listed if isinstance(step, Mapping)]
    by_key: dict[str, list[int]] = {}
    for index, step in enumerate(steps):
        by_key.setdefault(str(step.get("key")), []).append(index)
    told = [{**leaf, "history": _history_of(leaf["path"], by_key)} for leaf in found]
    return told, [_step(step) for step in steps]


def _history_of(path: Sequence[str], by_key: Mapping[str, list[int]]) -> list[int]:
    # A value may have come with a whole branch: then its steps are those of the branch.
    prefixes = [".".join(path[: length + 1]) for length in range(len(path))]
    return sorted(index for prefix in prefixes for index in by_key.get(prefix, []))


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    source = step.get("source")
    if not isinstance(source, Mapping):
        source = {"kind": str(source)}
    value = "deleted" if step.get("deleted") else literal(step.get("value"))["text"]
    texts = {name: str(source.get(name) or "") for name in ("kind", "name", "location", "token")}
    return {"text": value, **texts}
