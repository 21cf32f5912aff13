"""Where configurations come from: at random, or off the grid. (`_tpe.py` learns.)."""

from __future__ import annotations

from typing import Any, Iterable, Sequence

from ato_hyperband._grid import Grid
from ato_hyperband._random import Permutation, mix, trial_seed, uniform
from ato_hyperband._spaces import SearchSpace
from ato_hyperband._trial import Trial

# A space with so few values left that this many draws all repeat old ones counts as used up.
ATTEMPTS = 100


class Sampler:
    """Draws configurations; none twice.

    Attributes:
        learns: Whether draws depend on results. A scheduler tells results only to a sampler that
            does, and in an order that does not depend on the workers.

    Args:
        space: What to draw from.
        seed: The study seed.
    """

    learns = False
    origin = "random"

    def __init__(self, space: SearchSpace, seed: int) -> None:
        self.space, self.seed = space, seed
        self._seen: set[tuple[Any, ...]] = set()

    def draw(self, number: int, bracket: int) -> Trial | None:
        """The configuration of trial `number`, or None when all have been drawn."""
        params = self._draw(number)
        if params is None:
            return None
        return Trial(number, params, trial_seed(self.seed, number), bracket, self.origin)

    def observe(self, trial: Trial, resource: float, loss: float) -> None:
        """Learn that a trial had this loss at this resource."""

    def _draw(self, number: int) -> dict[str, Any] | None:
        raise NotImplementedError

    def _unseen(self, candidates: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
        for params in candidates:
            key = self.space.key(params)
            if key not in self._seen:
                self._seen.add(key)
                return params
        return None


class RandomSampler(Sampler):
    """Uniform in the unit cube, so LOG parameters are uniform in their logarithm."""

    def _draw(self, number: int) -> dict[str, Any] | None:
        return self._unseen(self._random(number, attempt) for attempt in range(ATTEMPTS))

    def _random(self, number: int, attempt: int) -> dict[str, Any]:
        start = mix(self.seed, number, attempt)
        return self.space.from_unit([uniform(start, k) for k in range(len(self.space))])


class GridSampler(Sampler):
    """Combinations of the grid, each once, in order or shuffled.

    Args:
        space: What to draw from; every FLOAT needs `num_samples`.
        seed: The study seed, which settles the shuffled order.
        shuffled: Whether to shuffle, as befits a search that may not see the whole grid.
    """

    origin = "grid"

    def __init__(self, space: SearchSpace, seed: int, shuffled: bool = False) -> None:
        super().__init__(space, seed)
        self.grid = Grid(space)
        size = len(self.grid)
        self._order: Sequence[int] = Permutation(size, seed) if shuffled else range(size)

    def _draw(self, number: int) -> dict[str, Any] | None:
        return self.grid[self._order[number]] if number < len(self._order) else None
