"""The lines in which two stored versions of a function differ."""

from __future__ import annotations

import difflib
import re
import textwrap
from typing import Any, List, Mapping, Optional

CONTEXT = 3
MOST_LINES = 2000
MOST_PAIRS = 10_000  # pairing similar lines takes time for every pair
_MARKS = re.compile(r"[-+^]+")
Line = List[Any]  # sign, text and, where lines are paired, the ranges that differ
Source = Mapping[str, Optional[str]]


def code_change(old: Source | None, new: Source | None, what: str = "source") -> dict[str, Any]:
    """Return `lines`, as [sign, text, ranges], and `reason` where they do not tell everything.

    Args:
        old: `source` and perhaps `canonical` of the version before, None if it was not kept.
        new: the same of the version after.
        what: what it is, for the reader.
    """
    if old is None or new is None:
        return {"lines": [], "reason": f"The {what} of these versions was not kept."}
    for name in ("source", "canonical"):
        before, after = old.get(name), new.get(name)
        if before and after and before != after:
            reason = None
            if name == "canonical":
                reason = "The source reads the same or was not kept; this is what was hashed."
            return {"lines": _diff(before, after), "reason": reason}
    return {"lines": [], "reason": "What these versions are made of reads the same."}


def _diff(old: str, new: str) -> list[Line]:
    before, after = (_lines(text) for text in (old, new))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    lines: list[Line] = []
    for index, group in enumerate(matcher.get_grouped_opcodes(CONTEXT)):
        if index or group[0][1]:
            lines.append(["@", f"line {group[0][3] + 1}"])
        for kind, a, b, c, d in group:
            if kind == "equal":
                lines += [[" ", line] for line in before[a:b]]
            else:
                lines += _replaced(before[a:b], after[c:d])
    return lines


def _replaced(old: list[str], new: list[str]) -> list[Line]:
    """Return lines taken away and added, similar ones side by side with what differs in them."""
    if len(old) * len(new) > MOST_PAIRS:
        return [["-", line] for line in old] + [["+", line] for line in new]
    lines: list[Line] = []
    for entry in difflib.ndiff(old, new, charjunk=None):
        if entry.startswith("? "):
            lines[-1].append([match.span() for match in _MARKS.finditer(entry[2:])])
        else:
            lines.append([entry[0], entry[2:]])
    return lines


def _lines(text: str) -> list[str]:
    return (readable(text) or "").splitlines()


def readable(source: str | None) -> str | None:
    """Return a source text moved to the left margin and cut to a length one can read."""
    if source is None:
        return None
    lines = textwrap.dedent(source).rstrip().splitlines()
    more = [f"… {len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else []
    return "\n".join(lines[:MOST_LINES] + more)
