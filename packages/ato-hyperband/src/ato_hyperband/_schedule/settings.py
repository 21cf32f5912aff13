"""The arguments of a search, checked before anything runs."""

from __future__ import annotations

import math
import os
from typing import Any, NamedTuple

from ato_adict import did_you_mean
from ato_hyperband._errors import SettingsError
from ato_hyperband._space.fields import is_number, is_whole
from ato_hyperband._space.grid import Grid
from ato_hyperband._space.spaces import SearchSpace
from ato_hyperband._trial.brackets import Plan, Resource, grid_halving_plan, hyperband_brackets

MODES = ["max", "min"]
SAMPLERS = ["random", "grid", "tpe"]
SCHEDULERS = ["sync", "async"]
BRACKETS = ["all", "one", "adaptive"]


class Settings(NamedTuple):
    """Checked arguments of HyperBand; see there."""

    halving_rate: float
    num_min_samples: int
    mode: str | list[str]
    resource: str | None
    max_resource: Resource | None
    min_resource: Resource
    sampler: str
    scheduler: str
    max_trials: int | None
    max_total_resource: Resource | None
    max_seconds: float | None
    trial_timeout: float | None
    brackets: str
    grace: float
    vertices: bool = True
    cost_aware: bool = False

    @property
    def eta(self) -> float:
        """The reduction factor: 1 / halving_rate."""
        eta = 1 / self.halving_rate
        return float(round(eta)) if abs(eta - round(eta)) < 1e-9 else eta

    @property
    def modes(self) -> list[str]:
        """The mode of each objective."""
        return [self.mode] if isinstance(self.mode, str) else self.mode

    @property
    def maximize(self) -> tuple[bool, ...]:
        """For each objective, whether a greater metric is better."""
        return tuple(mode == "max" for mode in self.modes)


def check_settings(given: Settings, space: SearchSpace) -> Settings:
    """The settings with defaults filled in.

    Raises:
        SettingsError: An argument is wrong; the message names it.
    """
    given = given._replace(mode=_checked_mode(given.mode))
    _check_choice("scheduler", given.scheduler, SCHEDULERS)
    sampler = given.sampler or ("grid" if given.resource is None else "tpe")
    _check_choice("sampler", sampler, SAMPLERS)
    brackets = _checked_brackets(given, sampler)
    _check_rate(given.halving_rate)
    _check_whole("num_min_samples", given.num_min_samples)
    for name in ("vertices", "cost_aware"):
        if not isinstance(getattr(given, name), bool):
            raise SettingsError(f"{name} must be True or False: {getattr(given, name)!r}")
    _check_resource(given, space)
    _check_budgets(given)
    checked = given._replace(
        sampler=sampler, brackets=brackets, num_min_samples=int(given.num_min_samples)
    )
    _check_size(checked, space)
    return checked


def plans_of(settings: Settings, space: SearchSpace) -> list[Plan]:
    """The brackets of one sweep."""
    if settings.resource is not None:
        maximum = settings.max_resource or 1
        plans = hyperband_brackets(maximum, settings.min_resource, settings.eta)
        if settings.brackets == "one":
            plans = plans[:1]
        if settings.brackets == "adaptive":
            plans = [plan.with_finalists(settings.eta) for plan in plans]
        return plans
    size = settings.max_trials or 1
    if settings.sampler == "grid":
        whole = Grid(space).allowed()
        size = min(whole, settings.max_trials or whole)
    return [grid_halving_plan(size, settings.halving_rate, settings.num_min_samples)]


def count_jobs(n_jobs: Any) -> int:
    """How many processes are meant; -1 is one per CPU this process may use.

    Raises:
        SettingsError: It is neither -1 nor a positive whole number.
    """
    if isinstance(n_jobs, bool) or not isinstance(n_jobs, int) or n_jobs == 0 or n_jobs < -1:
        raise SettingsError(f"n_jobs must be at least 1, or -1 for one per CPU: {n_jobs!r}")
    if n_jobs > 0:
        return n_jobs
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _checked_mode(mode: Any) -> str | list[str]:
    """One mode, or one for each of several objectives."""
    if not isinstance(mode, (list, tuple)):
        _check_choice("mode", mode, MODES)
        return str(mode)
    for one in mode:
        _check_choice("mode", one, MODES)
    if not mode:
        raise SettingsError("mode is empty; give 'max', 'min', or one of them per objective")
    return list(mode) if len(mode) > 1 else str(mode[0])


