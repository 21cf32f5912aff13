"""`Scope` and `MultiScope` with fingerprints."""

from __future__ import annotations

import ato_scope
from ato_adict import record_of
from ato_trace import _environment, _runtime
from ato_trace._runtime.records import Records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, TypeVar, overload

    from ato_adict import RunRecord
    from ato_trace._code.fingerprint import Fingerprint

    T = TypeVar("T")
    # What a decorator without brackets may stand on; a text there is a trace id.
    Code = TypeVar(
        "Code",
        bound="Callable[..., Any] | staticmethod[..., Any] | classmethod[Any, ..., Any] | property",
    )


# Here and not when a scope is made: the modules that a program imports after this one, and before
# its scope, may read their data as they are imported. The hook only takes note.
_environment.watch()


class _Tracing:
    """What a scope that traces adds to one that does not."""

    def _describe(self, record: RunRecord, configs: Mapping[str, Any]) -> None:
        """Take the fingerprints as they are when a call begins, and notice what it reads."""
        for records in self._records():
            records.settle()
        begun = [(records, records.mark()) for records in self._records()]
        record.fingerprints = lambda: _since(begun)
        _environment.begin_call(record, configs.values())

    def _end_call(self, configs: Mapping[str, Any]) -> None:
        record = record_of(next(iter(configs.values())))
        if record is not None:
            _environment.end_call(record)

    def _own_records(self) -> Records:
        records: Records = self.__dict__.setdefault("_fingerprint_records", Records())
        return records

    def _records(self) -> Iterable[Records]:
        return (self._own_records(),)

    if TYPE_CHECKING:

        @overload
        def trace(self, trace_id: str | None = None, follow: bool = False) -> Callable[[T], T]: ...
        @overload
        def trace(self, trace_id: Code, follow: bool = False) -> Code: ...

    def trace(self, trace_id: Any = None, follow: bool = False) -> Any:
        """Record the fingerprint of a function, method or class: `@scope.trace('train_step')`.

        Stands above or below `@scope`. What it decorates stays the object it was; nothing happens
        when it is called.

        Args:
            trace_id: The name of the fingerprint; the qualified name of the function by default.
            follow: Also count the user's own functions, classes and simple global values that
                the code uses, see `fingerprint`. As they may be defined later in the file, the
                fingerprint is then taken when `fingerprints` is first read.

        Raises:
            FingerprintError: What is decorated has no Python code.
        """

        def decorate(target: Any, name: str) -> Any:
            _trace(self._own_records(), target, name, follow)
            return target

        return _decorator(decorate, trace_id)

    if TYPE_CHECKING:

        @overload
        def runtime_trace(
            self,
            trace_id: str | None = None,
            *,
            init_fn: Callable[[], Any] | None = None,
            inspect_fn: Callable[[Any], Any] | None = None,
            decimals: int | None = None,
            rtol: float | None = None,
        ) -> Callable[[T], T]: ...
        @overload
        def runtime_trace(
            self,
            trace_id: Code,
            *,
            init_fn: Callable[[], Any] | None = None,
            inspect_fn: Callable[[Any], Any] | None = None,
            decimals: int | None = None,
            rtol: float | None = None,
        ) -> Code: ...

    def runtime_trace(
        self,
        trace_id: Any = None,
        *positional: Any,
        init_fn: Callable[[], Any] | None = None,
        inspect_fn: Callable[[Any], Any] | None = None,
        decimals: int | None = None,
        rtol: float | None = None,
    ) -> Any:
        """Record a hash of what each call gives: `@scope.runtime_trace('predictions')`.

        Stands above or below `@scope`, on functions, methods, coroutines, generators (hashed as
        they are consumed) and classes (the outputs of their instances' calls). Return value,
        signature and metadata are kept. A call that raises records nothing.

        Args:
            trace_id: The name of the fingerprint; the qualified name of the function by default.
            positional: Refused: what ato 2.x took as `init_fn, inspect_fn, trace_id`.
            init_fn: Called before each call, after the config is made: seed what is random.
            inspect_fn: Chooses what to hash of the output (of each item of a generator).
            decimals: Round floating-point numbers to so many decimals first, see `hash_output`.
            rtol: Or round them to about this relative step.

        Raises:
            FingerprintError: What is decorated cannot be called.
            HashError: When called: the output has no canonical form.
            TypeError: More than the name is given without its keyword.
        """
        if positional:
            raise TypeError(
                "runtime_trace takes the name of the trace alone without a keyword; write"
                " runtime_trace('name', init_fn=..., inspect_fn=...)"
            )

        def decorate(target: Any, name: str) -> Any:
            records = self._own_records()
            recorder = _runtime.Recorder(records, name, init_fn, inspect_fn, decimals, rtol)
            return _runtime.traced(target, recorder)

        return _decorator(decorate, trace_id)

    @property
    def fingerprints(self) -> dict[str, dict[str, Any]]:
        """The last fingerprint of each trace: `{'static': {id: hex}, 'runtime': {id: hex}}`.

        Static ones are `Fingerprint` strings, which remember the source they were made of.
        """
        static: dict[str, Fingerprint] = {}
        runtime: dict[str, str] = {}
        for records in self._records():
            static.update(records.static())
            runtime.update(records.runtime())
        return {"static": static, "runtime": runtime}

    @property
    def fingerprints_history(self) -> dict[str, dict[str, dict[str, int]]]:
        """All distinct fingerprints of each trace, first seen first, with their counts.

        `{'static': {id: {hex: count}}, 'runtime': {id: {hex: count}}}`. More than one hash under
        a runtime trace whose inputs did not change means that the function is not deterministic.
        """
        static: dict[str, dict[str, int]] = {}
        runtime: dict[str, dict[str, int]] = {}
        for records in self._records():
            _add_counts(static, records.static_counts())
            _add_counts(runtime, records.runtime_counts())
        return {"static": static, "runtime": runtime}


