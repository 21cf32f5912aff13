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

import itertools
from collections import deque
from typing import Mapping, Sequence

from ato_hyperband._sampling.sampling import Sampler
from ato_hyperband._schedule.choice import choose_plan, mean_places
from ato_hyperband._schedule.foresight import foreseen, lines_tell_more
from ato_hyperband._schedule.scheduler import Budget, Scheduler
from ato_hyperband._trial.brackets import Plan, Resource, largest_affordable
from ato_hyperband._trial.order import Loss, best_first, is_failure, places
from ato_hyperband._trial.trial import Job, Outcome, Trial

# Rungs of at most η to this power are few trials that train for long: the next bracket begins
# without knowing what comes of them, so that workers need not wait.
NARROW = 2
# In an adaptive search the second bracket is a hedge against early results that mislead: its
# configurations are drawn without the model, which has learned from them, and who goes on is
# decided by where losses lead, not by where they are. Brackets after it go by what has found more.
HEDGE = 1
# In an adaptive search two signs, both of which must be there, say that early results mislead:
# lines tell the order of the first bracket's trials better than their losses do, in at least so
# many pairs of them; and the best of the first two brackets was, when the last choice was made,
# behind a quarter of all that had come so far. Then the brackets after them are of the kinds that
# choose last: not at all, or once.
FEWEST_PAIRS = 10
QUARTER = 4
LATEST = 2


