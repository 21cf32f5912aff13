"""Suggestions for misspelt names."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable


def did_you_mean(name: object, candidates: Iterable[object]) -> str:
    """Return a suggestion to append to an error message.

    Args:
        name: The name that was not found.
        candidates: The names that exist; those that are no strings are ignored.

    Returns:
        `"; did you mean 'x'?"` with the closest candidate, or `""` where none is close.
    """
    if not isinstance(name, str):
        return ""
    from difflib import get_close_matches

    names = {c.lower(): c for c in candidates if isinstance(c, str) and c != name}
    close = get_close_matches(name.lower(), list(names), n=1, cutoff=0.65)
    return f"; did you mean '{names[close[0]]}'?" if close else ""
