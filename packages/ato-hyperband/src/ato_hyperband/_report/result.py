"""What a search found."""

from __future__ import annotations

from typing import Any, Sequence

from ato_adict import ADict
from ato_hyperband._space.spaces import SearchSpace
from ato_hyperband._trial.brackets import Resource
from ato_hyperband._trial.order import fronts
from ato_hyperband._trial.trial import Evaluation, Trial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_hyperband._report.rungs import RankCorrelation


class Result:
    """The outcome of a search.

    Attributes:
        config: The best trial's whole config, as its objective received it.
        metric: The best trial's metric, at `resource`.
        best: The best of the trials that were trained furthest; see also `best_anywhere`.
        resource: The resource at which the metric was had, the greatest any trial survived.
        trials: All trials, by number.
        metrics: All of them, with several objectives; `metric` is the first.
        mode: 'max' or 'min', or one for each objective.
        seed: The study seed; give it again to repeat the search.
        total_resource: Resource used, all sessions together; without a resource an evaluation
            counts the number of its generation, from 1.
        recomputed_resource: Resource that was spent again on what had been computed before.
        seconds: Wall time, all sessions together.
        resource_name: Name of the resource; 'generation' without one.
    """

    __module__ = "ato_hyperband"

    config: ADict
    metric: float
    resource: Resource
    best: Trial
    trials: list[Trial]
    metrics: tuple[float, ...]
    mode: str | list[str]
    seed: int
    total_resource: Resource
    seconds: float
    resource_name: str

    def __init__(
        self,
        config: ADict,
        best: Trial,
        evaluation: Evaluation,
        trials: list[Trial],
        space: SearchSpace,
        mode: str | list[str],
        seed: int,
        total_resource: Resource,
        seconds: float,
        resource: str | None,
        history: list[tuple[Resource, float | None]],
    ) -> None:
        self.config, self.best, self.trials = config, best, trials
        self.metric = evaluation.outcome.metric or 0.0
        self.metrics = evaluation.outcome.metrics or (self.metric,)
        self.resource = evaluation.resource
        self.mode, self.seed = mode, seed
        self.total_resource, self.seconds = total_resource, seconds
        self.resource_name = resource or "generation"
        self._space, self._history = space, history

    def __repr__(self) -> str:
        return (
            f"<Result metric={self.metric!r} at {self.resource_name} {self.resource} of trial "
            f"{self.best.number} among {len(self.trials)}: {self.best.params}>"
        )

    def best_anywhere(self) -> tuple[Trial, Evaluation]:
        """The trial with the best metric at any rung, and where it had that.

        What Algorithm 1 of Li et al. returns. Where early results are noisy or mislead it may be
        a lucky first epoch, which is why `best` is another.
        """
        found = best_of(self.trials, self.maximize, anywhere=True)
        assert found is not None  # a result has a best trial
        return found

    @property
    def maximize(self) -> tuple[bool, ...]:
        """For each objective, whether a greater metric is better."""
        modes = [self.mode] if isinstance(self.mode, str) else self.mode
        return tuple(mode == "max" for mode in modes)

    def pareto_front(self) -> list[Trial]:
        """Of the trials that were trained furthest those that no other dominates, by number.

        With one objective the best of them and its equals.
        """
        pairs = [(t, e) for t in self.trials for e in t.evaluations if e.resource == self.resource]
        alive = [pair for pair in pairs if pair[1].outcome.metric is not None]
        return [trial for trial, _ in _undominated(alive, self.maximize)]

    @property
    def recomputed_resource(self) -> Resource:
        """Resource that was spent again on what had been computed before."""
        return sum(e.outcome.recomputed for t in self.trials for e in t.evaluations)

    @property
    def failed(self) -> list[Trial]:
        """Trials that gave no usable metric; each keeps its traceback in `error`."""
        return [trial for trial in self.trials if trial.failed]

    @property
    def logs(self) -> list[list[ADict]]:
        """One list per rung of each bracket, best first, of what was evaluated there.

        Each entry is an ADict of the sampled parameters with `trial`, `bracket`, `rung`,
        `resource`, `metric` and `error`. Without a resource a rung is a generation.
        """
        stages: dict[tuple[int, int], list[ADict]] = {}
        for trial in self.trials:
            for evaluation in trial.evaluations:
                stage = stages.setdefault((trial.bracket, evaluation.rung), [])
                stage.append(_entry(trial, evaluation))
        for stage in stages.values():
            stage.sort(key=self._rank)
        return [stages[key] for key in sorted(stages)]

    def _rank(self, entry: ADict) -> tuple[bool, float]:
        metric = entry["metric"]
        if metric is None:
            return True, 0.0
        return False, -metric if self.maximize[0] else metric

    def to_dataframe(self) -> Any:
        """A pandas DataFrame with one row per evaluation, in the order of trials and rungs.

        Columns: trial, bracket, rung, resource, metric, seconds, origin, seed, error, one per
        objective (`metric_0`, …) where there are several, and one per parameter. Needs pandas
        (`pip install pandas`).
        """
        try:
            import pandas
        except ImportError:
            raise ImportError("to_dataframe() needs pandas: pip install pandas") from None
        rows = []
        for trial in self.trials:
            for evaluation in trial.evaluations:
                row = {
                    "trial": trial.number,
                    "bracket": trial.bracket,
                    "rung": evaluation.rung,
                    "resource": evaluation.resource,
                    "metric": evaluation.outcome.metric,
                    "seconds": evaluation.outcome.seconds,
                    "origin": trial.origin,
                    "seed": trial.seed,
                    "error": evaluation.outcome.error,
                }
                row.update({f"metric_{i}": m for i, m in enumerate(evaluation.outcome.metrics)})
                row.update({p.name: trial.params.get(p.name) for p in self._space})
                rows.append(row)
        return pandas.DataFrame(rows)

    def importance(self) -> dict[str, float]:
        """How much each parameter decides which trials are good; the shares add up to 1.

        PED-ANOVA (Watanabe, Bansal and Hutter, IJCAI 2023): the Pearson divergence, parameter by
        parameter, of where the best tenth of the trials lie from where all of them lie. Greatest
        first. Of fewer than ten trials that did not fail it is chance, and a UserWarning says so.
        """
        from ato_hyperband._report.importance import importance

        return importance(self.ranking(), self._space)

    def rank_correlations(self) -> list[RankCorrelation]:
        """Do early results tell? Spearman's correlation from each rung to the next.

        And from the first rung to the last. Of generators all points of their curves count, else
        only trials that went on: these were chosen by their early results, and so are alike, which
        makes the correlation smaller than it is among all. Printed, each says it in words.
        """
        from ato_hyperband._report.rungs import rank_correlations, results_at_rungs

        return rank_correlations(results_at_rungs(self.trials))

    def ranking(self) -> list[Trial]:
        """The trials that did not fail, best first: by the rung they reached, then by metric."""
        sign = -1 if self.maximize[0] else 1
        alive = [t for t in self.trials if t.metric is not None]
        return sorted(alive, key=lambda t: (-t.resource, sign * (t.metric or 0.0), t.number))

    def history(self) -> list[tuple[Resource, float | None]]:
        """(resource it added, metric) of each evaluation, in the order they were told."""
        return self._history

    def plot(self) -> Any:
        """A matplotlib figure: curves by rung, best over budget, parallel coordinates.

        Needs matplotlib (`pip install ato-hyperband[plot]`). Nothing is shown or saved; call
        `savefig` on what is returned.
        """
        from ato_hyperband._report.plot import plot

        return plot(self, self._space)

    def plot_importance(self) -> Any:
        """A matplotlib figure of `importance()`."""
        from ato_hyperband._report.importance import importance
        from ato_hyperband._report.landscape import plot_importance

        ranking = self.ranking()
        return plot_importance(importance(ranking, self._space), len(ranking))

    def plot_slices(self) -> Any:
        """A matplotlib figure: for each parameter, the metric over its values."""
        from ato_hyperband._report.landscape import plot_slices

        return plot_slices(self.ranking(), self._space)

    def plot_contour(self, x: str, y: str) -> Any:
        """A matplotlib figure of the metric over two parameters, of those trained furthest.

        Args:
            x: A parameter, by its dotted name.
            y: Another.

        Raises:
            SettingsError: One of them is no parameter of the search.
        """
        from ato_hyperband._report.landscape import plot_contour

        return plot_contour(self.ranking(), self._space, x, y)


