"""Each trial as a run of an experiment tracker, below one run for the whole search.

Any object with `start(tags=, parent=, config=, …)` will do that returns runs with `uuid`,
`log_metric`, `log_metrics`, `log_note` and `finish`; `ato_sql.SQLLogger` is one. Where it has
`reopen(uuid)` too, a resumed search goes on logging to the runs it had begun; otherwise trials
that were paused when it ended get a new run, with everything they had logged.
"""

from __future__ import annotations

from typing import Any

from ato_hyperband._caller import Caller
from ato_hyperband._study import Study
from ato_hyperband._trial import Evaluation, Job, Outcome, Trial

METRIC = "metric"


class Tracking:
    """A listener of a study that logs what it hears.

    Args:
        tracker: The tracker.
        study: The study; its log remembers which runs were begun.
        caller: Knows the configs.
        name: Name of the study.
    """

    def __init__(self, tracker: Any, study: Study, caller: Caller, name: str) -> None:
        self._tracker, self._study, self._caller = tracker, study, caller
        self._runs: dict[int, Any] = {}
        self._known: dict[str, str] = study.log.notes()
        self._ended = len(study.scheduler.retired)
        self._search = self._open("search", ["search", name], None, caller.base_config())
        for trial in study.scheduler.retired:  # ended just before the last session was killed
            self._finish(trial)

    def __call__(self, job: Job, outcome: Outcome) -> None:
        """Log one evaluation, and end the runs of trials that will not go on."""
        run = self._run_of(job.trial)
        _log(run, job.trial.evaluations[-1])
        if outcome.error is not None:
            run.log_note(outcome.error)
        for trial in self._study.scheduler.retired[self._ended :]:
            self._finish(trial)
        self._ended = len(self._study.scheduler.retired)

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

    def _run_of(self, trial: Trial) -> Any:
        run = self._runs.get(trial.number)
        if run is None:
            tags = ["trial", f"bracket-{trial.bracket}", trial.origin]
            config = self._caller.config_of(trial, trial.evaluations[-1])
            run = self._open(f"trial-{trial.number}", tags, self._search.uuid, config)
            self._runs[trial.number] = run
            if not hasattr(self._tracker, "reopen"):
                for evaluation in trial.evaluations[:-1]:
                    _log(run, evaluation)
        return run

    def _open(self, key: str, tags: list[str], parent: Any, config: Any) -> Any:
        known = self._known.get(key)
        if known and hasattr(self._tracker, "reopen"):
            return self._tracker.reopen(known)
        run = self._tracker.start(tags=tags, parent=parent, config=config)
        self._remember(key, str(run.uuid))
        return run

    def _finish(self, trial: Trial) -> None:
        key = f"trial-{trial.number}"
        run = self._runs.pop(trial.number, None)
        if run is None and self._known.get(key) and hasattr(self._tracker, "reopen"):
            run = self._tracker.reopen(self._known[key])
        if run is not None:
            run.finish("failed" if trial.failed else "completed")
            self._remember(key, "")

    def _remember(self, key: str, uuid: str) -> None:
        """Which run is open for a trial; "" once it has ended."""
        self._known[key] = uuid
        self._study.log.note(key, uuid)


def _log(run: Any, evaluation: Evaluation) -> None:
    outcome = evaluation.outcome
    step = int(evaluation.resource)
    points = outcome.curve or ((evaluation.resource, outcome.metric),)
    for resource, metric in points:
        if metric is not None:
            run.log_metric(METRIC, metric, step=int(resource))
    run.log_metrics(
        {"rung": evaluation.rung, "resource": evaluation.resource, "seconds": outcome.seconds},
        step=step,
    )
