"""The search space: the parameters a user declared, checked, and in an order that can be drawn.

A space is a mapping from dotted keys (or nested mappings) to fields such as
`{'param_type': 'FLOAT', 'param_range': (1e-5, 1e-1), 'space_type': 'LOG', 'num_samples': 20}`.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Callable, Dict, Iterable, Iterator

from ato_adict import ADict
from ato_hyperband._errors import SpaceError
from ato_hyperband._space.conditions import check_parents, is_active, is_possible, parents_first
from ato_hyperband._space.fields import check_names, leaves, parse_parameter
from ato_hyperband._space.parameters import CategoryParameter, Parameter, When

Params = Dict[str, Any]
Constraint = Callable[[ADict], Any]


class SearchSpace:
    """Checked parameters, parents before the parameters that depend on them.

    Args:
        search_spaces: Mapping from parameter name to its fields; nested mappings are joined by
            dots. An already checked sequence of parameters is taken as it is.
        constraint: Says of a config of the parameters whether it may be tried; None for all.
        fixed: Values that the constraint sees beside those of the parameters.

    Raises:
        SpaceError: A field is missing, unknown or wrong; the message names the parameter.
    """

    __module__ = "ato_hyperband"

    def __init__(
        self,
        search_spaces: Any,
        constraint: Constraint | None = None,
        fixed: Mapping[str, Any] | None = None,
    ) -> None:
        if constraint is not None and not callable(constraint):
            raise SpaceError(
                "constraint must be a function that says of a config whether it may be tried, "
                f"not {constraint!r}"
            )
        if isinstance(search_spaces, Mapping):
            found = list(leaves(search_spaces, ""))
            if not found:
                raise SpaceError("search_spaces is empty; give at least one parameter")
            check_names([name for name, _ in found])
            parameters = [parse_parameter(*leaf) for leaf in found]
            check_parents(parameters)
        else:
            parameters = list(search_spaces)
        self.parameters: list[Parameter] = parents_first(parameters)
        self.by_name: dict[str, Parameter] = {p.name: p for p in self.parameters}
        self.constraint: Constraint | None = constraint
        self._fixed: dict[str, Any] = dict(fixed or {})

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)

    def __getstate__(self) -> dict[str, Any]:
        # A result keeps its space, and is pickled; its constraint may be a lambda.
        return {**self.__dict__, "constraint": None}

    def allows(self, params: Params) -> bool:
        """Whether the constraint, if there is one, allows these parameters.

        Raises:
            SpaceError: The constraint itself failed.
        """
        if self.constraint is None:
            return True
        config = ADict()
        for name, value in {**self._fixed, **params}.items():
            config.set_by_name(name, value)
        try:
            return bool(self.constraint(config.strict()))
        except Exception as error:
            raise SpaceError(f"the constraint failed on {params!r}: {error!r}") from error

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
        parameters = [p for p in left if all(parent in kept for parent in p.when)]
        return SearchSpace(parameters, self.constraint, {**self._fixed, **fixed})

    def from_unit(self, point: Iterable[float], given: Mapping[str, Any] | None = None) -> Params:
        """The parameters at a point of the unit cube; those whose condition fails are absent.

        Args:
            point: A number from 0 to 1 for each parameter.
            given: Parameters that have these values instead.
        """
        params: Params = {}
        for parameter, u in zip(self.parameters, point):
            name = parameter.name
            if not parameter.when or is_active(parameter, params):
                params[name] = given[name] if given and name in given else parameter.from_unit(u)
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
    changed = copy.copy(parameter)
    changed.when = when
    return changed
