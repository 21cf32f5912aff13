"""Which of several workers does which job: the one that holds its paused generator, if it can.

Deterministic, so that ranks of a distributed search can each keep a copy.
"""

from __future__ import annotations

from ato_hyperband._study.study import Study
from ato_hyperband._trial.trial import Job, Outcome


class Dispatcher:
    """Hands the jobs of a study to numbered workers.

    A worker that would otherwise be idle takes over a generator paused elsewhere and runs it
    again up to where it was. What that costs is reported as recomputed and is no part of the
    budget, which therefore does not depend on the number of workers.

    Args:
        study: The study.
        pauses: Whether evaluations leave paused generators behind.
        lookahead: How many jobs to choose from; 1 where asking early would change the search.
    """

    def __init__(self, study: Study, pauses: bool, lookahead: int) -> None:
        self._study, self._pauses, self._lookahead = study, pauses, lookahead
        self._queue: list[Job] = []
        self._holder: dict[int, int] = {}
        self._closing: dict[int, list[int]] = {}
        self._seen_retired = 0

    def claim(self, worker: int) -> Job | None:
        """A job for an idle worker: one it holds, else one nobody holds, else another's."""
        if self._study.look_at_clock():
            self._drop_all()
            return None
        self._look_ahead()
        job = self._choose(worker)
        if job is not None:
            self._queue.remove(job)
            if self._holder.get(job.trial.number, worker) != worker:
                self._release(job.trial.number)
        return job

    def prepare(self) -> None:
        """Ask for jobs while all workers are busy, so that none of them waits for the sampler."""
        if self._lookahead > 1 and not self._study.look_at_clock():
            self._look_ahead()

    def holds(self, worker: int, job: Job) -> bool:
        """Whether the worker can continue the job's trial where it was paused."""
        return self._holder.get(job.trial.number) == worker

    def give_back(self, job: Job) -> None:
        """A worker was lost with a job: the next idle one gets it."""
        self._queue.insert(0, job)

    def forget_worker(self, worker: int) -> None:
        """A worker was lost, and what it held with it."""
        self._holder = {trial: who for trial, who in self._holder.items() if who != worker}
        self._closing.pop(worker, None)

    def done(self, worker: int, job: Job, outcome: Outcome, at: float | None = None) -> None:
        """Tell the study an outcome, and remember what the worker now holds."""
        if self._pauses and outcome.metric is not None:
            self._holder[job.trial.number] = worker
        else:
            self._holder.pop(job.trial.number, None)
        self._study.tell(job, outcome, at)
        retired = self._study.scheduler.retired
        for trial in retired[self._seen_retired :]:
            self._release(trial.number)
        self._seen_retired = len(retired)

    def to_close(self, worker: int) -> list[int]:
        """Trials whose generators the worker holds for nothing; each is told once."""
        return self._closing.pop(worker, [])

    def _look_ahead(self) -> None:
        while len(self._queue) < self._lookahead:
            job = self._study.ask()
            if job is None:
                break
            self._queue.append(job)

    def _choose(self, worker: int) -> Job | None:
        if not self._queue:
            return None
        mine = (j for j in self._queue if self._holder.get(j.trial.number) == worker)
        free = (j for j in self._queue if j.trial.number not in self._holder)
        chosen = next(mine, None) or next(free, None)
        # What another worker holds is run again up to where it was: take what costs least.
        return chosen or min(self._queue, key=lambda job: job.previous)

    def _release(self, trial: int) -> None:
        worker = self._holder.pop(trial, None)
        if worker is not None:
            self._closing.setdefault(worker, []).append(trial)

    def _drop_all(self) -> None:
        for job in self._queue:
            self._study.drop(job)
        self._queue.clear()
