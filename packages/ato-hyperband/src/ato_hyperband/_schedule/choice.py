"""Which bracket comes next, by what those before it have found.

How early a configuration may be judged depends on the problem: where the first epochs tell the
last, brackets that halve often find the most for their cost; where they mislead, those that halve
little do. All brackets of a sweep cost about the same, so the best trial of each says which kind
serves this problem (Li et al., "Hyper-Tune", VLDB 2022, choose by how well fidelities rank).
"""

from __future__ import annotations

from typing import Mapping, Sequence

from ato_hyperband._trial.brackets import Plan
from ato_hyperband._trial.order import Loss, places

# Of so many brackets one is of another kind than the best, in case that changes.
PERIOD = 3


def choose_plan(plans: Sequence[Plan], winners: Sequence[tuple[int, Loss]], number: int) -> Plan:
    """The plan of a bracket: all of them in turn at first, then mostly the best kind so far.

    Args:
        plans: The brackets of one sweep.
        winners: For each bracket that has ended, how often its kind halves (s) and the loss of
            its best trial after the whole resource.
        number: The bracket's position in the search.
    """
    if number < len(plans) or not winners:
        return plans[number % len(plans)]
    mean = mean_places(winners)
    best = min(plans, key=lambda plan: mean.get(plan.s, 1.0))
    turn, step = divmod(number - len(plans), PERIOD)
    others = [plan for plan in plans if plan is not best]
    return others[turn % len(others)] if others and step == PERIOD - 1 else best


def mean_places(winners: Sequence[tuple[int, Loss]]) -> Mapping[int, float]:
    """By kind of bracket the mean place of its winners among all, 0 for the best, towards 1."""
    by_kind: dict[int, list[float]] = {}
    for (s, _), place in zip(winners, places([loss for _, loss in winners])):
        by_kind.setdefault(s, []).append(place / len(winners))
    return {s: sum(found) / len(found) for s, found in by_kind.items()}
