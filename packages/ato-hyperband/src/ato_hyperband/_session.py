"""One call of a search: base config, what is left of the space, storage, runner, result."""

from __future__ import annotations

import inspect
import sys
from typing import Any, Callable, Sequence

from ato_adict import ADict, UserError, did_you_mean
from ato_hyperband._build import make_budget, make_scheduler
from ato_hyperband._caller import Caller
from ato_hyperband._errors import AllTrialsFailedError, CommandLineError, SettingsError
from ato_hyperband._executor import run_on_executor
from ato_hyperband._objective import Evaluator
from ato_hyperband._progress import Progress, describe_plan, notice
from ato_hyperband._remote import RemoteObjective
from ato_hyperband._result import Result, best_of
from ato_hyperband._serial import run_serial
from ato_hyperband._settings import check_settings, plans_of
from ato_hyperband._spaces import SearchSpace
from ato_hyperband._storage import make_log
from ato_hyperband._study import Study
from ato_hyperband._tracking import Tracking
from ato_hyperband._trial import Evaluation, Trial
from ato_hyperband._workers import WorkerPool

# Words that ask a scope to print something about its config instead of running.
_WORDS = {"manual", "print", "explain", "views", "-h", "--help"}


class Session:
    """One run of a search, from the command line to the result.

    Args:
        search: The HyperBand.
        function: The objective.
        args: Command-line tokens, or None.
        speaks: Whether to say anything on stderr.
    """

    def __init__(
        self,
        search: Any,
        function: Callable[..., Any],
        args: Sequence[str] | None,
        speaks: bool = True,
    ) -> None:
        self.search, self.function, self.speaks = search, function, speaks
        self.settings = search.settings
        self.study_name = search.study_name or getattr(function, "__qualname__", "search")
        self.draft = _draft(search.scope, args)
        self._take_resource_from_command_line()
        self.space = self._space()
        self.is_generator = inspect.isgeneratorfunction(function)
        if self.is_generator and not isinstance(self.settings.max_resource, (int, type(None))):
            raise SettingsError(
                "a generator yields once per unit of resource, so max_resource must be a whole "
                f"number: {self.settings.max_resource!r}"
            )
        self.continues = self.is_generator or search.checkpoint_dir is not None

    def run(self) -> Result:
        """Run to the end of the budget; the result."""
        study = self._study()
        try:
            study.begin()
            if self.speaks:
                self._announce(study)
            self._drive(study)
        finally:
            study.close()
        return self._result(study)

    def _take_resource_from_command_line(self) -> None:
        """`epochs=27` on the command line is what one configuration may use at most."""
        resource = self.settings.resource
        if self.draft is None or resource not in self.draft.assigned:
            return
        maximum = ADict(self.draft.config).get_value_by_name(resource)
        changed = self.settings._replace(max_resource=maximum)
        try:
            self.settings = check_settings(changed, self.search.space)
        except SettingsError as error:
            raise CommandLineError(f"{resource}={maximum!r}: {error}") from None
        if self.speaks:
            notice(f"{resource}={maximum!r} on the command line is the search's max_resource")

    def _space(self) -> SearchSpace:
        space: SearchSpace = self.search.space
        if self.settings.resource in space.by_name:
            raise SettingsError(
                f"{self.settings.resource!r} is the resource of the search and cannot be one of "
                "its parameters"
            )
        if self.draft is None:
            return space
        _check_reserved(self.draft)
        space, notes = _left_to_search(space, self.draft)
        if self.speaks:
            for note in notes:
                notice(note)
        return space

    def _study(self) -> Study:
        settings = self.settings
        log = self._open_log()
        budget = make_budget(settings)
        scheduler = make_scheduler(settings, self.space, self.seed, budget, self.continues)
        return Study(scheduler, self.space, log, budget, settings.max_seconds)

    def _open_log(self) -> Any:
        log = make_log(self.search.storage, self.study_name)
        self.seed = log.open(self._identity())["seed"]
        return log

    def _identity(self) -> Any:
        """What two sessions must agree on to be parts of one search; budgets may differ."""
        settings = self.settings._asdict()
        for name in ("max_trials", "max_total_resource", "max_seconds", "trial_timeout"):
            del settings[name]
        given = self.search.seed
        return {
            **settings,
            "space": self.space.describe(),
            "continues": self.continues,
            "seed": _fresh_seed() if given is None else int(given),
            "seed_given": given is not None,
        }

    def _announce(self, study: Study) -> None:
        plans = plans_of(self.settings, self.space)
        budget = make_budget(self.settings)
        adaptive = self.settings.brackets == "adaptive"
        resource = self.settings.resource
        notice(describe_plan(plans, resource, budget, self.continues, adaptive))
        notice(f"seed {self.seed}")
        if study.replayed:
            notice(f"resumed: {study.replayed} evaluations are taken from the storage")

    def _drive(self, study: Study) -> None:
        caller = self._caller()
        progress = self._progress(study)
        tracking = self._tracking(study, caller)
        study.listeners += [listener for listener in (tracking, progress) if listener is not None]
        interrupted = True
        try:
            self._run(study, caller)
            interrupted = False
        finally:
            if progress is not None:
                progress.close()
            if tracking is not None:
                tracking.close(self._best(study), interrupted)

    def _tracking(self, study: Study, caller: Caller) -> Tracking | None:
        if self.search.tracker is None or not self.speaks:
            return None
        return Tracking(self.search.tracker, study, caller, self.study_name, self.settings.mode)

    def _best(self, study: Study) -> tuple[Trial, Evaluation] | None:
        settings = self.settings
        return best_of(study.scheduler.trials, settings.maximize, settings.resource is None)

    def _run(self, study: Study, caller: Caller) -> None:
        """Choose who does the work."""
        search = self.search
        if search.executor is not None:
            objective = RemoteObjective(self.function, f"{self.seed}-{id(study)}")
            run_on_executor(study, caller, objective, search.executor, search.n_jobs)
        elif search.n_jobs is not None and search.n_jobs > 1:
            WorkerPool(
                study, caller, self.function, search.n_jobs, self._lookahead(search.n_jobs)
            ).run()
        else:
            run_serial(study, caller, Evaluator(self.function))

    def _lookahead(self, workers: int) -> int:
        """How many jobs to choose from; asking early would change an asynchronous search."""
        return 8 * workers if self.settings.scheduler == "sync" else 1

    def _progress(self, study: Study) -> Progress | None:
        wanted = self.search.progress
        if wanted is False or not self.speaks or (wanted is None and not sys.stderr.isatty()):
            return None
        total = self.settings.max_total_resource
        unit = self.settings.resource or "evaluations"
        return Progress(study.scheduler, total, unit, self._better)

    def _better(self, one: float, other: float) -> bool:
        return one > other if self.settings.maximize else one < other

    def _caller(self) -> Caller:
        settings = self.settings
        return Caller(
            self.draft,
            self.search.scope,
            self.function,
            settings.resource,
            settings.max_resource if self.is_generator else None,
            self.search.checkpoint_dir,
            settings.trial_timeout,
        )

    def _result(self, study: Study) -> Result:
        settings = self.settings
        # When the time is up, some trials have been drawn that no worker has begun.
        trials = [trial for trial in study.scheduler.trials if trial.evaluations]
        best = self._best(study)
        if best is None:
            raise _nothing_worked(trials)
        trial, evaluation = best
        return Result(
            self._caller().config_of(trial, evaluation),
            trial,
            evaluation,
            trials,
            self.space,
            settings.mode,
            self.seed,
            study.scheduler.used,
            study.seconds,
            settings.resource,
            study.scheduler.history,
        )


