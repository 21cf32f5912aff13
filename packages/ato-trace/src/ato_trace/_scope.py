"""`Scope` and `MultiScope` with fingerprints."""

from __future__ import annotations

import ato_scope
from ato_trace._records import Records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeVar

    from ato_trace._digest import Fingerprint

    F = TypeVar("F", bound=Callable[..., Any])


class _Tracing:
    """What a scope that traces adds to one that does not."""

    def _own_records(self) -> Records:
        records: Records = self.__dict__.setdefault("_fingerprint_records", Records())
        return records

    def _records(self) -> Iterable[Records]:
        return (self._own_records(),)

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

        def decorate(target: Any, name: str | None = trace_id) -> Any:
            _trace(self._own_records(), target, name or default_id(target), follow)
            return target

        return (
            decorate if trace_id is None or isinstance(trace_id, str) else decorate(trace_id, None)
        )

    def runtime_trace(
        self,
        trace_id: Any = None,
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
            init_fn: Called before each call, after the config is made: seed what is random.
            inspect_fn: Chooses what to hash of the output (of each item of a generator).
            decimals: Round floating-point numbers to so many decimals first, see `hash_output`.
            rtol: Or round them to about this relative step.

        Raises:
            FingerprintError: What is decorated cannot be called.
            HashError: When called: the output has no canonical form.
        """

        def decorate(target: Any, name: str | None = trace_id) -> Any:
            from ato_trace._quantise import quantiser_for
            from ato_trace._recorder import Recorder
            from ato_trace._runtime import traced

            recorder = Recorder(
                self._own_records(),
                name or default_id(target),
                init_fn,
                inspect_fn,
                quantiser_for(decimals, rtol),
            )
            return traced(target, recorder)

        return (
            decorate if trace_id is None or isinstance(trace_id, str) else decorate(trace_id, None)
        )

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


class MultiScope(_Tracing, ato_scope.MultiScope):
    __doc__ = ato_scope.MultiScope.__doc__

    def _records(self) -> Iterable[Records]:
        """Those of its scopes, then its own."""
        members = [scope for scope in self.scopes.values() if isinstance(scope, _Tracing)]
        return [scope._own_records() for scope in members] + [self._own_records()]


def _is_target(trace_id: Any) -> bool:
    """Whether the decorator stands without brackets: `@scope.trace`."""
    return trace_id is not None and not isinstance(trace_id, str)


def _trace(records: Records, target: Any, name: str, follow: bool) -> None:
    from ato_trace._fingerprint import fingerprint

    if follow:
        records.add_later(name, lambda: fingerprint(target, follow=True))
    else:
        records.add_static(name, fingerprint(target))


def default_id(target: Any) -> str:
    """The qualified name of what is traced."""
    function = getattr(target, "__func__", None) or getattr(target, "fget", None) or target
    return str(getattr(function, "__qualname__", type(target).__qualname__))


def _add_counts(total: dict[str, dict[str, int]], counts: dict[str, dict[str, int]]) -> None:
    for trace_id, of_trace in counts.items():
        of_total = total.setdefault(trace_id, {})
        for value, count in of_trace.items():
            of_total[value] = of_total.get(value, 0) + count
