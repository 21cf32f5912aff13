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
  (`design`): vertices of the space and a low-discrepancy sequence inside.
* No candidate too close to an earlier configuration is taken: its result is known.
"""

from __future__ import annotations

import itertools
from typing import Any, Mapping

import numpy as np

from ato_hyperband._sampling.design import CompositeDesign
from ato_hyperband._sampling.parzen import Parzen, Rows
from ato_hyperband._sampling.random import mix, uniform
from ato_hyperband._sampling.sampling import RandomSampler
from ato_hyperband._space.parameters import CategoryParameter
from ato_hyperband._space.spaces import Params, SearchSpace
from ato_hyperband._trial.order import Loss, best_first
from ato_hyperband._trial.trial import Trial

# How many candidates are compared with how many earlier points at a time.
PAIRS_AT_ONCE = 2**15


class TPESampler(RandomSampler):
    """Draws where the ratio of the density of good to that of other configurations is great.

    Args:
        space: What to draw from.
        seed: The study seed.
        vertices: Whether vertices of the space are among the first draws.

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

    def __init__(self, space: SearchSpace, seed: int, vertices: bool = True) -> None:
        super().__init__(space, seed)
        self._sizes = [len(p.categories) if isinstance(p, CategoryParameter) else 0 for p in space]
        self._design = CompositeDesign(self._sizes, seed, vertices)
        self._points: dict[int, list[float]] = {}
        self._drawn = Rows(len(self._sizes))
        self._losses: dict[float, dict[int, Loss]] = {}
        self._model: tuple[Any, Any] | None = None
        self._known = self._modelled_of = 0
        self._modelled_from = self.lowest
        self._proposals: list[Params] = []

    def draw(self, number: int, bracket: int, unmodelled: bool = False) -> Trial | None:
        self.origin = "random"
        trial = super().draw(number, bracket, unmodelled)
        if trial is not None:
            self._points[number] = self._vector(trial.params)
            self._drawn.append(self._points[number])
        return trial

    def observe(self, trial: Trial, resource: float, loss: Loss) -> None:
        self._losses.setdefault(resource, {})[trial.number] = loss
        self._known += 1

    def know(self, params: Mapping[str, Any], resource: float, loss: Loss) -> None:
        number = -1 - len(self._losses.setdefault(resource, {}))
        while number in self._points:
            number -= 1
        self._points[number] = self._vector(params)
        self._losses[resource][number] = loss
        self._known += 1

    def ranking(self) -> list[int]:
        """Numbers of the trials whose results count, best first."""
        counted = self._counted()
        total = len({number for losses in counted for number in losses})
        places: dict[int, float] = {}
        for losses in counted:
            share = len(losses) / total
            for place, number in enumerate(best_first(losses)):
                places[number] = share * (place + 0.5) / len(losses)
        return sorted(places, key=lambda n: (places[n], n))

    def _counted(self) -> list[dict[int, Loss]]:
        """Losses by trial at each rung that counts, the lowest first."""
        known = len({number for losses in self._losses.values() for number in losses})
        enough = max(self.fewest, self.enough_share * known)
        reached = (r for r, found in self._losses.items() if len(found) >= enough)
        lowest = max(self.lowest, max(reached, default=0))
        return [self._losses[r] for r in sorted(self._losses) if r >= lowest]

    def _draw(self, number: int, unmodelled: bool) -> Params | None:
        if not unmodelled and uniform(self.seed, number, -1) >= self.random_share:
            params = self._modelled(number)
            if params is not None:
                self.origin = "model"
                return params
        return super()._draw(number, unmodelled)

    def _point(self, number: int, attempt: int) -> list[float]:
        return super()._point(number, attempt) if attempt else self._design.point(number)

    def _modelled(self, number: int) -> Params | None:
        is_news = self._known - self._modelled_of > self.news * self._modelled_of
        if is_news or self._modelled_from != self.lowest:
            self._modelled_of, self._modelled_from = self._known, self.lowest
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
        assert self._model is not None
        good, others = self._model
        random = np.random.RandomState(mix(self.seed, number, -3) >> 32)
        points = good.sample(random, self.batch * self.candidates, self.spread)
        free = self._free(points)
        # Most candidates are near-copies; the density, which costs the most, is asked of the rest.
        scores = good.log_density(points[free]) - others.log_density(points[free])
        chosen: list[int] = []
        for _, group in itertools.groupby(
            sorted(zip(free // self.candidates, -scores, free)), key=lambda found: found[0]
        ):
            for _, _, i in group:
                if not chosen or self._are_free(points[i : i + 1], points[chosen])[0]:
                    chosen.append(i)
                    break
        return [self.space.from_unit(points[i].tolist()) for i in reversed(chosen)]

    def _free(self, points: Any) -> Any:
        """Which of some points are near-copies of nothing that was drawn, as indices.

        What was drawn last is looked at first, as the model has drawn most of that where it draws
        now: few points are left to be compared with all the others.
        """
        left = np.arange(len(points))
        known = self._drawn.rows()[::-1]
        first = 0
        while first < len(known) and len(left):
            last = first + max(self.candidates, PAIRS_AT_ONCE // len(left))
            left = left[self._are_free(points[left], known[first:last])]
            first = last
        return left

    def _are_free(self, rows: Any, others: Any) -> Any:
        assert self._model is not None
        good = self._model[0]
        return good.are_apart(rows, others, self.nearest, self._room())

    def _vector(self, params: Mapping[str, Any]) -> list[float]:
        return [
            p.to_unit(params[p.name]) if p.name in params else 0.5 for p in self.space.parameters
        ]
