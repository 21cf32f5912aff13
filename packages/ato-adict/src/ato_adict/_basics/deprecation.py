"""One way to say that a name or a form will go."""

from __future__ import annotations


class AtoDeprecationWarning(DeprecationWarning):
    """Something of ato that a later release removes; the text names what to use instead."""

    __module__ = "ato_adict"


def warn_deprecated(what: str, instead: str, since: str, depth: int = 2) -> None:
    """Warn that something is deprecated, at the line of the program that uses it.

    What is deprecated works unchanged until the next major release, and at least for six months.

    Args:
        what: What is deprecated, as its user wrote it: `"scope.exec(text)"`.
        instead: What to write: `"scope.run(text)"`.
        since: The release that deprecated it: `"3.1"`.
        depth: How many calls above this one the user's line is: 2 for the caller of a deprecated
            function that calls this directly.
    """
    import warnings

    message = f"{what} is deprecated since ato {since}; use {instead}"
    warnings.warn(message, AtoDeprecationWarning, stacklevel=depth + 1)
