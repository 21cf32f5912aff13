"""Export a run to MLflow."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from typing import Any, Iterable, Iterator, Mapping, NamedTuple

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

from ato_sql._finder import SQLFinder
from ato_sql.integrations._names import acceptable, as_path, changed, config_leaves, metric_names

# The most that MLflow takes in one batch, and in one value.
METRICS, PARAMS, PARAM_LENGTH, TAG_LENGTH = 1000, 100, 6000, 5000
STATUSES = {"completed": "FINISHED", "running": "RUNNING", "interrupted": "KILLED"}


def export_run(finder: SQLFinder, run_id: int | str, tracking_uri: str | None = None) -> str:
    """Copy a run's config, metrics, tags and fingerprints to MLflow.

    The experiment is named after the project and made where it does not exist. Metrics keep their
    steps and times. Artifacts are listed as tags, not copied. Names that MLflow refuses are
    changed, `acc@1` to `acc_1`; see `changed_names`. The tag `ato.names` lists them. Where the
    export fails, nothing of the run is left in MLflow.

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
    experiment, is_new = _experiment(client, run.project.name)
    name = None
    try:
        made = client.create_run(experiment, start_time=_milliseconds(run.start_time))
        name = made.info.run_id
        _copy(client, name, finder, run)
    except BaseException:
        _remove(client, name, experiment if is_new else None)
        raise
    return str(name)


def changed_names(finder: SQLFinder, run_id: int | str) -> dict[str, str]:
    """Return the metrics, config keys and tags of a run whose names MLflow refuses.

    Returns:
        By its name, what each is called in MLflow.

    Raises:
        NotFoundError: There is no such run.
    """
    return changed(*_names(finder, finder.get_run(run_id)))


def accepted(name: str) -> str:
    """Return a name as MLflow takes it: letters, digits, `_-./` and blanks, and a plain path."""
    return as_path(name, r"[^\w.\- /]")


class _Names(NamedTuple):
    """The names of what a run has, and those that are used in MLflow."""

    metrics: dict[str, str]
    params: dict[str, str]
    tags: dict[str, str]


def _names(finder: SQLFinder, run: Any) -> _Names:
    return _Names(
        metric_names(finder, run, accepted),
        acceptable(config_leaves(run), accepted),
        acceptable((key for key, _ in _tags(run)), accepted),
    )


def _copy(client: MlflowClient, name: str, finder: SQLFinder, run: Any) -> None:
    names = _names(finder, run)
    for params in _batches(_params(run, names.params), PARAMS):
        client.log_batch(name, params=params)
    tags = [RunTag(names.tags[key], text) for key, text in _tags(run)]
    others = changed(*names)
    if others:
        tags.append(RunTag("ato.names", json.dumps(others)[:TAG_LENGTH]))
    for batch in _batches(tags, PARAMS):
        client.log_batch(name, tags=batch)
    for metrics in _batches(_metrics(finder, run, names.metrics), METRICS):
        client.log_batch(name, metrics=metrics)
    status = STATUSES.get(run.status or "", "FAILED")
    client.set_terminated(name, status, end_time=_milliseconds(run.end_time))


def _remove(client: MlflowClient, run: str | None, experiment: str | None) -> None:
    """Take back what was made; where MLflow cannot be reached, that it cannot is said already."""
    for remove, what in ((client.delete_run, run), (client.delete_experiment, experiment)):
        try:
            if what is not None:
                remove(what)
        except Exception:
            pass


def _experiment(client: MlflowClient, name: str) -> tuple[str, bool]:
    """Return the id of an experiment, and whether it was made for this."""
    found = client.get_experiment_by_name(name)
    if found is None:
        return str(client.create_experiment(name)), True
    return str(found.experiment_id), False


def _params(run: Any, names: Mapping[str, str]) -> Iterator[Param]:
    for key, value in config_leaves(run).items():
        yield Param(names[key], str(value)[:PARAM_LENGTH])


def _tags(run: Any) -> Iterator[tuple[str, str]]:
    yield "ato.uuid", run.uuid
    if run.name:
        yield "mlflow.runName", run.name
    for tag in run.tags or ():
        yield f"ato.tag.{tag}", "true"
    for print_ in run.fingerprints:
        yield f"ato.{print_.trace_type}.{print_.trace_id}", print_.fingerprint
    for artifact in run.artifacts:
        yield f"ato.artifact.{artifact.id}", artifact.path[:TAG_LENGTH]
    if run.git_commit:
        yield "mlflow.source.git.commit", run.git_commit


def _metrics(finder: SQLFinder, run: Any, names: Mapping[str, str]) -> Iterator[Metric]:
    for key, given in names.items():
        for point in finder.get_metrics(run.id, key):
            moment = _milliseconds(point.timestamp or run.start_time)
            yield Metric(given, float(point.value), moment or 0, point.step)


def _milliseconds(moment: dt.datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    return iter(lambda: list(itertools.islice(iterator, size)), [])
