"""Export a run to MLflow."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any, Iterable, Iterator

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

from ato_sql._facts.params import leaves
from ato_sql._finder import SQLFinder

# The most that MLflow takes in one batch, and in one parameter's value.
METRICS, PARAMS, PARAM_LENGTH = 1000, 100, 6000
STATUSES = {"completed": "FINISHED", "running": "RUNNING", "interrupted": "KILLED"}


def export_run(finder: SQLFinder, run_id: int | str, tracking_uri: str | None = None) -> str:
    """Copy a run's config, metrics, tags and fingerprints to MLflow.

    The experiment is named after the project and made where it does not exist. Metrics keep their
    steps and times. Artifacts are listed as tags, not copied.

    Args:
        finder: The tracker's database.
        run_id: The run's id or UUID.
        tracking_uri: MLflow's; the one MLflow is set to by default.

    Returns:
        The id of the MLflow run.

    Raises:
        NotFoundError: There is no such run.
    """
    run = finder.get_run(run_id)
    client = MlflowClient(tracking_uri)
    made = client.create_run(
        _experiment_id(client, run.project.name), start_time=_milliseconds(run.start_time)
    )
    name = made.info.run_id
    for params in _batches(_params(run), PARAMS):
        client.log_batch(name, params=params)
    for tags in _batches(_tags(run), PARAMS):
        client.log_batch(name, tags=tags)
    for metrics in _batches(_metrics(finder, run), METRICS):
        client.log_batch(name, metrics=metrics)
    status = STATUSES.get(run.status or "", "FAILED")
    client.set_terminated(name, status, end_time=_milliseconds(run.end_time))
    return str(name)


def _experiment_id(client: MlflowClient, name: str) -> Any:
    found = client.get_experiment_by_name(name)
    return client.create_experiment(name) if found is None else found.experiment_id


def _params(run: Any) -> Iterator[Param]:
    for key, value in leaves(run.config):
        yield Param(key, str(value)[:PARAM_LENGTH])


def _tags(run: Any) -> Iterator[RunTag]:
    yield RunTag("ato.uuid", run.uuid)
    for tag in run.tags or ():
        yield RunTag(f"ato.tag.{tag}", "true")
    for print_ in run.fingerprints:
        yield RunTag(f"ato.{print_.trace_type}.{print_.trace_id}", print_.fingerprint)
    for artifact in run.artifacts:
        yield RunTag(f"ato.artifact.{artifact.id}", artifact.path)
    if run.git_commit:
        yield RunTag("mlflow.source.git.commit", run.git_commit)


def _metrics(finder: SQLFinder, run: Any) -> Iterator[Metric]:
    for key in finder.get_metric_keys(run.id):
        for point in finder.get_metrics(run.id, key):
            moment = _milliseconds(point.timestamp or run.start_time)
            yield Metric(key, float(point.value), moment or 0, point.step)


def _milliseconds(moment: dt.datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    return iter(lambda: list(itertools.islice(iterator, size)), [])