class Bracket:
    """One bracket under way: the trials of each rung, those to start and those reported.

    Args:
        number: Position in the search.
        plan: Its rungs.
        eta: Where seconds count: of those a rung took, its best may have taken 1/η to go on.
            None where they do not count.
        foresees: Whether who goes on is decided by where losses lead.
    """

    def __init__(
        self, number: int, plan: Plan, eta: float | None = None, foresees: bool = False
    ) -> None:
        self.number, self.plan, self._eta = number, plan, eta
        self.foresees = foresees
        self.rungs: list[list[Trial]] = [[] for _ in plan.rungs]
        self.ready: deque[Job] = deque()
        self.rung = 0
        self.drawn_all = self.short = False
        self.reported: list[dict[int, Loss]] = [{} for _ in plan.rungs]
        self.spent: Resource = 0
        self.told = 0  # how many of the rungs the sampler knows

    @property
    def closed(self) -> bool:
        return self.rung == len(self.plan.rungs)

    def add(self, trial: Trial) -> None:
        """Take a new trial into the lowest rung."""
        self.rungs[0].append(trial)
        self.ready.append(Job(trial, 0, self.plan.rungs[0].resource, 0))

    def report(self, job: Job, loss: Loss) -> None:
        self.reported[job.rung][job.trial.number] = loss

    def settle(self) -> list[Trial]:
        """Promote the best of each rung that is complete; the trials that go no further."""
        retired: list[Trial] = []
        while not self.closed and self._rung_has_reported():
            best = self._best()
            here = self.rungs[self.rung]
            promoted = {trial.number for trial in best}
            retired.extend(trial for trial in here if trial.number not in promoted)
            self.rung = self.rung + 1 if best else len(self.plan.rungs)
            if best:
                self._promote(best)
        return retired

    def _rung_has_reported(self) -> bool:
        if self.rung == 0 and not self.drawn_all:
            return False
        return len(self.reported[self.rung]) == len(self.rungs[self.rung])

    def _best(self) -> list[Trial]:
        if self.rung + 1 == len(self.plan.rungs):
            return []
        losses = self.reported[self.rung]
        by_number = {trial.number: trial for trial in self.rungs[self.rung]}
        order = best_first(self._foreseen() if self.foresees else losses)
        alive = [by_number[n] for n in order if not is_failure(losses[n])]
        planned = self.plan.rungs[self.rung + 1].size
        if self.short:  # the space ran out of configurations before the rung was full
            planned = max(
                1, len(self.rungs[self.rung]) * planned // self.plan.rungs[self.rung].size
            )
        best = alive[:planned]
        return best if self._eta is None else self._cheap_enough(best, self._eta)

    def _foreseen(self) -> Mapping[int, Loss]:
        resources = [rung.resource for rung in self.plan.rungs]
        upto = self.rung + 1
        return foreseen(self.reported[:upto], resources[:upto], resources[-1])

    def _cheap_enough(self, best: list[Trial], eta: float) -> list[Trial]:
        """As many of the best as took their share of the rung's seconds; one at least."""
        seconds = [trial.evaluations[self.rung].outcome.seconds for trial in best]
        whole = sum(t.evaluations[self.rung].outcome.seconds for t in self.rungs[self.rung])
        spent = list(itertools.accumulate(seconds))
        return [t for t, upto in zip(best, spent) if upto <= whole / eta] or best[:1]

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
        adaptive: Whether brackets after the first sweep are of the kind that found most.
        cost_aware: Whether fewer go on where the best take longer than the others.
    """

    def __init__(
        self,
        plans: Sequence[Plan],
        eta: float,
        sampler: Sampler,
        budget: Budget,
        maximize: Sequence[bool],
        continues: bool,
        adaptive: bool = False,
        cost_aware: bool = False,
    ) -> None:
        super().__init__(sampler, budget, maximize, continues)
        self._adaptive, self._cost_aware = adaptive, cost_aware
        self.brackets: list[Bracket] = []
        self._plans, self._eta = plans, eta
        self._open: list[Bracket] = []
        self._exhausted = self._space_exhausted = False
        self._doubts: bool | None = None  # of early results, once the first bracket has ended

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
        self.retired += bracket.settle()
        if bracket.closed:
            self._open = [b for b in self._open if not b.closed]

    def _start_in(self, bracket: Bracket, job: Job) -> Job:
        bracket.spent += self._cost(job.resource, job.previous)
        return self._start(job)

    def _from(self, bracket: Bracket) -> Job | None:
        if not bracket.ready and not bracket.drawn_all:
            self._draw_into(bracket)
        return bracket.ready.popleft() if bracket.ready else None

    def _draw_into(self, bracket: Bracket) -> None:
        is_hedge = self._adaptive and bracket.number == HEDGE
        trial = self._new_trial(bracket.number, unmodelled=is_hedge)
        if trial is None:
            bracket.drawn_all = bracket.short = True
            self._exhausted = self._space_exhausted = True
            self.retired += bracket.settle()
            return
        bracket.add(trial)
        bracket.drawn_all = len(bracket.rungs[0]) == bracket.plan.rungs[0].size

    def _open_bracket(self) -> bool:
        if self._exhausted or not self._may_open():
            return False
        plan = self._affordable()
        if plan is None:
            # What open brackets leave of their planned cost (failed trials) may still be enough.
            self._exhausted = not self._open
            return False
        eta = self._eta if self._cost_aware else None
        bracket = Bracket(len(self.brackets), plan, eta, self._adaptive and self._foresees())
        # Where no bracket chooses early the model does not go by early results either.
        self._sampler.lowest = plan.rungs[0].resource if self._misled() else 0
        self.brackets.append(bracket)
        self._open.append(bracket)
        return True

    def _may_open(self) -> bool:
        if not (self._sampler.learns or self._adaptive) or not self.brackets:
            return True
        if any(bracket.number < len(self.brackets) - 1 for bracket in self._open):
            return False
        last = self.brackets[-1]
        if len(self.brackets) == HEDGE + 1 and self._first_doubts() and not last.closed:
            return False  # what the hedge finds decides which kind the next bracket is
        narrow = self._eta**NARROW + 1e-9
        visible = sum(rung.size > narrow for rung in last.plan.rungs)
        if last.rung < visible:
            return False
        for bracket in self.brackets[-2:-1]:
            self._tell(bracket, len(bracket.plan.rungs))
        self._tell(last, visible)
        return True

    def _tell(self, bracket: Bracket, upto: int) -> None:
        """Let the sampler know the outcomes of the rungs below `upto`, each rung once."""
        for rung in range(bracket.told, upto):
            resource, losses = bracket.plan.rungs[rung].resource, bracket.reported[rung]
            for trial in sorted(bracket.rungs[rung], key=lambda t: t.number):
                self._sampler.observe(trial, resource, losses[trial.number])
        bracket.told = max(bracket.told, upto)

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
        plans, first = self._plans, 0
        if self._misled():
            plans, first = self._plans[: -LATEST - 1 : -1], HEDGE + 1
        kinds = {plan.s for plan in plans}
        winners = [
            (bracket.plan.s, loss)
            for bracket, loss in self._winners()
            if bracket.number >= first and bracket.plan.s in kinds
        ]
        return choose_plan(plans, winners, number - first)

    def _foresees(self) -> bool:
        """Whether in the next bracket who goes on is decided by where losses lead."""
        if len(self.brackets) == HEDGE:
            return True
        winners = [(bracket.foresees, loss) for bracket, loss in self._winners() if bracket.plan.s]
        mean = mean_places(winners)
        return mean.get(True, 1.0) < mean.get(False, 1.0)

    def _misled(self) -> bool:
        """Whether the first two brackets say that whoever chooses early loses the best."""
        return len(self.brackets) > HEDGE and self._first_doubts() and self._best_was_behind()

    def _first_doubts(self) -> bool:
        """Whether lines tell more than losses in the first bracket, which has ended."""
        # Where trials are counted one that trains to the end costs no more than any other: there
        # a search would take as many times longer as it judges later.
        if not self._adaptive or self._budget.trials is not None:
            return False
        if self._doubts is None:  # once: pairs are many where the first bracket is wide
            first = self.brackets[0]
            resources = [rung.resource for rung in first.plan.rungs]
            self._doubts = lines_tell_more(first.reported, resources, FEWEST_PAIRS)
        return self._doubts

    def _best_was_behind(self) -> bool:
        """Whether a quarter of those seen at the last choice were ahead of the best."""
        ended = [b for b in self.brackets[: HEDGE + 1] if b.reported[-1]]
        best = best_first({n: loss for b in ended for n, loss in b.reported[-1].items()})[:1]
        for bracket in ended:
            if best and best[0] in bracket.reported[-1] and len(bracket.plan.rungs) > 1:
                seen = self._seen_at(bracket.plan.rungs[-2].resource)
                ahead = places(list(seen.values()))[list(seen).index(best[0])]
                return QUARTER * ahead >= len(seen)
        return False

    def _seen_at(self, resource: Resource) -> dict[int, Loss]:
        """Losses by trial that the first two brackets had at a resource."""
        return {
            number: loss
            for bracket in self.brackets[: HEDGE + 1]
            for rung, losses in zip(bracket.plan.rungs, bracket.reported)
            if rung.resource == resource
            for number, loss in losses.items()
        }

    def _winners(self) -> list[tuple[Bracket, Loss]]:
        """Each bracket that has ended and the loss of its best trial after the whole resource."""
        # The last bracket may be under way; how far it is must not matter.
        ended = [b for b in self.brackets[:-1] if b.reported[-1]]
        return [(b, b.reported[-1][best_first(b.reported[-1])[0]]) for b in ended]

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
