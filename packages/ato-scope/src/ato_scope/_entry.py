"""Turning a function into an entry: each call builds its configs and injects them."""

from __future__ import annotations

from ato_adict import UserError
from ato_scope._host import fail, from_user_code, is_script
from ato_scope._inject import Injector
from ato_scope._report import take_report, write_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Protocol, Sequence, TypeVar

    T = TypeVar("T")

    class Owner(Protocol):
        """What an entry needs of a Scope or a MultiScope."""

        def _configure(self, args: Sequence[str] | None) -> Any: ...

        def _names(self) -> tuple[str, ...]: ...

        def _wants(self, injector: Injector, kwargs: Any) -> bool: ...

    R = TypeVar("R")
    R_co = TypeVar("R_co", covariant=True)

    class Entry(Protocol[R_co]):
        """An entry function, as `@scope` returns it: any argument may be left to the scope."""

        __name__: str
        __wrapped__: Callable[..., Any]

        def __call__(self, *args: Any, **kwargs: Any) -> R_co: ...

        def with_args(self, args: Sequence[str]) -> Entry[R_co]:
            """Return the same entry with these arguments in place of the command line."""

        def rewrap(self, function: Callable[..., R]) -> Entry[R]:
            """Return an entry of the same scopes around another function."""


CO_COROUTINE = 0x80
COPIED = ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__")


def make_entry(
    owner: Owner,
    function: Callable[..., Any],
    args: Sequence[str] | None = None,
) -> Any:
    """Return a plain function that calls `function` with the configs of `owner`.

    Raises:
        EntryError: The function has no parameter to take a config.
    """
    injector = Injector(function, owner._names())
    code = getattr(function, "__code__", None)
    is_coroutine = code is not None and code.co_flags & CO_COROUTINE
    make = _coroutine_entry if is_coroutine else _plain_entry
    if injector.lacks:
        make = _unconfigured_entry
    entry: Any = make(owner, function, injector, args)
    for name in COPIED:
        if hasattr(function, name):
            setattr(entry, name, getattr(function, name))
    entry.__dict__.update(getattr(function, "__dict__", {}))
    entry.__wrapped__ = function
    entry.with_args = lambda args: make_entry(owner, function, list(args))
    entry.rewrap = lambda function: make_entry(owner, function, args)
    return entry


def _plain_entry(
    owner: Owner, function: Callable[..., Any], injector: Injector, arguments: Any
) -> Any:
    def entry(*args: Any, **kwargs: Any) -> Any:
        if owner._wants(injector, kwargs):
            report = take_report() if arguments is None else None
            configs = guarded(owner._configure, arguments)
            args, kwargs = injector.place(configs, args, kwargs)
            if report is not None:
                result = function(*args, **kwargs)
                write_report(report, result)
                return result
        return function(*args, **kwargs)

    return entry


def _coroutine_entry(
    owner: Owner, function: Callable[..., Any], injector: Injector, arguments: Any
) -> Any:
    async def entry(*args: Any, **kwargs: Any) -> Any:
        if owner._wants(injector, kwargs):
            report = take_report() if arguments is None else None
            configs = guarded(owner._configure, arguments)
            args, kwargs = injector.place(configs, args, kwargs)
            if report is not None:
                result = await function(*args, **kwargs)
                write_report(report, result)
                return result
        return await function(*args, **kwargs)

    return entry


def _unconfigured_entry(
    owner: Owner, function: Callable[..., Any], injector: Injector, arguments: Any
) -> Any:
    def entry(*args: Any, **kwargs: Any) -> Any:
        guarded(lambda _: injector.check_call(function, args, kwargs), arguments)
        return function(*args, **kwargs)

    return entry


def guarded(build: Callable[[Sequence[str] | None], T], arguments: Sequence[str] | None) -> T:
    """Build configs; a mistake of the user at the command line is one line and exit code 2.

    Exceptions from views keep the traceback of the view, without our frames before it.
    """
    try:
        return build(arguments)
    except Exception as error:
        trace = from_user_code(error.__traceback__)
        if isinstance(error, UserError) and trace is None:
            if arguments is None and is_script():
                fail(error)
            raise
        raise error.with_traceback(trace or error.__traceback__) from error.__cause__
