"""Synchronous successive halving in brackets: Hyperband, and halving over a grid.

Each bracket follows Li et al., JMLR 18 (2018), Algorithm 1: when all trials of a rung have
reported, the best ⌊n/η⌋ of them go on. Which trials exist and which go on depends on outcomes
only, never on when they arrive, so any number of workers finds the same trials:

* a sampler that learns is told outcomes when a bracket begins, in a fixed order: all of the
  brackets before the last, and the wide rungs of the last, so that workers have something to do
  while the last few trials of a bracket finish;
* budgets are shared out by what a bracket is planned to cost before it begins.
"""

from __future__ import annotations

from collections import deque
from typing import Sequence

from ato_hyperband._bracket_choice import choose_plan
from ato_hyperband._brackets import Plan, Resource, largest_affordable
from ato_hyperband._sampling import Sampler
from ato_hyperband._scheduler import Budget, Scheduler
from ato_hyperband._trial import Job, Outcome, Trial

# Rungs of at most η to this power are few trials that train for long: the next bracket begins
# without knowing what comes of them, so that workers need not wait.
NARROW = 2


class Bracket:
    """One bracket under way: the trials of each rung, those to start and those reported.

    Args:
        number: Position in the search.
        plan: Its rungs.
    """

    def __init__(self, number: int, plan: Plan) -> None:
        self.number, self.plan = number, plan
        self.rungs: list[list[Trial]] = [[] for _ in plan.rungs]
        self.ready: deque[Job] = deque()
        self.rung = 0
        self.drawn_all = self.short = False
        self.reported: list[dict[int, float]] = [{} for _ in plan.rungs]
        self.spent: Resource = 0
        self.retired: list[Trial] = []

    @property
    def closed(self) -> bool:
        return self.rung == len(self.plan.rungs)

    def rung_complete(self, rung: int) -> bool:
        return self.rung > rung

    def add(self, trial: Trial) -> None:
        """Take a new trial into the lowest rung."""
        self.rungs[0].append(trial)
        self.ready.append(Job(trial, 0, self.plan.rungs[0].resource, 0))

    def report(self, job: Job, loss: float) -> None:
        self.reported[job.rung][job.trial.number] = loss

    def settle(self) -> None:
        """Promote the best of each rung that is complete."""
        while not self.closed and self._rung_has_reported():
            best = self._best()
            here = self.rungs[self.rung]
            promoted = {trial.number for trial in best}
            self.retired.extend(trial for trial in here if trial.number not in promoted)
            self.rung = self.rung + 1 if best else len(self.plan.rungs)
            if best:
                self._promote(best)

    def _rung_has_reported(self) -> bool:
        if self.rung == 0 and not self.drawn_all:
            return False
        return len(self.reported[self.rung]) == len(self.rungs[self.rung])

    def _best(self) -> list[Trial]:
        if self.rung + 1 == len(self.plan.rungs):
            return []
        losses = self.reported[self.rung]
        alive = [t for t in self.rungs[self.rung] if losses[t.number] != float("inf")]
        alive.sort(key=lambda t: (losses[t.number], t.number))
        planned = self.plan.rungs[self.rung + 1].size
        if self.short:  # the space ran out of configurations before the rung was full
            planned = max(
                1, len(self.rungs[self.rung]) * planned // self.plan.rungs[self.rung].size
            )
        return alive[:planned]

    def _promote(self, best: list[Trial]) -> None:
        below, here = self.plan.rungs[self.rung - 1], self.plan.rungs[self.rung]
        self.rungs[self.rung] = best
        for trial in sorted(best, key=lambda t: t.number):
            self.ready.append(Job(trial, self.rung, here.resource, below.resource))


