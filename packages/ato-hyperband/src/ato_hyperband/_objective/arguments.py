"""What a call of a search passes on to its objective: `train(10)`, `train(data=...)`.

The values stay with the objective, in whatever process it is; a task says only where they go, so
that a large one is sent to a process once and not with every trial.
"""

from __future__ import annotations

import inspect
from typing import Any, Callable, NamedTuple

from ato_hyperband._errors import ObjectiveError


class Slot(NamedTuple):
    """The place of one value in the arguments of a task: its position or name in the call."""

    key: int | str


class Arguments(NamedTuple):
    """The values of one call, beside the config."""

    values: tuple[Any, ...] = ()
    named: dict[str, Any] = {}

    def slots(self) -> Arguments:
        """The same arguments with slots in place of values."""
        places = tuple(Slot(position) for position in range(len(self.values)))
        return Arguments(places, {name: Slot(name) for name in self.named})

    def fill(self, argument: Any) -> Any:
        """The value that a slot stands for; anything else as it is."""
        if not isinstance(argument, Slot):
            return argument
        key = argument.key
        return self.values[key] if isinstance(key, int) else self.named[key]


NOTHING = Arguments()


def bind(scope: Any, function: Callable[..., Any], config: Any, given: Arguments) -> Any:
    """The arguments of the objective: the config in its place, the others around it."""
    if scope is None:
        return (config, *given.values), dict(given.named)
    return scope.bind(function, config, *given.values, **given.named)


def check_call(scope: Any, function: Callable[..., Any], given: Arguments) -> None:
    """Check, before the first trial, that the objective can be called.

    Raises:
        ObjectiveError: An argument is missing, is too much, or has no such name.
    """
    names = getattr(scope, "scopes", None)
    config = None if names is None else dict.fromkeys(names)
    values, named = bind(scope, function, config, given)
    try:
        signature = inspect.signature(function)
    except ValueError:  # some callables written in C do not say
        return
    try:
        signature.bind(*values, **named)
    except TypeError as error:
        name = getattr(function, "__qualname__", repr(function))
        raise ObjectiveError(
            f"the objective {name}{signature} cannot be called: {error}; what it takes beside the "
            "config is given in the call of the search, as in train(10) or train(data=...)"
        ) from None


def takes_more(scope: Any, function: Callable[..., Any]) -> tuple[bool, bool]:
    """Whether the objective has positional parameters of its own, and one called `args`."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except ValueError:
        return False, False
    if scope is None:
        parameters = parameters[1:]
    configs = getattr(scope, "scopes", None) or [getattr(scope, "name", None)]
    own = [p for p in parameters if p.name not in configs]
    by_keyword = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
    return any(p.kind not in by_keyword for p in own), any(p.name == "args" for p in own)
