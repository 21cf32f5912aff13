"""From checked settings to a scheduler ready to be driven."""

from __future__ import annotations

from ato_hyperband import _sampling
from ato_hyperband._sampling.sampling import GridSampler, RandomSampler, Sampler
from ato_hyperband._schedule.asha import AsyncHalvingScheduler
from ato_hyperband._schedule.halving import HalvingScheduler
from ato_hyperband._schedule.scheduler import Budget, Scheduler
from ato_hyperband._schedule.settings import Settings, plans_of
from ato_hyperband._space.spaces import SearchSpace


def make_budget(settings: Settings, space: SearchSpace) -> Budget:
    """What the search may use; without any limit, one sweep of all brackets."""
    limits = (settings.max_trials, settings.max_total_resource, settings.max_seconds)
    endless = settings.resource is not None and any(limit is not None for limit in limits)
    trials = settings.max_trials
    if settings.scheduler == "async" and not endless:
        trials = sum(plan.rungs[0].size for plan in plans_of(settings, space))
    return Budget(trials, settings.max_total_resource, None if endless else 1)


def make_sampler(settings: Settings, space: SearchSpace, seed: int) -> Sampler:
    """The sampler of that name."""
    if settings.sampler == "grid":
        whole = settings.resource is None and settings.max_trials is None
        return GridSampler(space, seed, shuffled=not whole)
    if settings.sampler == "tpe":
        return _sampling.TPESampler(space, seed, settings.vertices)
    return RandomSampler(space, seed)


def make_scheduler(
    settings: Settings, space: SearchSpace, seed: int, budget: Budget, continues: bool
) -> Scheduler:
    """The scheduler, its plans and its sampler.

    Args:
        settings: Checked settings.
        space: What is left to search.
        seed: The study seed.
        budget: What the search may use.
        continues: Whether a promoted trial goes on from where it was.
    """
    sampler = make_sampler(settings, space, seed)
    plans = plans_of(settings, space)
    if settings.scheduler == "async":
        return AsyncHalvingScheduler(
            plans, settings.eta, sampler, budget, settings.maximize, continues, settings.cost_aware
        )
    adaptive = settings.brackets == "adaptive"
    return HalvingScheduler(
        plans,
        settings.eta,
        sampler,
        budget,
        settings.maximize,
        continues,
        adaptive,
        settings.cost_aware,
    )
