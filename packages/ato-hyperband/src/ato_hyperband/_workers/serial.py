"""Running a search in this process, one job after the other."""

from __future__ import annotations

from ato_hyperband._objective.objective import Evaluator
from ato_hyperband._objective.tasks import Tasks
from ato_hyperband._study.study import Study


def run_serial(study: Study, tasks: Tasks, evaluator: Evaluator) -> None:
    """Drive a study to its end."""
    closed = 0
    try:
        while not study.finished:
            job = study.ask()
            if job is None:
                study.wait()
                continue
            task = tasks.of(job, evaluator.holds(job.trial.number))
            study.tell(job, evaluator(task))
            retired = study.scheduler.retired
            for trial in retired[closed:]:
                evaluator.forget(trial.number)
            closed = len(retired)
    finally:
        evaluator.close()
