"""Running a search in this process, one job after the other."""

from __future__ import annotations

from ato_hyperband._caller import Caller
from ato_hyperband._objective import Evaluator, Task
from ato_hyperband._study import Study
from ato_hyperband._trial import Job


def run_serial(study: Study, caller: Caller, evaluator: Evaluator) -> None:
    """Drive a study to its end."""
    retired = study.scheduler.retired
    closed = 0
    try:
        while not study.finished:
            job = study.ask()
            if job is None:
                continue
            study.tell(job, evaluator(task_for(job, caller, evaluator)))
            for trial in retired[closed:]:
                evaluator.forget(trial.number)
            closed = len(retired)
    finally:
        evaluator.close()


def task_for(job: Job, caller: Caller, evaluator: Evaluator) -> Task:
    """The task of a job that will run in this process."""
    return caller.continuation(job) if evaluator.holds(job.trial.number) else caller.task(job)
