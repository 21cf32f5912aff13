"""Export a run to MLflow."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
import os
from collections import Counter
from typing import Any, Iterable, Iterator, Mapping, NamedTuple

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from ato_sql._db.read_only import is_trackers
from ato_sql._errors import SettingsError, TrackerError
from ato_sql._finder import SQLFinder
from ato_sql._values.marked import literal
from ato_sql._values.types import MYSQL
from ato_sql._values.url import show_url
from ato_sql.integrations._names import (
    acceptable,
    as_path,
    changed,
    config_leaves,
    config_names,
    metric_names,
    project_name,
)
from ato_sql.integrations._numbers import float_points
from ato_sql.integrations._numbers import left_out as left_out
from ato_sql.integrations._parents import OURS, PARENT, Parents

# The most that MLflow takes in one batch, and in one value.
METRICS, PARAMS, PARAM_LENGTH, TAG_LENGTH, PROJECT_LENGTH = 1000, 100, 6000, 5000, 500
_RETRIES = "MLFLOW_HTTP_REQUEST_MAX_RETRIES"
STATUSES = {"completed": "FINISHED", "running": "RUNNING", "interrupted": "KILLED"}


def export_run(finder: SQLFinder, run_id: int | str, tracking_uri: str | None = None) -> str:
    """Copy a run's config, metrics, tags, notes and fingerprints to MLflow.

    The experiment is named after the project and made where it does not exist. Metrics keep their
    steps and times. Artifacts are listed as tags, not copied; see `not_carried` for what does not
    arrive at all. A run is below its parent where MLflow has that as well, whichever is exported
    first; the tag `ato.parent` tells the parent's UUID. Names that MLflow refuses are
    changed, `acc@1` to `acc_1`; see `changed_names`. The tag `ato.names` lists them. What is longer
    than MLflow takes is cut, see `cut_values`; an integer too large for a float is left out, see
    `left_out`. An earlier export of the run, which its tag
    `ato.uuid` tells, is deleted; where this one fails, it stays, and nothing of this one is left.

    Args:
        finder: The tracker's database.
        run_id: The run's id or UUID.
        tracking_uri: MLflow's; the one MLflow is set to by default.

    Returns:
        The id of the MLflow run.

    Raises:
        NotFoundError: There is no such run.
        TrackerError: The experiment of that name is deleted in MLflow, which keeps the name.
    """
    run = finder.get_run(run_id)
    client = MlflowClient(tracking_uri)
    experiment = _experiment(client, project_name(finder, run, accepted_project))
    earlier = _exported(client, experiment, run.uuid)
    name = parents = None
    try:
        # The tag tells what is left of an export that was killed.
        begun, told = _milliseconds(run.start_time), {"ato.uuid": run.uuid}
        made = client.create_run(experiment, start_time=begun, tags=told)
        name = made.info.run_id
        parents = Parents(client, finder, lambda one: project_name(finder, one, accepted_project))
        _copy(client, name, finder, run, parents.of(run))
        parents.adopt(run, name)
    except BaseException:
        # An experiment is never taken back: MLflow would keep its name, which nobody could use.
        with contextlib.suppress(Exception):  # that MLflow cannot be reached is said already
            # It may have made the run before it could say so.
            made_now = [name] if name is not None else _exported(client, experiment, run.uuid)
            for new in set(made_now).difference(earlier):
                client.delete_run(new)
            if earlier and parents is not None:  # its children may be below what is gone again
                parents.adopt(run, earlier[0])
        raise
    for old in earlier:
        client.delete_run(old)
    return str(name)


def reach(tracking_uri: str | None = None) -> None:
    """Ask MLflow something, once; it raises what it says where it cannot be reached.

    Raises:
        SettingsError: There is a tracker's database, into which MLflow would write its tables.
    """
    _refuse_tracker(tracking_uri or os.environ.get("MLFLOW_TRACKING_URI") or "")
    before = os.environ.get(_RETRIES)
    os.environ[_RETRIES] = before or "0"  # else it tries for minutes, without a word
    try:
        MlflowClient(tracking_uri).search_experiments(max_results=1)
    finally:
        if before is None:
            del os.environ[_RETRIES]


def _refuse_tracker(uri: str) -> None:
    try:
        url = make_url(uri)
    except ArgumentError:  # a folder
        return
    if url.get_backend_name() in ("sqlite", "postgresql", *MYSQL) and is_trackers(url):
        raise SettingsError(
            f"{show_url(url)} is a database of ato's, not MLflow's: name another, such as "
            "sqlite:///mlflow.db"
        )


def changed_names(finder: SQLFinder, run_id: int | str) -> dict[str, str]:
    """Return the project, metrics, config keys and tags of a run whose names MLflow refuses.

    A name that is the folder of another is among them: of `loss` and `loss/train` the first, as
    MLflow may keep both as files.

    Returns:
        By its name, with its kind before it where that is needed, what each is called in MLflow.

    Raises:
        NotFoundError: There is no such run.
    """
    run = finder.get_run(run_id)
    project = {run.project.name: project_name(finder, run, accepted_project)}
    return changed(project=project, **_names(finder, run).by_kind())


def cut_values(finder: SQLFinder, run_id: int | str) -> dict[str, int]:
    """Return the config values and tags of a run that are longer than MLflow takes.

    Returns:
        By their names, how many letters of each arrive.

    Raises:
        NotFoundError: There is no such run.
    """
    run = finder.get_run(run_id)
    values = [(key, _text(value), PARAM_LENGTH) for key, value in config_leaves(run).items()]
    values += [(key, text, TAG_LENGTH) for key, text in _tags(run)]
    return {key: length for key, text, length in values if len(text) > length}


def not_carried(finder: SQLFinder, run_id: int | str) -> dict[str, int]:
    """Return what of a run does not arrive: media by their kind, and the console.

    Returns:
        By kind, `'image'`, `'table'` and so on, how many there are; `'console'` is 1.

    Raises:
        NotFoundError: There is no such run.
    """
    run = finder.get_run(run_id)
    found = Counter(str(one.data_type) for one in run.media)
    found.update(["console"] if finder.console(run.id) else [])
    return dict(found)


def accepted(name: str) -> str:
    """Return a name as MLflow takes it: letters, digits, `_-./` and blanks, and a plain path."""
    return as_path(name, r"[^\w.\- /]")


def accepted_project(name: str) -> str:
    """Return the name of a project as that of an experiment: text, not above 500 letters.

    Without apostrophes, which MLflow's store of files takes for the end of the name.
    """
    return _encodable(name).replace("'", "_")[:PROJECT_LENGTH]


class _Names(NamedTuple):
    """The names of what a run has, and those that are used in MLflow."""

    metrics: dict[str, str]
    params: dict[str, str]
    tags: dict[str, str]

    def by_kind(self) -> dict[str, dict[str, str]]:
        return {"metric": self.metrics, "config": self.params, "tag": self.tags}


def _names(finder: SQLFinder, run: Any) -> _Names:
    return _Names(
        metric_names(finder, run, accepted, are_files=True),
        config_names(run, accepted),
        acceptable((key for key, _ in _tags(run)), accepted, are_files=True),
    )


def _copy(client: MlflowClient, name: str, finder: SQLFinder, run: Any, parent: str | None) -> None:
    names = _names(finder, run)
    for params in _batches(_params(run, names.params), PARAMS):
        client.log_batch(name, params=params)
    tags = [RunTag(names.tags[key], text[:TAG_LENGTH]) for key, text in _tags(run)]
    if parent is not None:
        tags.append(RunTag(PARENT, parent))
    others = changed(**names.by_kind())
    if others:
        tags.append(RunTag("ato.names", json.dumps(others)[:TAG_LENGTH]))
    for batch in _batches(tags, PARAMS):
        client.log_batch(name, tags=batch)
    for metrics in _batches(_metrics(finder, run, names.metrics), METRICS):
        client.log_batch(name, metrics=metrics)
    status = STATUSES.get(run.status or "", "FAILED")
    client.set_terminated(name, status, end_time=_milliseconds(run.end_time))


def _experiment(client: MlflowClient, name: str) -> str:
    """Return the id of an experiment, which is made where there is none."""
    found = client.get_experiment_by_name(name)
    if found is None:
        return str(client.create_experiment(name))
    if found.lifecycle_stage != "active":
        number = found.experiment_id
        raise TrackerError(
            f"the experiment {name!r} is deleted in MLflow, which keeps its name: "
            f"mlflow experiments restore --experiment-id {number}"
        )
    return str(found.experiment_id)


def _exported(client: MlflowClient, experiment: str, uuid: str) -> list[str]:
    """Return the ids of a run's earlier exports."""
    found = client.search_runs([experiment], f"tags.`ato.uuid` = '{uuid}'")
    return [str(run.info.run_id) for run in found]


