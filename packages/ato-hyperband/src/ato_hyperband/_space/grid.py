"""The grid of a space as a lazy sequence: any of 10^7 combinations by index, none stored.

A parameter that does not exist (its condition fails) counts once, so no two indices give the
same configuration.
"""

from __future__ import annotations

from typing import Any, Iterator, Mapping

from ato_hyperband._errors import SpaceError
from ato_hyperband._space.conditions import is_active
from ato_hyperband._space.parameters import Parameter
from ato_hyperband._space.spaces import Params, SearchSpace


class Grid:
    """All combinations of the parameters' grid values, the last parameter varying fastest.

    Args:
        space: A checked space; every FLOAT needs `num_samples`.

    Raises:
        SpaceError: A FLOAT parameter has no `num_samples`.
    """

    def __init__(self, space: SearchSpace) -> None:
        self._space = space
        self._parameters: list[Parameter] = list(space)
        for parameter in self._parameters:
            if parameter.grid_size() is None:
                raise SpaceError(
                    f"search space {parameter.name!r} needs num_samples: a grid over a FLOAT "
                    "range must know how many values to take"
                )
        self._parents = {parent for p in self._parameters for parent in p.when}
        self._counts: dict[tuple[Any, ...], int] = {}
        self._size = self._count(0, {})

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Params]:
        return (self[index] for index in range(self._size))

    def allowed(self) -> int:
        """How many combinations the constraint of the space allows; looks at each if it has one."""
        if self._space.constraint is None:
            return self._size
        return sum(map(self._space.allows, self))

    def holds(self, given: Mapping[str, Any]) -> bool:
        """Whether each of these values is one of its parameter's on the grid."""
        return all(
            any(p.grid_value(i) == given[p.name] for i in range(p.grid_size() or 1))
            for p in self._parameters
            if p.name in given
        )

    def __getitem__(self, index: int) -> Params:
        if not 0 <= index < self._size:
            raise IndexError(f"grid index {index} is outside 0..{self._size - 1}")
        params: Params = {}
        for position, parameter in enumerate(self._parameters):
            if not is_active(parameter, params):
                continue
            value, index = self._pick(position, params, index)
            params[parameter.name] = parameter.grid_value(value)
        return params

    def _pick(self, position: int, params: Params, index: int) -> tuple[int, int]:
        """Which value of one parameter an index falls on, and the index below that value."""
        parameter = self._parameters[position]
        if parameter.name not in self._parents:
            return divmod(index, self._count(position + 1, params))
        for value in range(parameter.grid_size() or 1):
            chosen = dict(params)
            chosen[parameter.name] = parameter.grid_value(value)
            below = self._count(position + 1, chosen)
            if index < below:
                return value, index
            index -= below
        raise AssertionError("the counts of a grid add up to its size")

    def _count(self, position: int, params: Params) -> int:
        """How many combinations the parameters from `position` on have, given their parents."""
        if position == len(self._parameters):
            return 1
        parents = sorted(self._parents.intersection(params))
        key = (position, *((name, repr(params[name])) for name in parents))
        if key not in self._counts:
            self._counts[key] = self._count_anew(position, params)
        return self._counts[key]

    def _count_anew(self, position: int, params: Params) -> int:
        parameter = self._parameters[position]
        if not is_active(parameter, params):
            return self._count(position + 1, params)
        size = parameter.grid_size() or 1
        if parameter.name not in self._parents:
            return size * self._count(position + 1, params)
        total = 0
        for value in range(size):
            chosen = dict(params)
            chosen[parameter.name] = parameter.grid_value(value)
            total += self._count(position + 1, chosen)
        return total
