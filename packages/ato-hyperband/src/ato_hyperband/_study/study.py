"""A search under way: the scheduler, its log, and whoever listens.

Everything that happens is an event: a job was asked for, an outcome was told, a session began.
The scheduler's state is a function of the events, so a resumed search replays them.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Callable, Sequence

from ato_hyperband._errors import StudyDamagedError, StudyMismatchError
from ato_hyperband._schedule.scheduler import Budget, Scheduler
from ato_hyperband._space.spaces import Params, SearchSpace
from ato_hyperband._study.log import Event, Log
from ato_hyperband._trial.trial import Job, Outcome

Listener = Callable[[Job, Outcome], None]


class Study:
    """Asks and tells a scheduler, and logs both.

    Attributes:
        listeners: Called after each outcome that is told, not for those replayed.
        replayed: How many outcomes were taken from the log.
        stopped: Whether no more jobs are given, though the scheduler has some.
        watches_clock: Whether to stop by itself when the time is up.
        leads: Whether this program speaks to the tracker.
        others: Whether other programs work on the study.

    Args:
        scheduler: The state machine.
        space: To write parameters down.
        log: An opened log.
        budget: What this session may use in total.
        max_seconds: Seconds after which no new job is given, all sessions together.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        space: SearchSpace,
        log: Log,
        budget: Budget,
        max_seconds: float | None = None,
    ) -> None:
        self.scheduler, self.space, self.log = scheduler, space, log
        self.listeners: list[Listener] = []
        self.replayed = 0
        self.stopped = False
        self.watches_clock = self.leads = True
        self.others = False
        self._budget, self._max_seconds = budget, max_seconds
        self._running: OrderedDict[tuple[int, int], Job] = OrderedDict()
        self._unfinished: list[Job] = []
        self._given: list[Event] = []
        self._before = 0.0
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Wall time of the search, all sessions together."""
        return self._before + time.monotonic() - self._started

    @property
    def time_is_up(self) -> bool:
        """Whether the time budget is used up."""
        return self._max_seconds is not None and self.seconds >= self._max_seconds

    @property
    def finished(self) -> bool:
        """Whether no job is left to give or to wait for."""
        if self._unfinished or self._running:
            return False
        return self.stopped or self.scheduler.finished

    def stop(self) -> None:
        """Give no more jobs."""
        self.stopped = True
        self._unfinished = []

    def look_at_clock(self) -> bool:
        """Stop when the time is up; whether the study has stopped."""
        if self.watches_clock and not self.stopped and self.time_is_up:
            self.stop()
        return self.stopped

    def begin(self, past: Sequence[Event]) -> None:
        """Replay the events that the log held when it was opened, then open a session."""
        for event in past:
            self.apply(event)
        self._unfinished = list(self._running.values())
        self._running.clear()
        self._started = time.monotonic()
        session = {"kind": "session", "budget": list(self._budget)}
        self.apply(session)
        self.log.append(session)

    def ask(self) -> Job | None:
        """The next job; None when there is none now (see `finished`)."""
        if self.look_at_clock():
            return None
        if self._unfinished:
            job = self._unfinished.pop(0)
            self._running[job.trial.number, job.rung] = job
            return job
        fresh = self.scheduler.next()
        if fresh is not None:
            self._running[fresh.trial.number, fresh.rung] = fresh
            self.log.append(self._asked(fresh))
        return fresh

    def drop(self, job: Job) -> None:
        """Take back a job that was asked for and never begun (the time is up)."""
        del self._running[job.trial.number, job.rung]

    def tell(self, job: Job, outcome: Outcome, at: float | None = None) -> None:
        """Take an outcome, log it, and let the listeners know.

        Args:
            job: A job given by ask().
            outcome: What came of it.
            at: Seconds into the search; now, unless another process tells its own clock.
        """
        self._told(job, outcome)
        self.log.append(self._telling(job, outcome, at))
        for listener in self.listeners:
            listener(job, outcome)

    def wait(self) -> None:
        """Let some time pass when there is no job now; alone, there is one or none ever."""

    def look_around(self) -> None:
        """See after a moment which programs are still there; alone, there is nobody to see."""

    def give(self, event: Event) -> None:
        """Take what the user gives (a configuration to try, a known result) and log it, once."""
        if event not in self._given:
            self.apply(event)
            self.log.append(event)

    def close(self) -> None:
        """Let go of the log."""
        self.log.close()

    def apply(self, event: Event) -> None:
        """Take one event of the log into the state.

        Raises:
            StudyMismatchError: The scheduler decides otherwise than the log says.
        """
        if event["kind"] == "session":
            self.scheduler.extend(Budget(*event["budget"]))
        elif event["kind"] == "asked":
            self._replay_ask(event)
        elif event["kind"] == "enqueued":
            self._given.append(event)
            self.scheduler.enqueue(self._decoded(event))
        elif event["kind"] == "known":
            self._given.append(event)
            outcome = Outcome(event["metric"], metrics=tuple(event.get("metrics", ())))
            self.scheduler.know(self._decoded(event), event["resource"], outcome)
        elif event["kind"] == "told":
            self._told(self._job_of(event), Outcome.from_list(event["outcome"]))
            self._before = event["at"]
            self.replayed += 1

    def _told(self, job: Job, outcome: Outcome) -> None:
        del self._running[job.trial.number, job.rung]
        self.scheduler.report(job, outcome)

    def _decoded(self, event: Event) -> Params:
        """The configuration that an event of the log tells, or a part of one."""
        unknown = [name for name in event["params"] if name not in self.space.by_name]
        if unknown:
            raise StudyDamagedError(
                f"the stored search has a configuration with {unknown[0]!r}, which is no parameter "
                "of it; give another study_name or storage"
            )
        return self.space.decode(event["params"])

    def _job_of(self, event: Event) -> Job:
        """The job that an outcome of the log is of."""
        job = self._running.get((event["trial"], event["rung"]))
        if job is None:
            raise StudyDamagedError(
                f"the stored search has an outcome of trial {event['trial']} at rung "
                f"{event['rung']}, which was not asked for or is told twice; give another "
                "study_name or storage"
            )
        return job

    def _telling(self, job: Job, outcome: Outcome, at: float | None) -> Event:
        return {
            "kind": "told",
            "trial": job.trial.number,
            "rung": job.rung,
            "outcome": list(outcome),
            "at": round(self.seconds if at is None else at, 3),
        }

    def _asked(self, job: Job) -> Event:
        event = {"kind": "asked", "trial": job.trial.number, "rung": job.rung}
        if job.rung == 0:
            event["params"] = self.space.encode(job.trial.params)
        return event

    def _replay_ask(self, event: Event) -> None:
        job = self.scheduler.next()
        if job is None or self._asked(job) != event:
            raise StudyMismatchError(
                f"the stored search went on with {event}, this one would with "
                f"{job and self._asked(job)}; it was made by another version or other code. "
                "Use another study_name or storage"
            )
        self._running[job.trial.number, job.rung] = job
