"""Each trial as a run of an experiment tracker, below one run for the whole search.

Of the programs that share a study one speaks to the tracker, the next one when it is gone: what
was logged of each trial stands in the notes of the study's log. Each result is logged, and twice at
its step if a program is killed between the tracker and the note.

Any object with `start(tags=, parent=, config=, …)` will do that returns runs with `uuid`,
`log_metric`, `log_metrics`, `log_note` and `finish`; `ato_sql.SQLLogger` is one. Where it has
`reopen(uuid)` too, a resumed search goes on logging to the runs it had begun; otherwise trials
that were paused when it ended get a new run, with everything they had logged.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from ato_hyperband._objective.tasks import Tasks
from ato_hyperband._study.study import Study
from ato_hyperband._trial.brackets import Resource
from ato_hyperband._trial.trial import Evaluation, Job, Outcome, Trial

METRIC = "metric"
# The note of a study whose runs have ended: how many evaluations it had then.
ENDED = "tracked"


class Tracking:
    """A listener of a study that logs what it hears.

    Args:
        tracker: The tracker.
        study: The study; its log remembers which runs were begun.
        tasks: Knows the configs.
        name: Name of the study.
        mode: 'max' or 'min'; a tag of the search, `mode-max` or `mode-min`.
    """

    def __init__(self, tracker: Any, study: Study, tasks: Tasks, name: str, mode: str) -> None:
        self._tracker, self._study, self._tasks = tracker, study, tasks
        self._runs: dict[int, Any] = {}
        self._notes: dict[str, str] = study.log.notes()
        self._ended = 0
        tags = ["search", name, f"mode-{mode}"]
        self._search = self._open("search", tags, None, tasks.base_config())
        # The last session may have been killed between the study's log and the tracker.
        for trial in study.scheduler.trials:
            self._catch_up(trial)
        self._finish_retired()

    def __call__(self, job: Job, outcome: Outcome) -> None:
        """Log one evaluation, and end the runs of trials that will not go on."""
        self._catch_up(job.trial)
        self._finish_retired()

    def close(self, best: tuple[Trial, Evaluation] | None, interrupted: bool) -> None:
        """End the run of the search; if it is over, those of all trials too."""
        if interrupted:
            self._search.finish("interrupted")
            return
        for trial in self._study.scheduler.trials:
            self._finish(trial)
        if best is not None:
            trial, evaluation = best
            self._search.log_metrics(
                {"best_metric": evaluation.outcome.metric, "best_trial": trial.number}
            )
        self._search.finish("completed" if best is not None else "failed")

    def hand_over(self) -> None:
        """End the runs so that another program can reopen them."""
        for run in self._runs.values():
            run.finish("interrupted")
        self._search.finish("interrupted")

    def _catch_up(self, trial: Trial) -> None:
        """Log what is known of a trial and was not logged yet."""
        _, logged, ended = self._note_of(trial)
        if ended or logged == len(trial.evaluations):
            return
        run = self._run_of(trial)
        for evaluation in trial.evaluations[self._note_of(trial).logged :]:
            _log(run, evaluation)
        self._remember(trial, run.uuid, ended=False)

    def _finish_retired(self) -> None:
        retired = self._study.scheduler.retired
        for trial in retired[self._ended :]:
            self._finish(trial)
        self._ended = len(retired)

    def _finish(self, trial: Trial) -> None:
        if trial.evaluations and not self._note_of(trial).ended:
            self._catch_up(trial)  # other programs may have told of it since
            run = self._run_of(trial)
            run.finish("failed" if trial.failed else "completed")
            self._remember(trial, run.uuid, ended=True)
            del self._runs[trial.number]

    def _run_of(self, trial: Trial) -> Any:
        """The open run of a trial: this session's, or that of an earlier one, or a new one."""
        run = self._runs.get(trial.number)
        if run is None:
            tags = ["trial", f"bracket-{trial.bracket}", trial.origin]
            config = self._tasks.config_of(trial, trial.evaluations[-1])
            run = self._open(_key(trial), tags, self._search.uuid, config)
            self._runs[trial.number] = run
        return run

    def _open(self, key: str, tags: list[str], parent: Any, config: Any) -> Any:
        known = _parse(self._notes.get(key, ""))
        if known.uuid and hasattr(self._tracker, "reopen"):
            return self._tracker.reopen(known.uuid)
        run = self._tracker.start(tags=tags, parent=parent, config=config)
        self._note(key, f"{run.uuid} 0")  # nothing logged: a new run gets all of the trial
        return run

    def _note_of(self, trial: Trial) -> _Note:
        return _parse(self._notes.get(_key(trial), ""))

    def _remember(self, trial: Trial, uuid: Any, ended: bool) -> None:
        self._note(_key(trial), f"{uuid} {len(trial.evaluations)}" + (" ended" if ended else ""))

    def _note(self, key: str, text: str) -> None:
        self._notes[key] = text
        self._study.log.note(key, text)


