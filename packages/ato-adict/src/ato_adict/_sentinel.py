"""MISSING, the value that says there is none."""

from __future__ import annotations


class Missing:
    """The type of `MISSING`; there is one instance per process, also after unpickling."""

    __module__ = "ato_adict"
    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "MISSING"


MISSING = Missing()
