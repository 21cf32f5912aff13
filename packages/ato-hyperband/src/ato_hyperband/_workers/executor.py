"""Running a search on any executor: process pools, loky, dask, Ray, MPI, submitit.

An executor needs `submit(function, *args)` returning something with `done()` and `result()`;
futures of `concurrent.futures` are waited for, others are polled.
"""

from __future__ import annotations

import concurrent.futures
import os
import time
from typing import Any

from ato_hyperband._errors import SearchError
from ato_hyperband._objective.objective import Task
from ato_hyperband._objective.remote import RemoteObjective
from ato_hyperband._objective.tasks import Tasks
from ato_hyperband._study.study import Study
from ato_hyperband._trial.trial import Job, Outcome

# Seconds between two looks at futures that cannot be waited for.
POLL = 0.05
# Seconds between two looks for jobs that other programs have made possible.
TICK = 0.5


def run_on_executor(
    study: Study, tasks: Tasks, objective: RemoteObjective, executor: Any, n_jobs: int | None
) -> None:
    """Drive a study to its end, keeping `n_jobs` evaluations in flight.

    Raises:
        SearchError: The executor broke (a worker was killed and it cannot replace it).
    """
    slots = n_jobs or workers_of(executor)
    running: dict[Any, Job] = {}
    try:
        while not study.finished:
            while len(running) < slots:
                job = study.ask()
                if job is None:
                    break
                running[_submit(executor, objective, tasks.of(job))] = job
            if not running:
                study.wait()
            for future in _wait(list(running), TICK if len(running) < slots else None):
                job = running.pop(future)
                study.tell(job, _outcome(future, job))
    finally:
        for future in running:
            future.cancel()
        objective.close()


def workers_of(executor: Any) -> int:
    """How many tasks an executor runs at once, as far as it tells; else the number of CPUs."""
    for name in ("_max_workers", "num_workers"):
        count = getattr(executor, name, None)
        if isinstance(count, int) and count > 0:
            return count
    client = getattr(executor, "_client", None)  # dask
    if client is not None:
        return max(1, int(sum(client.nthreads().values())))
    return os.cpu_count() or 1


def _submit(executor: Any, objective: RemoteObjective, task: Task) -> Any:
    try:
        return executor.submit(objective, task)
    except concurrent.futures.BrokenExecutor as error:
        raise _broken(error) from error


def _wait(futures: list[Any], seconds: float | None) -> list[Any]:
    """The futures that are done, when one is or the seconds have passed."""
    if not futures:
        return []
    if all(isinstance(future, concurrent.futures.Future) for future in futures):
        done, _ = concurrent.futures.wait(futures, seconds, concurrent.futures.FIRST_COMPLETED)
        return [future for future in futures if future in done]
    deadline = float("inf") if seconds is None else time.monotonic() + seconds
    while True:
        finished = [future for future in futures if future.done()]
        if finished or time.monotonic() > deadline:
            return finished
        time.sleep(POLL)


def _outcome(future: Any, job: Job) -> Outcome:
    """The outcome of a finished future; what the executor itself raised fails the trial."""
    try:
        result: Outcome = future.result()
    except concurrent.futures.BrokenExecutor as error:
        raise _broken(error) from error
    except SearchError:
        raise
    except Exception as error:  # the worker died with the task, or its result cannot be sent
        return Outcome(None, f"trial {job.trial.number} was lost by the executor: {error!r}")
    return result


def _broken(error: BaseException) -> SearchError:
    return SearchError(
        f"the executor broke while trials were running: {error}. With storage= the search goes "
        "on from here when it is started again; n_jobs= replaces workers that die"
    )
