"""What a search says while it runs: to stderr, and nothing but notices where that is no terminal.

A tqdm bar where tqdm is installed (the extra `progress`), one line that is rewritten otherwise; in
a notebook a line below the cell.
"""

from __future__ import annotations

import sys
import time
from typing import Any, Callable, Sequence

from ato_adict.notebooks import is_kernel, show_line
from ato_hyperband._schedule.scheduler import Budget
from ato_hyperband._study.study import Study
from ato_hyperband._trial.brackets import Plan, Resource
from ato_hyperband._trial.trial import Job, Outcome


def is_watched() -> bool:
    """Whether somebody sees a line that changes: at a terminal, or in a notebook."""
    return sys.stderr.isatty() or is_kernel()


def notice(text: str) -> None:
    """Tell the user something about the search: lines on stderr."""
    for line in text.splitlines():
        print(f"search: {line}", file=sys.stderr)


def describe_plan(
    plans: Sequence[Plan],
    resource: str | None,
    budget: Budget,
    continues: bool,
    adaptive: bool = False,
) -> str:
    """The bracket plan as text: a line per bracket, `configurations@resource` per rung."""
    if resource is None:
        sizes = " → ".join(str(rung.size) for rung in plans[0].rungs)
        return f"generations of {sizes} configurations"
    lines = [str(plan) for plan in plans]
    total = sum(plan.cost(continues) for plan in plans)
    lines.append(f"configurations@{resource} per rung; {total} {resource} for all brackets")
    limits = [
        f"{value} {name}"
        for value, name in ((budget.trials, "trials"), (budget.resource, resource))
        if value is not None
    ]
    if limits:
        lines.append("repeated until " + " or ".join(limits) + " are used")
    if adaptive and len(plans) > 1:
        lines.append("after the first time, the bracket that finds the best")
    return "\n".join(lines)


class Progress:
    """Counts evaluations and trials, the rung, the best of those trained furthest, the budget left.

    Args:
        study: Whose state is shown.
        total: Resource the search will use, or None when unknown.
        unit: Name of the resource.
        better: Whether a first metric is better than a second.
    """

    def __init__(
        self,
        study: Study,
        total: float | None,
        unit: str,
        better: Callable[[float, float], bool],
    ) -> None:
        self._study, self._total, self._unit = study, total, unit
        self._better = better
        self._best: tuple[Resource, float] | None = None
        self._bar: Any = None
        self._drawn = 0.0
        self._cell: Any = None
        self._last: Job | None = None

    def __call__(self, job: Job, outcome: Outcome) -> None:
        """Show one more outcome."""
        if outcome.metric is not None and self._is_best(job.resource, outcome.metric):
            self._best = job.resource, outcome.metric
        self._show(job)

    def close(self) -> None:
        """Leave the line as it is and end it."""
        if self._cell is not None and self._last is not None:
            show_line(self._line(self._last), self._cell)
        elif self._bar is not None:
            self._bar.close()
        elif self._drawn:
            print(file=sys.stderr)

    def _is_best(self, resource: Resource, metric: float) -> bool:
        """Whether a result would be the search's, of which those trained furthest are judged."""
        if self._best is None or resource > self._best[0]:
            return True
        return resource == self._best[0] and self._better(metric, self._best[1])

    def _facts(self, job: Job) -> list[str]:
        facts = [f"{len(self._study.scheduler.trials)} trials", f"rung {job.rung} ({job.resource})"]
        if self._best is not None:
            facts.append(f"best {self._best[1]:.6g}")
        if self._total is not None:
            facts.append(f"{max(0, self._total - self._study.scheduler.used):g} {self._unit} left")
        return facts

    def _line(self, job: Job) -> str:
        return "search: " + ", ".join(self._facts(job))

    def _show(self, job: Job) -> None:
        self._last = job
        if is_kernel():
            if time.monotonic() - self._drawn > 0.1:
                self._drawn = time.monotonic()
                self._cell = show_line(self._line(job), self._cell)
            return
        if self._bar is None and not self._drawn:
            self._bar = _tqdm(self._total, self._unit)
        if self._bar is not None:
            self._bar.set_postfix_str(", ".join(self._facts(job)), refresh=False)
            self._bar.update(self._study.scheduler.used - self._bar.n)
        elif time.monotonic() - self._drawn > 0.1:
            self._drawn = time.monotonic()
            print("\r" + self._line(job), end="\033[K", file=sys.stderr)


def _tqdm(total: float | None, unit: str) -> Any:
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(total=total, unit=f" {unit}", file=sys.stderr, dynamic_ncols=True)
