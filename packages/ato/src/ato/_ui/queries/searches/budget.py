"""What a search had found after how much work."""

from __future__ import annotations

import datetime as dt
from typing import Any, Iterator, Sequence

from ato._ui.queries.parts.trials import Evaluation, Trial
from ato_sql.reading import usual_mode

_BEGINNING = dt.datetime(1, 1, 1, tzinfo=dt.timezone.utc)


def guess_mode(trials: Sequence[Trial], metric: str) -> str:
    """Return 'min' or 'max': what the search took for better, as its choices show.

    On each rung the trials that went on are compared with those that did not. Without any choice
    to look at, what is usual for a metric of this name.
    """
    rungs: dict[Any, tuple[list[float], list[float]]] = {}
    for trial in trials:
        made = [one for one in trial.evaluations if one.metric is not None]
        for one, following in zip(made, [*made[1:], None]):
            stopped, went_on = rungs.setdefault((trial.about.get("bracket"), one.rung), ([], []))
            (stopped if following is None else went_on).append(one.metric or 0.0)
    votes = sum(_vote(stopped, went_on) for stopped, went_on in rungs.values())
    if votes:
        return "min" if votes < 0 else "max"
    return usual_mode(metric)


def _vote(stopped: Sequence[float], went_on: Sequence[float]) -> int:
    if not (stopped and went_on):
        return 0
    return 1 if sum(went_on) / len(went_on) > sum(stopped) / len(stopped) else -1


def best_over_budget(trials: Sequence[Trial], mode: str) -> dict[str, list[list[float]]]:
    """Return [spent, best so far] pairs by 'resource', 'seconds' and 'evaluations'.

    Seconds are those of the evaluations, added up. A resource counts whole for each evaluation, or
    only what it adds where a trial goes on from where it was. What was not logged is left out.
    """
    events = sorted(_events(trials), key=lambda event: event[0].at or _BEGINNING)
    curves: dict[str, list[list[float]]] = {"resource": [], "seconds": [], "evaluations": []}
    spent = dict.fromkeys(curves, 0.0)
    best = None
    for evaluation, costs in events:
        for name, cost in costs.items():
            spent[name] += cost
        best = _better(evaluation.metric, best, mode)
        if best is not None:
            for name, curve in curves.items():
                curve.append([spent[name], best])
    return {name: curve for name, curve in curves.items() if spent[name]}


def _better(metric: float | None, best: float | None, mode: str) -> float | None:
    if metric is None or best is None:
        return best if metric is None else metric
    return min(metric, best) if mode == "min" else max(metric, best)


def _events(trials: Sequence[Trial]) -> Iterator[tuple[Evaluation, dict[str, float]]]:
    for trial in trials:
        before = 0.0
        for one in trial.evaluations:
            resource = one.resource or 0.0
            added = max(0.0, resource - before) if trial.continues else resource
            yield one, {"resource": added, "seconds": one.seconds or 0.0, "evaluations": 1.0}
            before = resource
