"""The hash of a large array: SHA-256 of each piece of it, in as many threads as are worth it.

What is hashed then is the digests, in order. Pieces have a fixed number of elements, so neither
the number of threads nor the layout of the array changes the result. hashlib and NumPy let go of
the interpreter's lock while they work on a piece.
"""

from __future__ import annotations

import hashlib
import os
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Settle = Callable[[Any], Any]

# More threads would wait for memory rather than hash.
_MOST_THREADS = 4


def piece_digests(pieces: Iterator[Any], settle: Settle, count: int) -> list[bytes]:
    """The digest of each piece, in order.

    Args:
        pieces: The pieces, taken by one thread at a time.
        settle: Makes the buffer to hash of a piece.
        count: How many pieces there are.
    """
    found: list[bytes] = [b""] * count
    errors: list[BaseException] = []
    numbered, taking = enumerate(pieces), threading.Lock()

    def work() -> None:
        try:
            _hash_all(numbered, taking, settle, found, errors)
        except BaseException as error:  # raised again by the thread that waits for this one
            errors.append(error)

    helpers = _start(threading.Thread(target=work) for _ in range(_threads(count) - 1))
    work()
    for thread in helpers:
        thread.join()
    if errors:
        raise errors[0]
    return found


def _hash_all(
    numbered: Iterator[tuple[int, Any]],
    taking: Any,
    settle: Settle,
    found: list[bytes],
    errors: list[BaseException],
) -> None:
    while not errors:
        with taking:
            index, piece = next(numbered, (-1, None))
        if index < 0:
            return
        found[index] = hashlib.sha256(settle(piece)).digest()


def _start(threads: Iterator[Any]) -> list[Any]:
    """Those of the threads that could be started: at exit, or at a limit, none can."""
    started = []
    for thread in threads:
        try:
            thread.start()
        except RuntimeError:
            break
        started.append(thread)
    return started


def _threads(count: int) -> int:
    if hasattr(os, "sched_getaffinity"):
        processors = len(os.sched_getaffinity(0))
    else:
        processors = os.cpu_count() or 1
    return max(1, min(_MOST_THREADS, processors, count))
