"""Do early results tell? How far ranks at one resource tell ranks at a later one."""

from __future__ import annotations

import math
from typing import Mapping, NamedTuple, Sequence

import numpy as np

from ato_hyperband._trial.brackets import Resource
from ato_hyperband._trial.trial import Trial

# Of fewer trials a correlation says nothing.
_FEWEST = 4
_WORDS = ((0.7, "well"), (0.4, "somewhat"), (-0.4, "hardly"), (-2.0, "wrongly"))


class RankCorrelation(NamedTuple):
    """How far the ranks of trials at one resource tell their ranks at a later one.

    Attributes:
        early: The first resource.
        late: The later one.
        value: Spearman's correlation from -1 to 1; None of fewer than four trials, and where all
            metrics of a resource are equal.
        trials: How many trials have a metric at both.
    """

    early: Resource
    late: Resource
    value: float | None
    trials: int

    def __str__(self) -> str:
        if self.trials < _FEWEST:
            return f"{self.early} → {self.late}: too few trials ({self.trials}) to say"
        if self.value is None:
            return f"{self.early} → {self.late}: results are all equal ({self.trials} trials)"
        word = next(word for least, word in _WORDS if self.value >= least)
        return (
            f"{self.early} → {self.late}: results tell {word} "
            f"({self.value:+.2f} over {self.trials} trials)"
        )


def rank_correlations(results: Sequence[Mapping[Resource, float]]) -> list[RankCorrelation]:
    """How far early results tell late ones, of any set of trainings.

    Args:
        results: Of each training its metric by resource, at those resources that are compared.

    Returns:
        The correlation from each resource to the next one, and from the first to the last.
    """
    known = sorted({resource for found in results for resource in found})
    pairs = list(zip(known, known[1:]))
    if len(known) > 2:
        pairs.append((known[0], known[-1]))
    return [_between(results, early, late) for early, late in pairs]


# In the body of a NamedTuple it counts from Python 3.9 only.
RankCorrelation.__module__ = rank_correlations.__module__ = "ato_hyperband"


def results_at_rungs(trials: Sequence[Trial]) -> list[dict[Resource, float]]:
    """What each trial of a search was worth at each resource of a rung where that is known."""
    rungs = {e.resource for trial in trials for e in trial.evaluations}
    return [
        {resource: metric for resource, metric in _metrics(trial).items() if resource in rungs}
        for trial in trials
    ]


def _metrics(trial: Trial) -> dict[Resource, float]:
    found: dict[Resource, float] = {}
    for evaluation in trial.evaluations:
        # What was yielded before a failure counts, but nothing can be ranked by a NaN.
        found.update((r, metric) for r, metric in evaluation.outcome.curve if math.isfinite(metric))
        if evaluation.outcome.metric is not None:
            found[evaluation.resource] = evaluation.outcome.metric
    return found


def _between(
    results: Sequence[Mapping[Resource, float]], early: Resource, late: Resource
) -> RankCorrelation:
    both = [(found[early], found[late]) for found in results if early in found and late in found]
    value = _spearman(np.array(both)) if len(both) >= _FEWEST else None
    return RankCorrelation(early, late, value, len(both))


def _spearman(pairs: np.ndarray) -> float | None:
    """Spearman's rank correlation of two columns; None where one of them is constant."""
    ranks = np.array([_ranks(column) for column in pairs.T])
    if (ranks.std(axis=1) == 0).any():
        return None
    return float(np.corrcoef(ranks)[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    """The ranks of values; equal ones share the middle of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return ((last - counts + last - 1) / 2)[place.reshape(-1)]
