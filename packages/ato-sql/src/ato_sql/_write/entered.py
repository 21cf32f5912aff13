"""The runs whose `with` blocks surround a place.

A block that a generator entered surrounds what runs while that generator does, not what its
consumer does while it waits at a `yield`, though both are in one thread and context. So such a
block is found by the generator's frame among those that are being executed. All other blocks, and
those of a generator for the threads and tasks that began within it, are found by the context.
"""

from __future__ import annotations

import contextvars
import itertools
import sys
import threading
from types import CodeType, FrameType
from typing import Any, Iterable, Iterator, NamedTuple

from ato_sql._values.code_flags import (
    ASYNC_GENERATOR,
    COROUTINE,
    GENERATOR,
    ITERABLE_COROUTINE,
)

# Who advances a generator as one block, what is between being the caller's.
_MANAGERS = {"contextlib", "contextlib2", "_pytest", "pluggy", "pytest_asyncio", "anyio", "tornado"}
_GENERATOR = GENERATOR | ASYNC_GENERATOR
_AWAITED = COROUTINE | ITERABLE_COROUTINE | ASYNC_GENERATOR
_SUSPENDED = _AWAITED | _GENERATOR


class Call(NamedTuple):
    """One call of a generator function; its frame is not kept, as that would keep what is in it."""

    frame: int
    code: CodeType


class Block:
    """The `with` block of a run.

    Attributes:
        run: the run.
        call: the generator that entered it, None where none did.
        place: the thread and task, where a generator did.
    """

    __slots__ = ("call", "place", "run")

    def __init__(self, run: Any, call: Call | None) -> None:
        self.run, self.call = run, call
        self.place = None if call is None else _place()


# In this thread and task, the innermost last.
_entered: contextvars.ContextVar[tuple[Block, ...]] = contextvars.ContextVar("entered", default=())
# Of the generators that are within blocks, by the id of their frame, the innermost last.
_IN_GENERATORS: dict[int, tuple[Block, ...]] = {}


def enter(run: Any) -> Block:
    """Remember that the block of a run begins."""
    block = Block(run, _call_around(sys._getframe(1)))
    _entered.set((*(one for one in _entered.get() if not one.run.finished), block))
    if block.call is not None:
        number = block.call.frame
        _IN_GENERATORS[number] = (*_IN_GENERATORS.get(number, ()), block)
    return block


def leave(block: Block) -> None:
    """Remember that a block ends; a generator may be closed in another thread than it ran in."""
    _entered.set(tuple(one for one in _entered.get() if one is not block))
    if block.call is not None:
        number = block.call.frame
        left = tuple(one for one in _IN_GENERATORS.pop(number, ()) if one is not block)
        if left:
            _IN_GENERATORS[number] = left


def blocks_around() -> Iterable[Block]:
    """Give the blocks that surround the caller, the innermost first."""
    entered = _entered.get()
    if not _IN_GENERATORS:
        return reversed(entered)
    running = _blocks_of_running_generators(sys._getframe(1))
    # Those of generators in this thread and task were found, or wait at a `yield`.
    return itertools.chain(
        running,
        (one for one in reversed(entered) if one.call is None or one.place != _place()),
    )


def _blocks_of_running_generators(frame: FrameType | None) -> Iterator[Block]:
    is_task = False
    while frame is not None:  # as `_frames`, which takes twice the time
        number, code = id(frame), frame.f_code
        if number in _IN_GENERATORS:
            found = _IN_GENERATORS.get(number, ())
            if found and found[0].call == (number, code):
                yield from reversed(found)
        flags = code.co_flags
        if flags & _SUSPENDED:
            is_task = is_task or bool(flags & _AWAITED)
        elif is_task:
            return
        frame = frame.f_back


def generator_calling(package: str) -> Call | None:
    """Return the call of a generator that called into this package, None if none did."""
    for frame in _frames(sys._getframe(1)):
        if frame.f_globals.get("__name__", "").partition(".")[0] != package:
            return _call_of(frame)
    return None


def is_other_call(call: Call) -> bool:
    """Tell whether the caller runs in another call of the same generator function."""
    for frame in _frames(sys._getframe(1)):
        if frame.f_code is call.code:
            return id(frame) != call.frame
    return False


def _call_around(frame: FrameType) -> Call | None:
    """Return the innermost generator that is being executed."""
    calls = (_call_of(one) for one in _frames(frame))
    return next((call for call in calls if call is not None), None)


def _call_of(frame: FrameType) -> Call | None:
    """Return a frame as the call of a generator function, None if it is none."""
    code, driver = frame.f_code, frame.f_back
    is_generator = code.co_flags & _GENERATOR and not code.co_flags & ITERABLE_COROUTINE
    if not is_generator or code.co_name == "<genexpr>":  # in which no statement stands
        return None
    if driver is not None and driver.f_globals.get("__name__", "").partition(".")[0] in _MANAGERS:
        return None
    return Call(id(frame), code)


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    """Give a frame and those around it, of a task no further than to where its loop drives it."""
    is_task = False
    while frame is not None:
        flags = frame.f_code.co_flags
        if is_task and not flags & _SUSPENDED:
            return
        is_task = is_task or bool(flags & _AWAITED)
        yield frame
        frame = frame.f_back


def _place() -> tuple[int, int]:
    """Return what tells this thread and task from others."""
    asyncio = sys.modules.get("asyncio")
    try:
        task = None if asyncio is None else asyncio.current_task()
    except RuntimeError:  # no loop is running
        task = None
    return threading.get_ident(), id(task)
