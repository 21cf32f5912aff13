"""One call of a search: base config, what is left of the space, storage, runner, result."""

from __future__ import annotations

import inspect
import secrets
import uuid
from typing import Any, Callable, Sequence

from ato_adict import ADict, did_you_mean
from ato_hyperband import _study, _workers
from ato_hyperband._errors import AllTrialsFailedError, CommandLineError, SettingsError
from ato_hyperband._objective.arguments import NOTHING, Arguments, check_call
from ato_hyperband._objective.checkpoints import free_root
from ato_hyperband._objective.remote import RemoteObjective
from ato_hyperband._objective.tasks import Tasks
from ato_hyperband._report.progress import Progress, describe_plan, is_watched, notice
from ato_hyperband._report.result import Result, best_of
from ato_hyperband._schedule.build import make_budget, make_scheduler
from ato_hyperband._schedule.scheduler import Scheduler
from ato_hyperband._schedule.settings import check_settings, plans_of
from ato_hyperband._space.spaces import SearchSpace
from ato_hyperband._study.given import given_events
from ato_hyperband._study.log import Event, Log
from ato_hyperband._study.storage import make_log
from ato_hyperband._study.study import Study
from ato_hyperband._study.tracking import LedTracking, Tracking
from ato_hyperband._trial.trial import Evaluation, Trial

# What may differ between two sessions of one search: how much is done, and how patiently.
_NOT_IDENTITY = ("max_trials", "max_total_resource", "max_seconds", "trial_timeout", "grace")
# The note of a study that says where its trials keep their files.
_CHECKPOINTS = "checkpoints"


