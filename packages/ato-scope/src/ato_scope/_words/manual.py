"""The manual of a scope: the order of its views, then its keys with value, type and help."""

from __future__ import annotations

from ato_adict.surroundings import shown
from ato_scope import _command
from ato_scope._history.explain import leaves
from ato_scope._program import SWEEP, WORDS
from ato_scope._terminal import bold, columns
from ato_scope._views.order import order_views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_scope._state import Member
    from ato_scope._views.views import View

USAGE = "usage: {} [view ...] [key=value ...] [key:=text ...] [@file ...]"
VIEWS = "Views of {}, in the order they are applied"
SWEEPING = "run every combination: --sweep lr=0.1,0.01 seed=1,2 [--jobs N]"


def word_lines() -> list[str]:
    """Return the built-in words."""
    return [bold("Built-in words"), *columns([*WORDS.items(), (SWEEP, SWEEPING)])]


def view_lines(scope: Member, prefix: str) -> list[str]:
    """Return one line for each view, in the order they are applied when all are asked for."""
    order = order_views(scope.views, list(scope.views))
    eager = [view for view in order if not view.lazy]
    late = [view for view in order if view.lazy]
    rows = [_view_row(view, prefix) for view in eager]
    rows.append(["(command line)", "", ""])
    rows += [_view_row(view, prefix) for view in late]
    return [line.rstrip() for line in columns(rows)]


def _view_row(view: View, prefix: str) -> list[str]:
    marks = []
    if view.default:
        marks.append("default")
    if view.lazy:
        marks.append("lazy")
    if view.defer:
        marks.append("with a lazy block")
    if view.priority:
        marks.append(f"priority {view.priority}")
    if view.chain:
        marks.append(f"after {', '.join(view.chain)}")
    return [prefix + view.name, ", ".join(marks), view.summary]


def key_lines(scope: Member, prefix: str) -> list[str]:
    """Return the documented keys, then the others, with value, type and help text."""
    of_schema = scope.schema.docs() if scope.schema is not None else {}
    texts = {**_parser_texts(scope), **of_schema, **dict(leaves(scope.manuals))}
    types = scope.schema.types() if scope.schema is not None else {}
    values = dict(leaves(scope.config))
    documented = [[prefix + k, *_value(values, types, k), str(text)] for k, text in texts.items()]
    others = [[prefix + k, *_value(values, types, k), ""] for k in values if k not in texts]
    lines = []
    if documented:
        lines += [bold("Keys"), *columns(documented)]
    if others:
        title = "Other keys" if documented else "Keys"
        lines += [*([""] if lines else []), bold(title), *columns(others)]
    return [line.rstrip() for line in lines]


def _parser_texts(scope: Member) -> dict[str, str]:
    if scope.state.parser is None:
        return {}
    return _command.help_texts(scope.state.parser)


def _value(values: dict[str, Any], types: dict[str, str], key: str) -> tuple[str, str]:
    if key in values:
        return shown(values[key]), types.get(key, type(values[key]).__name__)
    group = {k: v for k, v in values.items() if k.startswith(key + ".")}
    return ("...", "group") if group else ("(not set)", types.get(key, ""))


def manual_lines(scope: Member, qualified: bool) -> list[str]:
    """Return the manual of one scope."""
    prefix = f"{scope.name}." if qualified else ""
    title = VIEWS.format(scope.name)
    keys = key_lines(scope, prefix)
    return [bold(title), *view_lines(scope, prefix), *([""] if keys else []), *keys]
