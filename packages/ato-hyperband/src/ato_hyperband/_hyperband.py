"""The search as users see it: HyperBand and its decorator."""

from __future__ import annotations

import functools
import os
import sys
from typing import Any, Callable, Sequence

from ato_adict import UserError
from ato_hyperband._brackets import Plan, Resource
from ato_hyperband._errors import SettingsError
from ato_hyperband._progress import notice
from ato_hyperband._result import Result
from ato_hyperband._settings import Settings, check_settings, plans_of
from ato_hyperband._spaces import SearchSpace
from ato_hyperband._storage import make_log
from ato_hyperband._workers import count_jobs


class HyperBand:
    """A search over the configs of a scope.

    Without a resource: successive halving over the grid. Every combination is evaluated, the best
    `halving_rate` of them again, and so on while at least `num_min_samples` are left. With a
    resource: Hyperband (Li et al., JMLR 18, 2018), or with `scheduler='async'` ASHA (Li et al.,
    MLSys 2020).

    Args:
        scope: The scope (or MultiScope) whose views and command line make the base config; None
            for a search whose configs hold the parameters only.
        search_spaces: Parameter → fields. `param_type` is 'FLOAT', 'INTEGER' (both with
            `param_range`, `space_type` 'LINEAR' or 'LOG', `num_samples` for grids) or 'CATEGORY'
            (with `categories`). `when={'optimizer': 'adam'}` makes a parameter conditional.
        halving_rate: Share of configurations that goes on at each rung, 1/η; default 1/3.
        num_min_samples: Without a resource, generations end before they hold fewer than this.
        tracker: Makes each trial a run, such as `ato_sql.SQLLogger(config)`.
        mode: 'max' or 'min': whether a greater or a smaller metric is better.
        resource: Name of the resource; the config key of that name tells a plain function until
            where to train. `config.trial` says more.
        max_resource: R, what one configuration may use at most.
        min_resource: What the first rung of the most aggressive bracket uses.
        sampler: 'random', 'grid', or 'tpe', which learns from all rungs; default 'tpe' with a
            resource, 'grid' without.
        scheduler: 'sync' or 'async'.
        seed: Settles everything the search draws; drawn itself, and reported, when None.
        max_trials: Budget in configurations, all sessions together.
        max_total_resource: Budget in resource, all sessions together. Without a budget all
            brackets run once; with one they are repeated until it is used.
        max_seconds: Budget in wall time, all sessions together; no job starts after that.
        n_jobs: Evaluations at once, in as many processes; -1 for one per CPU; default 1, or what
            the executor runs at once as far as it tells.
        executor: A `concurrent.futures.Executor` (or what looks like one) to use instead.
        storage: 'sqlite:///study.db' (or a tracker that logs to SQLite): the search is logged
            there, and goes on from there when started again.
        study_name: Name inside the storage; the objective's name by default.
        checkpoint_dir: Folder for checkpoints. Given, each trial has its own folder in
            `config.trial.checkpoint_dir`, and a rung is charged only for what it adds.
        trial_timeout: Seconds one evaluation may take; longer ones count as failed.
        progress: Whether to show progress on stderr; None: where it is a terminal.
        brackets: 'all' runs those of Algorithm 1 in turn. 'adaptive' runs each once, then mostly
            the kind whose winners were best; where a last choice among η or fewer trials is left,
            all of them are trained to the end. Default: 'adaptive' for 'tpe' with a budget, else
            'all'. The asynchronous scheduler has one bracket and takes neither.

    Raises:
        SpaceError: A search space is wrong.
        SettingsError: Another argument is wrong.
    """

    def __init__(
        self,
        scope: Any,
        search_spaces: Any,
        halving_rate: float = 1 / 3,
        num_min_samples: int = 1,
        tracker: Any = None,
        mode: str = "max",
        *,
        resource: str | None = None,
        max_resource: Resource | None = None,
        min_resource: Resource = 1,
        sampler: str | None = None,
        scheduler: str = "sync",
        seed: int | None = None,
        max_trials: int | None = None,
        max_total_resource: Resource | None = None,
        max_seconds: float | None = None,
        n_jobs: int | None = None,
        executor: Any = None,
        storage: Any = None,
        study_name: str | None = None,
        checkpoint_dir: str | os.PathLike[str] | None = None,
        trial_timeout: float | None = None,
        progress: bool | None = None,
        brackets: str | None = None,
    ) -> None:
        self.scope = scope
        self.space = SearchSpace(search_spaces)
        self.settings = check_settings(
            Settings(
                halving_rate,
                num_min_samples,
                mode,
                resource,
                max_resource,
                min_resource,
                sampler or "",
                scheduler,
                max_trials,
                max_total_resource,
                max_seconds,
                trial_timeout,
                brackets or "",
            ),
            self.space,
        )
        make_log(storage, "")  # a storage that cannot be is refused now, not after the views ran
        self.tracker, self.seed, self.storage = tracker, seed, storage
        self.executor = executor
        self.n_jobs = None if n_jobs is None else count_jobs(n_jobs)
        self.study_name, self.progress = study_name, progress
        self.checkpoint_dir = None if checkpoint_dir is None else os.fspath(checkpoint_dir)

    @property
    def plans(self) -> list[Plan]:
        """The brackets of one sweep over the whole space."""
        return plans_of(self.settings, self.space)

    def num_generations(self) -> int:
        """How many rungs the (most aggressive) bracket has."""
        return len(self.plans[0].rungs)

    def compute_optimized_initial_training_steps(self, max_steps: int) -> list[int]:
        """Training steps for each generation, so that the last trains for `max_steps`.

        Each generation trains `halving_rate` as long as the next; use
        `steps[config.trial.rung]` in an objective of a search without a resource.

        Args:
            max_steps: Steps of the last generation.

        Raises:
            SettingsError: max_steps is not positive.
        """
        if max_steps < 1:
            raise SettingsError(f"max_steps must be at least 1: {max_steps!r}")
        rate, count = self.settings.halving_rate, self.num_generations()
        return [
            int(-(-max_steps * rate ** (count - 1 - g) * (1 - 1e-12) // 1)) for g in range(count)
        ]

    def main(self, function: Callable[..., Any]) -> Callable[..., Result]:
        """Make `function` the objective: calling the result runs the search.

        The objective takes the config (by the scope's parameter name) and returns its metric, or
        yields it after each unit of resource. What is returned takes `args` as `scope.apply`
        does (None: the command line), returns a `Result`, and has the objective as `objective`.
        """
        function = _inner(function)

        @functools.wraps(function)
        def search(args: Sequence[str] | None = None) -> Result:
            try:
                return self.run(function, args)
            except UserError as error:
                if args is None and _is_script():
                    notice("error: " + "; ".join(str(error).splitlines()))
                    raise SystemExit(2) from None
                raise

        search.objective = function  # type: ignore[attr-defined]
        return search

    def run(self, function: Callable[..., Any], args: Sequence[str] | None = None) -> Result:
        """Search for the config with the best metric of `function`.

        Args:
            function: The objective, as for `main`.
            args: Command-line tokens; None for those of the program.

        Raises:
            AllTrialsFailedError: No trial gave a usable metric.
            ObjectiveError: The objective gave something that is no number.
            StudyMismatchError: The storage holds another search under this name.
        """
        from ato_hyperband._session import Session

        return Session(self, function, args).run()


def _is_script() -> bool:
    main = sys.modules.get("__main__")
    return hasattr(main, "__file__") and not hasattr(sys, "ps1") and "pytest" not in sys.modules


def _inner(function: Callable[..., Any]) -> Callable[..., Any]:
    """The plain function in what `@scope` returned, should the objective be decorated with it."""
    while hasattr(function, "rewrap") and hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function
