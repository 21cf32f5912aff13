"""Small outputs as text beside their hash, so that a later run can be compared within tolerance.

A hash only says that something differs. The output itself, kept where it is small, says by how
much: a tracker stores the text, and `verify_recorded` compares two of them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LIMIT = 1000


class OutputHash(str):
    """The hash of an output, as hex.

    Attributes:
        canonical: The output as JSON text, None if it holds more than 1,000 values or something
            other than numbers, strings, None and containers of them.
        kind: ``'output'``.
    """

    __module__ = "ato_trace"

    canonical: str | None
    kind = "output"

    def __new__(cls, digest: str, canonical: str | None = None) -> OutputHash:
        self = super().__new__(cls, digest)
        self.canonical = canonical
        return self

    def __reduce__(self) -> Any:
        return OutputHash, (str(self), self.canonical)


def recorded(digest: str, value: Any) -> OutputHash:
    """Return the hash of an output together with the output, if it is small and plain."""
    import json

    try:
        return OutputHash(digest, json.dumps(_plain(value, [LIMIT])))
    except (_NotPlainError, RecursionError):
        return OutputHash(digest)


class _NotPlainError(Exception):
    """The value is too large to keep, or has no plain form."""


def _plain(value: Any, left: list[int]) -> Any:
    """Return the value as JSON data; `left` counts down the values that may still be kept."""
    if type(value) in (list, tuple):
        return [_plain(item, left) for item in value]
    if isinstance(value, dict):
        return {_key(key): _plain(item, left) for key, item in dict.items(value)}
    if hasattr(value, "tolist") and hasattr(value, "shape"):
        return _plain(_listed(value, left), left)
    left[0] -= 1
    if left[0] < 0 or type(value) not in (int, float, bool, str, type(None)):
        raise _NotPlainError
    return value


def _listed(array: Any, left: list[int]) -> Any:
    """The numbers of an array or tensor, unless they are too many to copy."""
    size = 1
    for length in array.shape:
        size *= int(length)
    if size > left[0]:
        raise _NotPlainError
    return array.tolist()


def _key(key: Any) -> str:
    if type(key) not in (str, int, float, bool):
        raise _NotPlainError
    return str(key)