def _params(run: Any, names: Mapping[str, str]) -> Iterator[Param]:
    for key, value in config_leaves(run).items():
        yield Param(names[key], _text(value)[:PARAM_LENGTH])


def _text(value: Any) -> str:
    return _encodable(value if isinstance(value, str) else literal(value))


def _encodable(text: str) -> str:
    """Return a text with lone surrogates escaped, which are no text to MLflow."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _tags(run: Any) -> Iterator[tuple[str, str]]:
    yield "ato.uuid", run.uuid
    if run.name:
        yield "mlflow.runName", run.name
    if run.parent_uuid:
        yield OURS, run.parent_uuid
    notes = "\n\n".join(_encodable(note.text) for note in run.notes)
    if notes:
        yield "mlflow.note.content", notes
    for tag in run.tags or ():
        yield f"ato.tag.{tag}", "true"
    for print_ in run.fingerprints:
        yield f"ato.{print_.trace_type}.{print_.trace_id}", print_.fingerprint
    for artifact in run.artifacts:
        yield f"ato.artifact.{artifact.id}", artifact.path
    if run.git_commit:
        yield "mlflow.source.git.commit", run.git_commit


def _metrics(finder: SQLFinder, run: Any, names: Mapping[str, str]) -> Iterator[Metric]:
    for key, given in names.items():
        for point, value in float_points(finder, run.id, key):
            moment = _milliseconds(point.timestamp or run.start_time)
            yield Metric(given, value, moment or 0, point.step)


def _milliseconds(moment: dt.datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    return iter(lambda: list(itertools.islice(iterator, size)), [])
