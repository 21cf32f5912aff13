"""The errors of ato-trace."""

from __future__ import annotations

from ato_adict import AtoError


class FingerprintError(AtoError):
    """Something that has no code of its own to fingerprint, or whose code cannot be read."""

    __module__ = "ato_trace"


class HashError(AtoError, TypeError):
    """A value that has no canonical form; the message holds the path to it inside the output.

    Attributes:
        path: Where in the value, as Python would reach it: ``result['model'].hook``.
        output: The whole output of the traced function, so that hours of work are not lost.
    """

    __module__ = "ato_trace"

    path: str
    output: object

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path
        self.output = None


class ExplainError(AtoError):
    """Two things whose difference cannot be explained, such as bare digests."""

    __module__ = "ato_trace"