def _checked_brackets(given: Settings, sampler: str) -> str:
    if given.brackets == "adaptive" and given.scheduler == "async":
        raise SettingsError(
            "brackets='adaptive' is for scheduler='sync'; asynchronous halving takes 'all' or 'one'"
        )
    brackets = given.brackets or _default_brackets(given, sampler)
    _check_choice("brackets", brackets, BRACKETS)
    return brackets


def _default_brackets(given: Settings, sampler: str) -> str:
    """Algorithm 1 for random draws; a search that learns also learns where to spend a budget."""
    budgets = (given.max_trials, given.max_total_resource, given.max_seconds)
    limited = any(budget is not None for budget in budgets)
    learns = sampler == "tpe" and given.scheduler == "sync"
    return "adaptive" if learns and limited else "all"


def _check_choice(name: str, value: Any, allowed: list[str]) -> None:
    if value not in allowed:
        hint = did_you_mean(value, allowed) if isinstance(value, str) else ""
        raise SettingsError(f"unknown {name} {value!r}{hint}; give one of {', '.join(allowed)}")


def _check_rate(rate: Any) -> None:
    if not is_number(rate) or not 0 < rate < 1:
        raise SettingsError(
            f"halving_rate is the share that goes on and must be between 0 and 1: {rate!r}"
        )


def _check_whole(name: str, value: Any) -> None:
    if not is_whole(value) or value < 1:
        raise SettingsError(f"{name} must be a whole number of at least 1: {value!r}")


def check_positive(name: str, value: Any) -> None:
    """Check that an argument is a positive number.

    Raises:
        SettingsError: It is not.
    """
    if not is_number(value) or not math.isfinite(value) or value <= 0:
        raise SettingsError(f"{name} must be a positive number: {value!r}")


def check_seed(seed: Any) -> None:
    """Check that a seed is a whole number, or None.

    Raises:
        SettingsError: It is not.
    """
    if seed is not None and not is_whole(seed):
        raise SettingsError(f"seed must be a whole number: {seed!r}")


def _check_resource(given: Settings, space: SearchSpace) -> None:
    if given.resource is None:
        if given.max_resource is not None:
            raise SettingsError(
                "max_resource needs the name of the resource: resource='epochs', max_resource=81"
            )
        if given.scheduler == "async":
            raise SettingsError(
                "scheduler='async' needs a resource: resource='epochs', max_resource=81"
            )
        return
    if not isinstance(given.resource, str) or not given.resource:
        raise SettingsError(f"resource is the name of a config key: {given.resource!r}")
    if given.resource in space.by_name:
        raise SettingsError(
            f"{given.resource!r} is the resource of the search and cannot be one of its parameters"
        )
    if given.resource == "trial":
        raise SettingsError(
            "'trial' is where a search tells each trial its number; name the resource otherwise"
        )
    if given.max_resource is None:
        raise SettingsError(f"resource={given.resource!r} needs max_resource, such as 81")
    check_positive("max_resource", given.max_resource)
    check_positive("min_resource", given.min_resource)
    if given.min_resource > given.max_resource:
        raise SettingsError(
            f"min_resource {given.min_resource!r} is above max_resource {given.max_resource!r}"
        )


def _check_budgets(given: Settings) -> None:
    if given.max_trials is not None:
        _check_whole("max_trials", given.max_trials)
    for name in ("max_total_resource", "max_seconds", "trial_timeout", "grace"):
        value = getattr(given, name)
        if value is not None:
            check_positive(name, value)


def _check_size(settings: Settings, space: SearchSpace) -> None:
    if settings.sampler != "grid":
        if settings.resource is None and settings.max_trials is None:
            raise SettingsError(
                f"sampler={settings.sampler!r} without a resource needs max_trials: how many "
                "configurations to draw"
            )
        return
    size = len(Grid(space)) if settings.resource else Grid(space).allowed()
    if size == 0:
        raise SettingsError("the constraint allows no combination of the grid")
    if settings.resource is None and settings.num_min_samples > size:
        raise SettingsError(
            f"num_min_samples={settings.num_min_samples} is larger than the space, which has "
            f"{size} combination{'s' if size != 1 else ''}"
        )
