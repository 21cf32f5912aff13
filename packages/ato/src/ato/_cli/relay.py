"""Keep a program's output open where nobody reads ours any longer, as in `ato verify | head`.

The program would fail at what it prints next, and that it fails would be of our making.
"""

from __future__ import annotations

import contextlib
import os
import select
import stat
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

_PIECE = 1 << 20  # bytes: more than a pipe holds
_PAUSE = 0.1  # seconds between looks whether the program has ended


@contextlib.contextmanager
def open_outputs() -> Iterator[dict[str, int]]:
    """Yield `stdout=` and `stderr=` for a program: none where it may have ours.

    Ours are passed on only where they are pipes: a terminal shows what is written to it as it is.
    What is written to both stays in order.
    """
    with contextlib.ExitStack() as stack:
        given: dict[str, int] = {}
        for name, ours in (("stdout", 1), ("stderr", 2)):
            if given and _is_pipe(ours) and os.path.samestat(os.fstat(1), os.fstat(ours)):
                given[name] = given["stdout"]
            elif _is_pipe(ours):
                given[name] = stack.enter_context(_passed_on_to(ours))
        yield given


def _is_pipe(descriptor: int) -> bool:
    try:
        return os.name == "posix" and stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    except OSError:  # it is closed
        return False


@contextlib.contextmanager
def _passed_on_to(ours: int) -> Iterator[int]:
    """Yield where to write what is to be passed on; behind it, all that was written is."""
    reading, writing = os.pipe()
    has_ended = threading.Event()
    thread = threading.Thread(target=_pass_on, args=(reading, ours, has_ended), daemon=True)
    thread.start()
    try:
        yield writing
    finally:
        os.close(writing)
        has_ended.set()
        thread.join()
        os.close(reading)


def _pass_on(reading: int, ours: int, has_ended: threading.Event) -> None:
    is_read = True
    while True:
        # What the program started may hold the pipe open for ever; of the program itself all that
        # is left when it has ended is in the pipe.
        is_last = has_ended.is_set()
        if select.select([reading], [], [], _PAUSE)[0]:
            piece = os.read(reading, _PIECE)
            if not piece:
                return
            is_read = is_read and _is_written(ours, piece)
        if is_last:
            return


def _is_written(ours: int, piece: bytes) -> bool:
    while piece:
        try:
            piece = piece[os.write(ours, piece) :]
        except BlockingIOError:  # who has made the pipe does not let us wait in it
            select.select([], [ours], [])
        except OSError:
            return False
    return True
