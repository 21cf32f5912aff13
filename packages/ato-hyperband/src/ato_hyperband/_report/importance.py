"""Which parameters matter: PED-ANOVA on the ranked trials of a search."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ato_hyperband._space.parameters import CategoryParameter, Parameter
from ato_hyperband._space.spaces import SearchSpace
from ato_hyperband._trial.trial import Trial

# Points at which densities over the unit interval are compared.
_POINTS = 101
_BEST_SHARE = 0.1
# Trials below which it would be chance; the page of a search tells of importance from as many on.
FEWEST = 10


def importance(ranking: list[Trial], space: SearchSpace) -> dict[str, float]:
    """Shares by parameter, greatest first.

    Args:
        ranking: Trials, best first.
        space: Their space.

    Warns:
        UserWarning: There are too few trials to say. It names the line that asked the result.
    """
    if len(ranking) < FEWEST:
        text = f"too few trials ({len(ranking)}) to say which parameters matter: it takes {FEWEST}"
        warnings.warn(text, stacklevel=3)
    best = max(2, round(len(ranking) * _BEST_SHARE))
    raw = {p.name: _divergence(p, ranking, best) for p in space}
    total = sum(raw.values())
    shares = {name: value / total if total else 1 / len(raw) for name, value in raw.items()}
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def _divergence(parameter: Parameter, ranking: list[Trial], best: int) -> float:
    having = [t for t in ranking if parameter.name in t.params]
    good = [t for t in ranking[:best] if parameter.name in t.params]
    if not having or not good:
        return 0.0
    p = _density(parameter, having)
    q = _density(parameter, good)
    return float((p * (q / p - 1) ** 2).sum() / p.sum())


def _density(parameter: Parameter, trials: list[Trial]) -> Any:
    if isinstance(parameter, CategoryParameter):
        counts = np.ones(len(parameter.categories))
        for trial in trials:
            counts[parameter.index(trial.params[parameter.name])] += 1
        return counts / counts.sum()
    u = np.array([parameter.to_unit(trial.params[parameter.name]) for trial in trials])
    points = np.linspace(0, 1, _POINTS)
    width = max(0.05, float(u.std()) * len(u) ** -0.2)
    kernels = np.exp(-0.5 * ((points[:, None] - u) / width) ** 2)
    # One uniform observation besides the trials keeps the density positive everywhere.
    total = kernels.sum(axis=1) / (width * np.sqrt(2 * np.pi)) + 1
    return total / total.sum()
