"""What every scheduler does, and the budget it keeps: no input, no output, no threads, no clock.

A scheduler is a state machine. `next()` gives the next evaluation to make, or None when nothing
can be given until an outcome is reported (or, if `finished`, ever again); `report()` takes an
outcome. The same calls give the same answers, which is what makes resuming a search a replay of
its log, and ranks of a distributed search agree without a master.
"""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple, Sequence

from ato_hyperband._sampling.sampling import Sampler
from ato_hyperband._trial.brackets import Resource
from ato_hyperband._trial.order import Loss
from ato_hyperband._trial.trial import Evaluation, Job, Outcome, Trial


class Budget(NamedTuple):
    """What a whole search may use; None means no limit.

    Attributes:
        trials: How many configurations may be tried.
        resource: How much resource all evaluations together may use.
        sweeps: How many times all brackets may be run through.
    """

    trials: int | None = None
    resource: Resource | None = None
    sweeps: int | None = None


class Scheduler:
    """The part common to all schedulers: trials, spending, failures.

    Attributes:
        trials: Every configuration drawn, by number.
        retired: Trials that will not be evaluated again, in the order this became certain.
        history: Resource that each evaluation added, and its metric, in the order reported.
        spent: Resource of all evaluations given so far; some may wait for a worker.
        used: Resource of all evaluations reported.
        running: Evaluations given and not yet reported.

    Args:
        sampler: Draws configurations.
        budget: Limits of the whole search.
        maximize: For each objective, whether a greater metric is better.
        continues: Whether a promoted trial goes on from where it was; otherwise each rung pays
            for the whole of its resource.
    """

    def __init__(
        self, sampler: Sampler, budget: Budget, maximize: Sequence[bool], continues: bool
    ) -> None:
        self.trials: list[Trial] = []
        self.retired: list[Trial] = []
        self.history: list[tuple[Resource, float | None]] = []
        self.spent: Resource = 0
        self.used: Resource = 0
        self.running = 0
        self._sampler, self._budget = sampler, budget
        self._maximize, self._continues = maximize, continues

    @property
    def finished(self) -> bool:
        """Whether the search is over: nothing runs and nothing more will be given."""
        raise NotImplementedError

    def next(self) -> Job | None:
        """The next evaluation to make, or None (see the module)."""
        raise NotImplementedError

    def report(self, job: Job, outcome: Outcome) -> None:
        """Take the outcome of an evaluation given by next()."""
        raise NotImplementedError

    def extend(self, budget: Budget) -> None:
        """Go on with another budget (a total, counted from the beginning of the search)."""
        self._budget = budget

    def enqueue(self, given: Mapping[str, Any]) -> None:
        """Let the next newcomer have these values."""
        self._sampler.enqueue(given)

    def know(self, params: Mapping[str, Any], resource: Resource, outcome: Outcome) -> None:
        """Let the sampler know a result that is none of this search."""
        self._sampler.know(params, resource, self.loss(outcome))

    def loss(self, outcome: Outcome) -> Loss:
        """A metric as something to make small, or several; failures are worst."""
        if len(self._maximize) > 1:
            metrics = outcome.metrics or (float("nan"),) * len(self._maximize)
            several = zip(metrics, self._maximize)
            if outcome.metric is None:
                return tuple(float("inf") for _ in several)
            return tuple(-metric if more else metric for metric, more in several)
        if outcome.metric is None:
            return float("inf")
        return -outcome.metric if self._maximize[0] else outcome.metric

    def _start(self, job: Job) -> Job:
        self.spent += self._cost(job.resource, job.previous)
        self.running += 1
        return job

    def _record(self, job: Job, outcome: Outcome) -> None:
        self.running -= 1
        added = self._cost(job.resource, job.previous)
        self.used += added
        self.history.append((added, outcome.metric))
        job.trial.evaluations.append(Evaluation(job.rung, job.resource, outcome))

    def _cost(self, resource: Resource, previous: Resource) -> Resource:
        return resource - previous if self._continues else resource

    def _new_trial(self, bracket: int, unmodelled: bool = False) -> Trial | None:
        """Draw the next configuration; None when the space holds no more."""
        trial = self._sampler.draw(len(self.trials), bracket, unmodelled)
        if trial is not None:
            self.trials.append(trial)
        return trial
