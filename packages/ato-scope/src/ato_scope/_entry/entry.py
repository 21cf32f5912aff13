"""Turning a function into an entry: each call builds its configs and injects them."""

from __future__ import annotations

import os

from ato_scope._command.tokens import Token
from ato_scope._entry.inject import Injector
from ato_scope._history.recorder import jsonable
from ato_scope._program import Answered, go_on, guarded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Protocol, Sequence, TypeVar

    from typing_extensions import ParamSpec

    class Owner(Protocol):
        """What an entry needs of a Scope or a MultiScope."""

        def _configure(self, args: Sequence[Any] | None) -> Any: ...

        def _names(self) -> tuple[str, ...]: ...

        def _wants(self, injector: Injector, kwargs: Any) -> bool: ...

        def _end_call(self, configs: Any) -> None: ...

    P = ParamSpec("P")
    Q = ParamSpec("Q")
    R = TypeVar("R")
    R_co = TypeVar("R_co", covariant=True)

    class Entry(Protocol[P, R_co]):
        """An entry function, as `@scope` returns it.

        A call may leave out a config wherever its parameter stands, which no type can say; so
        `entry(...)` takes any arguments, and `entry.__wrapped__` has the types of the function.
        """

        __name__: str

        @property
        def __wrapped__(self) -> Callable[P, R_co]: ...

        def __call__(self, *args: Any, **kwargs: Any) -> R_co: ...

        def with_args(self, __args: Sequence[str] = (), **values: Any) -> Entry[P, R_co]:
            """Return the same entry with these arguments in place of the command line.

            `values` are set after them: `train.with_args(["fast"], lr=0.3)()`.
            """

        def rewrap(self, function: Callable[Q, R]) -> Entry[Q, R]:
            """Return an entry of the same scopes around another function."""


REPORT = "ATO_SWEEP_REPORT"
CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR = 0x20, 0x80, 0x200
COPIED = ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__")


def make_entry(
    owner: Owner,
    function: Callable[..., Any],
    args: Sequence[Any] | None = None,
) -> Any:
    """Return a plain function that calls `function` with the configs of `owner`.

    Raises:
        EntryError: The function has no parameter to take a config.
    """
    injector = Injector(function, owner._names())
    make = _coroutine_entry if _flags(function) & CO_COROUTINE else _plain_entry
    if injector.lacks:
        make = _unconfigured_entry
    entry: Any = make(owner, function, injector, args)
    for name in COPIED:
        if hasattr(function, name):
            setattr(entry, name, getattr(function, name))
    entry.__dict__.update(getattr(function, "__dict__", {}))
    entry.__wrapped__ = function
    entry.with_args = lambda *args, **values: make_entry(owner, function, given(args, values))
    entry.rewrap = lambda function: make_entry(owner, function, args)
    return entry


def given(args: tuple[Any, ...], values: dict[str, Any]) -> list[str | Token]:
    """Return the arguments of `with_args`, with a token for each value, as a scope reads them.

    Raises:
        TypeError: The arguments are one text, or more than one list.
    """
    if len(args) > 1 or (args and isinstance(args[0], str)):
        listed = [text for arg in args for text in ([arg] if isinstance(arg, str) else arg)]
        raise TypeError(f"with_args takes one list of arguments: with_args({listed!r})")
    return [*(args[0] if args else ()), *_tokens(values, "")]


def _tokens(values: dict[str, Any], prefix: str) -> Iterator[Token]:
    """Yield a token for each value; a nested mapping is merged, so each of its keys has one."""
    for key, value in values.items():
        if isinstance(value, dict) and value and all(isinstance(k, str) for k in value):
            yield from _tokens(value, f"{prefix}{key}.")
        else:
            token = Token("value", prefix + key, value, f"{prefix}{key}={value!r}")
            token.origin = "with_args"
            yield token


def _plain_entry(
    owner: Owner, function: Callable[..., Any], injector: Injector, arguments: Any
) -> Any:
    def entry(*args: Any, **kwargs: Any) -> Any:
        if owner._wants(injector, kwargs):
            report = take_report() if arguments is None else None
            try:
                configs = guarded(owner._configure, arguments)
            except Answered as answered:
                go_on(answered, arguments)
                return _nothing(function)
            args, kwargs = injector.place(configs, args, kwargs)
            try:
                result = function(*args, **kwargs)
            finally:
                owner._end_call(configs)
            if report is not None:
                write_report(report, result)
            return result
        args, kwargs = injector.place({}, args, kwargs)
        return function(*args, **kwargs)

    return entry


def _coroutine_entry(
    owner: Owner, function: Callable[..., Any], injector: Injector, arguments: Any
) -> Any:
    async def entry(*args: Any, **kwargs: Any) -> Any:
        if owner._wants(injector, kwargs):
            report = take_report() if arguments is None else None
            try:
                configs = guarded(owner._configure, arguments)
            except Answered as answered:
                return go_on(answered, arguments)
            args, kwargs = injector.place(configs, args, kwargs)
            try:
                result = await function(*args, **kwargs)
            finally:
                owner._end_call(configs)
            if report is not None:
                write_report(report, result)
            return result
        args, kwargs = injector.place({}, args, kwargs)
        return await function(*args, **kwargs)

    return entry


def _flags(function: Callable[..., Any]) -> int:
    code = getattr(function, "__code__", None)
    return 0 if code is None else int(code.co_flags)


def _nothing(function: Callable[..., Any]) -> Any:
    """Return what a call gives that was only answered: of a generator, one that has nothing."""
    none: tuple[Any, ...] = ()

    async def nothing() -> Any:
        for item in none:
            yield item

    if _flags(function) & CO_ASYNC_GENERATOR:
        return nothing()
    return (item for item in none) if _flags(function) & CO_GENERATOR else None


def _unconfigured_entry(
    owner: Owner, function: Callable[..., Any], injector: Injector, arguments: Any
) -> Any:
    def entry(*args: Any, **kwargs: Any) -> Any:
        guarded(lambda _: injector.check_call(function, args, kwargs), arguments)
        return function(*args, **kwargs)

    return entry


def take_report() -> str | None:
    """Return the file that a sweep wants the result in, once: what we start has none."""
    return os.environ.pop(REPORT, None)


def write_report(path: str, result: Any) -> None:
    """Write a returned value for the sweep, where it is plain data."""
    import json

    if hasattr(result, "item") and getattr(result, "ndim", 0) == 0:
        result = result.item()
    if isinstance(result, (bool, int, float, str, list, tuple, dict)):
        with open(path, "w", encoding="utf-8") as file:
            json.dump(jsonable(result), file)
