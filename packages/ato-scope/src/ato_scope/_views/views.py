"""Views and the registry that a scope keeps them in."""

from __future__ import annotations

from ato_scope._errors import ViewError
from ato_scope._history.recorder import Source, snapshot
from ato_scope._program import WORDS, is_script, place_in, say, shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping, Sequence, Union

    from ato_adict import ADict

    Chain = Union[None, str, Sequence[str]]

CO_GENERATOR_OR_ASYNC = 0x20 | 0x80 | 0x200


class View:
    """One named step of a configuration.

    Attributes:
        name: What the command line and `chain_with` call it.
        apply: Called with the config under construction.
        defer: Whether `apply` first takes a function to hand its lazy blocks to.
        priority: Lower is applied earlier.
        lazy: Applied after the command line.
        default: Applied without being asked for.
        chain: The views to apply before this one.
        module: Name of the module that defines it.
        location: `file:line` of its definition.
        function: What it was made of, for its docstring.
        source: How the history names it.
        caller: The code that has registered it.
    """

    __slots__ = (
        "apply",
        "caller",
        "chain",
        "default",
        "defer",
        "function",
        "lazy",
        "location",
        "module",
        "name",
        "priority",
        "source",
    )

    def __init__(
        self,
        name: str,
        apply: Callable[..., object],
        priority: int = 0,
        lazy: bool = False,
        default: bool = False,
        chain: tuple[str, ...] = (),
        module: str = "",
        location: str = "",
        defer: bool = False,
        function: object = None,
    ) -> None:
        self.name: str = name
        self.apply: Callable[..., object] = apply
        self.priority: int = priority
        self.lazy: bool = lazy
        self.default: bool = default
        self.chain: tuple[str, ...] = chain
        self.module: str = module
        self.location: str = location
        self.defer: bool = defer
        self.function: object = function
        self.source: Source = Source("view", name, location)
        self.caller: object = None

    @property
    def summary(self) -> str:
        """The first line of the function's docstring."""
        text = getattr(self.function, "__doc__", None) if callable(self.function) else None
        return text.strip().partition("\n")[0].strip() if text else ""

    def __str__(self) -> str:
        return f"view {self.name!r} ({shorten(self.location)})"

    def __repr__(self) -> str:
        return f"<{self}>"


def add_view(views: dict[str, View], view: View, replace: bool) -> None:
    """Register `view`; one of the same name from the same module is replaced (a re-run cell).

    Raises:
        ViewError: The name is taken by a word of the command line, by another module's view, or by
            another one of the same run of the same code: two definitions in one script.
    """
    if view.name in WORDS:
        raise ViewError(f"{view} has the name of a built-in word; rename it")
    if not view.name or any(c in "=~@,:" or c.isspace() for c in view.name):
        raise ViewError(f"{view} cannot be asked for on the command line; rename it")
    other = views.get(view.name)
    if other is not None and not replace and _is_another(view, other):
        raise ViewError(
            f"{view} has the name of another view at {shorten(other.location)};"
            " rename one, or make the scope with enable_override=True"
        )
    if other is not None and not replace and view.caller is other.caller and is_script():
        say(
            f"warning: {view} replaces the one that the same line has registered before;"
            " give each a name of its own"
        )
    views[view.name] = view


def _is_another(view: View, other: View) -> bool:
    """Whether two views of one name are two definitions, not one that ran again or was edited."""
    if view.module != other.module:
        return True
    return view.caller is other.caller is not None and view.location != other.location


def names_of_chain(chain: Chain, owner: str) -> tuple[str, ...]:
    """Return `chain_with` as a tuple of names."""
    if chain is None:
        return ()
    names = (chain,) if isinstance(chain, str) else tuple(chain)
    for name in names:
        if not isinstance(name, str):
            raise ViewError(f"chain_with of view {owner!r} takes names of views, not {name!r}")
    return names


def check_priority(priority: object, name: str) -> None:
    """Check that a priority is a number.

    Raises:
        ViewError: It is not.
    """
    if not isinstance(priority, (int, float)):
        raise ViewError(f"the priority of view {name!r} is a number, not {priority!r}")


def check_function(function: Callable[..., object], name: str) -> str:
    """Check that a view can be called with the config; return where it is defined.

    Raises:
        ViewError: It takes no parameter, requires more than one, or is a generator or async.
    """
    code = getattr(function, "__code__", None)
    if code is None:
        if not callable(function):
            raise ViewError(f"view {name!r} is not a function: {function!r}")
        return getattr(function, "__module__", None) or "unknown"
    location = place_in(code)
    place = shorten(location)
    bound = 1 if hasattr(function, "__self__") else 0
    takes = code.co_argcount - bound
    required = takes - len(function.__defaults__ or ())
    if takes < 1 and not code.co_flags & 0x04:
        raise ViewError(f"view {name!r} ({place}) takes no parameter; write def {name}(config)")
    if required > 1:
        raise ViewError(f"view {name!r} ({place}) must be callable with the config alone")
    if code.co_flags & CO_GENERATOR_OR_ASYNC:
        raise ViewError(f"view {name!r} ({place}) must be a plain function without yield")
    return location


def merging_view(values: Mapping[str, Any] | None, recurrent: bool) -> Callable[[ADict], None]:
    """Return the function of a view given as a config object.

    Args:
        values: The config object.
        recurrent: Whether nested mappings are merged instead of replaced.
    """

    def apply(config: ADict) -> None:
        if values:
            config.update(snapshot(values), recurrent=recurrent)

    return apply
