"""Hide in the source of Python what its syntax tells to be a secret."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterable, Sequence, Set, Union

from ato_sql._values.secrets.syntax.bindings import Bindings
from ato_sql._values.secrets.syntax.parse import parse
from ato_sql._values.secrets.syntax.spans import blank
from ato_sql._values.secrets.syntax.values import number_of, text_of

if TYPE_CHECKING:
    Secrets = Set[Union[str, bytes, int]]


def hide_bound(source: str, extra: Sequence[str] = ()) -> tuple[str, Secrets | None]:
    """Return a source with its secrets blanked, and what they were; None if it is no Python."""
    parsed = parse(source)
    if parsed is None:
        return source, None
    bindings = Bindings(extra)
    bindings.look(parsed.tree)
    if not bindings.found:
        return source, set()
    hidden = blank(parsed.whole, bindings.found.values())
    return parsed.without_frame(hidden), _values(bindings.found.values())


def _values(literals: Iterable[ast.AST]) -> Secrets:
    """Return the texts and numbers of literals; an f-string has several."""
    parts = [part for literal in literals for part in ast.walk(literal)]
    numbers = {number for number in map(number_of, parts) if number is not None}
    return numbers | {text for text in map(text_of, parts) if text and text.strip()}
