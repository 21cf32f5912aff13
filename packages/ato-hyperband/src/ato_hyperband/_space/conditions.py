"""Parameters that depend on others (`when`): their order, and whether they take part."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from ato_adict import did_you_mean
from ato_hyperband._errors import SpaceError
from ato_hyperband._space.fields import is_number
from ato_hyperband._space.parameters import CategoryParameter, Parameter, When, agree


def is_active(parameter: Parameter, params: Mapping[str, Any]) -> bool:
    """Whether a parameter's condition holds, given its parents' values."""
    return all(
        parent in params and _is_among(params[parent], values)
        for parent, values in parameter.when.items()
    )


def is_possible(when: When, fixed: Mapping[str, Any]) -> bool:
    """Whether a condition can hold where some parameters have these values."""
    return all(
        _is_among(fixed[parent], values) for parent, values in when.items() if parent in fixed
    )


def _is_among(value: Any, values: Iterable[Any]) -> bool:
    return any(agree(value, other) for other in values)


def check_parents(parameters: list[Parameter]) -> None:
    """Check that each condition names a parameter and values that it can have.

    Raises:
        SpaceError: One does not.
    """
    by_name = {p.name: p for p in parameters}
    for parameter in parameters:
        for parent, values in parameter.when.items():
            if parent not in by_name:
                raise SpaceError(
                    f"when of {parameter.name!r} names {parent!r}, which is no parameter of this "
                    f"search{did_you_mean(parent, list(by_name))}"
                )
            for value in values:
                _check_reachable(parameter.name, by_name[parent], value)


def _check_reachable(name: str, parent: Parameter, value: Any) -> None:
    if isinstance(parent, CategoryParameter):
        if not _is_among(value, parent.categories):
            hint = did_you_mean(str(value), [str(c) for c in parent.categories])
            raise SpaceError(
                f"when of {name!r} needs {parent.name}={value!r}, which is none of its "
                f"categories {parent.categories!r}{hint}"
            )
    elif not is_number(value) or not parent.low <= value <= parent.high:
        raise SpaceError(
            f"when of {name!r} needs {parent.name}={value!r}, which is outside its range "
            f"({parent.low!r}, {parent.high!r})"
        )


def parents_first(parameters: list[Parameter]) -> list[Parameter]:
    """Order parameters so that each comes after those it depends on.

    Raises:
        SpaceError: Conditions depend on each other in a circle.
    """
    ordered: list[Parameter] = []
    waiting = list(parameters)
    while waiting:
        placed = {p.name for p in ordered}
        ready = [p for p in waiting if all(parent in placed for parent in p.when)]
        if not ready:
            names = ", ".join(repr(p.name) for p in waiting)
            raise SpaceError(f"the conditions of {names} depend on each other in a circle")
        # One at a time keeps the order in which the user wrote them wherever possible.
        ordered.append(ready[0])
        waiting.remove(ready[0])
    return ordered
