"""Where the canonical bytes of a value go: into a hash, or into a small buffer to sort by."""

from __future__ import annotations

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ato_trace._quantise import Quantiser

    Update = Callable[[Any], object]
    Encoder = Callable[[Any, "Sink"], None]
    Find = Callable[[Any], Encoder]

_SMALL = 4096
_LENGTH = struct.Struct("<q").pack


class Sink:
    """Receives tagged, length-prefixed bytes, so that no two values give the same stream.

    Attributes:
        update: Takes bytes or any contiguous buffer.
        find: Gives the encoder of a value of other than builtin type.
        quantiser: Rounds floating-point numbers, or None to keep them exact.
        open: Ids of the containers being encoded, to notice one that contains itself.
    """

    __slots__ = ("find", "open", "quantiser", "update")

    def __init__(
        self, update: Update, find: Find, quantiser: Quantiser | None, opened: set[int]
    ) -> None:
        self.update = update
        self.find = find
        self.quantiser = quantiser
        self.open = opened

    def tag(self, tag: bytes, count: int) -> None:
        """Write a tag and a count."""
        self.update(tag + _LENGTH(count))

    def text(self, tag: bytes, value: str) -> None:
        """Write a string under a tag."""
        self.data(tag, value.encode("utf-8", "surrogatepass"))

    def data(self, tag: bytes, value: bytes) -> None:
        """Write bytes under a tag."""
        if len(value) < _SMALL:
            self.update(tag + _LENGTH(len(value)) + value)
        else:  # not to copy what is large
            self.update(tag + _LENGTH(len(value)))
            self.update(value)
