"""What `co_flags` of a code object says, as `inspect` does, which takes long to import.

A program that logs imports this before its first run, also where it is asked for help alone.
"""

from __future__ import annotations

GENERATOR, COROUTINE, ITERABLE_COROUTINE, ASYNC_GENERATOR = 0x20, 0x80, 0x100, 0x200
