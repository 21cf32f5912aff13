"""A sampler that learns across rungs: Parzen estimators over one ranking of the whole search.

Two densities are kept, of the configurations that did best and of the others, and of some
candidates the one is drawn where their ratio is greatest (Bergstra et al., NeurIPS 2011; Falkner,
Klein and Hutter, ICML 2018, for halving). What differs from those:

* What a trial did at a low rung says little about the end of training and may mislead. So only
  the rungs from the highest that enough trials reached count, in one ranking: a trial by the
  highest of them it reached, its place among all trials seen at that resource, times the share of
  trials that got there.
* Nothing is learned from a rung before its best have gone on (the scheduler sees to that):
  what is good after one epoch is not what is good.
* A share of the draws, and all before anything is known, come from a composite design
  (`_design.py`): vertices of the space and a low-discrepancy sequence inside.
* No candidate too close to an earlier configuration is taken: its result is known.
"""

from __future__ import annotations

from typing import Any

from ato_hyperband._design import CompositeDesign
from ato_hyperband._parameters import CategoryParameter
from ato_hyperband._parzen import Parzen
from ato_hyperband._random import mix, uniform
from ato_hyperband._sampling import RandomSampler
from ato_hyperband._spaces import Params, SearchSpace
from ato_hyperband._trial import Trial


class TPESampler(RandomSampler):
    """Draws where the ratio of the density of good to that of other configurations is great.

    Args:
        space: What to draw from.
        seed: The study seed.

    Attributes:
        random_share: Share of draws that stay random.
        fewest: Trials that must be known before the model is used.
        enough_share: Share of all trials that must have reached a rung, and be at least `fewest`,
            for the rungs below it not to count.
        good_share: Share of the known trials that count as good.
        most_others: How many of the others the model keeps; it would be slow with all.
        candidates: Candidates from which each draw is chosen.
        spread: How much wider than their density good configurations are varied.
        narrowest: The least bandwidth.
        nearest: How close to an earlier configuration a draw may be, in bandwidths.
        crowded: Both shrink with the number of trials, so that all of them would find room in
            this share of the space.
        batch: How many draws are prepared at a time.
        news: What share of the results must be new before the model is made again.
    """

    learns = True
    random_share = 0.25
    fewest = 10
    enough_share = 0.1
    good_share = 0.1
    most_others = 150
    candidates = 24
    spread = 1.0
    narrowest = 0.1
    nearest = 1.5
    crowded = 0.1
    batch = 16
    news = 0.05

    def __init__(self, space: SearchSpace, seed: int) -> None:
        super().__init__(space, seed)
        self._sizes = [len(p.categories) if isinstance(p, CategoryParameter) else 0 for p in space]
        self._design = CompositeDesign(self._sizes, seed)
        self._points: dict[int, list[float]] = {}
        self._drawn: list[list[float]] = []
        self._losses: dict[float, dict[int, float]] = {}
        self._model: tuple[Any, Any] | None = None
        self._known = self._modelled_of = 0
        self._proposals: list[Params] = []

    def draw(self, number: int, bracket: int) -> Trial | None:
        self.origin = "random"
        trial = super().draw(number, bracket)
        if trial is not None:
            self._points[number] = self._vector(trial.params)
            self._drawn.append(self._points[number])
        return trial

    def observe(self, trial: Trial, resource: float, loss: float) -> None:
        self._losses.setdefault(resource, {})[trial.number] = loss
        self._known += 1

    def ranking(self) -> list[int]:
        """Numbers of the trials whose results count, best first."""
        counted = self._counted()
        total = len({number for losses in counted for number in losses})
        places: dict[int, float] = {}
        for losses in counted:
            share = len(losses) / total
            for place, number in enumerate(sorted(losses, key=lambda n: (losses[n], n))):
                places[number] = share * (place + 0.5) / len(losses)
        return sorted(places, key=lambda n: (places[n], n))

    def _counted(self) -> list[dict[int, float]]:
        """Losses by trial at each rung that counts, the lowest first."""
        known = len({number for losses in self._losses.values() for number in losses})
        enough = max(self.fewest, self.enough_share * known)
        lowest = max((r for r, found in self._losses.items() if len(found) >= enough), default=0)
        return [self._losses[r] for r in sorted(self._losses) if r >= lowest]

    def _draw(self, number: int) -> Params | None:
        if uniform(self.seed, number, -1) >= self.random_share:
            params = self._modelled(number)
            if params is not None:
                self.origin = "model"
                return params
        return super()._draw(number)

    def _random(self, number: int, attempt: int) -> Params:
        if attempt:
            return super()._random(number, attempt)
        return self.space.from_unit(self._design.point(number))

    def _modelled(self, number: int) -> Params | None:
        if self._known - self._modelled_of > self.news * self._modelled_of:
            self._modelled_of = self._known
            self._proposals = []
            self._model = self._fit()
        if self._model is None:
            return None
        if not self._proposals:
            self._proposals = self._propose(number)
            if not self._proposals:  # all that looks good has been tried, as far as is known
                self._model = None
        return self._unseen(self._proposals.pop() for _ in range(len(self._proposals)))

    def _fit(self) -> tuple[Any, Any] | None:
        ranking = self.ranking()
        if len(ranking) < self.fewest:
            return None
        count = max(2, round(self.good_share * len(ranking)))
        good, others = ranking[:count], ranking[count:]
        if len(others) > self.most_others:
            step = len(others) / self.most_others
            others = [others[int(i * step)] for i in range(self.most_others)]
        narrowest = min(self.narrowest, self._room() / self.nearest)
        return tuple(
            Parzen([self._points[n] for n in numbers], self._sizes, narrowest)
            for numbers in (good, others)
        )  # type: ignore[return-value]

    def _room(self) -> float:
        """How far apart trials may be for all to find room in a share of the unit cube."""
        numbers = max(1, self._sizes.count(0))
        return 1.1 * float((self.crowded / max(1, len(self._drawn))) ** (1 / numbers))

    def _propose(self, number: int) -> list[Params]:
        """A batch of configurations, the first to be used last in the list."""
        import numpy as np

        assert self._model is not None
        good, others = self._model
        random = np.random.RandomState(mix(self.seed, number, -3) >> 32)
        points = good.sample(random, self.batch * self.candidates, self.spread)
        scores = good.log_density(points) - others.log_density(points)
        room = self._room()
        known = np.array(self._drawn)
        chosen: list[int] = []
        for first in range(0, len(points), self.candidates):
            group = range(first, first + self.candidates)
            for i in sorted(group, key=lambda i: -scores[i]):
                row = points[i : i + 1]
                if (good.distances(row, known, self.nearest, room) >= 1).all():
                    chosen.append(i)
                    known = np.concatenate([known, row])
                    break
        return [self.space.from_unit(points[i].tolist()) for i in reversed(chosen)]

    def _vector(self, params: Params) -> list[float]:
        return [
            p.to_unit(params[p.name]) if p.name in params else 0.5 for p in self.space.parameters
        ]
