"""One rank's copy of a distributed search.

There is no master. What happens in a search (a rank claims a job, a rank tells an outcome) is an
event with a number, taken from one counter that all ranks share; every rank applies all events in
that order to its own copy of the scheduler and dispatcher, which are deterministic, and so all
copies agree (Schneider, "Implementing fault-tolerant services using the state machine approach",
1990). Work is balanced because a rank claims its next job when it has finished the last.
"""

from __future__ import annotations

import json
from typing import Any

from ato_hyperband._objective.objective import Evaluator
from ato_hyperband._objective.tasks import Tasks
from ato_hyperband._study.study import Study
from ato_hyperband._trial.trial import Job, Outcome
from ato_hyperband._workers.dispatch import Dispatcher
from ato_hyperband._workers.rendezvous import Rendezvous


class Rank:
    """One rank's copy of a search, and its part in it.

    Args:
        study: This rank's copy; it must not watch the clock, which ranks read differently.
        dispatcher: This rank's copy.
        rendezvous: Where events are numbered and exchanged.
    """

    def __init__(self, study: Study, dispatcher: Dispatcher, rendezvous: Rendezvous) -> None:
        self._study, self._dispatcher, self._rendezvous = study, dispatcher, rendezvous
        self._rank = rendezvous.rank
        self._applied = 0
        self._running: dict[tuple[int, int], Job] = {}

    def work(self, tasks: Tasks, evaluator: Evaluator) -> None:
        """Evaluate jobs until the search is over, here and therefore everywhere."""
        while not self._study.finished:
            job = self._claim()
            if job is not None:
                for trial in self._dispatcher.to_close(self._rank):
                    evaluator.forget(trial)
                is_mine = self._dispatcher.holds(self._rank, job)
                held = is_mine and evaluator.holds(job.trial.number)
                self._tell(job, evaluator(tasks.of(job, held)))
            elif not self._study.finished:
                self._wait()
        evaluator.close()

    def _claim(self) -> Job | None:
        """A job for this rank; None when there is none until something is told."""
        if self._study.time_is_up and not self._study.stopped:
            return self._publish({"kind": "stop"})
        return self._publish({"kind": "claim", "rank": self._rank})

    def _tell(self, job: Job, outcome: Outcome) -> None:
        """Let all ranks know an outcome."""
        self._publish(
            {
                "kind": "told",
                "rank": self._rank,
                "trial": job.trial.number,
                "rung": job.rung,
                "outcome": list(outcome),
                "at": self._study.seconds,
            }
        )

    def _wait(self) -> None:
        """Apply events of other ranks until one of them changes what can be claimed."""
        while self._apply_next()["kind"] == "claim":
            pass

    def _publish(self, event: dict[str, Any]) -> Job | None:
        """Take the next number, apply everything before it, then the event itself.

        The event is known to others only after this rank has applied (and logged) it, so the log
        never misses an event that a later one was decided upon.
        """
        number = self._rendezvous.next_number()
        while self._applied < number:
            self._apply_next()
        text = json.dumps(event)
        job = self._apply(json.loads(text))
        self._rendezvous.publish(number, text)
        return job

    def _apply_next(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self._rendezvous.event(self._applied))
        self._apply(event)
        return event

    def _apply(self, event: dict[str, Any]) -> Job | None:
        self._applied += 1
        if event["kind"] == "told":
            job = self._running.pop((event["trial"], event["rung"]))
            outcome = Outcome.from_list(event["outcome"])
            self._dispatcher.done(event["rank"], job, outcome, event["at"])
            return None
        if event["kind"] == "stop":
            self._study.stop()
        claimed = self._dispatcher.claim(event.get("rank", -1))
        if claimed is not None:
            self._running[claimed.trial.number, claimed.rung] = claimed
        return claimed
