"""The search as users see it: HyperBand and its decorator."""

from __future__ import annotations

import functools
import os

from ato_adict import UserError
from ato_hyperband._errors import SettingsError
from ato_hyperband._objective.arguments import Arguments, takes_more
from ato_hyperband._objective.checkpoints import check_root
from ato_hyperband._schedule.settings import (
    Settings,
    check_positive,
    check_seed,
    check_settings,
    count_jobs,
    plans_of,
)
from ato_hyperband._space.spaces import SearchSpace
from ato_hyperband._study.storage import make_log
from ato_hyperband._telling import AskTell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Protocol, Sequence, TypeVar

    from ato_adict import ADict
    from ato_hyperband._report.result import Result
    from ato_hyperband._trial.brackets import Plan, Resource

    F = TypeVar("F", bound=Callable[..., Any])

    class Search(Protocol[F]):
        """An objective that `main` made a search; calling it runs the search."""

        objective: F

        def __call__(
            self, *values: Any, args: Sequence[str] | None = None, **named: Any
        ) -> Result: ...

        def with_args(self, args: Sequence[str]) -> Callable[..., Result]:
            """The same search with these tokens in place of the command line."""


class HyperBand(AskTell):
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
        mode: 'max' or 'min': whether a greater or a smaller metric is better; a list of them where
            the objective returns several metrics, `['max', 'min']`.
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
        storage: 'sqlite:///study.db', 'postgresql://…' or 'mysql://…' (extras `postgres` and
            `mysql`), or a tracker that logs to one of these: the search is logged there, and goes
            on from there when started again. Programs that run it at the same time share the work.
        study_name: Name inside the storage; the objective's name by default.
        checkpoint_dir: Folder in which each trial has its own, `config.trial.checkpoint_dir`,
            made when it is first read. Given, a rung is charged only for what it adds; by default
            it is one of the study's own in `checkpoints/`, and each rung is charged in full.
        trial_timeout: Seconds one evaluation may take; longer ones count as failed.
        progress: Whether to show progress on stderr; None: at a terminal and in a notebook.
        brackets: 'all' runs those of Algorithm 1 in turn. 'adaptive' runs each once, then the
            kind whose winners were best; where a last choice among η or fewer trials is left,
            all of them are trained to the end. 'one' is the most aggressive alone. Default:
            'adaptive' for 'tpe' with a budget and the synchronous scheduler, else 'all'.
        vertices: Whether 'tpe' begins at vertices of the space, too, and not only inside.
        cost_aware: Whether seconds count: fewer go on where the best take longer than others. What
            is tried then depends on how long evaluations took.
        constraint: Says of a config of the parameters whether it may be tried, as in
            `lambda config: config.low < config.high`; None for all. Its answer must not change.
        grace: Seconds that an evaluation may outlive its trial_timeout, in a call that cannot be
            interrupted, before its process is killed (with n_jobs).
        worker_timeout: With storage, seconds without a sign of life after which what a program
            was working on is given to others. One that died on the same machine is noticed at once.

    Raises:
        SpaceError: A search space is wrong.
        SettingsError: Another argument is wrong.
    """

    __module__ = "ato_hyperband"

    scope: Any
    tracker: Any
    seed: int | None
    n_jobs: int | None
    executor: Any
    storage: Any
    study_name: str | None
    checkpoint_dir: str | None
    progress: bool | None
    worker_timeout: float

    def __init__(
        self,
        scope: Any,
        search_spaces: Any,
        halving_rate: float = 1 / 3,
        num_min_samples: int = 1,
        tracker: Any = None,
        mode: str | Sequence[str] = "max",
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
        grace: float = 5.0,
        vertices: bool = True,
        cost_aware: bool = False,
        constraint: Callable[[ADict], Any] | None = None,
        worker_timeout: float = 60.0,
    ) -> None:
        self.scope = scope
        self.space: SearchSpace = SearchSpace(search_spaces, constraint)
        super().__init__()
        modes: Any = list(mode) if isinstance(mode, (list, tuple)) else mode
        given = Settings(
            halving_rate,
            num_min_samples,
            modes,
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
            grace,
            vertices,
            cost_aware,
        )
        self.settings: Settings = check_settings(given, self.space)
        make_log(storage, "")  # a storage that cannot be is refused now, not after the views ran
        check_seed(seed)
        self.tracker, self.seed, self.storage = tracker, seed, storage
        check_positive("worker_timeout", worker_timeout)
        self.executor, self.worker_timeout = executor, worker_timeout
        self.n_jobs = None if n_jobs is None else count_jobs(n_jobs)
        self.study_name, self.progress = study_name, progress
        self.checkpoint_dir = check_root(checkpoint_dir)

    @property
    def plans(self) -> list[Plan]:
        """The brackets of one sweep over the whole space; printed, each shows its rungs."""
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

    def main(self, function: F) -> Search[F]:
        """Make `function` the objective: calling the result runs the search.

        The objective takes the config (by the scope's parameter name) and returns its metric, or
        yields it after each unit of resource. What is returned gives a `Result`, and has the
        objective as `objective`. What it is called with beside `args` goes to the objective:
        `train(10)`, `train(data=...)`. `args`, or `with_args([...])`, are tokens in place of the
        command line; `train([...])` too, where the objective takes the config alone.
        """
        objective = _inner(function)
        takes_values, takes_args = takes_more(self.scope, objective)

        @functools.wraps(objective)
        def search(*values: Any, **named: Any) -> Result:
            args = None if takes_args else named.pop("args", None)
            if not takes_values and len(values) == 1 and _are_tokens(values[0]):
                args, values = values[0], ()
            return start(args, values, named)

        def start(args: Sequence[str] | None, values: Any, named: Any) -> Result:
            try:
                return self._answer_or_search(objective, args, Arguments(values, named))
            except UserError as error:
                from ato_scope import fail, is_script  # not loaded by a search without a scope

                is_typed = getattr(error, "is_typed", True)
                if is_typed and args is None and is_script():
                    fail(error)
                raise

        search.objective = objective  # type: ignore[attr-defined]
        search.with_args = lambda args: (  # type: ignore[attr-defined]
            lambda *values, **named: start(list(args), values, named)
        )
        return search  # type: ignore[return-value]

    def run(
        self,
        function: Callable[..., Any],
        args: Sequence[str] | None = None,
        *values: Any,
        **named: Any,
    ) -> Result:
        """Search for the config with the best metric of `function`.

        Args:
            function: The objective, as for `main`.
            args: Command-line tokens; None for those of the program.
            *values: Further arguments of the objective, the same ones for every trial.
            **named: Further arguments by name.

        Raises:
            AllTrialsFailedError: No trial gave a usable metric.
            ObjectiveError: The objective cannot be called so, or gave something that is no number.
            StudyMismatchError: The storage holds another search under this name.
        """
        return self._answer_or_search(function, args, Arguments(values, named))

    def _answer_or_search(
        self, function: Callable[..., Any], args: Sequence[str] | None, given: Arguments
    ) -> Result:
        """Return the result; None where a word, such as `manual`, was answered at a prompt."""
        try:
            return self._search(function, args, given)
        except SystemExit as end:
            from ato_scope import go_on  # not loaded by a search without a scope

            go_on(end, args)
            return None  # type: ignore[return-value]

    def _search(
        self, function: Callable[..., Any], args: Sequence[str] | None, given: Arguments
    ) -> Result:
        from ato_hyperband._session import Session

        return Session(self, function, args, given).run()


def _inner(function: Callable[..., Any]) -> Callable[..., Any]:
    """The plain function in what `@scope` returned, should the objective be decorated with it."""
    while hasattr(function, "rewrap") and hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function


def _are_tokens(value: Any) -> bool:
    """Whether the only value of a call is what `args` may be."""
    return value is None or (
        isinstance(value, (list, tuple)) and all(isinstance(token, str) for token in value)
    )
