"""How many configurations run for how long: the brackets of Hyperband, and plain halving."""

from __future__ import annotations

import math
from typing import NamedTuple, Union

Resource = Union[int, float]


class Rung(NamedTuple):
    """One stage of a bracket: this many trials, each trained until it has used `resource`."""

    size: int
    resource: Resource


class Plan(NamedTuple):
    """One run of successive halving.

    Attributes:
        s: How many times the bracket halves (the paper's s); the most aggressive has the most.
        rungs: From the widest, shortest stage to the narrowest, longest.
    """

    s: int
    rungs: tuple[Rung, ...]

    def __str__(self) -> str:
        stages = " → ".join(f"{rung.size}@{rung.resource}" for rung in self.rungs)
        return f"bracket s={self.s}: {stages}"

    def cost(self, continues: bool) -> Resource:
        """Resource the whole bracket uses, when trials continue or start over at each rung."""
        total: Resource = 0
        reached: Resource = 0
        for rung in self.rungs:
            total += rung.size * (rung.resource - reached)
            if continues:
                reached = rung.resource
        return total

    def with_finalists(self, eta: float) -> Plan:
        """The plan without its last choice, where that is among no more than η trials.

        They all go to the end instead, so that the result is chosen by what it is chosen for and
        workers share the longest stage. The trials of the stage before are still its best 1/η.
        """
        if len(self.rungs) < 3 or self.rungs[-2].size > _floor(eta):
            return self
        finalists = Rung(self.rungs[-2].size, self.rungs[-1].resource)
        return Plan(self.s, (*self.rungs[:-2], finalists))

    def resized(self, size: int, eta: float) -> Plan:
        """The same stages begun with another number of trials; stages left empty are dropped."""
        sizes = [_floor(size / eta**i) for i in range(len(self.rungs))]
        kept = [Rung(n, rung.resource) for n, rung in zip(sizes, self.rungs) if n]
        return Plan(self.s, tuple(kept))


# In the body of a NamedTuple it counts from Python 3.9 only.
Rung.__module__ = Plan.__module__ = "ato_hyperband"


def hyperband_brackets(max_resource: Resource, min_resource: Resource, eta: float) -> list[Plan]:
    """The outer loop of Algorithm 1 of Li et al., JMLR 18 (2018), 185:1-52.

    With R = 81 and η = 3 the brackets begin with 81, 34, 15, 8 and 5 configurations. (The
    paper's printed Table 1 says 81, 27, 9, 6, 5; its algorithm, followed here, does not.)

    Args:
        max_resource: R, what one configuration may use at most.
        min_resource: What the first rung of the most aggressive bracket uses.
        eta: η, of each rung's configurations 1/η go on; above 1.
    """
    s_max = _floor(math.log(max_resource / min_resource) / math.log(eta))
    return [halving_plan(s, s_max, max_resource, min_resource, eta) for s in range(s_max, -1, -1)]


def halving_plan(
    s: int, s_max: int, max_resource: Resource, min_resource: Resource, eta: float
) -> Plan:
    """One bracket of Algorithm 1: n = ⌈(s_max + 1) · η^s / (s + 1)⌉ configurations at first."""
    n = _ceil((s_max + 1) * eta**s / (s + 1))
    rungs = [
        Rung(_floor(n / eta**i), _resource(max_resource, min_resource, eta ** (s - i)))
        for i in range(s + 1)
    ]
    return Plan(s, tuple(rungs))


def grid_halving_plan(size: int, kept: float, num_min_samples: int) -> Plan:
    """Successive halving without a resource: `size` configurations, of each generation a share.

    Generations are evaluated while they hold at least `num_min_samples` configurations; the
    first always is. Each generation counts one unit of resource more than the one before.
    """
    sizes = [size]
    while True:
        following = _floor(sizes[-1] * kept)
        if following < max(num_min_samples, 1) or following == sizes[-1]:
            break
        sizes.append(following)
    return Plan(len(sizes) - 1, tuple(Rung(n, i + 1) for i, n in enumerate(sizes)))


def largest_affordable(
    plan: Plan,
    eta: float,
    continues: bool,
    budget: Resource | None,
    trials: int | None,
) -> Plan | None:
    """The plan begun with as many trials as the budgets allow, or None when they allow none.

    Where only a few trials are left the shortest rungs are dropped, so that one trial reaches
    the top.
    """
    most = plan.rungs[0].size if trials is None else min(plan.rungs[0].size, trials)
    dropped = 0
    while dropped + 1 < len(plan.rungs) and most < eta ** (len(plan.rungs) - 1 - dropped) - 1e-9:
        dropped += 1
    for first in range(dropped if trials is not None else 0, -1, -1):
        shorter = Plan(plan.s - first, plan.rungs[first:])
        size = _affordable_size(shorter, eta, continues, budget, most)
        if size == shorter.rungs[0].size:
            return shorter  # as it was announced, however its stages were rounded
        if size:
            return shorter.resized(size, eta)
    return None


def _affordable_size(
    plan: Plan, eta: float, continues: bool, budget: Resource | None, most: int
) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if budget is None or plan.resized(middle, eta).cost(continues) <= budget:
            low = middle
        else:
            high = middle - 1
    return low


def _resource(maximum: Resource, minimum: Resource, divisor: float) -> Resource:
    """Maximum / divisor: a whole number when both ends are, never below the minimum."""
    if isinstance(maximum, int) and isinstance(minimum, int):
        return max(minimum, int(maximum / divisor + 0.5))
    return max(minimum, maximum / divisor)


def _floor(x: float) -> int:
    # 81 / 3**4 and log(243, 3) miss the whole number by a rounding error.
    return math.floor(x * (1 + 1e-12) + 1e-9)


def _ceil(x: float) -> int:
    return math.ceil(x * (1 - 1e-12) - 1e-9)
