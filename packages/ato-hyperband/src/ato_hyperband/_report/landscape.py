"""Figures of how the metric depends on parameters: importance, slices, contours.

Parameters are drawn on their own scale, as they were searched: log ranges in their logarithm,
categories side by side.
"""

from __future__ import annotations

from typing import Any, Sequence

from ato_adict import did_you_mean
from ato_hyperband._errors import SettingsError
from ato_hyperband._report.importance import FEWEST
from ato_hyperband._report.plot import new_figure
from ato_hyperband._space.parameters import (
    CategoryParameter,
    IntegerParameter,
    Parameter,
    label,
)
from ato_hyperband._space.spaces import SearchSpace
from ato_hyperband._trial.trial import Trial

_COLUMNS = 4
# Whole numbers that get a tick each; of more, the ends and the middle do.
_MOST_TICKS = 6
# The whole unit interval, and half a dot beyond it.
_WHOLE = (-0.03, 1.03)


def plot_importance(shares: dict[str, float], trials: int) -> Any:
    """Bars, the greatest share on top.

    Args:
        shares: Of each parameter.
        trials: How many trials tell them; the title says when these are too few.
    """
    figure = new_figure((7, 1 + 0.4 * len(shares)))
    axes = figure.subplots()
    names = list(shares)[::-1]
    axes.barh(range(len(names)), [shares[name] for name in names])
    axes.set_yticks(range(len(names)))
    axes.set_yticklabels(names)
    few = f" (too few trials to say: {trials})" if trials < FEWEST else ""
    axes.set(title=f"importance of parameters{few}", xlabel="share")
    return figure


def plot_slices(trials: Sequence[Trial], space: SearchSpace) -> Any:
    """For each parameter the metric over its values; the furthest trained are darkest."""
    parameters = list(space)
    columns = min(_COLUMNS, len(parameters))
    rows = -(-len(parameters) // columns)
    figure = new_figure((3.6 * columns, 3.2 * rows))
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for axes, parameter in zip(grid, parameters):
        having = [t for t in trials if parameter.name in t.params]
        axes.scatter(
            _places(having, parameter),
            [t.metric for t in having],
            c=[t.resource for t in having],
            cmap="Blues",
            edgecolors="0.5",
        )
        _label(axes.xaxis, parameter)
        axes.set_xlim(_WHOLE)
    for axes in grid[len(parameters) :]:
        axes.remove()
    for row in range(rows):
        grid[row * columns].set_ylabel("metric")
    return figure


def plot_contour(trials: Sequence[Trial], space: SearchSpace, x: str, y: str) -> Any:
    """The metric over two parameters, of the trials that were trained furthest.

    Raises:
        SettingsError: One of them is no parameter of the search.
    """
    across, up = _parameter(space, x), _parameter(space, y)
    having = [t for t in trials if x in t.params and y in t.params]
    furthest = max((t.resource for t in having), default=0)
    shown = [t for t in having if t.resource == furthest]
    xs, ys, metrics = _places(shown, across), _places(shown, up), [t.metric for t in shown]
    figure = new_figure((6, 4.6))
    axes = figure.subplots()
    if _span_an_area(xs, ys):
        axes.tricontourf(xs, ys, metrics, levels=12, cmap="viridis", alpha=0.8)
    dots = axes.scatter(xs, ys, c=metrics, cmap="viridis", edgecolors="white")
    figure.colorbar(dots, ax=axes, label="metric")
    _label(axes.xaxis, across)
    _label(axes.yaxis, up)
    axes.set(xlim=_WHOLE, ylim=_WHOLE)
    return figure


def _parameter(space: SearchSpace, name: str) -> Parameter:
    if name not in space.by_name:
        raise SettingsError(
            f"{name!r} is no parameter of the search{did_you_mean(name, list(space.by_name))}"
        )
    return space.by_name[name]


def _places(trials: Sequence[Trial], parameter: Parameter) -> list[float]:
    return [parameter.to_unit(trial.params[parameter.name]) for trial in trials]


def _span_an_area(xs: Sequence[float], ys: Sequence[float]) -> bool:
    """Whether points can be joined to triangles."""
    points = sorted(set(zip(xs, ys)))
    if len(points) < 4:
        return False
    (x0, y0), (x1, y1) = points[0], points[-1]
    return any(abs((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) > 1e-9 for x, y in points)


def _label(axis: Any, parameter: Parameter) -> None:
    axis.set_label_text(parameter.name)
    values = _values_at_ticks(parameter)
    # Where a trial of that value is drawn: a whole number lies amid its share of the interval.
    axis.set_ticks([parameter.to_unit(value) for value in values])
    axis.set_ticklabels(_texts(parameter, values))


def _values_at_ticks(parameter: Parameter) -> list[Any]:
    if isinstance(parameter, CategoryParameter):
        return parameter.categories
    if isinstance(parameter, IntegerParameter) and parameter.high - parameter.low < _MOST_TICKS:
        return list(range(parameter.low, parameter.high + 1))
    return sorted({parameter.from_unit(place) for place in (0.0, 0.5, 1.0)})


def _texts(parameter: Parameter, values: Sequence[Any]) -> list[str]:
    if isinstance(parameter, CategoryParameter):
        return [label(value) for value in values]
    if isinstance(parameter, IntegerParameter):
        return [str(value) for value in values]
    # In a narrow range three digits may be the same for all.
    for digits in range(3, 17):
        texts = [f"{value:.{digits}g}" for value in values]
        if len(set(texts)) == len(texts):
            return texts
    return [repr(value) for value in values]
