"""Run a program to its end, or to that which a signal asks for.

A program that we start must not outlive us unseen: what ends us is passed on to it, and it is given
the time to end its runs.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Sequence

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
# A terminal sends Ctrl-C to the program as well, and a scheduler what ends a job: seconds in which
# it may end by that before it is told again, which would cut short how it ends.
_AT_TERMINAL, _ELSEWHERE = 10.0, 0.5
_PATIENCE = 30.0  # seconds after which it is killed


class _Stop(BaseException):
    """A signal has come while we waited."""


def run_passing_on(command: Sequence[str], **how: Any) -> int:
    """Run a program, with the arguments of `subprocess.Popen`; return its exit code.

    Raises:
        SystemExit: A signal came; its code is 128 and the number of the signal. The program has got
            it too, and has ended.
    """
    came: list[int] = []
    child: subprocess.Popen[bytes] | None = None

    def note(number: int, frame: Any) -> None:
        came.append(number)
        if child is not None and len(came) == 1:
            raise _Stop

    with _handled(note):
        try:
            child = subprocess.Popen(command, **how)
            if not came:
                return child.wait()
        except _Stop:
            pass
        _end(child, came[0])
    raise SystemExit(128 + came[0])


@contextlib.contextmanager
def _handled(handler: Callable[[int, Any], None]) -> Iterator[None]:
    """Let signals that end us be handled; those that are ignored, as below nohup, still are."""
    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    if threading.current_thread() is not threading.main_thread():
        before = {}  # only the main thread may, and only it is told of signals
    before = {n: old for n, old in before.items() if old not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _end(child: Any, number: int) -> None:
    """Wait for a program that may have got a signal; then pass it on, then kill it."""
    by_terminal = number == signal.SIGINT and _is_at_terminal()
    for seconds, send in (
        (_AT_TERMINAL if by_terminal else _ELSEWHERE, lambda: _pass_on(child, number)),
        (_PATIENCE, child.kill),
    ):
        try:
            child.wait(seconds)
            return
        except subprocess.TimeoutExpired:
            send()
    child.wait()


def _pass_on(child: Any, number: int) -> None:
    if os.name == "nt":  # which knows no signals of others
        child.terminate()
    else:
        child.send_signal(number)


def _is_at_terminal() -> bool:
    """Whether a terminal sends what is typed there to us, and to the programs we start."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:  # none, or Windows
        return os.name == "nt"
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
