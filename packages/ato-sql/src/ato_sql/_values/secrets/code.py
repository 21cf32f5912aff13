"""Blank the secrets in code as a fingerprint keeps it: its source, and its canonical form."""

from __future__ import annotations

import ast
import re
import warnings
from typing import Any, Iterable, Sequence

from ato_sql._values.secrets.names import is_secret_key, says_password
from ato_sql._values.secrets.shapes import REDACTED
from ato_sql._values.secrets.texts.text import redact_source

_LITERAL = re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*\"""")

_CANONICAL = re.compile(rf"b?(?:{_LITERAL.pattern})|(?<![\w.])\d+(?![\w.])")
# What a global is, which no literal of the source is.
_NUMBER = re.compile(r"^(value ([\w.]+) = )\d{4,}$", re.MULTILINE)


def hide_in_code(rows: Iterable[dict[str, Any]], extra: Sequence[str] = ()) -> None:
    """Blank the secrets of fingerprints' sources in place.

    The canonical form has no names of locals that would tell, so what the source hides goes there;
    what is bound elsewhere, its names of globals tell.
    """
    for row in rows:
        source, gone = _hidden(row["source"] or "", extra)
        canonical = _without(row["canonical"] or "", gone)
        row["source"] = row["source"] and source
        canonical = _NUMBER.sub(lambda found: _hidden_number(found, extra), canonical)
        row["canonical"] = row["canonical"] and redact_source(canonical, extra)[0]


def _hidden(source: str, extra: Sequence[str]) -> tuple[str, set[str]]:
    """Return a source without its secrets, and these as the canonical form writes them."""
    hidden, bound = redact_source(source, extra)
    return hidden, {ascii(value) for value in bound} | (_literals(source) - _literals(hidden))


def _without(canonical: str, gone: set[str]) -> str:
    def shown(literal: re.Match[str]) -> str:
        return f"'{REDACTED}'" if literal.group(0) in gone else literal.group(0)

    return _CANONICAL.sub(shown, canonical) if gone else canonical


def _hidden_number(found: re.Match[str], extra: Sequence[str]) -> str:
    name = found.group(2)
    hides = says_password(name) and is_secret_key(name, extra)
    return f"{found.group(1)}'{REDACTED}'" if hides else found.group(0)


def _literals(text: str) -> set[str]:
    """Return the texts of a source in the form that the canonical one gives them."""
    found = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes such as \d, of which the import told
        for literal in _LITERAL.findall(text):
            try:
                value = ast.literal_eval(literal)
            except (ValueError, SyntaxError):
                continue
            if value:
                found.add(ascii(value))
    return found
