"""Densities over the unit cube: a product kernel on each of some points, and a uniform part."""

from __future__ import annotations

from typing import Any

import numpy as np

# Chance that the category of a point is kept when the point is varied.
KEPT = 0.8


class Rows:
    """An array to which rows are added.

    Args:
        columns: How many numbers a row has.
    """

    def __init__(self, columns: int) -> None:
        self._array = np.empty((64, columns))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, row: list[float]) -> None:
        """Add a row."""
        if self._count == len(self._array):
            self._array = np.concatenate([self._array, np.empty_like(self._array)])
        self._array[self._count] = row
        self._count += 1

    def rows(self) -> Any:
        """All rows so far, in order; not a copy."""
        return self._array[: self._count]


class Parzen:
    """A Parzen estimator (kernel density) with one uniform component.

    Numbers have Gaussian kernels whose bandwidth follows Scott's rule, categories keep their
    value with a fixed chance.

    Args:
        points: Rows in the unit cube.
        sizes: For each column the number of categories, 0 for numbers.
        narrowest: Bandwidths are at least this; smaller ones would make a model that proposes
            what it has seen.
    """

    def __init__(self, points: list[list[float]], sizes: list[int], narrowest: float) -> None:
        self._points = np.array(points)
        count, dimensions = self._points.shape
        rule = 1.06 * count ** (-1 / (dimensions + 4))
        self._widths = np.maximum(self._points.std(axis=0) * rule, narrowest)
        self._numbers = np.array([size == 0 for size in sizes])
        self._sizes = np.array(sizes)

    def sample(self, random: Any, count: int, spread: float) -> Any:
        """Draw `count` rows; numbers are varied by `spread` bandwidths.

        Args:
            random: A numpy RandomState.
            count: How many.
            spread: Factor of the bandwidths.
        """
        uniform = random.random_sample((count, len(self._sizes)))
        chosen = random.randint(0, len(self._points) + 1, size=count)
        rows = self._points[np.minimum(chosen, len(self._points) - 1)]
        rows = rows + random.standard_normal(rows.shape) * (self._widths * spread) * self._numbers
        rows = 1 - np.abs(1 - np.abs(rows) % 2)  # reflected into the cube
        changed = (random.random_sample(rows.shape) > KEPT) & ~self._numbers
        changed[chosen == len(self._points)] = True
        return np.where(changed, uniform, rows)

    def log_density(self, rows: Any) -> Any:
        """The logarithm of the density at each row."""
        apart = (rows[:, None, self._numbers] - self._points[None][:, :, self._numbers]) / (
            self._widths[self._numbers]
        )
        logs = -0.5 * np.einsum("ijk,ijk->ij", apart, apart)
        logs -= np.log(self._widths[self._numbers] * np.sqrt(2 * np.pi)).sum()
        for column in np.flatnonzero(~self._numbers):
            size = self._sizes[column]
            same = _category(rows[:, None, column], size) == _category(
                self._points[None, :, column], size
            )
            logs += np.where(same, np.log(KEPT * size + 1 - KEPT), np.log(1 - KEPT))
        return np.log((np.exp(logs).sum(axis=1) + 1) / (len(self._points) + 1))

    def are_apart(self, rows: Any, others: Any, bandwidths: float, widest: float) -> Any:
        """Whether each row is apart from all other rows: in some coordinate of each.

        Numbers are apart by so many bandwidths, or by `widest` where that is less; categories
        where they differ.
        """
        units = np.minimum(self._widths * bandwidths, widest)
        apart = np.zeros((len(rows), len(others)), dtype=bool)
        gaps = np.empty(apart.shape)
        for column, size in enumerate(self._sizes):
            one, other = rows[:, None, column], others[None, :, column]
            if size:
                apart |= _category(one, size) != _category(other, size)
            else:
                np.abs(np.subtract(one, other, out=gaps), out=gaps)
                apart |= gaps >= units[column]
        return apart.all(axis=1)


def _category(u: Any, size: int) -> Any:
    return np.minimum(u * size, size - 1).astype(int)
