"""What a search found."""

from __future__ import annotations

from typing import Any

from ato_adict import ADict
from ato_hyperband._brackets import Resource
from ato_hyperband._spaces import SearchSpace
from ato_hyperband._trial import Evaluation, Trial


class Result:
    """The outcome of a search.

    Attributes:
        config: The best trial's whole config, as its objective received it.
        metric: The best trial's metric: with a resource the best it had at any rung (as Algorithm
            1 of Li et al. returns), otherwise that of the last generation.
        best: The best trial.
        trials: All trials, by number.
        mode: 'max' or 'min'.
        seed: The study seed; give it again to repeat the search.
        total_resource: Resource used, all sessions together; without a resource, evaluations.
        recomputed_resource: Resource that was spent again on what had been computed before.
        seconds: Wall time, all sessions together.
    """

    def __init__(
        self,
        config: Any,
        best: Trial,
        evaluation: Evaluation,
        trials: list[Trial],
        space: SearchSpace,
        mode: str,
        seed: int,
        total_resource: Resource,
        seconds: float,
        resource: str | None,
        history: list[tuple[Resource, float | None]],
    ) -> None:
        self.config, self.best, self.trials = config, best, trials
        self.metric: float = evaluation.outcome.metric or 0.0
        self.mode, self.seed = mode, seed
        self.total_resource, self.seconds = total_resource, seconds
        self.resource_name = resource or "generation"
        self._space, self._history = space, history

    def __repr__(self) -> str:
        return (
            f"<Result metric={self.metric!r} of trial {self.best.number} "
            f"among {len(self.trials)}: {self.best.params}>"
        )

    @property
    def recomputed_resource(self) -> Resource:
        """Resource that was spent again on what had been computed before."""
        return sum(e.outcome.recomputed for t in self.trials for e in t.evaluations)

    @property
    def failed(self) -> list[Trial]:
        """Trials that gave no usable metric; each keeps its traceback in `error`."""
        return [trial for trial in self.trials if trial.failed]

    @property
    def logs(self) -> list[list[Any]]:
        """One list per rung of each bracket, best first, of what was evaluated there.

        Each entry is an ADict of the sampled parameters with `trial`, `bracket`, `rung`,
        `resource`, `metric` and `error`. Without a resource a rung is a generation.
        """
        stages: dict[tuple[int, int], list[Any]] = {}
        for trial in self.trials:
            for evaluation in trial.evaluations:
                stage = stages.setdefault((trial.bracket, evaluation.rung), [])
                stage.append(_entry(trial, evaluation))
        for stage in stages.values():
            stage.sort(key=self._rank)
        return [stages[key] for key in sorted(stages)]

    def _rank(self, entry: Any) -> tuple[bool, float]:
        metric = entry["metric"]
        if metric is None:
            return True, 0.0
        return False, -metric if self.mode == "max" else metric

    def to_dataframe(self) -> Any:
        """A pandas DataFrame with one row per evaluation, in the order of trials and rungs.

        Columns: trial, bracket, rung, resource, metric, seconds, origin, seed, error, and one per
        parameter. Needs pandas (`pip install pandas`).
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
                row.update({p.name: trial.params.get(p.name) for p in self._space})
                rows.append(row)
        return pandas.DataFrame(rows)

    def importance(self) -> dict[str, float]:
        """How much each parameter decides which trials are good; the shares add up to 1.

        PED-ANOVA (Watanabe, Bansal and Hutter, IJCAI 2023): the Pearson divergence, parameter by
        parameter, of where the best tenth of the trials lie from where all of them lie. Greatest
        first.
        """
        from ato_hyperband._importance import importance

        return importance(self.ranking(), self._space)

    def ranking(self) -> list[Trial]:
        """The trials that did not fail, best first: by the rung they reached, then by metric."""
        sign = -1 if self.mode == "max" else 1
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
        from ato_hyperband._plot import plot

        return plot(self, self._space)


def _entry(trial: Trial, evaluation: Evaluation) -> Any:
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


def best_of(
    trials: list[Trial], maximize: bool, last_rung_only: bool
) -> tuple[Trial, Evaluation] | None:
    """The best trial and the evaluation that makes it so, or None when all failed.

    Args:
        trials: All trials.
        maximize: Whether a greater metric is better.
        last_rung_only: Judge by the highest rung any trial survived, instead of by all rungs.
    """
    candidates = [
        (trial, evaluation)
        for trial in trials
        for evaluation in trial.evaluations
        if evaluation.outcome.metric is not None
    ]
    if not candidates:
        return None
    if last_rung_only:
        highest = max(evaluation.rung for _, evaluation in candidates)
        candidates = [pair for pair in candidates if pair[1].rung == highest]
    sign = -1 if maximize else 1
    return min(
        candidates,
        key=lambda pair: (
            sign * (pair[1].outcome.metric or 0.0),
            -pair[1].resource,
            pair[0].number,
        ),
    )
