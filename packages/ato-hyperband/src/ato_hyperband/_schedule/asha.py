"""Asynchronous successive halving: promote as soon as a trial is in the top 1/η of its rung.

Li et al., "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020, Algorithm 2, in
brackets that begin at different rungs, so that what early results hide is seen too. No worker ever
waits for a rung to fill; which trials are promoted depends on the order in which outcomes arrive,
so with several workers two runs may differ.

A search must end with a trial that was trained to the end. So until the first goes there, as much
of the budget is kept as the trial at hand would need for it, and where nothing else is left to do
the best of those trained furthest goes.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from typing import Sequence

from ato_hyperband._sampling.sampling import Sampler
from ato_hyperband._schedule.scheduler import Budget, Scheduler
from ato_hyperband._trial.brackets import Plan, Resource
from ato_hyperband._trial.order import Loss, best_first, is_failure
from ato_hyperband._trial.trial import Job, Outcome


class _Rung:
    """Losses reported at one rung, sorted, and those trials that have not been promoted."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.losses: list[tuple[Loss, int]] = []
        self.waiting: list[tuple[Loss, int]] = []
        self.reported = 0

    def report(self, loss: Loss, number: int, seconds: float) -> None:
        self.reported += 1
        if not is_failure(loss):
            insort(self.losses, (loss, number))
            heapq.heappush(self.waiting, (loss, number))

    def promotable(self, eta: float) -> int | None:
        """The best trial that has not gone on, if it is among the best 1/η."""
        if not self.waiting:
            return None
        rank = bisect_left(self.losses, self.waiting[0])
        return self.waiting[0][1] if rank < int(self.reported / eta + 1e-9) else None

    def take(self, number: int) -> None:
        """Let a trial go on; it is the best of those waiting."""
        heapq.heappop(self.waiting)


class _SharingRung(_Rung):
    """A rung with several objectives, or where seconds count: the best 1/η of them go on."""

    def __init__(self, resource: Resource, cost_aware: bool) -> None:
        super().__init__(resource)
        self._cost_aware = cost_aware
        self._all: dict[int, Loss] = {}
        self._costs: dict[int, float] = {}

    def report(self, loss: Loss, number: int, seconds: float) -> None:
        self._all[number] = loss
        self._costs[number] = seconds if self._cost_aware else 1.0
        if not is_failure(loss):
            self.waiting.append((loss, number))
            self._sort()

    def promotable(self, eta: float) -> int | None:
        if not self.waiting:
            return None
        best = self.waiting[0][1]
        ordered = best_first(self._all)
        upto = sum(self._costs[n] for n in ordered[: ordered.index(best) + 1])
        return best if upto <= sum(self._costs.values()) / eta + 1e-9 else None

    def take(self, number: int) -> None:
        self.waiting = [pair for pair in self.waiting if pair[1] != number]

    def _sort(self) -> None:
        place = {number: i for i, number in enumerate(best_first(self._all))}
        self.waiting.sort(key=lambda pair: place[pair[1]])


