"""Blank the secrets in code as a fingerprint keeps it: its source, and its canonical form."""

from __future__ import annotations

import ast
import re
from typing import Any, Iterable, Sequence

from ato_sql._values.secret_text import Kind, redact_text

_LITERAL = re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*\"""")


def hide_in_code(rows: Iterable[dict[str, Any]], extra: Sequence[str] = ()) -> None:
    """Blank the secrets of fingerprints' sources in place.

    The canonical form has no names of locals that would tell, so what the source hides goes there.
    """
    for row in rows:
        source, canonical = row["source"] or "", row["canonical"] or ""
        hidden = redact_text(source, extra, Kind.SOURCE)
        for literal in _literals(source) - _literals(hidden):
            canonical = canonical.replace(literal, "'[redacted]'")
        row["source"] = row["source"] and hidden
        row["canonical"] = row["canonical"] and redact_text(canonical, extra, Kind.SOURCE)


def _literals(text: str) -> set[str]:
    """Return the texts of a source in the form that the canonical one gives them."""
    found = set()
    for literal in _LITERAL.findall(text):
        try:
            value = ast.literal_eval(literal)
        except (ValueError, SyntaxError):
            continue
        if value:
            found.add(ascii(value))
    return found
