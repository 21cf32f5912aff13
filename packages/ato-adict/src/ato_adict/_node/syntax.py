"""Who asks for an attribute: the syntax `config.x`, or a builtin such as `getattr` and `hasattr`.

The syntax may assign below what is not set yet, `config.model.depth = 3`; whoever asks with a
builtin wants to know what is set. The two differ in the instruction that the calling frame is at,
and so do `ADict(default=list)` and `ADict(**d)`, where `default` is a key.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

_at_syntax: set[int] = set()
_at_spread: set[int] = set()
# Long arguments stand before their instruction, and until Python 3.10 a frame is at the first.
EXTENDED_ARG = 144 if sys.version_info < (3, 11) else -1


def _instruction(frame: FrameType) -> int:
    code, position = frame.f_code.co_code, frame.f_lasti
    while code[position] == EXTENDED_ARG:
        position += 2
    return code[position]


class _Probe:
    """Learns the instructions of the running Python: they have no fixed numbers."""

    def __getattr__(self, name: str) -> Any:
        _at_syntax.add(_instruction(sys._getframe(1)))
        return list

    def __call__(self, **values: Any) -> None:
        _at_spread.add(_instruction(sys._getframe(1)))


_probe = _Probe()
_probe.attribute  # noqa: B018
_probe.method()
_values = {"a": 1}
_probe(**_values)


def is_syntax(frame: FrameType) -> bool:
    """Whether a frame is at an attribute of the syntax; False where that cannot be told."""
    return _instruction(frame) in _at_syntax


def is_spread(frame: FrameType) -> bool:
    """Whether a frame is at a call that passes a whole mapping, `f(**d)`."""
    return _instruction(frame) in _at_spread
