"""Parameters that a user gives: configurations to try first, and those of known results."""

from __future__ import annotations

import math
from typing import Any, Mapping

from ato_adict import ADict, did_you_mean
from ato_hyperband._errors import SettingsError
from ato_hyperband._space.conditions import is_possible
from ato_hyperband._space.fields import is_number
from ato_hyperband._space.grid import Grid
from ato_hyperband._space.parameters import CategoryParameter, IntegerParameter, Parameter
from ato_hyperband._space.spaces import Params, SearchSpace


def checked(space: SearchSpace, given: Mapping[str, Any]) -> Params:
    """Values for some parameters of a space, by dotted name or nested.

    Raises:
        SettingsError: A name is no parameter, or a value is none that the search could draw.
    """
    return _checked_values(space, _by_name(space, given))


def _by_name(
    space: SearchSpace, given: Mapping[str, Any], above: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What is given by the names of parameters; a mapping may be the value of one."""
    found: dict[str, Any] = {}
    for key, value in given.items():
        keys = (*above, key)
        name = _joined(keys)
        if not above and name not in space.by_name:
            name = str(key)  # dotted, perhaps
        if name in space.by_name or not isinstance(value, Mapping) or not value:
            found[name] = value
        else:
            found.update(_by_name(space, value, keys))
    return found


def _joined(keys: tuple[str, ...]) -> str:
    """The dotted name of a place."""
    nested: Any = None
    for key in reversed(keys):
        nested = {key: nested}
    (name,) = ADict(nested).flatten()
    return str(name)


def _checked_values(space: SearchSpace, values: dict[str, Any]) -> Params:
    names = list(space.by_name)
    for name in values:
        if name not in space.by_name:
            raise SettingsError(
                f"{name!r} is no parameter of this search{did_you_mean(name, names)}; "
                f"it has {', '.join(names)}"
            )
    for name, value in values.items():
        when = space.by_name[name].when
        if not is_possible(when, values):
            raise SettingsError(f"{name!r} does not exist beside {values!r}: it needs {when!r}")
        values[name] = _checked_value(space.by_name[name], value)
    return values


def taken_from(space: SearchSpace, config: Any) -> Params:
    """The parameters of a space as a config has them, such as that of an earlier run.

    Raises:
        SettingsError: One is missing, or has a value that the search could not draw.
    """
    config = ADict(config)
    found = {p.name: config.get_value_by_name(p.name) for p in space if config.has(p.name)}
    found.update((p.name, config[p.name]) for p in space if p.name in config)
    found = {name: v for name, v in found.items() if is_possible(space.by_name[name].when, found)}
    missing = [p.name for p in space if p.name not in found and is_possible(p.when, found)]
    if missing:
        raise SettingsError(f"the config of a known result has no {', '.join(missing)}")
    return _checked_values(space, found)


def check_on_grid(space: SearchSpace, given: Params) -> None:
    """Check that a grid holds values, so that trying them first tries nothing else.

    Raises:
        SettingsError: It does not.
    """
    if not Grid(space).holds(given):
        raise SettingsError(f"{given!r} is not on the grid of this search (sampler='grid')")


def _checked_value(parameter: Parameter, value: Any) -> Any:
    if isinstance(parameter, CategoryParameter):
        try:
            return parameter.grid_value(parameter.index(value))
        except ValueError:
            raise SettingsError(
                f"{parameter.name}={value!r} is none of its categories {parameter.categories!r}"
            ) from None
    if not is_number(value) or not math.isfinite(value):
        raise SettingsError(f"{parameter.name}={value!r} is no finite number")
    if not parameter.low <= value <= parameter.high:
        raise SettingsError(
            f"{parameter.name}={value!r} is outside its range "
            f"({parameter.low!r}, {parameter.high!r})"
        )
    if not isinstance(parameter, IntegerParameter):
        return float(value)
    if value != int(value):
        raise SettingsError(f"{parameter.name}={value!r} is no whole number")
    return int(value)
