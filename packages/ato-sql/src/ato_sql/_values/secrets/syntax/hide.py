"""Hide in the source of Python what its syntax tells to be a secret."""

from __future__ import annotations

import ast
from typing import Iterable, Sequence

from ato_sql._values.secrets.syntax.bindings import Bindings
from ato_sql._values.secrets.syntax.parse import parse
from ato_sql._values.secrets.syntax.spans import blank
from ato_sql._values.secrets.syntax.values import text_of


def hide_bound(source: str, extra: Sequence[str] = ()) -> tuple[str, set[str | bytes] | None]:
    """Return a source with its secrets blanked, and what they were; None if it is no Python."""
    parsed = parse(source)
    if parsed is None:
        return source, None
    bindings = Bindings(extra)
    bindings.look(parsed.tree)
    if not bindings.found:
        return source, set()
    hidden = blank(parsed.whole, bindings.found.values())
    return parsed.without_frame(hidden), _texts(bindings.found.values())


def _texts(literals: Iterable[ast.AST]) -> set[str | bytes]:
    """Return the texts of literals; an f-string has several."""
    parts = (text_of(part) for literal in literals for part in ast.walk(literal))
    return {text for text in parts if text and text.strip()}
