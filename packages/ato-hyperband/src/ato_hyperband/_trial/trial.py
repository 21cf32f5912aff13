"""What one configuration went through: its evaluations, one per rung it reached."""

from __future__ import annotations

from typing import Any, NamedTuple

from ato_hyperband._trial.brackets import Resource


class Outcome(NamedTuple):
    """What came of one evaluation.

    Attributes:
        metric: The objective's value (the first of several), or None when it failed.
        error: Why it failed (a traceback, or one line), or None.
        seconds: Wall time the evaluation took.
        curve: (resource, metric) pairs a generator yielded on its way, oldest first.
        recomputed: Resource spent again on what had been computed before.
        metrics: All values, where the objective gives several.
    """

    metric: float | None
    error: str | None = None
    seconds: float = 0.0
    curve: tuple[tuple[Resource, float], ...] = ()
    recomputed: Resource = 0
    metrics: tuple[float, ...] = ()

    @classmethod
    def from_list(cls, stored: list[Any]) -> Outcome:
        """The inverse of `list(outcome)`, after a round trip through JSON."""
        outcome = cls(*stored)
        curve = tuple((r, metric) for r, metric in outcome.curve)
        return outcome._replace(curve=curve, metrics=tuple(outcome.metrics))


class Evaluation(NamedTuple):
    """One evaluation of a trial: on which rung, at which resource, with what outcome."""

    rung: int
    resource: Resource
    outcome: Outcome


# In the body of a NamedTuple it counts from Python 3.9 only.
Outcome.__module__ = Evaluation.__module__ = "ato_hyperband"


class Trial:
    """One configuration of a search.

    Attributes:
        number: Position in the order of the search, from 0.
        params: Sampled values by dotted name; parameters whose condition failed are absent.
        seed: 32 bits that depend on the study seed and the number alone.
        bracket: Which bracket it belongs to, from 0.
        origin: 'grid', 'random' or 'model': how the configuration was chosen.
        evaluations: One per rung reached, in order.
    """

    __module__ = "ato_hyperband"
    __slots__ = ("bracket", "evaluations", "number", "origin", "params", "seed")

    number: int
    params: dict[str, Any]
    seed: int
    bracket: int
    origin: str
    evaluations: list[Evaluation]

    def __init__(
        self, number: int, params: dict[str, Any], seed: int, bracket: int, origin: str
    ) -> None:
        self.number, self.params, self.seed = number, params, seed
        self.bracket, self.origin = bracket, origin
        self.evaluations = []

    def __repr__(self) -> str:
        return (
            f"Trial({self.number}, {self.params}, resource={self.resource}, metric={self.metric})"
        )

    @property
    def metric(self) -> float | None:
        """The metric at the highest rung reached; None when the trial failed there."""
        return self.evaluations[-1].outcome.metric if self.evaluations else None

    @property
    def metrics(self) -> tuple[float, ...]:
        """All metrics at the highest rung reached, where the objective gives several."""
        return self.evaluations[-1].outcome.metrics if self.evaluations else ()

    @property
    def resource(self) -> Resource:
        """The resource of the highest rung reached; 0 before the first."""
        return self.evaluations[-1].resource if self.evaluations else 0

    @property
    def rung(self) -> int:
        """The highest rung reached, from 0; -1 before the first."""
        return self.evaluations[-1].rung if self.evaluations else -1

    @property
    def error(self) -> str | None:
        """The traceback of the evaluation that failed, or None."""
        return self.evaluations[-1].outcome.error if self.evaluations else None

    @property
    def failed(self) -> bool:
        """Whether the last evaluation gave no usable metric."""
        return bool(self.evaluations) and self.metric is None


class Job(NamedTuple):
    """One evaluation to be made: train a trial from `previous` to `resource`."""

    trial: Trial
    rung: int
    resource: Resource
    previous: Resource