class AsyncHalvingScheduler(Scheduler):
    """ASHA in brackets; each gets as many newcomers as it has in a sweep, one after the other.

    Args:
        plans: The brackets, the most aggressive first.
        eta: The reduction factor.
        sampler, budget, maximize, continues: As for Scheduler. The budget must be limited, or
            the search ended from outside.
        cost_aware: Whether the best 1/η are those of the rung's seconds instead of its trials.
    """

    def __init__(
        self,
        plans: Sequence[Plan],
        eta: float,
        sampler: Sampler,
        budget: Budget,
        maximize: Sequence[bool],
        continues: bool,
        cost_aware: bool = False,
    ) -> None:
        super().__init__(sampler, budget, maximize, continues)

        def make(resource: Resource) -> _Rung:
            shares = cost_aware or len(maximize) > 1
            return _SharingRung(resource, cost_aware) if shares else _Rung(resource)

        self._brackets = [[make(rung.resource) for rung in plan.rungs] for plan in plans]
        self._sizes = [plan.rungs[0].size for plan in plans]
        self._whole = plans[0].rungs[-1].resource
        self._eta = eta
        self._reached_whole = False
        self._exhausted = self._over = False

    def extend(self, budget: Budget) -> None:
        super().extend(budget)
        self._exhausted = self._over = False

    @property
    def finished(self) -> bool:
        return self._over and not self.running

    def next(self) -> Job | None:
        job = self._promotion() or self._newcomer() or self._finalist()
        if job is None:
            self._over = not self.running
            return None
        if job.previous:
            self._rung_below(job).take(job.trial.number)
        self._reached_whole = self._reached_whole or job.resource == self._whole
        return self._start(job)

    def report(self, job: Job, outcome: Outcome) -> None:
        self._record(job, outcome)
        loss = self.loss(outcome)
        rungs = self._brackets[job.trial.bracket]
        rungs[job.rung].report(loss, job.trial.number, outcome.seconds)
        if outcome.metric is None or job.rung + 1 == len(rungs):
            self.retired.append(job.trial)
        if self._sampler.learns:
            self._sampler.observe(job.trial, job.resource, loss)

    def _rung_below(self, job: Job) -> _Rung:
        return next(r for r in self._brackets[job.trial.bracket] if r.resource == job.previous)

    def _promotion(self) -> Job | None:
        """A promotion that the budget allows, the highest rung first."""
        for height in range(2, max(map(len, self._brackets)) + 1):
            for rungs in self._brackets:
                if height > len(rungs):
                    continue
                here, above = rungs[-height], rungs[1 - height]
                number = here.promotable(self._eta)
                if number is not None and self._affords(above.resource, here.resource):
                    rung = len(rungs) + 1 - height
                    return Job(self.trials[number], rung, above.resource, here.resource)
        return None

    def _newcomer(self) -> Job | None:
        limit = self._budget.trials
        if self._exhausted or (limit is not None and len(self.trials) >= limit):
            return None
        # Where the budget holds one trial and no more, it goes straight to the end.
        wanted = (self._bracket_of_next(), self._straightest)
        bracket = next((b for b in wanted if self._affords(self._lowest(b), 0)), None)
        if bracket is None:
            return None
        lowest = self._lowest(bracket)
        trial = self._new_trial(bracket)
        if trial is None:
            self._exhausted = True
            return None
        return Job(trial, 0, lowest, 0)

    def _lowest(self, bracket: int) -> Resource:
        return self._brackets[bracket][0].resource

    @property
    def _straightest(self) -> int:
        """The bracket that trains for longest before it looks."""
        return len(self._brackets) - 1

    def _bracket_of_next(self) -> int:
        """The bracket of the next newcomer: the most aggressive, then the least, then the others.

        One after the other, as a newcomer that goes straight to the end would be the best of those
        trained furthest until others have come there.
        """
        last = len(self._sizes) - 1
        turns = [0, last, *range(1, last)] if last else [0]
        position = len(self.trials) % sum(self._sizes)
        for bracket in turns:
            if position < self._sizes[bracket]:
                return bracket
            position -= self._sizes[bracket]
        raise AssertionError("the position is below the sum of the sizes")

    def _finalist(self) -> Job | None:
        """When nothing else is left to do: the best of those trained furthest, to the end."""
        if self.running or self._reached_whole:
            return None
        furthest = [
            (-rung.resource, rung.waiting[0], rungs)
            for rungs in self._brackets
            for rung in rungs[:-1]
            if rung.waiting
        ]
        if not furthest:
            return None
        below, (_, number), rungs = min(furthest, key=lambda found: found[:2])
        for rung in range(len(rungs) - 1, 0, -1):
            resource = rungs[rung].resource
            if resource > -below and self._affords(resource, -below):
                return Job(self.trials[number], rung, resource, -below)
        return None

    def _affords(self, resource: Resource, previous: Resource) -> bool:
        """Whether the budget allows this, and then still to bring a trial to the end."""
        total = self._budget.resource
        if total is None:
            return True
        needed = self._cost(resource, previous)
        if not self._reached_whole and resource < self._whole and self._least_for_whole <= total:
            needed += self._cost(self._whole, resource)
        return self.spent + needed <= total

    @property
    def _least_for_whole(self) -> Resource:
        """What it costs at least to bring a trial to the end."""
        lowest = self._lowest(self._straightest)
        return lowest if lowest == self._whole else lowest + self._cost(self._whole, lowest)
