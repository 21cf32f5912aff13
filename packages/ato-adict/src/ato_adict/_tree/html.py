"""A collapsible tree for notebooks."""

from __future__ import annotations

from html import escape

from ato_adict._basics.texts import name_of, shown
from ato_adict._names.depth import nesting_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_STYLE = "font-family: monospace; line-height: 1.5; margin-left: 1.2em"


def as_html(tree: Any) -> str:
    """Return a tree as nested <details>; the first two levels are open."""
    try:
        return _mapping(type(tree).__name__, tree, 0)
    except RecursionError:
        raise nesting_error(tree) from None


def _mapping(name: str, value: Any, depth: int) -> str:
    rows = "".join([_row(key, child, depth + 1) for key, child in dict.items(value)])
    opened = " open" if depth < 2 else ""
    count = f"{len(value)} key{'' if len(value) == 1 else 's'}"
    summary = f"<summary><b>{escape(name)}</b> <small>{count}</small></summary>"
    return f'<details{opened} style="{_STYLE}">{summary}{rows}</details>'


def _row(key: Any, value: Any, depth: int) -> str:
    if isinstance(value, dict):
        return _mapping(name_of(key), value, depth)
    return (
        f'<div style="{_STYLE}">{escape(name_of(key))}: <code>{escape(_short(value))}</code> '
        f"<small>{escape(type(value).__name__)}</small></div>"
    )


def _short(value: Any) -> str:
    text = shown(value)
    return text if len(text) <= 200 else text[:199] + "…"
