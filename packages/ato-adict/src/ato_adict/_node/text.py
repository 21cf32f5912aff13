"""The repr of a config: that of a dict, except where Python makes none of something in it."""

from __future__ import annotations

from ato_adict._basics.texts import piecewise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


class Repr:
    """A `__repr__` that is dict's where a class is asked for its own.

    By that `pprint` and IPython know what they may lay out in lines.
    """

    __slots__ = ()

    def __get__(self, node: Any, cls: Any = None) -> Callable[..., str]:
        return dict.__repr__ if node is None else lambda: _repr(node)


def _repr(node: Any) -> str:
    try:
        return dict.__repr__(node)
    except Exception:  # a number of too many digits in it, or another's code
        return piecewise(node)
