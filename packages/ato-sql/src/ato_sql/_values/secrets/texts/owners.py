"""Whose a key is by what it is nested in: `wandb:` and below it `key: x`, `{"openai": {"key": …}}`.

As everywhere here a bounded way is looked back.
"""

from __future__ import annotations

import re

_LINES, _LETTERS, _IN_LINE = 12, 1000, 300
_BRACKET = re.compile(r"[{}()]")
_INDENT = re.compile(r"""[ \t]*(?:-[ \t]+)?["']?""")
_OPENS = re.compile(
    r"""[ \t]*(?:-[ \t]+)?["']?([\w.\-]{1,60})["']?[ \t]*[:=]?[ \t]*[{(]?[ \t\r]*"""
)
_SECTION = re.compile(r"""[ \t]*\[{1,2}["']?([\w.\-]{1,60})["']?\]{1,2}[ \t\r]*""")
_BEFORE_BRACE = re.compile(
    r"""([\w.\-]{1,60})["']?[ \t]{0,4}(?:[:=][ \t]{0,4}(?:dict|ADict)?)?[{(]\Z"""
)


def owner_of(text: str, start: int) -> str | None:
    """Return the name of what a name is nested in, as YAML, TOML, JSON and Python write it.

    Args:
        text: Where it stands.
        start: Where the name begins.
    """
    line = text.rfind("\n", 0, start) + 1
    before = text[max(line, start - _LETTERS) : start]
    if _INDENT.fullmatch(before):
        return _above(text, line, len(before.rstrip("\"'")))
    return _around(before)


def _around(before: str) -> str | None:
    """Return what stands before the bracket that is open where this text ends."""
    depth, start = 0, max(0, len(before) - _IN_LINE)
    for bracket in reversed(list(_BRACKET.finditer(before, start))):
        depth += 1 if bracket.group() in "})" else -1
        if depth < 0:
            found = _BEFORE_BRACE.search(before, max(start, bracket.end() - 80), bracket.end())
            return found.group(1) if found else None
    return None


def _above(text: str, line: int, indent: int) -> str | None:
    """Return what the line says that is the next further out, or the section of TOML."""
    for _ in range(_LINES):
        if line <= 0:
            return None
        above = text.rfind("\n", max(0, line - _LETTERS), line - 1) + 1
        one = text[above : line - 1]
        section = _SECTION.fullmatch(one)
        if section is not None:
            return section.group(1)
        if one.strip() and len(one) - len(one.lstrip(" \t-")) < indent:
            found = _OPENS.fullmatch(one)
            return found.group(1) if found else None
        line = above
    return None