class Scope(_Tracing, ato_scope.Scope):
    __doc__ = ato_scope.Scope.__doc__
    __module__ = "ato_trace"


class MultiScope(_Tracing, ato_scope.MultiScope):
    __doc__ = ato_scope.MultiScope.__doc__
    __module__ = "ato_trace"

    def _records(self) -> Iterable[Records]:
        """Those of its scopes, then its own."""
        members = [scope for scope in self.scopes.values() if isinstance(scope, _Tracing)]
        return [scope._own_records() for scope in members] + [self._own_records()]


def _decorator(decorate: Callable[[Any, str], Any], trace_id: Any) -> Any:
    """The decorator, or where it stands without brackets, `@scope.trace`, what it gives."""
    if trace_id is None or isinstance(trace_id, str):
        return lambda target: decorate(target, trace_id or _default_id(target))
    return decorate(trace_id, _default_id(trace_id))


def _trace(records: Records, target: Any, name: str, follow: bool) -> None:
    from ato_trace._code.fingerprint import fingerprint  # only programs that trace pay for it

    if follow:
        records.add_later(name, lambda: fingerprint(target, follow=True))
    else:
        records.add_static(name, fingerprint(target))


def _default_id(target: Any) -> str:
    """The qualified name of what is traced."""
    function = getattr(target, "__func__", None) or getattr(target, "fget", None) or target
    return str(getattr(function, "__qualname__", type(target).__qualname__))


def _add_counts(total: dict[str, dict[str, int]], counts: dict[str, dict[str, int]]) -> None:
    for trace_id, of_trace in counts.items():
        of_total = total.setdefault(trace_id, {})
        for value, count in of_trace.items():
            of_total[value] = of_total.get(value, 0) + count


def _since(begun: Sequence[tuple[Records, int]]) -> dict[str, dict[str, Any]]:
    """The fingerprints of code, and of the outputs that were recorded since a call began."""
    static: dict[str, Any] = {}
    runtime: dict[str, Any] = {}
    for records, mark in begun:
        static.update(records.static())
        runtime.update(records.runtime(since=mark))
    return {"static": static, "runtime": runtime}
