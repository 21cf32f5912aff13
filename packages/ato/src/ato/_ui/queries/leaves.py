"""A stored config as leaves of text, so that no number is rounded and no type is lost on the way.

JavaScript would read 2**63 as another number and None as null; the text made here is what Python
would show.
"""

from __future__ import annotations

import json
from typing import Any, Mapping, Sequence

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
    if isinstance(value, Mapping) and MARK in value:
        return _marked(value)
    return {"text": _text(value), "type": _TYPES.get(type(value), "repr")}


def _marked(value: Mapping[str, Any]) -> dict[str, str]:
    kind = value[MARK]
    if kind == "set":
        inner = ", ".join(_text(item) for item in value.get("value") or [])
        return {"text": f"{{{inner}}}" if inner else "set()", "type": "list"}
    return {"text": str(value.get("value")), "type": "float" if kind == "float" else "repr"}


_TYPES = {
    str: "str",
    bool: "bool",
    int: "int",
    float: "float",
    list: "list",
    dict: "dict",
    type(None): "none",
}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(_text(item) for item in value)}]"
    if isinstance(value, Mapping):
        if MARK in value:
            return _marked(value)["text"]
        inner = ", ".join(f"{_text(str(key))}: {_text(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    return repr(value)


def shown_param(text: str) -> Any:
    """Return the JSON text of a stored parameter as the table shows it."""
    try:
        value = json.loads(text)
    except ValueError:  # it was too long and was shortened
        return text
    # Floats go as numbers, to be rounded for the eye; JavaScript would round integers itself.
    return value if isinstance(value, (str, float)) else literal(value)["text"]


def provenance_of(
    found: Sequence[Mapping[str, Any]], history: Any
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the leaves, each with where its value came from, and the steps these point into.

    Args:
        found: what `leaves` returned.
        history: `scope.history` as it was stored: who gave which value to which dotted key.
    """
    steps = [step for step in history or [] if isinstance(step, Mapping)]
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
