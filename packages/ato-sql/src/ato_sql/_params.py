"""The leaves of a config, one searchable row each."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any, Iterator, Mapping

from ato_sql._types import NAME_LENGTH
from ato_sql._values import clean_text

_KEPT = 190


def param_rows(config: Any) -> list[dict[str, Any]]:
    """Return `key`, `text` and `number` for each leaf of a JSON config."""
    rows = {}
    for key, leaf in leaves(config):
        short = shorten(clean_text(key))
        rows[short] = {"key": short, "text": leaf_text(leaf), "number": leaf_number(leaf)}
    return list(rows.values())


def leaves(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the dotted key and the value of each leaf; an empty mapping is a leaf."""
    if isinstance(value, Mapping) and value and "__ato__" not in value:
        for key, item in value.items():
            yield from leaves(item, f"{prefix}.{key}" if prefix else str(key))
    elif prefix:
        yield prefix, value


def leaf_text(leaf: Any) -> str:
    """Return a leaf as compact JSON, shortened to what a database can index."""
    return shorten(json.dumps(leaf, sort_keys=True, separators=(",", ":")))


def leaf_number(leaf: Any) -> float | None:
    """Return a leaf as float if it is a finite number (True and False are not)."""
    if isinstance(leaf, bool) or not isinstance(leaf, (int, float)):
        return None
    try:
        number = float(leaf)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def shorten(text: str) -> str:
    """Return a text of at most 255 characters, distinct where the whole was."""
    if len(text) <= NAME_LENGTH:
        return text
    return text[:_KEPT] + "#" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
