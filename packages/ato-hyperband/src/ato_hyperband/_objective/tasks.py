"""From a job to the arguments of the objective: base config, sampled values, `config.trial`."""

from __future__ import annotations

import inspect
import os
from typing import Any, Callable, Mapping

from ato_adict import ADict
from ato_hyperband._objective.arguments import NOTHING, Arguments, bind
from ato_hyperband._objective.checkpoints import TrialNode
from ato_hyperband._objective.objective import Task
from ato_hyperband._trial.brackets import Resource
from ato_hyperband._trial.trial import Evaluation, Job, Trial


class Tasks:
    """Builds the tasks of one search; views and command line were applied once, before.

    Args:
        draft: What the scope made of views and command line (`scope.draft(args)`), or None for
            a search without a scope.
        scope: The scope, or None.
        function: The objective, for the names of its parameters; None with ask and tell.
        resource_key: Config key that receives the resource of the rung, or None.
        whole_resource: What that key receives instead when the objective is a generator, which
            must not end at a rung.
        checkpoint_root: Folder in which each trial has its own.
        timeout: Seconds an evaluation may take, or None.
        given: What the call of the search passes on to the objective.
        objectives: How many metrics the objective gives.
        continues: Whether a trial goes on from where it was rather than starting again.
    """

    def __init__(
        self,
        draft: Any,
        scope: Any,
        function: Callable[..., Any] | None,
        resource_key: str | None = None,
        whole_resource: Resource | None = None,
        checkpoint_root: str = "",
        timeout: float | None = None,
        given: Arguments = NOTHING,
        objectives: int = 1,
        continues: bool = False,
    ) -> None:
        self._objectives, self._continues = objectives, continues
        self._draft, self._scope = draft, scope
        self._function: Any = function
        self._resource_key, self._whole = resource_key, whole_resource
        self._checkpoints, self._timeout = checkpoint_root, timeout
        self._slots = given.slots()
        # In a MultiScope every scope's config says which trial it is of.
        self._trial_keys = [f"{name}.trial" for name in getattr(scope, "scopes", ())] or ["trial"]
        self.pauses = inspect.isgeneratorfunction(function)

    def of(self, job: Job, held: bool = False) -> Task:
        """Everything needed to run a job, in this process or another.

        Args:
            job: The job.
            held: Whether the trial's generator is paused where the task will run.
        """
        if held:
            return self._make(job, (), {}, [self._node(job) for _ in self._trial_keys])
        config, nodes = self.prepare(job)
        args, kwargs = bind(self._scope, self._function, config, self._slots)
        return self._make(job, args, kwargs, nodes)

    def prepare(self, job: Job) -> tuple[Any, list[Any]]:
        """The config with which a job is begun, and its nodes that say which trial it is of."""
        config = self._config(job.trial, job.resource, self._node(job))
        nodes = []
        for key in self._trial_keys:
            parent = config[key.split(".")[0]] if "." in key else config
            nodes.append(TrialNode(parent["trial"]))
            parent["trial"] = nodes[-1]
        return config, nodes

    def update(self, config: Any, job: Job) -> None:
        """Let a config that is in use say how far its trial goes now."""
        for key in self._trial_keys:
            parent = config[key.split(".")[0]] if "." in key else config
            parent["trial"].update(self._node(job))

    def base_config(self) -> Any:
        """The config before any trial."""
        return ADict() if self._draft is None else self._draft.complete()

    def config_of(self, trial: Trial, evaluation: Evaluation) -> Any:
        """The config with which a trial's evaluation was made (of a MultiScope: one in all)."""
        rung = [e for e in trial.evaluations if e.rung < evaluation.rung]
        previous = rung[-1].resource if rung else 0
        job = Job(trial, evaluation.rung, evaluation.resource, previous)
        config = self._config(trial, evaluation.resource, self._node(job))
        return config if isinstance(config, ADict) else ADict(config).strict()

    def _config(self, trial: Trial, resource: Resource, node: Mapping[str, Any]) -> Any:
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
            job.trial.number,
            args,
            kwargs,
            nodes,
            job.resource,
            job.previous,
            self._timeout,
            self._objectives,
        )

    def _node(self, job: Job) -> dict[str, Any]:
        return {
            "number": job.trial.number,
            "seed": job.trial.seed,
            "bracket": job.trial.bracket,
            "rung": job.rung,
            "resource": job.resource,
            "previous_resource": job.previous,
            "continues": self._continues,
            "checkpoint_dir": self._checkpoint_dir(job.trial),
        }

    def _checkpoint_dir(self, trial: Trial) -> str:
        return os.path.join(self._checkpoints, f"trial-{trial.number:05d}")
