"""From a function or a config object to a view, and the mark of the blocks in it that wait."""

from __future__ import annotations

from ato_scope._errors import LazyError, ViewError
from ato_scope._program import place_in
from ato_scope._views.views import View, check_function, merging_view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable, Mapping


class LazyBlock:
    """What `Scope.lazy()` returns; a view with such a block is split when it is registered."""

    def __enter__(self) -> None:
        raise LazyError(
            "with Scope.lazy() works directly in a view that scope.observe has registered;"
            " elsewhere make a view with lazy=True"
        )

    def __exit__(self, *error: object) -> None:
        """Nothing was entered."""


def lazy(with_compile: bool = True) -> LazyBlock:
    """Run the body of `with Scope.lazy():` in a view after the command line was applied.

    The body runs exactly once, with the local variables it had; the code around it runs exactly
    once, before the command line. Variables that the body sets are its own.

    Args:
        with_compile: Changes nothing; what ato 2.x asked for where a block is always compiled now.
    """
    return LazyBlock()


def view_of_function(function: Any, name: str | None, lazy: bool) -> View:
    """Return the view of a function.

    Raises:
        ViewError: The function cannot be called with the config alone.
        LazyError: A `with Scope.lazy()` block in it cannot be run later.
    """
    name = name or str(getattr(function, "__name__", ""))
    if name in ("", "<lambda>"):
        raise ViewError("a view without a name of its own needs one: scope.observe('name')")
    location = check_function(function, name)
    apply, defer = _split(function, lazy)
    module = getattr(function, "__module__", "") or ""
    return View(name, apply, module=module, location=location, defer=defer, function=function)


def view_of_config(name: str | None, config: Mapping[str, Any], caller: FrameType) -> View:
    """Return the view that sets the keys of `config`; `caller` is where it is defined.

    Raises:
        ViewError: It has no name, or is no mapping.
    """
    if not name:
        raise ViewError("a view made of a config needs a name: scope.observe('big', config=...)")
    if not hasattr(config, "keys"):
        raise ViewError(f"view {name!r} is made of a mapping, not of {config!r}")
    location = place_in(caller.f_code, caller.f_lineno)
    module = caller.f_globals.get("__name__", "")
    return View(name, merging_view(config, recurrent=False), module=module, location=location)


def _split(function: Any, is_lazy_view: bool) -> tuple[Callable[..., Any], bool]:
    """Return what to call for a view, and whether it defers blocks."""
    inner = function
    while inner is not None and "lazy" not in _names_in(inner):
        inner = getattr(inner, "__wrapped__", None)
    if inner is None:
        return function, False
    # The only way into the room: programs without a block never enter it.
    from ato_scope._lazy.split import split

    run = split(inner, lambda thing: thing is lazy, is_lazy_view)
    if run is None:
        return function, False
    if inner is not function:
        raise LazyError(
            f"view {inner.__name__!r} has a with Scope.lazy() block under another decorator;"
            " put scope.observe right above def, or make the block a view with lazy=True"
        )
    return (lambda config: run(None, config), False) if is_lazy_view else (run, True)


def _names_in(function: Any) -> tuple[str, ...]:
    code = getattr(function, "__code__", None)
    return code.co_names if code is not None else ()
