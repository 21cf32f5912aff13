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
    wanted = name.lower()
    close = get_close_matches(wanted, list(names), n=1, cutoff=0.65)
    close = close or [known for known in names if _begins(wanted, known)]
    return f"; did you mean '{names[close[0]]}'?" if close else ""


def _begins(one: str, other: str) -> bool:
    """Whether one name is the beginning of the other, as 'batch' is of 'batch_size'."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) > 1 and longer.startswith(shorter)
