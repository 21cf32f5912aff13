"""Calling a function with configs injected by the names of its parameters."""

from __future__ import annotations

from ato_adict import did_you_mean
from ato_scope._errors import EntryError
from ato_scope._program import place_in, shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping, Sequence

CO_VARKEYWORDS = 0x08


class Injector:
    """Where the parameters of one function stand that take configs.

    A function all of whose parameters are its caller's (`def evaluate(model, data)`) is let be,
    and called as it is; what it lacks is then said when a call leaves parameters open.

    Raises:
        EntryError: The function has a parameter for none of the names, and it has no parameters
            at all or one that looks like a misspelled name.
    """

    def __init__(self, function: Callable[..., Any], names: Sequence[str]) -> None:
        self.lacks = ""
        positional, keyword, open_ended = _parameters(function)
        self.positions: list[tuple[int, str]] = sorted(
            (positional.index(name), name) for name in names if name in positional
        )
        self.by_keyword = [name for name in names if name in keyword]
        missing = [n for n in names if n not in positional and n not in keyword]
        if open_ended:
            self.by_keyword += missing
        elif len(missing) == len(names):
            parameters = [*positional, *keyword]
            self.lacks = _no_parameter(function, missing, parameters)
            if not parameters or did_you_mean(missing[0], parameters):
                raise EntryError(self.lacks)
        self.names = [name for _, name in self.positions] + self.by_keyword

    def check_call(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Check a call of a function that takes no config.

        Raises:
            EntryError: The call leaves parameters open, as if a config would come.
        """
        from inspect import signature

        try:
            signature(function).bind(*args, **kwargs)
        except TypeError as error:
            raise EntryError(f"{self.lacks}; {error}") from None

    def place(
        self, configs: Mapping[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments of the call: those given, with the configs in their places.

        A config that the caller gives by name takes its place too, before the arguments that are
        given by position: `def train(config, k)` may be called as `train(2, config=mine)`.

        Args:
            configs: The configs by name; without one, its parameter is the caller's to give.
            args: The positional arguments of the caller.
            kwargs: Those by name.
        """
        values = list(args)
        for position, name in self.positions:
            if name in kwargs:
                if position < len(values):
                    values.insert(position, kwargs.pop(name))
            elif name in configs:
                if position <= len(values):
                    values.insert(position, configs[name])
                else:
                    kwargs[name] = configs[name]
        for name in self.by_keyword:
            if name in configs:
                kwargs.setdefault(name, configs[name])
        return tuple(values), kwargs


def _parameters(function: Callable[..., Any]) -> tuple[list[str], list[str], bool]:
    """Return names of positional and of keyword-only parameters, and whether it takes any name."""
    while hasattr(function, "__wrapped__"):  # a decorator passes on what it is given
        function = function.__wrapped__
    code = getattr(function, "__code__", None)
    if code is None:
        return _parameters_of_object(function)
    names = code.co_varnames
    count = code.co_argcount
    keyword = list(names[count : count + code.co_kwonlyargcount])
    return list(names[:count]), keyword, bool(code.co_flags & CO_VARKEYWORDS)


def _parameters_of_object(function: Callable[..., Any]) -> tuple[list[str], list[str], bool]:
    """Do the same for a callable that is no plain function: a class, a partial, an object."""
    from inspect import Parameter, signature

    positional, keyword, open_ended = [], [], False
    for parameter in signature(function).parameters.values():
        if parameter.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD):
            positional.append(parameter.name)
        elif parameter.kind is Parameter.KEYWORD_ONLY:
            keyword.append(parameter.name)
        elif parameter.kind is Parameter.VAR_KEYWORD:
            open_ended = True
    return positional, keyword, open_ended


def _no_parameter(function: Any, missing: list[str], parameters: list[str]) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    code = getattr(function, "__code__", None)
    place = f" ({shorten(place_in(code))})" if code else ""
    hint = did_you_mean(missing[0], parameters)
    fix = hint or f"; add it: def {name}({', '.join(missing)})"
    return f"function {name!r}{place} has no parameter {missing[0]!r} for the config{fix}"
