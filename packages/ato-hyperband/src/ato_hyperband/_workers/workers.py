"""Running a search in `n_jobs` processes of its own."""

from __future__ import annotations

import sys
from multiprocessing.connection import wait

from ato_hyperband._objective.remote import RemoteObjective
from ato_hyperband._objective.tasks import Tasks
from ato_hyperband._study.study import Study
from ato_hyperband._trial.trial import Outcome
from ato_hyperband._workers.dispatch import Dispatcher
from ato_hyperband._workers.worker import Worker

# How often a job is given to another process after its own died, before the trial has failed.
RETRIES = 1
# Seconds between two looks for overdue jobs.
TICK = 0.5


class WorkerPool:
    """Drives a study with a fixed number of worker processes.

    Args:
        study: The study.
        tasks: Makes its tasks.
        objective: The objective.
        count: Number of processes.
        lookahead: As for Dispatcher.
        grace: As for Worker.
    """

    def __init__(
        self,
        study: Study,
        tasks: Tasks,
        objective: RemoteObjective,
        count: int,
        lookahead: int,
        grace: float,
    ) -> None:
        self._study, self._tasks, self._objective = study, tasks, objective
        self._dispatcher = Dispatcher(study, tasks.pauses, lookahead)
        self._count, self._grace = count, grace
        self._workers: dict[int, Worker] = {}
        self._lost: dict[tuple[int, int], int] = {}

    def run(self) -> None:
        """Drive the study to its end."""
        _flush()
        try:
            for number in range(self._count):
                self._hire(number)
            while not self._study.finished:
                self._feed()
                self._dispatcher.prepare()
                self._collect()
        finally:
            for worker in self._workers.values():
                worker.stop()

    def _hire(self, number: int) -> None:
        others = [worker.pipe for key, worker in self._workers.items() if key != number]
        self._workers[number] = Worker(self._objective, self._grace, others)

    def _feed(self) -> None:
        for number, worker in self._workers.items():
            if worker.job is not None:
                continue
            job = self._dispatcher.claim(number)
            if job is None:
                return
            held = self._dispatcher.holds(number, job)
            worker.start(job, self._tasks.of(job, held), self._dispatcher.to_close(number))

    def _collect(self) -> None:
        busy = {w.pipe: number for number, w in self._workers.items() if w.job is not None}
        if not busy:
            self._study.wait()
        for pipe in wait(list(busy), TICK) if busy else ():
            number = busy.pop(pipe)  # type: ignore[call-overload]
            job, outcome = self._workers[number].finish()
            if outcome is None:
                self._replace(number)
            else:
                self._dispatcher.done(number, job, outcome)
        for number in busy.values():
            if self._workers[number].overdue:
                self._kill(number)

    def _replace(self, number: int) -> None:
        """The worker died: hire another, and try its job once more."""
        job = self._workers[number].job
        self._workers[number].stop()
        self._dispatcher.forget_worker(number)
        self._hire(number)
        if job is None:
            return
        key = (job.trial.number, job.rung)
        self._lost[key] = self._lost.get(key, 0) + 1
        if self._lost[key] > RETRIES:
            self._dispatcher.done(number, job, Outcome(None, "the process that ran it died"))
        else:
            self._dispatcher.give_back(job)

    def _kill(self, number: int) -> None:
        job = self._workers[number].job
        self._workers[number].job = None
        self._replace(number)
        if job is not None:
            why = "timeout: it could not be interrupted, so its process was killed"
            self._dispatcher.done(number, job, Outcome(None, why))


def _flush() -> None:
    """What is buffered when a process is forked would be written by both."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
