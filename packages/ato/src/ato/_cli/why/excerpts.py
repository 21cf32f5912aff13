"""The part of two long texts in which they differ."""

from __future__ import annotations

from difflib import SequenceMatcher

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Sequence

_AROUND = 20  # characters kept beside what differs
_FEW_ROWS = 5


def excerpts(old: str, new: str, longest: int) -> tuple[str, str]:
    """Cut two texts of one line each so that what differs is seen."""
    if len(old) <= longest and len(new) <= longest:
        return old, new
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    first = max(0, start - _AROUND)
    return tuple(  # type: ignore[return-value]
        _part(text, first, max(start, len(text) - end) + _AROUND, longest) for text in (old, new)
    )


def _shared(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other):
        if a != b:
            break
        count += 1
    return count


def _part(text: str, start: int, end: int, longest: int) -> str:
    before = "..." if start > 0 else ""
    after = "..." if min(end, start + longest - 6) < len(text) else ""
    return before + text[start : min(end, start + longest - 6)] + after


def rows_that_differ(old: str, new: str) -> list[tuple[int, int, list[str], list[str]]]:
    """Of two texts, the rows that differ: numbers of rows (from 0) and the rows of both.

    Of short texts all rows, as they are read best together.
    """
    before, after = old.splitlines(), new.splitlines()
    if not old or not new or max(len(before), len(after)) <= _FEW_ROWS:
        return [(0, 0, before, after)]
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(a, c, before[a:b], after[c:d]) for tag, a, b, c, d in blocks if tag != "equal"]


def places_that_differ(change: Mapping[str, Any]) -> list[str | None]:
    """``file:line`` of the first rows that differ, in both versions."""
    places: Sequence[str | None] = change["places"]
    parts = rows_that_differ(change["old"], change["new"])
    rows = parts[0][:2] if parts else (0, 0)
    return [_shifted(place, row) for place, row in zip(places, rows)]


def _shifted(place: str | None, rows: int) -> str | None:
    file, _, line = (place or "").rpartition(":")
    return f"{file}:{int(line) + rows}" if line.isdigit() else place
