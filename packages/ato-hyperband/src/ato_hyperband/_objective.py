"""Running the user's function for one job, in whatever process the job was sent to.

A plain function is called once per rung. A generator is paused between rungs and goes on where
it was; in a process that does not hold it, it is run again from the start up to there.
"""

from __future__ import annotations

import inspect
import math
import time
import traceback
from collections import OrderedDict
from typing import Any, Callable, Iterator, NamedTuple

from ato_hyperband._brackets import Resource
from ato_hyperband._errors import ObjectiveError
from ato_hyperband._fields import is_number
from ato_hyperband._timeout import TrialTimeout, time_limit
from ato_hyperband._trial import Outcome

# Paused generators hold a model each; beyond this many the one unused for longest is dropped,
# and run again from its start if its trial is promoted after all.
MAX_PAUSED = 256


class Task(NamedTuple):
    """One job, ready to be sent anywhere: the arguments of the objective, and how far to go.

    Attributes:
        trial: The trial's number.
        args: Positional arguments of the objective.
        kwargs: Keyword arguments of the objective.
        nodes: The `config.trial` nodes inside the arguments, to be updated when a paused
            generator goes on.
        resource: Until where to train.
        previous: Where the trial's last rung ended.
        timeout: Seconds the evaluation may take, or None.
    """

    trial: int
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    nodes: list[dict[str, Any]]
    resource: Resource
    previous: Resource
    timeout: float | None


class _Paused:
    """A generator between two rungs, and the nodes of its config that say where it is."""

    def __init__(self, values: Iterator[Any], nodes: list[dict[str, Any]]) -> None:
        self.values, self.nodes = values, nodes
        self.used = 0
        self.curve: list[tuple[int, float]] = []
        self.ended = False


class Evaluator:
    """Evaluates tasks of one objective in one process, holding its paused generators.

    Args:
        function: The objective.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.is_generator = inspect.isgeneratorfunction(function)
        self._paused: OrderedDict[int, _Paused] = OrderedDict()

    def holds(self, trial: int) -> bool:
        """Whether this process can continue a trial without running it again."""
        return trial in self._paused

    def forget(self, trial: int) -> None:
        """Close the paused generator of a trial that will not go on."""
        paused = self._paused.pop(trial, None)
        if paused is not None:
            _close(paused)

    def close(self) -> None:
        """Close all paused generators."""
        for trial in list(self._paused):
            self.forget(trial)

    def __call__(self, task: Task) -> Outcome:
        """Evaluate one task; what the objective raises becomes a failed outcome.

        Raises:
            ObjectiveError: The objective returned or yielded something that is no number.
        """
        started = time.perf_counter()
        try:
            with time_limit(task.timeout):
                outcome = self._generate(task) if self.is_generator else self._call(task)
        except ObjectiveError:
            raise
        except TrialTimeout:
            outcome = Outcome(None, f"timeout: took longer than {task.timeout} seconds")
        except Exception:
            outcome = Outcome(None, traceback.format_exc())
        if outcome.metric is None:
            self.forget(task.trial)
        return outcome._replace(seconds=time.perf_counter() - started)

    def _call(self, task: Task) -> Outcome:
        return _judged(as_metric(self.function(*task.args, **task.kwargs), "returned"))

    def _generate(self, task: Task) -> Outcome:
        paused = self._paused.get(task.trial)
        repeated: Resource = 0
        if paused is None:
            repeated = task.previous
            values = self.function(*task.args, **task.kwargs)
            paused = self._paused[task.trial] = _Paused(values, task.nodes)
            if len(self._paused) > MAX_PAUSED:
                self.forget(next(iter(self._paused)))
        self._paused.move_to_end(task.trial)
        for held, new in zip(paused.nodes, task.nodes):
            if held is not new:
                held.update(new)
        _advance(paused, int(task.resource))
        outcome = _judged(paused.curve[-1][1])
        curve = tuple(point for point in paused.curve if point[0] > task.previous)
        return outcome._replace(curve=curve, recomputed=repeated)


def _advance(paused: _Paused, resource: int) -> None:
    while paused.used < resource and not paused.ended:
        try:
            value = next(paused.values)
        except StopIteration:
            paused.ended = True
        else:
            paused.used += 1
            paused.curve.append((paused.used, as_metric(value, "yielded")))
    if not paused.curve:
        raise ObjectiveError("the objective yielded nothing; yield a metric per unit of resource")


def _close(paused: _Paused) -> None:
    close = getattr(paused.values, "close", None)
    if close is not None:
        try:
            close()
        except Exception:  # a failing clean-up of a trial that is out cannot change the search
            pass


def as_metric(value: Any, verb: str) -> float:
    """The number in what an objective returned or yielded (a 0-d array or tensor is one).

    Raises:
        ObjectiveError: It is no number.
    """
    if is_number(value):
        return float(value)
    raise ObjectiveError(
        f"the objective {verb} {value!r} ({type(value).__name__}), which is not a number; "
        "return or yield the metric as one number"
    )


def _judged(metric: float) -> Outcome:
    if math.isfinite(metric):
        return Outcome(metric)
    return Outcome(None, f"the metric is {metric}")
