"""One parameter of a search space: its values, its grid, and its place in the unit interval."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any, Dict, Sequence, Tuple, Union

When = Dict[str, Tuple[Any, ...]]


class FloatParameter:
    """A real number in [low, high], spread evenly or evenly in its logarithm.

    Args:
        name: Dotted key in the config.
        low: Smallest value, reached exactly.
        high: Largest value, reached exactly.
        log: Whether values are spread evenly in log scale.
        num_samples: Size of the grid, or None where no grid was asked for.
        when: Parent parameter → values for which this parameter exists.
    """

    __module__ = "ato_hyperband"

    kind = "FLOAT"
    name: str
    low: float
    high: float
    log: bool
    num_samples: int | None
    when: When

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        log: bool,
        num_samples: int | None,
        when: When,
    ) -> None:
        self.name, self.low, self.high, self.log = name, low, high, log
        self.num_samples, self.when = num_samples, when
        self._span = math.log(high / low) if log else high - low

    def from_unit(self, u: float) -> float:
        """The value at u in [0, 1]; the ends are exact."""
        if u <= 0:
            return self.low
        if u >= 1:
            return self.high
        x = self.low * math.exp(u * self._span) if self.log else self.low + u * self._span
        return min(max(x, self.low), self.high)

    def to_unit(self, value: float) -> float:
        """The inverse of from_unit."""
        if self._span == 0:
            return 0.5
        above = math.log(value / self.low) if self.log else value - self.low
        return min(max(above / self._span, 0.0), 1.0)

    def grid_size(self) -> int | None:
        """How many values the grid has; None where none was asked for."""
        return 1 if self.low == self.high else self.num_samples

    def grid_value(self, index: int) -> float:
        """The value of one grid point, ascending."""
        size = self.grid_size() or 1
        return self.from_unit(index / (size - 1) if size > 1 else 0.0)

    def describe(self) -> list[Any]:
        """What a stored study compares to know that the space is the same."""
        return [self.kind, self.low, self.high, self.log, self.num_samples, _plain(self.when)]


class IntegerParameter:
    """A whole number in [low, high]; arguments as for FloatParameter.

    The grid always holds both ends, has no value twice, and has `num_samples` values unless the
    range holds fewer.
    """

    __module__ = "ato_hyperband"

    kind = "INTEGER"
    name: str
    low: int
    high: int
    log: bool
    num_samples: int | None
    when: When

    def __init__(
        self,
        name: str,
        low: int,
        high: int,
        log: bool,
        num_samples: int | None,
        when: When,
    ) -> None:
        self.name, self.low, self.high, self.log = name, low, high, log
        self.num_samples, self.when = num_samples, when
        # Half a unit beyond both ends, so that rounding gives each value its fair share.
        self._first = low - 0.5
        self._span = math.log((high + 0.5) / self._first) if log else float(high - low + 1)
        self._grid: list[int] | None = None

    def from_unit(self, u: float) -> int:
        """The value at u in [0, 1]."""
        x = self._first * math.exp(u * self._span) if self.log else self._first + u * self._span
        return min(max(math.floor(x + 0.5), self.low), self.high)

    def to_unit(self, value: int) -> float:
        """The middle of the value's share of the unit interval (in its scale)."""
        above = math.log(value / self._first) if self.log else value - self._first
        return above / self._span

    def grid_size(self) -> int:
        """How many values the grid has: num_samples, or all there are."""
        count = self.high - self.low + 1
        return count if self.num_samples is None else min(count, self.num_samples)

    def grid_value(self, index: int) -> int:
        """The value of one grid point, ascending."""
        size = self.grid_size()
        if size == self.high - self.low + 1:
            return self.low + index
        if self._grid is None:
            self._grid = _spread_integers(self.low, self.high, size, self.log)
        return self._grid[index]

    def describe(self) -> list[Any]:
        """What a stored study compares to know that the space is the same."""
        return [self.kind, self.low, self.high, self.log, self.num_samples, _plain(self.when)]


class CategoryParameter:
    """One of several values of any type; arguments as for FloatParameter."""

    __module__ = "ato_hyperband"

    kind = "CATEGORY"
    name: str
    categories: list[Any]
    when: When

    def __init__(self, name: str, categories: Sequence[Any], when: When) -> None:
        self.name, self.categories, self.when = name, list(categories), when

    def from_unit(self, u: float) -> Any:
        """The category whose share of the unit interval holds u, as a copy of its own."""
        return self.grid_value(min(int(u * len(self.categories)), len(self.categories) - 1))

    def to_unit(self, value: Any) -> float:
        """The middle of the category's share of the unit interval."""
        return (self.index(value) + 0.5) / len(self.categories)

    def index(self, value: Any) -> int:
        """The position of a category; 1 and True are not the same.

        Raises:
            ValueError: It is none.
        """
        for position, category in enumerate(self.categories):
            if are_same(category, value):
                return position
        for position, category in enumerate(self.categories):
            if agree(category, value):
                return position
        raise ValueError(f"{value!r} is none of the categories of {self.name}")

    def grid_size(self) -> int:
        """How many categories there are."""
        return len(self.categories)

    def grid_value(self, index: int) -> Any:
        """One category, as a copy that a trial may change."""
        value = self.categories[index]
        return value if isinstance(value, (str, int, float, type(None))) else copy.deepcopy(value)

    def describe(self) -> list[Any]:
        """What a stored study compares to know that the space is the same."""
        return [self.kind, [label(c) for c in self.categories], _plain(self.when)]


Parameter = Union[FloatParameter, IntegerParameter, CategoryParameter]


def _spread_integers(low: int, high: int, size: int, log: bool) -> list[int]:
    if size == 1:
        return [low]
    ratio = high / low if log else 0.0
    values: list[int] = []
    for i in range(size):
        share = i / (size - 1)
        x = low * ratio**share if log else low + share * (high - low)
        at_least = values[-1] + 1 if values else low
        values.append(min(max(round(x), at_least), high - (size - 1 - i)))
    values[-1] = high
    return values


def are_same(one: Any, other: Any) -> bool:
    """Whether two categories are one: of one type and equal; arrays, in all that they hold."""
    if one is other:
        return True
    if type(one) is not type(other) or _shape(one) != _shape(other):
        return False
    try:
        return bool(one == other) or bool(one != one and other != other)  # two NaN are one
    except Exception:  # arrays, and lists of them, have no one answer
        return _pickled(one) == _pickled(other) is not None


def agree(one: Any, other: Any) -> bool:
    """Whether a value may be written as another one: 1 as 1.0, but not as True."""
    if are_same(one, other):
        return True
    if isinstance(one, bool) != isinstance(other, bool) or _shape(one) != _shape(other):
        return False
    try:
        return bool(one == other)
    except Exception:
        return False


def _shape(value: Any) -> Any:
    shape = getattr(value, "shape", ())
    return shape if isinstance(shape, tuple) else ()


def _pickled(value: Any) -> bytes | None:
    try:
        return pickle.dumps(value, 4)
    except Exception:  # cannot be compared at all: a category of its own
        return None


def _plain(when: When) -> dict[str, list[str]]:
    return {name: [label(value) for value in values] for name, values in when.items()}


def label(value: Any) -> str:
    """A text that names a category and is the same in every process (no addresses)."""
    name = getattr(value, "__qualname__", None)
    if name is not None:
        return f"{getattr(value, '__module__', '')}.{name}"
    text = repr(value)
    return f"<{type(value).__qualname__}>" if " at 0x" in text else text
