"""A study that several programs work on at once, each with a copy of the scheduler.

There is no master. Every program applies all events of the log, in their order, to its own copy,
and so all copies agree (Schneider, "Implementing fault-tolerant services using the state machine
approach", 1990). A program asks and tells in turns (see `stored`).
"""

from __future__ import annotations

import json
import time
from typing import Any, Callable, Sequence, Tuple

from ato_hyperband._schedule.scheduler import Budget, Scheduler
from ato_hyperband._space.spaces import SearchSpace
from ato_hyperband._study.database import UnreachableError
from ato_hyperband._study.heartbeat import Heartbeat
from ato_hyperband._study.log import Event
from ato_hyperband._study.stored import PATIENCE, Program, StoredLog, Turn
from ato_hyperband._study.study import Study
from ato_hyperband._trial.trial import Job, Outcome

# Seconds between two looks at what others have done, and between two attempts to reach them.
POLL = 0.1

Key = Tuple[int, int]  # a trial's number and a rung


class SharedStudy(Study):
    """Asks and tells a scheduler together with other programs.

    A job that a program has begun is given to another when that program is gone. Should it tell
    an outcome after all, the first outcome of a job counts.

    Args:
        make_scheduler: A fresh state machine, when it is called.
        space, log, budget, max_seconds: As for Study.
        program: What the others are to know of this one.
        lookahead: How many jobs to choose from, so that a trial goes on where it was trained.
    """

    log: StoredLog

    def __init__(
        self,
        make_scheduler: Callable[[], Scheduler],
        space: SearchSpace,
        log: StoredLog,
        budget: Budget,
        max_seconds: float | None,
        program: Program,
        lookahead: int,
    ) -> None:
        super().__init__(make_scheduler(), space, log, budget, max_seconds)
        self._make_scheduler, self._lookahead = make_scheduler, lookahead
        self._program = program
        self._heartbeat: Heartbeat | None = None
        self._mine: set[Key] = set()
        self._trainer: dict[int, str] = {}  # who trained a trial last
        self._sessions: list[list[Any]] = []
        self._living: dict[str, bool] = {}
        self._heard = 0  # the number of the first event that the listeners have not heard of
        self.leads = False

    @property
    def finished(self) -> bool:
        if self.stopped:
            return not self._mine
        return self.scheduler.finished and not self._running

    def begin(self, past: Sequence[Event]) -> None:
        for event in past:
            self._take(event)
        told = [event for event in past if event["kind"] == "told"]
        self._heard, self.replayed = len(past), len(told)
        self._before = max((event["at"] for event in told), default=0.0)
        self._started = time.monotonic()
        joined = self._in_turn(self._join)
        if self.log.database.is_shared:
            self._heartbeat = Heartbeat(self.log, self._program, joined)

    def ask(self) -> Job | None:
        if self.look_at_clock():
            return None
        key = self._in_turn(self._claim)
        if key is None:
            return None
        self._mine.add(key)
        return self._running[key]

    def drop(self, job: Job) -> None:
        key = _key_of(job)
        self._in_turn(lambda turn: turn.release(*key))
        self._mine.discard(key)

    def tell(self, job: Job, outcome: Outcome, at: float | None = None) -> None:
        key = _key_of(job)
        event = {**self._telling(job, outcome, at), "by": self._program.id}

        def add(turn: Turn) -> None:
            if key in self._running:  # nobody else has told it meanwhile
                turn.append(event)
                turn.release(*key)

        self._in_turn(add)
        self._mine.discard(key)

    def give(self, event: Event) -> None:
        self._in_turn(lambda turn: None if event in self._given else turn.append(event))

    def wait(self) -> None:
        """Let the others work for a moment, then take what they have added."""
        if not self.finished:
            self.look_around()

    def look_around(self) -> None:
        """See after a moment which programs are still there, also when the search is over."""
        time.sleep(POLL)
        self._in_turn(self._see)

    def close(self) -> None:
        """Leave the study to the others."""
        if self._heartbeat is not None:
            self._heartbeat.stop()
        try:
            with self.log.turn() as turn:
                turn.leave(self._program.id)
        except UnreachableError:
            pass  # the others will miss its signs of life
        finally:
            self.log.close()

    def _in_turn(self, action: Callable[[Turn], Any]) -> Any:
        """Take what others have added, act on it, and let the listeners know.

        Raises:
            SearchError: The database has not answered for a minute.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with self.log.turn() as turn:
                    news = [(number, event, self._take(event)) for number, event in turn.news()]
                    answer = action(turn)
                break
            except UnreachableError as error:
                if time.monotonic() > deadline:
                    raise self.log.unreachable(error) from error
                # What the action has added may be in the log or not: only the log can say.
                self._start_again()
                time.sleep(POLL)
        added = [pair for pair in turn.added if pair[1]["kind"] != "asked"]
        news += [(number, event, self._take(event)) for number, event in added]
        self._announce(news)
        return answer

    def _take(self, event: Event) -> Job | None:
        """Apply an event to this copy; the job of an outcome."""
        if event["kind"] == "told":
            job = self._job_of(event)
            self._told(job, Outcome.from_list(event["outcome"]))
            self._trainer[event["trial"]] = event.get("by", "")
            return job
        if event["kind"] == "session":
            self._sessions.append(event["budget"])
        self.apply(event)
        return None

    def _announce(self, news: Sequence[tuple[int, Event, Job | None]]) -> None:
        for number, event, job in news:
            if job is not None and number >= self._heard:
                for listener in self.listeners:
                    listener(job, Outcome.from_list(event["outcome"]))
            self._heard = max(self._heard, number + 1)

    def _start_again(self) -> None:
        """Make this copy anew from the log."""
        self.scheduler = self._make_scheduler()
        self._running.clear()
        self._given.clear()
        self._trainer.clear()
        self._sessions.clear()
        self.log.start_again()

    # --- what is done in a turn

    def _join(self, turn: Turn) -> int:
        budget = json.loads(json.dumps(list(self._budget)))
        if self._sessions[-1:] != [budget]:
            turn.append({"kind": "session", "budget": budget})
        joined = turn.join(self._program)
        self._see(turn)
        return joined

    def _see(self, turn: Turn) -> None:
        """See who is at work; the first of those that have a tracker speaks to it for all."""
        self._living = turn.living(self._program.id)
        leader = next((program for program, tracks in self._living.items() if tracks), None)
        self.leads = leader == self._program.id
        self.others = len(self._living) > 1

    def _claim(self, turn: Turn) -> Key | None:
        """Take the job that suits this program best; None when there is none now."""
        self._see(turn)
        claims = turn.claims() if self._running else {}
        free = [key for key in self._running if self._is_free(key, claims.get(key))]
        while not any(map(self._suits, free)) and len(free) < self._lookahead:
            job = self.scheduler.next()
            if job is None:
                break
            self._running[_key_of(job)] = job
            turn.append(self._asked(job))
            free.append(_key_of(job))
        if not free:
            return None
        cheapest = min(free, key=lambda key: self._running[key].previous)
        key = next(filter(self._suits, free), cheapest)
        turn.claim(*key, self._program.id)
        return key

    def _is_free(self, key: Key, program: str | None) -> bool:
        """Whether nobody works on a job who will come back."""
        if program == self._program.id:
            return key not in self._mine
        return program not in self._living

    def _suits(self, key: Key) -> bool:
        """Whether no other program that is at work has trained the trial last."""
        trainer = self._trainer.get(key[0])
        return trainer == self._program.id or trainer not in self._living


def _key_of(job: Job) -> Key:
    return job.trial.number, job.rung
