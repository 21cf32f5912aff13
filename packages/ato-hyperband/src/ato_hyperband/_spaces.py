"""The search space: the parameters a user declared, checked, and in an order that can be drawn.

A space is a mapping from dotted keys (or nested mappings) to fields such as
`{'param_type': 'FLOAT', 'param_range': (1e-5, 1e-1), 'space_type': 'LOG', 'num_samples': 20}`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Dict, Iterable, Iterator

from ato_adict import did_you_mean
from ato_hyperband._errors import SpaceError
from ato_hyperband._parameters import (
    CategoryParameter,
    FloatParameter,
    IntegerParameter,
    Parameter,
    When,
)

Params = Dict[str, Any]

_NUMBER_FIELDS = ["param_type", "param_range", "num_samples", "space_type", "base", "when"]
_FIELDS = {
    "FLOAT": _NUMBER_FIELDS,
    "INTEGER": _NUMBER_FIELDS,
    "CATEGORY": ["param_type", "categories", "num_samples", "when"],
}


class SearchSpace:
    """Checked parameters, parents before the parameters that depend on them.

    Args:
        search_spaces: Mapping from parameter name to its fields; nested mappings are joined by
            dots. An already checked sequence of parameters is taken as it is.

    Raises:
        SpaceError: A field is missing, unknown or wrong; the message names the parameter.
    """

    def __init__(self, search_spaces: Any) -> None:
        if isinstance(search_spaces, Mapping):
            leaves = list(_leaves(search_spaces, ""))
            if not leaves:
                raise SpaceError("search_spaces is empty; give at least one parameter")
            parameters = [parse_parameter(name, fields) for name, fields in leaves]
            _check_parents(parameters)
        else:
            parameters = list(search_spaces)
        self.parameters: list[Parameter] = _parents_first(parameters)
        self.by_name: dict[str, Parameter] = {p.name: p for p in self.parameters}

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)

    def without(self, fixed: Mapping[str, Any]) -> SearchSpace:
        """The space left when some parameters have one known value.

        A parameter whose condition the fixed values rule out leaves as well.
        """
        left: list[Parameter] = []
        for parameter in self.parameters:
            if parameter.name in fixed or not _possible(parameter.when, fixed):
                continue
            still = {parent: v for parent, v in parameter.when.items() if parent not in fixed}
            left.append(_with_condition(parameter, still))
        kept = {p.name for p in left}
        return SearchSpace([p for p in left if all(parent in kept for parent in p.when)])

    def from_unit(self, point: Iterable[float]) -> Params:
        """The parameters at a point of the unit cube; those whose condition fails are absent."""
        params: Params = {}
        for parameter, u in zip(self.parameters, point):
            if not parameter.when or is_active(parameter, params):
                params[parameter.name] = parameter.from_unit(u)
        return params

    def key(self, params: Params) -> tuple[Any, ...]:
        """A hashable identity: two configurations are duplicates when their keys are equal."""
        return tuple(self._key_of(p, params) for p in self.parameters)

    def _key_of(self, parameter: Parameter, params: Params) -> Any:
        if parameter.name not in params:
            return None
        value = params[parameter.name]
        return parameter.index(value) if isinstance(parameter, CategoryParameter) else value

    def encode(self, params: Params) -> dict[str, Any]:
        """Plain numbers for storage: a category is its position."""
        return {p.name: self._key_of(p, params) for p in self.parameters if p.name in params}

    def decode(self, stored: Mapping[str, Any]) -> Params:
        """The inverse of encode."""
        params: Params = {}
        for name, value in stored.items():
            parameter = self.by_name[name]
            is_category = isinstance(parameter, CategoryParameter)
            params[name] = parameter.grid_value(value) if is_category else value
        return params

    def describe(self) -> dict[str, list[Any]]:
        """A plain description, equal for equal spaces."""
        return {p.name: p.describe() for p in self.parameters}


def is_active(parameter: Parameter, params: Params) -> bool:
    """Whether a parameter's condition holds, given its parents' values."""
    return all(
        parent in params and params[parent] in values for parent, values in parameter.when.items()
    )


def _possible(when: When, fixed: Mapping[str, Any]) -> bool:
    return all(fixed[parent] in values for parent, values in when.items() if parent in fixed)


def _with_condition(parameter: Parameter, when: When) -> Parameter:
    import copy

    changed = copy.copy(parameter)
    changed.when = when
    return changed


def _leaves(node: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, value in node.items():
        name = f"{prefix}{key}"
        if not isinstance(value, Mapping):
            raise SpaceError(
                f"search space {name!r} must be a mapping of fields such as "
                f"param_type and param_range, not {type(value).__name__}"
            )
        if "param_type" in value or not any(isinstance(v, Mapping) for v in value.values()):
            yield name, value
        else:
            yield from _leaves(value, f"{name}.")


def parse_parameter(name: str, fields: Mapping[str, Any]) -> Parameter:
    """Check one parameter's fields and build it.

    Raises:
        SpaceError: Anything is missing, unknown or wrong.
    """
    kind = _one_of(name, "param_type", fields.get("param_type"), list(_FIELDS))
    for field in fields:
        if field not in _FIELDS[kind]:
            raise SpaceError(
                f"unknown field {field!r} of search space {name!r}"
                f"{did_you_mean(field, _FIELDS[kind])}; {kind} takes {', '.join(_FIELDS[kind])}"
            )
    when = _when(name, fields.get("when"))
    if kind == "CATEGORY":
        return CategoryParameter(name, _categories(name, fields.get("categories")), when)
    log = _one_of(name, "space_type", fields.get("space_type", "LINEAR"), ["LINEAR", "LOG"])
    low, high = _range(name, kind, log == "LOG", fields.get("param_range"))
    num_samples = _num_samples(name, fields.get("num_samples"))
    _check_base(name, fields.get("base"), log == "LOG")
    if kind == "INTEGER":
        return IntegerParameter(name, int(low), int(high), log == "LOG", num_samples, when)
    return FloatParameter(name, float(low), float(high), log == "LOG", num_samples, when)


def _one_of(name: str, field: str, value: Any, allowed: list[str]) -> str:
    if value is None:
        raise SpaceError(f"search space {name!r} has no {field}; give one of {', '.join(allowed)}")
    text = value.upper() if isinstance(value, str) else value
    if text not in allowed:
        hint = did_you_mean(text, allowed) if isinstance(text, str) else ""
        raise SpaceError(
            f"unknown {field} {value!r} of search space {name!r}{hint}; "
            f"give one of {', '.join(allowed)}"
        )
    return str(text)


def _range(name: str, kind: str, log: bool, value: Any) -> tuple[float, float]:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise SpaceError(f"param_range of {name!r} must be (low, high), got {value!r}")
    for end in value:
        if not is_number(end) or not math.isfinite(end):
            raise SpaceError(f"param_range of {name!r} holds {end!r}, which is not a finite number")
        if kind == "INTEGER" and end != int(end):
            raise SpaceError(f"param_range of {name!r} holds {end!r}; INTEGER needs whole numbers")
    low, high = value
    if low > high:
        raise SpaceError(f"param_range of {name!r} is reversed: {low!r} is above {high!r}")
    if log and low <= 0:
        raise SpaceError(
            f"param_range of {name!r} starts at {low!r}; a LOG space needs a positive range"
        )
    return low, high


def is_number(value: Any) -> bool:
    """Whether a value counts as one real number (numpy scalars do, booleans and text do not)."""
    if isinstance(value, (bool, str, bytes)) or value is None:
        return False
    try:
        float(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return getattr(value, "ndim", 0) == 0


def _num_samples(name: str, value: Any) -> int | None:
    if value is None:
        return None
    if not is_number(value) or value != int(value) or value < 1:
        raise SpaceError(f"num_samples of {name!r} must be a whole number of at least 1: {value!r}")
    return int(value)


def _check_base(name: str, value: Any, log: bool) -> None:
    # Even spacing of the exponents is the same spacing in any base, so base is only checked.
    if value is not None and (not is_number(value) or value <= 0 or value == 1 or not log):
        raise SpaceError(
            f"base of {name!r} is {value!r}; it must be positive, not 1, and go with a LOG space"
        )


def _categories(name: str, value: Any) -> list[Any]:
    if value is None or isinstance(value, (str, bytes)):
        raise SpaceError(f"categories of {name!r} must be a list of values, got {value!r}")
    categories = list(value)
    if not categories:
        raise SpaceError(f"categories of {name!r} is empty; give at least one value")
    for position, category in enumerate(categories):
        for other in categories[:position]:
            if type(other) is type(category) and _equal(other, category):
                raise SpaceError(f"categories of {name!r} holds {category!r} twice")
    return categories


def _equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Exception:  # values that cannot be compared (arrays) are taken to differ
        return False


def _when(name: str, value: Any) -> When:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not value:
        raise SpaceError(
            f"when of {name!r} must map a parameter to its value or list of values: "
            f"when={{'optimizer': 'adam'}}; got {value!r}"
        )
    return {
        parent: tuple(allowed) if isinstance(allowed, (list, tuple)) else (allowed,)
        for parent, allowed in value.items()
    }


def _check_parents(parameters: list[Parameter]) -> None:
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
        if value not in parent.categories:
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


def _parents_first(parameters: list[Parameter]) -> list[Parameter]:
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
