"""From a job to the arguments of the objective: base config, sampled values, `config.trial`."""

from __future__ import annotations

import inspect
import os
from typing import Any, Callable, Mapping

from ato_adict import ADict
from ato_hyperband._brackets import Resource
from ato_hyperband._objective import Task
from ato_hyperband._trial import Evaluation, Job, Trial


class Caller:
    """Builds the tasks of one search; views and command line were applied once, before.

    Args:
        draft: What the scope made of views and command line (`scope.draft(args)`), or None for
            a search without a scope.
        scope: The scope, or None.
        function: The objective, for the names of its parameters.
        resource_key: Config key that receives the resource of the rung, or None.
        whole_resource: What that key receives instead when the objective is a generator, which
            must not end at a rung.
        checkpoint_root: Folder in which each trial gets its own, or None.
        timeout: Seconds an evaluation may take, or None.
    """

    def __init__(
        self,
        draft: Any,
        scope: Any,
        function: Callable[..., Any],
        resource_key: str | None = None,
        whole_resource: Resource | None = None,
        checkpoint_root: str | None = None,
        timeout: float | None = None,
    ) -> None:
        self._draft, self._scope, self._function = draft, scope, function
        self._resource_key, self._whole = resource_key, whole_resource
        self._checkpoints, self._timeout = checkpoint_root, timeout
        self._signature = _SignatureOf(function)
        # In a MultiScope every scope's config says which trial it is of.
        self._trial_keys = [f"{name}.trial" for name in getattr(scope, "scopes", ())] or ["trial"]
        self.pauses = inspect.isgeneratorfunction(function)

    def task(self, job: Job) -> Task:
        """Everything needed to run a job, in this process or another."""
        config = self.config(job.trial, job.resource, self._node(job))
        args, kwargs = self._arguments(config)
        nodes = [config[key.split(".")[0]]["trial"] for key in self._trial_keys if "." in key]
        return self._make(job, args, kwargs, nodes or [config["trial"]])

    def continuation(self, job: Job) -> Task:
        """The same for a job whose generator is paused where the task will run."""
        return self._make(job, (), {}, [self._node(job) for _ in self._trial_keys])

    def base_config(self) -> Any:
        """The config before any trial."""
        return ADict() if self._draft is None else self._draft.complete()

    def config_of(self, trial: Trial, evaluation: Evaluation) -> Any:
        """The config with which a trial's evaluation was made (of a MultiScope: one in all)."""
        rung = [e for e in trial.evaluations if e.rung < evaluation.rung]
        previous = rung[-1].resource if rung else 0
        job = Job(trial, evaluation.rung, evaluation.resource, previous)
        config = self.config(trial, evaluation.resource, self._node(job))
        return config if isinstance(config, ADict) else ADict(config).strict()

    def config(self, trial: Trial, resource: Resource, node: Mapping[str, Any]) -> Any:
        """An independent config with a trial's parameters in it."""
        overrides: dict[str, Any] = dict(trial.params)
        for key in self._trial_keys:
            overrides[key] = ADict(node)
        if self._resource_key is not None:
            overrides[self._resource_key] = resource if self._whole is None else self._whole
        if self._draft is not None:
            return self._draft.complete(overrides=overrides, source="search")
        config = ADict()
        for name, value in overrides.items():
            config.set_by_name(name, value)
        return config.strict()

    def _make(
        self, job: Job, args: tuple[Any, ...], kwargs: dict[str, Any], nodes: list[Any]
    ) -> Task:
        return Task(
            job.trial.number, args, kwargs, nodes, job.resource, job.previous, self._timeout
        )

    def _node(self, job: Job) -> dict[str, Any]:
        return {
            "number": job.trial.number,
            "seed": job.trial.seed,
            "bracket": job.trial.bracket,
            "rung": job.rung,
            "resource": job.resource,
            "previous_resource": job.previous,
            "checkpoint_dir": self._checkpoint_dir(job.trial),
        }

    def _checkpoint_dir(self, trial: Trial) -> str | None:
        if self._checkpoints is None:
            return None
        folder = os.path.join(self._checkpoints, f"trial-{trial.number:05d}")
        os.makedirs(folder, exist_ok=True)
        return folder

    def _arguments(self, config: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if self._scope is None:
            return (config,), {}
        arguments: tuple[tuple[Any, ...], dict[str, Any]] = self._scope.call(
            self._signature, config
        )
        return arguments


class _SignatureOf:
    """Stands in for a function: is injected as it would be, and returns what it was called with."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.__signature__ = inspect.signature(function)
        self.__name__ = getattr(function, "__name__", "objective")

    def __call__(self, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return args, kwargs
