"""The fingerprints of one scope: the last of each trace, and all distinct ones with counts."""

from __future__ import annotations

import _thread

from ato_trace._errors import FingerprintError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ato_trace._code.fingerprint import Fingerprint


class Records:
    """What the traces of a scope have seen. Threads may record at the same time."""

    def __init__(self) -> None:
        self._lock = _thread.allocate_lock()
        self._last_static: dict[str, Fingerprint] = {}
        self._last_runtime: dict[str, str] = {}
        self._static: dict[str, dict[str, int]] = {}
        self._runtime: dict[str, dict[str, int]] = {}
        self._recorded = 0
        self._stamps: dict[str, int] = {}
        self._pending: list[tuple[str, Callable[[], Fingerprint]]] = []

    def add_static(self, trace_id: str, value: Fingerprint) -> None:
        """Record the fingerprint of code."""
        with self._lock:
            self._last_static[trace_id] = value
            _count(self._static, trace_id, value)

    def add_later(self, trace_id: str, compute: Callable[[], Fingerprint]) -> None:
        """Record the fingerprint of code once somebody asks for it."""
        self._pending.append((trace_id, compute))

    def add_runtime(self, trace_id: str, value: str) -> None:
        """Record the hash of an output."""
        with self._lock:
            self._last_runtime[trace_id] = value
            self._recorded += 1
            self._stamps[trace_id] = self._recorded
            # Of the last one alone the output itself is kept with its hash.
            _count(self._runtime, trace_id, str(value))

    def static(self) -> dict[str, Fingerprint]:
        """The last fingerprint of each trace of code."""
        self._settle()
        return dict(self._last_static)

    def mark(self) -> int:
        """A moment, to ask later what was recorded since."""
        return self._recorded

    def runtime(self, since: int = 0) -> dict[str, str]:
        """The last hash of each trace of outputs, of those recorded since a moment."""
        last = dict(self._last_runtime)
        return {name: value for name, value in last.items() if self._stamps[name] > since}

    def static_counts(self) -> dict[str, dict[str, int]]:
        """How often each distinct fingerprint of each trace of code was recorded."""
        self._settle()
        return _copy(self._static)

    def runtime_counts(self) -> dict[str, dict[str, int]]:
        """How often each distinct hash of each trace of outputs was recorded."""
        return _copy(self._runtime)

    def settle(self) -> None:
        """Take the fingerprints that were put off; one that fails does when it is asked for."""
        try:
            self._settle()
        except FingerprintError:
            return

    def _settle(self) -> None:
        while self._pending:
            trace_id, compute = self._pending[0]
            self.add_static(trace_id, compute())
            self._pending.pop(0)


def _count(counts: dict[str, dict[str, int]], trace_id: str, value: str) -> None:
    of_trace = counts.setdefault(trace_id, {})
    of_trace[value] = of_trace.get(value, 0) + 1


def _copy(counts: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    return {trace_id: dict(of_trace) for trace_id, of_trace in list(counts.items())}