class LedTracking:
    """A listener that tells the tracker while its program leads (see `Study.leads`).

    Args:
        begin: Makes a Tracking, which logs what was not logged yet.
        study: The study.
    """

    def __init__(self, begin: Callable[[], Tracking], study: Study) -> None:
        self._begin, self._study = begin, study
        self._tracking: Tracking | None = None
        self._follow()

    def __call__(self, job: Job, outcome: Outcome) -> None:
        """Log one evaluation, and those that an earlier leader has left."""
        if not self._follow() and self._tracking is not None:
            self._tracking(job, outcome)

    def close(self, best: tuple[Trial, Evaluation] | None, interrupted: bool) -> None:
        """End the runs, once; where other programs go on, leave theirs to them."""
        study = self._study
        goes_on = interrupted or not study.scheduler.finished
        if goes_on and study.others:
            if self._tracking is not None:
                self._tracking.hand_over()
            return
        while not study.leads and not self._have_ended():
            study.look_around()  # the leader may be gone in the midst of it
        if interrupted or not self._have_ended():
            self._follow()
            if self._tracking is not None:
                self._tracking.close(best, interrupted)
                if not interrupted:
                    study.log.note(ENDED, str(len(study.scheduler.history)))

    def _follow(self) -> bool:
        """Begin when this program leads, end when it no longer does; whether it has begun now."""
        if self._study.leads == (self._tracking is not None):
            return False
        self._tracking = self._begin() if self._study.leads else None
        return self._tracking is not None

    def _have_ended(self) -> bool:
        return self._study.log.notes().get(ENDED) == str(len(self._study.scheduler.history))


class _Note(NamedTuple):
    """What the study's log says of the run of a trial."""

    uuid: str
    logged: int
    ended: bool


def _parse(text: str) -> _Note:
    uuid, _, rest = text.partition(" ")
    logged, _, ended = rest.partition(" ")
    return _Note(uuid, int(logged or 0), bool(ended))


def _key(trial: Trial) -> str:
    return f"trial-{trial.number}"


def _log(run: Any, evaluation: Evaluation) -> None:
    outcome = evaluation.outcome
    step = int(evaluation.resource)
    for resource, metric in _points(evaluation).items():
        run.log_metric(METRIC, metric, step=int(resource))
    further = {f"{METRIC}_{i}": metric for i, metric in enumerate(outcome.metrics) if i}
    if further and outcome.metric is not None:
        run.log_metrics(further, step=step)
    run.log_metrics(
        {"rung": evaluation.rung, "resource": evaluation.resource, "seconds": outcome.seconds},
        step=step,
    )
    if outcome.error is not None:
        run.log_note(outcome.error)


def _points(evaluation: Evaluation) -> dict[Resource, float]:
    """The metric by resource: of what was reported on the way, and at the rung itself.

    A generator that ended early, or who reports seldom, has reported nothing at the rung.
    """
    points = dict(evaluation.outcome.curve)
    if evaluation.outcome.metric is not None:
        points[evaluation.resource] = evaluation.outcome.metric
    return points
