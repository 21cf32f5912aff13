"""The figure of a result: curves by rung, best over budget, parallel coordinates."""

from __future__ import annotations

from typing import Any

from ato_hyperband._space.spaces import SearchSpace
from ato_hyperband._trial.trial import Trial

# Lines drawn in the parallel coordinates; more would only be a blot.
_MOST_LINES = 200


def plot(result: Any, space: SearchSpace) -> Any:
    """A matplotlib Figure with three axes.

    Args:
        result: A Result.
        space: Its space.
    """
    figure = new_figure((15, 4.2))
    curves, best, parallel = figure.subplots(1, 3)
    _curves(curves, result)
    _best_over_budget(best, result)
    _parallel(parallel, result, space)
    return figure


def new_figure(size: tuple[float, float]) -> Any:
    """An empty matplotlib Figure of a size in inches, which no window shows.

    Raises:
        ImportError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("plot() needs matplotlib: pip install 'ato-hyperband[plot]'") from None
    return Figure(figsize=size, layout="constrained")


def _curves(axes: Any, result: Any) -> None:
    for trial in result.trials:
        points = _curve(trial)
        if points:
            winner = trial is result.best
            axes.plot(
                [resource for resource, _ in points],
                [metric for _, metric in points],
                color="C3" if winner else "C0",
                alpha=1.0 if winner else 0.3,
                linewidth=2 if winner else 1,
                marker="." if len(points) < 20 else None,
                zorder=3 if winner else 2,
            )
    if max((t.resource for t in result.trials), default=1) > 10:
        axes.set_xscale("log")
    axes.set(title="curves", xlabel=result.resource_name, ylabel="metric")


def _curve(trial: Trial) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for evaluation in trial.evaluations:
        outcome = evaluation.outcome
        if outcome.metric is not None:
            points.extend(outcome.curve or [(evaluation.resource, outcome.metric)])
    return points


def _best_over_budget(axes: Any, result: Any) -> None:
    pick = max if result.maximize[0] else min
    spent, best = 0.0, None
    xs, ys = [], []
    for resource, metric in result.history():
        spent += resource
        if metric is not None:
            best = metric if best is None else pick(best, metric)
        if best is not None:
            xs.append(spent)
            ys.append(best)
    axes.step(xs, ys, where="post", color="C3")
    axes.set(title="best over budget", xlabel=f"{result.resource_name} spent", ylabel="best metric")


def _parallel(axes: Any, result: Any, space: SearchSpace) -> None:
    from matplotlib import colormaps

    ranking = result.ranking()[:_MOST_LINES]
    names = [parameter.name for parameter in space]
    shades = colormaps["viridis"]
    for position, trial in reversed(list(enumerate(ranking))):
        ys = [
            p.to_unit(trial.params[p.name]) if p.name in trial.params else float("nan")
            for p in space
        ]
        axes.plot(range(len(names)), ys, color=shades(1 - position / len(ranking)), alpha=0.6)
    axes.set_xticks(range(len(names)), names, rotation=20)
    axes.set_yticks([0, 1], ["low", "high"])
    axes.set(title="parameters (best trials brightest)", ylim=(-0.05, 1.05))
