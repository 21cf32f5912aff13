"""A worker process of `n_jobs`: takes tasks through a pipe, keeps the generators it paused."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import time
import traceback
from typing import Any, Sequence

from ato_hyperband._errors import ObjectiveError, SearchError
from ato_hyperband._objective.objective import Evaluator, Task
from ato_hyperband._objective.remote import RemoteObjective
from ato_hyperband._trial.trial import Job, Outcome

# Seconds a process has to end after it was asked to.
FAREWELL = 5.0


class Worker:
    """One process, and what is known about it on this side.

    Args:
        objective: Inherited where processes are forked, else pickled.
        grace: Seconds an evaluation may go on after its timeout, in a call that cannot be
            interrupted, before it is overdue.
        siblings: Pipes of other workers, which a forked process inherits and must let go of.

    Attributes:
        pipe: To wait on; readable when the job is done or the process has died.
        job: The job it runs, or None.
    """

    def __init__(
        self, objective: RemoteObjective, grace: float, siblings: Sequence[Any] = ()
    ) -> None:
        context = multiprocessing.get_context()
        self.pipe, there = context.Pipe()
        forks = context.get_start_method() == "fork"
        inherited = [*siblings, self.pipe] if forks else []
        self._process: Any = context.Process(
            target=_serve, args=(there, objective, inherited), name="ato-search-worker"
        )
        self._process.start()
        there.close()
        self.job: Job | None = None
        self._grace = grace
        self._deadline = float("inf")

    def start(self, job: Job, task: Task, closing: list[int]) -> None:
        """Send a job, and the trials whose generators to close; the process must be idle."""
        self.job = job
        self._deadline = float("inf")
        if task.timeout is not None:
            self._deadline = time.monotonic() + task.timeout + self._grace
        payload = _pickled(job, (task, closing))
        try:
            self.pipe.send_bytes(payload)
        except OSError:  # it has died meanwhile, which `finish` will find out
            pass

    def finish(self) -> tuple[Job, Outcome | None]:
        """The job and what came of it, None when the process died without telling.

        Raises:
            ObjectiveError: The objective gave something that is no number.
        """
        assert self.job is not None
        try:
            kind, value = self.pipe.recv()
        except (EOFError, OSError):
            return self.job, None
        if kind == "error":
            raise ObjectiveError(value)
        job, self.job = self.job, None
        return job, value

    @property
    def overdue(self) -> bool:
        """Whether the job has outlived its timeout and its grace."""
        return self.job is not None and time.monotonic() > self._deadline

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self.pipe.close()
        self._process.terminate()
        self._process.join(FAREWELL)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _pickled(job: Job, message: Any) -> bytes:
    try:
        return pickle.dumps(message)
    except Exception as error:
        raise SearchError(
            f"the config of trial {job.trial.number} cannot be sent to another process: {error}; "
            "with n_jobs=1 it need not be"
        ) from error


def _serve(pipe: Any, objective: RemoteObjective, inherited: list[Any]) -> None:
    """The life of a worker process: until the pipe is closed on the other side."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    for other in inherited:
        other.close()
    evaluator = objective.evaluator()
    try:
        while True:
            task, retired = pipe.recv()
            for trial in retired:
                evaluator.forget(trial)
            pipe.send(_answer(evaluator, task))
    except (EOFError, OSError):
        return


def _answer(evaluator: Evaluator, task: Task) -> Any:
    try:
        return "outcome", evaluator(task)
    except ObjectiveError as error:
        return "error", str(error)
    except BaseException:  # SystemExit and the like must not end the worker
        return "outcome", Outcome(None, traceback.format_exc())