class Session:
    """One run of a search, from the command line to the result.

    Args:
        search: The HyperBand.
        function: The objective; None for one that asks and tells.
        args: Command-line tokens, or None.
        given: What the call passes on to the objective.
        speaks: Whether to say anything on stderr.
    """

    # Whether a stored study is worked on by any program that calls the same search.
    shares = True

    def __init__(
        self,
        search: Any,
        function: Callable[..., Any] | None,
        args: Sequence[str] | None,
        given: Arguments = NOTHING,
        speaks: bool = True,
    ) -> None:
        self.search, self.speaks = search, speaks
        self.function: Any = function
        self.given = given
        self.settings = search.settings
        self.study_name = search.study_name or getattr(function, "__qualname__", "search")
        # Words such as `manual` are the scope's to answer; it ends the program then.
        self.draft = None if search.scope is None else search.scope.draft(args)
        if search.scope is None and args:
            raise SettingsError(
                f"{list(args)!r} would change nothing: a search without a scope has no config to "
                "change; give HyperBand a scope"
            )
        if function is not None:
            check_call(search.scope, function, given)
        self._take_resource_from_command_line()
        self.space = self._space()
        self.is_generator = inspect.isgeneratorfunction(function)
        if self.is_generator and not isinstance(self.settings.max_resource, (int, type(None))):
            raise SettingsError(
                "a generator yields once per unit of resource, so max_resource must be a whole "
                f"number: {self.settings.max_resource!r}"
            )
        # A loop of the user's own goes on with what it has trained.
        self.is_free = self.is_generator or function is None
        self.continues = self.is_free or search.checkpoint_dir is not None

    def run(self) -> Result:
        """Run to the end of the budget; the result."""
        study = self.begin()
        interrupted = True
        try:
            self._run(study, self.tasks)
            interrupted = False
        finally:
            self.end(study, interrupted)
        return self.result(study)

    def begin(self) -> Study:
        """The study, its past replayed, with those who listen to it."""
        log, identity, past = self._open_log()
        self.seed = identity["seed"]
        study = self._study(log)
        try:
            self.checkpoints = self._checkpoints(log)
            study.begin(past)
            for event in given_events(self.search.given, self.space):
                study.give(event)
            if self.speaks:
                self._announce(study)
            self._listen(study)
        except BaseException:
            study.close()
            raise
        return study

    def end(self, study: Study, interrupted: bool) -> None:
        """End the display and the runs of the tracker, and let go of the log."""
        try:
            if self._progress is not None:
                self._progress.close()
            if self._tracking is not None:
                self._tracking.close(self._best(study), interrupted)
        finally:
            study.close()

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
        if self.draft is None:
            return space
        _check_reserved(self.draft)
        space, notes = _left_to_search(space, self.draft)
        if self.speaks:
            for note in notes:
                notice(note)
        return space

    def _study(self, log: Any) -> Study:
        settings = self.settings
        budget = make_budget(settings, self.space)

        def scheduler() -> Scheduler:
            return make_scheduler(settings, self.space, self.seed, budget, self.continues)

        if self.search.storage is None or not self.shares:
            return Study(scheduler(), self.space, log, budget, settings.max_seconds)
        tracks = self.search.tracker is not None
        program = _study.Program(uuid.uuid4().hex, tracks, self.search.worker_timeout)
        return _study.SharedStudy(
            scheduler, self.space, log, budget, settings.max_seconds, program, self._lookahead(1)
        )

    def _open_log(self) -> tuple[Log, Event, list[Event]]:
        """The log, what its study was begun with, and the events of earlier sessions."""
        log = make_log(self.search.storage, self.study_name)
        identity = log.open(self._identity())
        return log, identity, log.events()

    def _checkpoints(self, log: Log) -> str:
        """The folder in which trials have theirs: the one given, or one that the study keeps."""
        if self.search.checkpoint_dir is not None:
            return str(self.search.checkpoint_dir)
        root = log.notes().get(_CHECKPOINTS)
        if root is None:
            root = free_root(self.study_name, self.seed)
            log.note(_CHECKPOINTS, root)
        return root

    def _identity(self) -> Event:
        """What two sessions must agree on to be parts of one search."""
        settings = self.settings._asdict()
        for name in _NOT_IDENTITY:
            del settings[name]
        given = self.search.seed
        return {
            **settings,
            "space": self.space.describe(),
            "continues": self.continues,
            "seed": secrets.randbits(32) if given is None else int(given),
            "seed_given": given is not None,
        }

    def _announce(self, study: Study) -> None:
        plans = plans_of(self.settings, self.space)
        budget = make_budget(self.settings, self.space)
        adaptive = self.settings.brackets == "adaptive"
        resource = self.settings.resource
        notice(describe_plan(plans, resource, budget, self.continues, adaptive))
        notice(f"seed {self.seed}")
        if study.replayed:
            notice(f"resumed: {study.replayed} evaluations are taken from the storage")

    def _listen(self, study: Study) -> None:
        self.tasks = self._make_tasks()
        self._progress = self._make_progress(study)
        self._tracking = self._make_tracking(study, self.tasks)
        listeners = (self._tracking, self._progress)
        study.listeners += [listener for listener in listeners if listener is not None]

    def _make_tracking(self, study: Study, tasks: Tasks) -> LedTracking | None:
        tracker, mode = self.search.tracker, self.settings.modes[0]
        if tracker is None or not self.speaks:
            return None
        return LedTracking(lambda: Tracking(tracker, study, tasks, self.study_name, mode), study)

    def _best(self, study: Study) -> tuple[Trial, Evaluation] | None:
        return best_of(study.scheduler.trials, self.settings.maximize)

    def _run(self, study: Study, tasks: Tasks) -> None:
        """Choose who does the work."""
        executor, n_jobs = self.search.executor, self.search.n_jobs
        objective = RemoteObjective(self.function, f"{self.seed}-{id(study)}", self.given)
        if executor is not None:
            _workers.run_on_executor(study, tasks, objective, executor, n_jobs)
        elif n_jobs is not None and n_jobs > 1:
            # What this program has asked for ahead, others cannot begin.
            lookahead = 1 if self.search.storage is not None else self._lookahead(n_jobs)
            grace = self.settings.grace
            _workers.WorkerPool(study, tasks, objective, n_jobs, lookahead, grace).run()
        else:
            _workers.run_serial(study, tasks, objective.evaluator())

    def _lookahead(self, workers: int) -> int:
        """How many jobs to choose from; asking early would change an asynchronous search."""
        return 8 * workers if self.settings.scheduler == "sync" else 1

    def _make_progress(self, study: Study) -> Progress | None:
        wanted = self.search.progress
        if wanted is False or not self.speaks or (wanted is None and not is_watched()):
            return None
        total = self.settings.max_total_resource
        unit = self.settings.resource or "evaluations"
        return Progress(study, total, unit, self._better)

    def _better(self, one: float, other: float) -> bool:
        return one > other if self.settings.maximize[0] else one < other

    def _make_tasks(self) -> Tasks:
        settings = self.settings
        return Tasks(
            self.draft,
            self.search.scope,
            self.function,
            settings.resource,
            settings.max_resource if self.is_free else None,
            self.checkpoints,
            settings.trial_timeout,
            self.given,
            len(settings.modes),
            self.continues,
        )

    def result(self, study: Study) -> Result:
        """What the study has found so far."""
        settings = self.settings
        # When the time is up, some trials have been drawn that no worker has begun.
        trials = [trial for trial in study.scheduler.trials if trial.evaluations]
        best = self._best(study)
        if best is None:
            raise _nothing_worked(trials)
        trial, evaluation = best
        return Result(
            self.tasks.config_of(trial, evaluation),
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


def _nothing_worked(trials: list[Trial]) -> AllTrialsFailedError:
    if not trials:
        return AllTrialsFailedError(
            "the budget allows no trial; raise max_total_resource, max_trials or max_seconds"
        )
    last = next((t.error for t in reversed(trials) if t.error), "")
    return AllTrialsFailedError(f"all {len(trials)} trials failed; the last one with:\n{last}")
