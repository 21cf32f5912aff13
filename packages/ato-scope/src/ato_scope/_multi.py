"""Several scopes side by side, each with its own namespace on the command line."""

from __future__ import annotations

from ato_adict import did_you_mean
from ato_scope._base import Configurable
from ato_scope._errors import ScopeError, UnknownScopeError
from ato_scope._program import Answered, go_on, guarded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping, Sequence, TypeVar

    from ato_adict import ADict
    from ato_scope._base import Arguments
    from ato_scope._build.draft import Draft
    from ato_scope._history.explain import Explanation
    from ato_scope._scope import Scope

    R = TypeVar("R")


class MultiScope(Configurable):
    """Scopes that one entry receives together: `MultiScope(model_scope, data_scope)`.

    Keys of the command line start with the name of a scope, `model.lr=0.1`. A view is asked for as
    `model.small`, or as `small` in every scope that has it. The configs are passed to the
    parameters with the names of the scopes; an entry may leave some of them out.

    Args:
        *scopes: Scopes with different names. Of two with one name the later replaces the earlier
            if it was made with `enable_override=True`.

    Raises:
        ScopeError: Two scopes have one name, or there is no scope.
    """

    __module__ = "ato_scope"

    def __init__(self, *scopes: Scope) -> None:
        if not scopes:
            self._reject(ScopeError("MultiScope needs scopes: MultiScope(model_scope, data_scope)"))
        self.scopes: dict[str, Scope] = {}
        for scope in scopes:
            if scope.name in self.scopes and not scope.enable_override:
                self._reject(
                    ScopeError(f"two scopes have the name {scope.name!r}; give one another name=")
                )
            self.scopes[scope.name] = scope

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {', '.join(self.scopes)}>"

    def _members(self) -> Sequence[Scope]:
        return tuple(self.scopes.values())

    def _qualified(self) -> bool:
        return True

    @property
    def configs(self) -> dict[str, ADict]:
        """The config last built of each scope, by its name."""
        return {name: scope.config for name, scope in self.scopes.items()}

    def draft(self, args: Sequence[str] | None = None) -> MultiDraft:
        """Return the configs after views and arguments, before lazy views; see `Scope.draft`."""
        return MultiDraft(guarded(self._prepare, args))

    def apply(self, args: Sequence[str] | None = None) -> dict[str, ADict]:
        """Build every config, keep it in its scope, and return them by the names of the scopes."""
        try:
            return guarded(self._configure, args)
        except Answered as answered:
            go_on(answered, args)
            return self.configs

    def call(
        self, function: Callable[..., R], configs: Mapping[str, Any], *args: Any, **kwargs: Any
    ) -> R:
        """Call `function` with `configs` for the parameters of the scopes' names."""
        values, named = self.bind(function, configs, *args, **kwargs)
        return function(*values, **named)

    def bind(
        self, function: Callable[..., Any], configs: Mapping[str, Any], *args: Any, **kwargs: Any
    ) -> Arguments:
        """Return the arguments with which `call` would call `function`, without calling it.

        Args:
            function: For the names of its parameters; see `call`.
            configs: What the parameters of the scopes' names receive.
            *args: Further arguments of the call.
            **kwargs: Further arguments by name.

        Returns:
            The positional arguments and those by name: `function(*values, **named)`.

        Raises:
            EntryError: The function takes nothing, or has a misspelled parameter.
        """
        return self._bind(function, configs, args, kwargs)

    def __enter__(self) -> dict[str, ADict]:
        """Apply all scopes: `with scope as configs:`."""
        return self.apply()

    def __exit__(self, *error: object) -> None:
        """The configs stay in the scopes."""

    @property
    def history(self) -> list[dict[str, Any]]:
        """The histories of all scopes, one after the other, keys starting with the scope's name."""
        return [
            {**event, "key": f"{name}.{event['key']}"}
            for name, scope in self.scopes.items()
            for event in scope.history
        ]

    def explain(self, key: str) -> Explanation:
        """Return where the value of a key, `model.lr`, comes from; see `Scope.explain`."""
        name, _, rest = key.partition(".")
        if name not in self.scopes:
            raise UnknownScopeError(f"unknown scope {name!r}{did_you_mean(name, self.scopes)}")
        return self.scopes[name].explain(rest)


class MultiDraft:
    """The drafts of several scopes; see `Draft`.

    Attributes:
        config: The configs so far by the names of their scopes.
        assigned: The dotted keys set on the command line, starting with the scope's name.
    """

    __module__ = "ato_scope"

    def __init__(self, drafts: dict[str, Draft]) -> None:
        self.drafts: dict[str, Draft] = drafts
        self.config: dict[str, ADict] = {name: draft.config for name, draft in drafts.items()}
        self.assigned: set[str] = {
            f"{name}.{key}" for name, draft in drafts.items() for key in draft.assigned
        }

    def complete(
        self, overrides: Mapping[str, Any] | None = None, source: str = "override"
    ) -> dict[str, ADict]:
        """Return independent configs by name, with overrides (`model.lr`) and lazy views applied.

        Raises:
            UnknownScopeError: An override names no scope.
        """
        own: dict[str, dict[str, Any]] = {name: {} for name in self.drafts}
        for key, value in (overrides or {}).items():
            name, rest = _split(key, self.drafts)
            own[name][rest] = value
        return {name: draft.complete(own[name], source) for name, draft in self.drafts.items()}


def _split(key: str, names: Mapping[str, Any]) -> tuple[str, str]:
    name, dot, rest = key.partition(".")
    if not dot or name not in names:
        fix = did_you_mean(name, names) or f"; write {next(iter(names))}.{key}"
        raise UnknownScopeError(f"{key!r} starts with no name of a scope{fix}")
    return name, rest
