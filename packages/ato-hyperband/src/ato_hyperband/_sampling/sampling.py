"""Where configurations come from: at random, or off the grid."""

from __future__ import annotations

import warnings
from collections import deque
from typing import Any, Iterable, Mapping, Sequence

from ato_hyperband._errors import SpaceError
from ato_hyperband._sampling.random import Permutation, mix, trial_seed, uniform
from ato_hyperband._space.grid import Grid
from ato_hyperband._space.spaces import SearchSpace
from ato_hyperband._trial.order import Loss
from ato_hyperband._trial.trial import Trial

# A space with so few values left that this many draws all repeat old ones counts as used up.
ATTEMPTS = 100
# Where a constraint rejects draws, more of them are worth trying.
ATTEMPTS_WITH_CONSTRAINT = 5000


class Sampler:
    """Draws configurations; none twice.

    Attributes:
        learns: Whether draws depend on results. A scheduler tells results only to a sampler that
            does, and in an order that does not depend on the workers.
        lowest: Results at a resource below this do not count.

    Args:
        space: What to draw from.
        seed: The study seed.
    """

    learns = False
    lowest: float = 0
    origin = "random"

    def __init__(self, space: SearchSpace, seed: int) -> None:
        self.space, self.seed = space, seed
        self._seen: set[tuple[Any, ...]] = set()
        self._first: deque[Mapping[str, Any]] = deque()

    def draw(self, number: int, bracket: int, unmodelled: bool = False) -> Trial | None:
        """The configuration of trial `number`, or None when all have been drawn.

        Args:
            number: The trial's number.
            bracket: The trial's bracket.
            unmodelled: Whether what was observed must not decide.
        """
        origin = "enqueued"
        params = self._enqueued(number)
        if params is None:
            params = self._draw(number, unmodelled)
            origin = self.origin
        if params is None:
            return None
        return Trial(number, params, trial_seed(self.seed, number), bracket, origin)

    def enqueue(self, given: Mapping[str, Any]) -> None:
        """Draw these values next; parameters that are not among them are drawn as ever."""
        self._first.append(given)

    def observe(self, trial: Trial, resource: float, loss: Loss) -> None:
        """Learn that a trial had this loss at this resource."""

    def know(self, params: Mapping[str, Any], resource: float, loss: Loss) -> None:
        """Learn that a configuration, of no trial of this search, had this loss."""

    def _enqueued(self, number: int) -> dict[str, Any] | None:
        while self._first:
            given = self._first.popleft()
            params = self._unseen(self._completions(number, given))
            if params is not None:
                return params
            if not any(map(self.space.allows, self._completions(number, given))):
                warnings.warn(
                    f"{dict(given)!r} is not tried: the constraint allows no configuration that "
                    "has it",
                    stacklevel=2,
                )
        return None

    def _completions(self, number: int, given: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
        """Configurations that have the given values."""
        raise NotImplementedError

    def _draw(self, number: int, unmodelled: bool) -> dict[str, Any] | None:
        raise NotImplementedError

    def _unseen(self, candidates: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
        """The first candidate that was not drawn and that the constraint allows."""
        for params in candidates:
            key = self.space.key(params)
            if key not in self._seen and self.space.allows(params):
                self._seen.add(key)
                return params
        return None


class RandomSampler(Sampler):
    """Uniform in the unit cube, so LOG parameters are uniform in their logarithm."""

    def _draw(self, number: int, unmodelled: bool) -> dict[str, Any] | None:
        attempts = ATTEMPTS if self.space.constraint is None else ATTEMPTS_WITH_CONSTRAINT
        params = self._unseen(self._random(number, attempt) for attempt in range(attempts))
        if params is None and self.space.constraint is not None:
            drawn = (self._random(number, attempt) for attempt in range(attempts))
            if not any(map(self.space.allows, drawn)):
                raise SpaceError(
                    f"the constraint allows none of {attempts} random configurations; choose "
                    "ranges of which it allows more"
                )
        return params

    def _random(self, number: int, attempt: int) -> dict[str, Any]:
        return self.space.from_unit(self._point(number, attempt))

    def _point(self, number: int, attempt: int) -> list[float]:
        start = mix(self.seed, number, attempt)
        return [uniform(start, k) for k in range(len(self.space))]

    def _completions(self, number: int, given: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
        points = (self._point(number, attempt) for attempt in range(ATTEMPTS_WITH_CONSTRAINT))
        completed = (self.space.from_unit(point, given) for point in points)
        return (params for params in completed if given.keys() <= params.keys())


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
        self._looked_at = 0

    def _draw(self, number: int, unmodelled: bool) -> dict[str, Any] | None:
        while self._looked_at < len(self._order):
            params = self.grid[self._order[self._looked_at]]
            self._looked_at += 1
            if self._unseen([params]) is not None:
                return params
        return None

    def _completions(self, number: int, given: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
        return (
            params
            for params in self.grid
            if all(name in params and params[name] == value for name, value in given.items())
        )