def _entry(trial: Trial, evaluation: Evaluation) -> ADict:
    entry = ADict()
    for name, value in trial.params.items():
        entry.set_by_name(name, value)
    entry.update(
        trial=trial.number,
        bracket=trial.bracket,
        rung=evaluation.rung,
        resource=evaluation.resource,
        metric=evaluation.outcome.metric,
        error=evaluation.outcome.error,
    )
    return entry


def _undominated(
    pairs: list[tuple[Trial, Evaluation]], maximize: Sequence[bool]
) -> list[tuple[Trial, Evaluation]]:
    losses = {}
    for i, (_, evaluation) in enumerate(pairs):
        metrics = evaluation.outcome.metrics or (evaluation.outcome.metric or 0.0,)
        losses[i] = tuple(-m if more else m for m, more in zip(metrics, maximize))
    return [pairs[i] for i in sorted(fronts(losses)[0])] if pairs else []


def best_of(
    trials: list[Trial], maximize: Sequence[bool], anywhere: bool = False
) -> tuple[Trial, Evaluation] | None:
    """The best trial and the evaluation that makes it so, or None when all failed.

    Of several objectives the first decides, among those that no other dominates.

    Args:
        trials: All trials.
        maximize: For each objective, whether a greater metric is better.
        anywhere: Judge by all rungs, instead of by the furthest that any trial survived.
    """
    candidates = [
        (trial, evaluation)
        for trial in trials
        for evaluation in trial.evaluations
        if evaluation.outcome.metric is not None
    ]
    if not candidates:
        return None
    if not anywhere:
        furthest = max(evaluation.resource for _, evaluation in candidates)
        candidates = [pair for pair in candidates if pair[1].resource == furthest]
    candidates = _undominated(candidates, maximize)
    sign = -1 if maximize[0] else 1
    return min(
        candidates,
        key=lambda pair: (
            sign * (pair[1].outcome.metric or 0.0),
            -pair[1].resource,
            pair[0].number,
        ),
    )
