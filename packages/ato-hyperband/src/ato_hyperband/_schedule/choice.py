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


def choose_plan(plans: Sequence[Plan], winners: Sequence[tuple[int, Loss]], number: int) -> Plan:
    """The plan of a bracket: all of them in turn at first, then the best kind so far.

    Nothing is spent on trying the others again: the mean place of a kind that ceases to win
    falls behind theirs.

    Args:
        plans: The brackets of one sweep.
        winners: For each bracket that has ended, how often its kind halves (s) and the loss of
            its best trial after the whole resource.
        number: The bracket's position in the search.
    """
    if number < len(plans) or not winners:
        return plans[number % len(plans)]
    mean = mean_places(winners)
    return min(plans, key=lambda plan: mean.get(plan.s, 1.0))


def mean_places(winners: Sequence[tuple[int, Loss]]) -> Mapping[int, float]:
    """By kind of bracket the mean place of its winners among all, 0 for the best, towards 1."""
    by_kind: dict[int, list[float]] = {}
    for (s, _), place in zip(winners, places([loss for _, loss in winners])):
        by_kind.setdefault(s, []).append(place / len(winners))
    return {s: sum(found) / len(found) for s, found in by_kind.items()}
