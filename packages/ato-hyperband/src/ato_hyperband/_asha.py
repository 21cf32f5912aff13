"""Asynchronous successive halving: promote as soon as a trial is in the top 1/η of its rung.

Li et al., "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020, Algorithm 2. No
worker ever waits for a rung to fill; which trials are promoted depends on the order in which
outcomes arrive, so with several workers two runs may differ.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort

from ato_hyperband._brackets import Resource
from ato_hyperband._sampling import Sampler
from ato_hyperband._scheduler import Budget, Scheduler
from ato_hyperband._trial import Job, Outcome, Trial


class _Rung:
    """Losses reported at one rung, sorted, and those trials that have not been promoted."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.losses: list[tuple[float, int]] = []
        self.waiting: list[tuple[float, int]] = []
        self.reported = 0

    def report(self, loss: float, number: int) -> None:
        self.reported += 1
        if loss != float("inf"):
            insort(self.losses, (loss, number))
            heapq.heappush(self.waiting, (loss, number))

    def promotable(self, eta: float) -> int | None:
        """The best trial that has not gone on, if it is among the best 1/η."""
        if not self.waiting:
            return None
        rank = bisect_left(self.losses, self.waiting[0])
        return self.waiting[0][1] if rank < int(self.reported / eta + 1e-9) else None


class AsyncHalvingScheduler(Scheduler):
    """ASHA over the rungs of the most aggressive bracket.

    Args:
        resources: Resource of each rung, ascending.
        eta: The reduction factor.
        sampler, budget, maximize, continues: As for Scheduler. The budget must be limited, or
            the search ended from outside.
    """

    def __init__(
        self,
        resources: list[Resource],
        eta: float,
        sampler: Sampler,
        budget: Budget,
        maximize: bool,
        continues: bool,
    ) -> None:
        super().__init__(sampler, budget, maximize, continues)
        self._rungs = [_Rung(resource) for resource in resources]
        self._eta = eta
        self._by_number: dict[int, Trial] = {}
        self._exhausted = False

    def extend(self, budget: Budget) -> None:
        super().extend(budget)
        self._exhausted = False

    @property
    def finished(self) -> bool:
        return not self.running and self._exhausted and self._promotion() is None

    def next(self) -> Job | None:
        job = self._promotion() or self._newcomer()
        if job is None:
            return None
        if job.rung:
            heapq.heappop(self._rungs[job.rung - 1].waiting)
        return self._start(job)

    def report(self, job: Job, outcome: Outcome) -> None:
        self._record(job, outcome)
        loss = self.loss(outcome)
        self._rungs[job.rung].report(loss, job.trial.number)
        if outcome.metric is None or job.rung + 1 == len(self._rungs):
            self.retired.append(job.trial)
        if self._sampler.learns:
            self._sampler.observe(job.trial, job.resource, loss)

    def _promotion(self) -> Job | None:
        """A promotion that the budget allows, the highest rung first."""
        for rung in range(len(self._rungs) - 2, -1, -1):
            number = self._rungs[rung].promotable(self._eta)
            if number is not None:
                here, above = self._rungs[rung].resource, self._rungs[rung + 1].resource
                if self._affords(above, here):
                    return Job(self._by_number[number], rung + 1, above, here)
        return None

    def _newcomer(self) -> Job | None:
        lowest = self._rungs[0].resource
        trials = self._budget.trials
        if self._exhausted or (trials is not None and len(self.trials) >= trials):
            self._exhausted = True
            return None
        if not self._affords(lowest, 0):
            # Nothing that is still running gives resource back, so this is final.
            self._exhausted = True
            return None
        trial = self._new_trial(0)
        if trial is None:
            self._exhausted = True
            return None
        self._by_number[trial.number] = trial
        return Job(trial, 0, lowest, 0)

    def _affords(self, resource: Resource, previous: Resource) -> bool:
        total = self._budget.resource
        return total is None or self.spent + self._cost(resource, previous) <= total
