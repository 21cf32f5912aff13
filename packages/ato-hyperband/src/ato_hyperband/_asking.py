"""Ask and tell: a search driven by a loop that is the user's own."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any, Sequence

from ato_hyperband._errors import AllTrialsFailedError, SearchError, SettingsError
from ato_hyperband._objective.objective import judged
from ato_hyperband._report.result import Result
from ato_hyperband._session import Session
from ato_hyperband._study.given import Given, given_events
from ato_hyperband._trial.brackets import Resource
from ato_hyperband._trial.trial import Job, Outcome

# What only a search that does the work itself can keep to.
_NOT_FOR_ASKING = ("executor", "n_jobs")


class AskedTrial:
    """One configuration that `ask` gave, to be trained from `previous_resource` to `resource`.

    Attributes:
        number: The trial's number in the search.
        params: Its parameters.
        seed: 32 bits that depend on the study seed and the number alone.
    """

    __module__ = "ato_hyperband"

    number: int
    params: dict[str, Any]
    seed: int

    def __init__(self, asking: Asking, job: Job) -> None:
        self._asking, self._job = asking, job
        self.number, self.params, self.seed = job.trial.number, job.trial.params, job.trial.seed
        self._config: Any = None
        self._curve: list[tuple[Resource, float]] = []
        self._started = time.perf_counter()
        self._told = False

    def __repr__(self) -> str:
        return f"<AskedTrial {self.number} to {self.resource}: {self.params}>"

    @property
    def config(self) -> Any:
        """The whole config, as an objective would receive it; made when it is first read."""
        if self._config is None:
            self._config = self._asking.config_of(self._job)
        return self._config

    @property
    def resource(self) -> Resource:
        """Until where to train it; grows while `report` lets it go on."""
        return self._job.resource

    @property
    def previous_resource(self) -> Resource:
        """Where it was left when it was told last; 0 for a new trial."""
        return self._job.previous

    def report(self, resource: Resource, value: Any) -> None:
        """Say what the trial is worth after so much of the resource (epochs count from 1).

        Where that is as far as it was to be trained, the search decides whether it goes on now.
        """
        self._asking.report(self, resource, value)

    def tell(self, value: Any, error: str | None = None) -> None:
        """See HyperBand.tell."""
        self._asking.tell(self, value, error)

    def should_stop(self) -> bool:
        """Whether to leave the trial here; if it is promoted later, `ask` gives it once more."""
        return self._told


class Asking:
    """The search behind `HyperBand.ask` and `HyperBand.tell`.

    Args:
        search: The HyperBand.
        args: Command-line tokens, or None.
    """

    def __init__(self, search: Any, args: Sequence[str] | None) -> None:
        for name in _NOT_FOR_ASKING:
            if getattr(search, name) is not None:
                raise SettingsError(f"{name} does not go with ask(): your own loop does the work")
        self._session = Session(search, None, args)
        self._study = self._session.begin()
        self._objectives = len(self._session.settings.modes)
        self._next: deque[Job] = deque()
        self._lock = threading.RLock()
        self._closed = False

    def config_of(self, job: Job) -> Any:
        """The config of a job."""
        return self._session.tasks.prepare(job)[0]

    def ask(self) -> AskedTrial | None:
        """A trial to train; None when there is none, now or ever."""
        with self._lock:
            if self._closed:
                if self.finished:
                    return None
                raise SearchError("this search was closed; another HyperBand goes on from storage")
            job = self._next.popleft() if self._next else self._study.ask()
            return None if job is None else AskedTrial(self, job)

    @property
    def finished(self) -> bool:
        """Whether no trial is left to ask for or to tell of."""
        return self._study.finished

    def report(self, trial: AskedTrial, resource: Resource, value: Any) -> None:
        """See AskedTrial.report."""
        with self._lock:
            if trial._told:
                return
            outcome = judged(value, "reported", self._objectives)
            if outcome.metric is None:
                self._tell(trial, outcome)
                return
            trial._curve.append((resource, outcome.metric))
            while not trial._told and resource >= trial._job.resource:
                self._tell(trial, outcome)
                self._go_on(trial)

    def tell(self, trial: AskedTrial, value: Any, error: str | None) -> None:
        """See HyperBand.tell."""
        with self._lock:
            if trial._told:  # its reports have told, and it was stopped or is at the end
                return
            if error is not None:
                self._tell(trial, Outcome(None, error))
            else:
                self._tell(trial, judged(value, "told", self._objectives))

    def _tell(self, trial: AskedTrial, outcome: Outcome) -> None:
        now = time.perf_counter()
        job, trial._told = trial._job, True
        curve = tuple(point for point in trial._curve if job.previous < point[0] <= job.resource)
        self._study.tell(job, outcome._replace(curve=curve, seconds=now - trial._started))
        trial._started = now

    def _go_on(self, trial: AskedTrial) -> None:
        """Let the trial go on if it is what the scheduler would have evaluated next."""
        job = self._next.popleft() if self._next else self._study.ask()
        if job is not None and job.trial is trial._job.trial:
            trial._job, trial._told = job, False
            if trial._config is not None:
                self._session.tasks.update(trial._config, job)
        elif job is not None:
            self._next.appendleft(job)

    def give(self, given: Given) -> None:
        """Take a configuration to try or a known result while the search is under way."""
        with self._lock:
            for event in given_events([given], self._session.space):
                self._study.give(event)

    def result(self) -> Result:
        """What was found so far; ends the search if it is over.

        Raises:
            AllTrialsFailedError: Nothing was told that worked.
        """
        with self._lock:
            if not self._study.scheduler.history:
                raise AllTrialsFailedError("no trial was told yet: ask() and tell() first")
            if self.finished:
                self.close()
            return self._session.result(self._study)

    def close(self) -> None:
        """Let go of the storage and end the tracker's runs."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._session.end(self._study, interrupted=not self.finished)
