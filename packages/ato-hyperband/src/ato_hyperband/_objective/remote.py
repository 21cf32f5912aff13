"""Sending the objective to other processes.

A decorated objective cannot be pickled by name as it is: its name now means the search. So it is
sent as "the objective of the search of that name" where the other process can import the module,
and by value through cloudpickle where it cannot (a notebook, `__main__` on another machine).
"""

from __future__ import annotations

import importlib
import pickle
import sys
from typing import Any, Callable

from ato_hyperband._errors import ObjectiveError
from ato_hyperband._objective.arguments import Arguments
from ato_hyperband._objective.objective import Evaluator, Task
from ato_hyperband._trial.trial import Outcome

# State of a worker process: its evaluators, one per search that sent it a task.
_EVALUATORS: dict[str, Evaluator] = {}
# A pool that outlives its searches must not keep their paused generators.
MAX_SEARCHES = 4


class RemoteObjective:
    """The objective of one search, as something that can be pickled and called with tasks.

    Args:
        function: The objective.
        token: Names the search, so that a worker keeps paused generators of two apart.
        given: What the call of the search passes on to the objective.
    """

    def __init__(self, function: Callable[..., Any], token: str, given: Arguments) -> None:
        self.function, self.token, self.given = function, token, given
        self._pickled: bytes | None = None

    def evaluator(self) -> Evaluator:
        """A new evaluator of the objective, for the process that this is."""
        return Evaluator(self.function, self.given)

    def __call__(self, task: Task) -> Outcome:
        """Evaluate a task in this process."""
        evaluator = _EVALUATORS.get(self.token)
        if evaluator is None:
            while len(_EVALUATORS) >= MAX_SEARCHES:
                _EVALUATORS.pop(next(iter(_EVALUATORS))).close()
            evaluator = _EVALUATORS[self.token] = self.evaluator()
        return evaluator(task)

    def close(self) -> None:
        """Close what is paused in this process."""
        evaluator = _EVALUATORS.pop(self.token, None)
        if evaluator is not None:
            evaluator.close()

    def pickled(self) -> bytes:
        """Function and arguments, pickled once however often they are sent.

        Raises:
            ObjectiveError: They cannot be sent to another process.
        """
        if self._pickled is None:
            self._pickled = pickle.dumps((_portable(self.function), _pickled(self.given)))
        return self._pickled

    def __reduce__(self) -> Any:
        return _restore, (self.pickled(), self.token)


def _restore(pickled: bytes, token: str) -> RemoteObjective:
    known = _EVALUATORS.get(token) if token else None
    if known is not None:  # this process has unpickled them before
        return RemoteObjective(known.function, token, known.given)
    (kind, *rest), given = pickle.loads(pickled)
    if kind == "value":
        return RemoteObjective(pickle.loads(rest[0]), token, pickle.loads(given))
    found = _find(*rest)
    return RemoteObjective(getattr(found, "objective", found), token, pickle.loads(given))


def _pickled(given: Arguments) -> bytes:
    try:
        return pickle.dumps(given)
    except Exception as error:
        cloudpickle = _cloudpickle()
        if cloudpickle is not None:
            try:
                return cloudpickle.dumps(given)  # type: ignore[no-any-return]
            except Exception:  # the first error says more
                pass
        raise ObjectiveError(
            f"an argument of the search cannot be sent to another process: {error}; with n_jobs=1 "
            "it need not be"
        ) from error


def _portable(function: Callable[..., Any]) -> tuple[Any, ...]:
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", "")
    importable = bool(module) and "<locals>" not in name and _names_it(module, name, function)
    if importable and module != "__main__":
        return "name", module, name
    cloudpickle = _cloudpickle()
    if cloudpickle is not None:
        return "value", cloudpickle.dumps(function)
    if importable:
        return "name", module, name
    raise ObjectiveError(
        f"the objective {name or function!r} cannot be sent to another process: define it at "
        "the top of a module, or install cloudpickle (`pip install cloudpickle`)"
    )


def _cloudpickle() -> Any:
    try:
        import cloudpickle  # type: ignore[import-untyped,import-not-found,unused-ignore]
    except ImportError:
        return sys.modules.get("ray.cloudpickle")  # Ray brings its own
    return cloudpickle


def _names_it(module: Any, name: str, function: Callable[..., Any]) -> bool:
    try:
        found = _find(module, name)
    except (ImportError, AttributeError):
        return False
    return found is function or getattr(found, "objective", None) is function


def _find(module: str, name: str) -> Any:
    found: Any = sys.modules.get(module) or importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found
