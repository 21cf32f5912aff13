"""Around each call of a runtime-traced function: prepare, then hash and record what it gave."""

from __future__ import annotations

from ato_trace import _hashing
from ato_trace._errors import HashError
from ato_trace._verify.recorded import recorded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ato_trace._runtime.records import Records


class Recorder:
    """What one `runtime_trace` does, apart from how its function is called.

    Args:
        records: Where the hashes go.
        trace_id: Under which name.
        init_fn: Called before each call.
        inspect_fn: Chooses what to hash of an output (of each item of a generator).
        decimals: Rounds floating-point numbers first, as in `hash_output`.
        rtol: The same.
    """

    __slots__ = ("_init_fn", "_inspect_fn", "_quantiser", "_records", "_trace_id")

    def __init__(
        self,
        records: Records,
        trace_id: str,
        init_fn: Callable[[], Any] | None,
        inspect_fn: Callable[[Any], Any] | None,
        decimals: int | None = None,
        rtol: float | None = None,
    ) -> None:
        self._records = records
        self._trace_id = trace_id
        self._init_fn = init_fn
        self._inspect_fn = inspect_fn
        self._quantiser = _hashing.quantiser_for(decimals, rtol)

    def start(self) -> None:
        """Prepare a call."""
        if self._init_fn is not None:
            self._init_fn()

    def hash(self, output: Any) -> str:
        """Hash an output, or an item of one.

        Raises:
            HashError: It has no canonical form; the error carries the output.
        """
        return self._hash_part(self._part(output), output)

    def finish(self, output: Any) -> None:
        """Record the output of a call."""
        part = self._part(output)
        self.record(recorded(self._hash_part(part, output), part))

    def _part(self, output: Any) -> Any:
        return output if self._inspect_fn is None else self._inspect_fn(output)

    def _hash_part(self, part: Any, output: Any) -> str:
        try:
            return _hashing.hash_value(part, self._quantiser, "result")
        except HashError as error:
            error.output = output
            raise

    def stream(self) -> Stream:
        """Start the hash of a generator."""
        return Stream(self)

    def record(self, value: str) -> None:
        """Record a finished hash."""
        self._records.add_runtime(self._trace_id, value)


class Stream:
    """The hash of a generator, item by item as it is consumed."""

    __slots__ = ("_recorder", "_state")

    def __init__(self, recorder: Recorder) -> None:
        import hashlib

        self._recorder = recorder
        self._state = hashlib.sha256(b"stream")

    def add(self, item: Any) -> None:
        """Add an item, before its consumer can change it."""
        self._state.update(self._recorder.hash(item).encode())

    def end(self, value: Any) -> None:
        """Record a generator that ran to its end, with the value it returned."""
        self._state.update(
            b"end" if value is None else b"end" + self._recorder.hash(value).encode()
        )
        self._recorder.record(self._state.hexdigest())

    def closed(self) -> None:
        """Record a generator that its consumer left early: never equal to a full one."""
        self._state.update(b"closed")
        self._recorder.record(self._state.hexdigest())
