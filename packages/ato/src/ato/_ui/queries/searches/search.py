"""One hyperparameter search: its trials, their rungs, and the best so far."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from starlette.requests import Request

from ato._ui.queries.parts.trials import Trial, read_trials, trial_metrics, values_at_rungs
from ato._ui.queries.run import find_run, run_facts
from ato._ui.queries.searches.budget import best_over_budget, guess_mode
from ato._ui.queries.searches.judged import objective, tagged_mode
from ato_sql import QuestionError

MOST_PARAMS = 24


def search(connection: Any, request: Request) -> Any:
    """One search with its trials, the best first.

    Asked with `metric`, another metric to judge by, and `mode`, min or max, where what the search
    did does not tell.
    """
    run = find_run(connection, request.path_params["run"])
    metrics = trial_metrics(connection, run)
    metric = request.query_params.get("metric") or objective(metrics)
    trials = read_trials(connection, run, metric)
    mode = _mode(request) or tagged_mode(run.tags, metric) or guess_mode(trials, metric)
    has_rungs = any(one.rung is not None for trial in trials for one in trial.evaluations)
    return {
        "run": run_facts(connection, run),
        "metric": metric,
        "metrics": metrics,
        "mode": mode,
        "params": _searched(trials),
        "has_rungs": has_rungs,
        "early": _early_results(trials, values_at_rungs(connection, run, metric))
        if has_rungs
        else [],
        "best": best_over_budget(trials, mode),
        "trials": [_shown(trial) for trial in sorted(trials, key=_best_first(mode))],
    }


def _early_results(trials: Sequence[Trial], logged: Mapping[int, Mapping[int, float]]) -> list[str]:
    """Say how far results at each rung tell those at the next, as the result of a search does.

    Args:
        trials: The trials.
        logged: Of each trial by id what it logged by step. What a generator yielded on its way to
            its first rung counts as well.
    """
    from ato_hyperband import rank_correlations  # numpy, for those who look at a search

    resources = {resource for trial in trials for resource in _at_rungs(trial)}
    known = []
    for trial in trials:
        found: dict[float, float] = {
            step: metric for step, metric in logged.get(trial.id, {}).items() if step in resources
        }
        found.update((r, metric) for r, metric in _at_rungs(trial).items() if metric is not None)
        known.append(found)
    return [str(correlation) for correlation in rank_correlations(known)]


def _at_rungs(trial: Trial) -> dict[float, float | None]:
    """The metric of each evaluation by its resource."""
    return {
        _whole(one.resource): one.metric
        for one in trial.evaluations
        if one.rung is not None and one.resource is not None
    }


def _whole(resource: float) -> float:
    return int(resource) if float(resource).is_integer() else resource


def _mode(request: Request) -> str | None:
    mode = request.query_params.get("mode")
    if mode not in (None, "min", "max"):
        raise QuestionError(f"mode must be min or max, not {mode!r}")
    return mode


def _best_first(mode: str) -> Any:
    def rank(trial: Trial) -> Any:
        if trial.metric is None:
            return 1, 0.0
        return 0, trial.metric if mode == "min" else -trial.metric

    return rank


def _searched(trials: Sequence[Trial]) -> list[str]:
    """Return the config keys that differ among the trials: the parameters of the search."""
    values: dict[str, set[str]] = {}
    follows: dict[str, bool] = {}
    for trial in trials:
        for key, value in trial.params.items():
            values.setdefault(key, set()).add(repr(value))
            follows[key] = follows.get(key, True) and value == trial.about.get("resource")
    # The key that tells how far to train differs too, but was not searched.
    return [key for key, seen in values.items() if len(seen) > 1 and not follows[key]][:MOST_PARAMS]


def _shown(trial: Trial) -> dict[str, Any]:
    latest = trial.evaluations[-1] if trial.evaluations else None
    return {
        "id": trial.id,
        "name": trial.name,
        "status": trial.status,
        "number": trial.about.get("number"),
        "bracket": trial.about.get("bracket"),
        "metric": trial.metric,
        "rung": latest and latest.rung,
        "resource": latest and latest.resource,
        "params": trial.params,
        "evaluations": [
            {"rung": one.rung, "resource": one.resource, "metric": one.metric}
            for one in trial.evaluations
        ],
    }
