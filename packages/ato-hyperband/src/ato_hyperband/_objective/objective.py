"""Running the user's function for one job, in whatever process the job was sent to.

A plain function is called once per rung. A generator is paused between rungs and goes on where
it was; in a process that does not hold it, it is run again from the start up to there.
"""

from __future__ import annotations

import inspect
import math
import time
from collections import OrderedDict
from typing import Any, Callable, Iterator, NamedTuple

from ato_adict.notebooks import traceback_text
from ato_hyperband._errors import ObjectiveError
from ato_hyperband._objective.arguments import Arguments
from ato_hyperband._objective.timeout import TrialTimeout, time_limit
from ato_hyperband._space.fields import is_number
from ato_hyperband._trial.brackets import Resource
from ato_hyperband._trial.trial import Outcome

# Paused generators hold a model each; beyond this many the one unused for longest is dropped,
# and run again from its start if its trial is promoted after all.
MAX_PAUSED = 256


class Task(NamedTuple):
    """One job, ready to be sent anywhere: the arguments of the objective, and how far to go.

    Attributes:
        trial: The trial's number.
        args: Positional arguments of the objective; a Slot for each that the search was given.
        kwargs: Keyword arguments of the objective, likewise.
        nodes: The `config.trial` nodes inside the arguments, to be updated when a paused
            generator goes on.
        resource: Until where to train.
        previous: Where the trial's last rung ended.
        timeout: Seconds the evaluation may take, or None.
        objectives: How many metrics the objective gives.
    """

    trial: int
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    nodes: list[dict[str, Any]]
    resource: Resource
    previous: Resource
    timeout: float | None
    objectives: int = 1


class _Paused:
    """A generator between two rungs, and the nodes of its config that say where it is."""

    def __init__(self, values: Iterator[Any], nodes: list[dict[str, Any]]) -> None:
        self.values, self.nodes = values, nodes
        self.used = 0
        self.curve: list[tuple[int, float]] = []
        self.last = Outcome(None)
        self.ended = False


class Evaluator:
    """Evaluates tasks of one objective in one process, holding its paused generators.

    Args:
        function: The objective.
        given: What the call of the search passes on to it.
    """

    def __init__(self, function: Callable[..., Any], given: Arguments) -> None:
        self.function, self.given = function, given
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
        except Exception as error:
            outcome = Outcome(None, traceback_text(error))
        if outcome.metric is None:
            self.forget(task.trial)
        return outcome._replace(seconds=time.perf_counter() - started)

    def _call(self, task: Task) -> Outcome:
        return judged(self._begin(task), "returned", task.objectives)

    def _begin(self, task: Task) -> Any:
        fill = self.given.fill
        named = {name: fill(value) for name, value in task.kwargs.items()}
        return self.function(*[fill(value) for value in task.args], **named)

    def _generate(self, task: Task) -> Outcome:
        paused = self._paused.get(task.trial)
        repeated = task.previous - (0 if paused is None else paused.used)
        if paused is None:
            values = self._begin(task)
            paused = self._paused[task.trial] = _Paused(values, task.nodes)
            if len(self._paused) > MAX_PAUSED:
                self.forget(next(iter(self._paused)))
        self._paused.move_to_end(task.trial)
        for held, new in zip(paused.nodes, task.nodes):
            if held is not new:
                held.update(new)
        _advance(paused, int(task.resource), task.objectives)
        curve = tuple(point for point in paused.curve if point[0] > task.previous)
        return paused.last._replace(curve=curve, recomputed=max(0, repeated))


def _advance(paused: _Paused, resource: int, objectives: int) -> None:
    while paused.used < resource and not paused.ended:
        try:
            value = next(paused.values)
        except StopIteration:
            paused.ended = True
        else:
            paused.used += 1
            paused.last = judged(value, "yielded", objectives)
            point = paused.last.metrics[0] if objectives > 1 else as_metric(value, "yielded")
            paused.curve.append((paused.used, point))
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


def judged(value: Any, verb: str, objectives: int = 1) -> Outcome:
    """The outcome of what an objective gave: a failure where a metric is not finite.

    Args:
        value: A number, or with several objectives one for each, in their order.
        verb: How it was given, for the message.
        objectives: How many numbers there must be.

    Raises:
        ObjectiveError: It is something else.
    """
    metrics = as_metrics(value, verb, objectives)
    bad = [metric for metric in metrics if not math.isfinite(metric)]
    if objectives == 1:
        return _not_finite(bad[0]) if bad else Outcome(metrics[0])
    return _not_finite(bad[0], metrics) if bad else Outcome(metrics[0], metrics=metrics)


def as_metrics(value: Any, verb: str, objectives: int) -> tuple[float, ...]:
    """The numbers in what an objective gave, one for each of its objectives; see `judged`."""
    if objectives == 1:
        return (as_metric(value, verb),)
    try:
        several = list(value)
    except TypeError:
        several = []
    if len(several) != objectives or isinstance(value, (str, bytes, dict)):
        raise ObjectiveError(
            f"the objective {verb} {value!r}; as mode names {objectives} objectives, return or "
            "yield as many numbers, in their order"
        )
    return tuple(as_metric(one, verb) for one in several)


def _not_finite(metric: float, metrics: tuple[float, ...] = ()) -> Outcome:
    return Outcome(None, f"the metric is {metric}", metrics=metrics)