def _draft(scope: Any, args: Sequence[str] | None) -> Any:
    if scope is None:
        return None
    if _WORDS.intersection(arg.split("=")[0] for arg in (sys.argv[1:] if args is None else args)):
        scope.apply(args)  # prints what was asked for and ends the program
    try:
        return scope.draft(args)
    except UserError:
        scope.apply(args)  # the same mistake, which at a command line ends with one line
        raise


def _check_reserved(draft: Any) -> None:
    config = ADict(draft.config)
    taken = [key for key in config.flatten() if key.split(".")[-1] == "trial"]
    if config.has("trial") or taken:
        raise SettingsError(
            "a view defines 'trial', the key under which a search tells each trial its number, "
            "seed and resource; give yours another name"
        )


def _left_to_search(space: SearchSpace, draft: Any) -> tuple[SearchSpace, list[str]]:
    """The space without what the command line fixed, and what there is to say about it."""
    notes = []
    config = ADict(draft.config)
    known = config.flatten()
    fixed = {}
    for parameter in space:
        name = parameter.name
        if name in draft.assigned:
            fixed[name] = config.get_value_by_name(name)
            notes.append(f"{name}={fixed[name]!r} is fixed on the command line, not searched")
        elif not config.has(name):
            notes.append(
                f"warning: no view defines {name!r}, which the search sets"
                f"{did_you_mean(name, list(known))}"
            )
    return (space.without(fixed) if fixed else space), notes


def _fresh_seed() -> int:
    import secrets

    return secrets.randbits(32)


def _nothing_worked(trials: list[Any]) -> AllTrialsFailedError:
    if not trials:
        return AllTrialsFailedError(
            "the budget allows no trial; raise max_total_resource, max_trials or max_seconds"
        )
    last = next((t.error for t in reversed(trials) if t.error), "")
    return AllTrialsFailedError(f"all {len(trials)} trials failed; the last one with:\n{last}")
