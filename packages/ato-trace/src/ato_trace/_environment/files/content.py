"""Hashes of file contents, made on a thread while the program goes on."""

from __future__ import annotations

import os
import sys
import time

from ato_adict.surroundings import hash_of_file
from ato_trace._environment.files.reads import Muted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from queue import SimpleQueue
    from typing import Tuple

    State = Tuple[str, int, int]

_NICE = 15


class ContentHashes:
    """Hashes files in the background, each state of a file once.

    A state is path, size and time of the last change, as they were when the file was read. A file
    that has another state by the time its turn comes was changed meanwhile and has no hash.
    """

    def __init__(self) -> None:
        self._known: dict[State, str | None] = {}
        self._asked: set[State] = set()
        self._queue: SimpleQueue[State] | None = None
        self._pid = 0

    def ask(self, path: str, size: int, mtime_ns: int) -> None:
        """Have a file hashed soon."""
        state = path, size, mtime_ns
        if self._pid != os.getpid():
            self._start()
        if state not in self._asked:
            self._asked.add(state)
            assert self._queue is not None
            self._queue.put(state)

    def get(self, path: str, size: int, mtime_ns: int) -> str | None:
        """The hash of a file in a state; None where it is not known (yet)."""
        return self._known.get((path, size, mtime_ns))

    def wait(self, seconds: float) -> bool:
        """Help until all that was asked for is hashed; False where that takes longer."""
        until = time.monotonic() + seconds
        with Muted():
            while len(self._known) < len(self._asked):
                if time.monotonic() >= until:
                    return False
                if self._queue is None or self._queue.empty():
                    time.sleep(0.005)  # the thread is at the last one
                else:
                    self._take(self._queue)
        return True

    def _start(self) -> None:
        import threading  # for programs that read files; others start without it
        from queue import SimpleQueue

        self._pid = os.getpid()
        self._asked = set(self._known)
        self._queue = SimpleQueue()
        work = threading.Thread(
            target=self._work, args=(self._queue,), name="ato-inputs", daemon=True
        )
        work.start()

    def _work(self, queue: SimpleQueue[State]) -> None:
        _yield_to_others()
        with Muted():
            while True:
                self._hash(queue.get())

    def _take(self, queue: SimpleQueue[State]) -> None:
        try:
            self._hash(queue.get_nowait())
        except Exception:  # `queue.Empty`: the thread was faster
            return

    def _hash(self, state: State) -> None:
        try:
            self._known[state] = _hash_of(state)
        except Exception:  # unreadable by now, whatever the reason
            self._known[state] = None


def _yield_to_others() -> None:
    """Let this thread run where nothing else wants the processor: the program has its own work."""
    if sys.platform.startswith("linux"):  # elsewhere it would be the whole process
        import threading

        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        except OSError:
            return


def _hash_of(state: State) -> str | None:
    path, size, mtime_ns = state
    with open(path, "rb") as file:
        found = os.fstat(file.fileno())
        if (found.st_size, found.st_mtime_ns) != (size, mtime_ns):
            return None
        return hash_of_file(file, size)


hashes = ContentHashes()
"""Of this process; a file that several runs read is hashed once."""
