"""The search space: the parameters a user declared, checked, and in an order that can be drawn.

A space is a mapping from dotted keys (or nested mappings) to fields such as
`{'param_type': 'FLOAT', 'param_range': (1e-5, 1e-1), 'space_type': 'LOG', 'num_samples': 20}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Dict, Iterable, Iterator

from ato_hyperband._conditions import check_parents, is_active, is_possible, parents_first
from ato_hyperband._errors import SpaceError
from ato_hyperband._fields import leaves, parse_parameter
from ato_hyperband._parameters import CategoryParameter, Parameter, When

Params = Dict[str, Any]


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
            parameters = [parse_parameter(*leaf) for leaf in leaves(search_spaces, "")]
            if not parameters:
                raise SpaceError("search_spaces is empty; give at least one parameter")
            check_parents(parameters)
        else:
            parameters = list(search_spaces)
        self.parameters: list[Parameter] = parents_first(parameters)
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
            if parameter.name in fixed or not is_possible(parameter.when, fixed):
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


def _with_condition(parameter: Parameter, when: When) -> Parameter:
    import copy

    changed = copy.copy(parameter)
    changed.when = when
    return changed