class HalvingScheduler(Scheduler):
    """Brackets of successive halving, one after the other, as far as the budget goes.

    Args:
        plans: The brackets of one sweep, in order; begun again as long as the budget lasts.
        eta: The reduction factor a shortened bracket uses.
        sampler, budget, maximize, continues: As for Scheduler.
        adaptive: Whether brackets after the first sweep are mostly of the kind that found most.
    """

    def __init__(
        self,
        plans: Sequence[Plan],
        eta: float,
        sampler: Sampler,
        budget: Budget,
        maximize: bool,
        continues: bool,
        adaptive: bool = False,
    ) -> None:
        super().__init__(sampler, budget, maximize, continues)
        self._adaptive = adaptive
        self.brackets: list[Bracket] = []
        self._plans, self._eta = plans, eta
        self._open: list[Bracket] = []
        self._exhausted = self._space_exhausted = False
        self._told: list[int] = []

    @property
    def finished(self) -> bool:
        return self._exhausted and not self._open

    def extend(self, budget: Budget) -> None:
        super().extend(budget)
        self._exhausted = self._space_exhausted

    def next(self) -> Job | None:
        position = 0
        while True:
            while position < len(self._open):
                bracket = self._open[position]
                job = self._from(bracket)
                if job is not None:
                    return self._start_in(bracket, job)
                position += 0 if bracket.closed else 1
                self._open = [b for b in self._open if not b.closed]
            if not self._open_bracket():
                return None

    def report(self, job: Job, outcome: Outcome) -> None:
        self._record(job, outcome)
        bracket = self.brackets[job.trial.bracket]
        bracket.report(job, self.loss(outcome))
        self._settle(bracket)
        if bracket.closed:
            self._open = [b for b in self._open if not b.closed]

    def _settle(self, bracket: Bracket) -> None:
        bracket.settle()
        self.retired.extend(bracket.retired)
        bracket.retired.clear()

    def _start_in(self, bracket: Bracket, job: Job) -> Job:
        bracket.spent += self._cost(job.resource, job.previous)
        return self._start(job)

    def _from(self, bracket: Bracket) -> Job | None:
        if not bracket.ready and not bracket.drawn_all:
            self._draw_into(bracket)
        return bracket.ready.popleft() if bracket.ready else None

    def _draw_into(self, bracket: Bracket) -> None:
        trial = self._new_trial(bracket.number)
        if trial is None:
            bracket.drawn_all = bracket.short = True
            self._exhausted = self._space_exhausted = True
            self._settle(bracket)
            return
        bracket.add(trial)
        bracket.drawn_all = len(bracket.rungs[0]) == bracket.plan.rungs[0].size

    def _tell(self, bracket: Bracket, rung: int, trials: list[Trial]) -> None:
        for trial in trials:
            if len(self._told) <= trial.number:
                self._told.extend([0] * (trial.number + 1 - len(self._told)))
            if self._told[trial.number] == rung:
                self._told[trial.number] = rung + 1
                resource = bracket.plan.rungs[rung].resource
                self._sampler.observe(trial, resource, bracket.reported[rung][trial.number])

    def _open_bracket(self) -> bool:
        if self._exhausted or not self._may_open():
            return False
        plan = self._affordable()
        if plan is None:
            # What open brackets leave of their planned cost (failed trials) may still be enough.
            self._exhausted = not self._open
            return False
        bracket = Bracket(len(self.brackets), plan)
        self.brackets.append(bracket)
        self._open.append(bracket)
        return True

    def _may_open(self) -> bool:
        if not (self._sampler.learns or self._adaptive) or not self.brackets:
            return True
        if any(bracket.number < len(self.brackets) - 1 for bracket in self._open):
            return False
        last = self.brackets[-1]
        narrow = self._eta**NARROW + 1e-9
        visible = sum(rung.size > narrow for rung in last.plan.rungs)
        if visible and not last.rung_complete(visible - 1):
            return False
        for bracket in self.brackets[-2:-1]:
            self._tell_rungs(bracket, len(bracket.plan.rungs))
        self._tell_rungs(last, visible)
        return True

    def _tell_rungs(self, bracket: Bracket, upto: int) -> None:
        for rung in range(upto):
            by_number = sorted(bracket.rungs[rung], key=lambda t: t.number)
            self._tell(bracket, rung, by_number)

    def _affordable(self) -> Plan | None:
        """The next plan, made as small as what is left of the budget.

        What a bracket was planned to cost counts even if failures made it cheaper, until no
        bracket is open: what counts must not depend on which of them happens to have ended.
        """
        sweep = len(self.brackets) // len(self._plans)
        if self._budget.sweeps is not None and sweep >= self._budget.sweeps:
            return None
        plan = self._next_plan()
        if not self._fits(plan, actual=False) and self._open:
            return None
        left = self._left(actual=not self._fits(plan, actual=False))
        return largest_affordable(plan, self._eta, self._continues, *left)

    def _next_plan(self) -> Plan:
        number = len(self.brackets)
        if not self._adaptive:
            return self._plans[number % len(self._plans)]
        # The last bracket may be under way; how far it is must not matter.
        ended = [b for b in self.brackets[:-1] if b.reported[-1]]
        winners = [(b.plan.s, min(b.reported[-1].values())) for b in ended]
        return choose_plan(self._plans, winners, number)

    def _fits(self, plan: Plan, actual: bool) -> bool:
        resource, trials = self._left(actual)
        enough = resource is None or plan.cost(self._continues) <= resource
        return enough and (trials is None or plan.rungs[0].size <= trials)

    def _left(self, actual: bool) -> tuple[Resource | None, int | None]:
        """Resource and trials that no bracket has claimed."""
        budget = self._budget
        trials = resource = None
        if budget.trials is not None:
            trials = budget.trials - sum(
                len(b.rungs[0]) if actual else b.plan.rungs[0].size for b in self.brackets
            )
        if budget.resource is not None:
            resource = budget.resource - sum(
                b.spent if actual else b.plan.cost(self._continues) for b in self.brackets
            )
        return resource, trials
