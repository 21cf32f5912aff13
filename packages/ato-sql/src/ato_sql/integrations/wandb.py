"""Export a run to files of W&B, which `wandb sync` sends; needs the extra `wandb`."""

from __future__ import annotations

import contextlib
import glob
import os
import re
import shutil
import tempfile
from typing import Any, Callable, Mapping

import wandb

from ato_sql._errors import MetricError
from ato_sql._finder import SQLFinder
from ato_sql._values.marked import is_marked, key_in, readable
from ato_sql.integrations._names import (
    acceptable,
    changed,
    given_names,
    metric_names,
    project_name,
)
from ato_sql.integrations._numbers import float_points
from ato_sql.integrations._numbers import left_out as left_out

# The most that W&B takes, and the room that is left for a number where a name is cut.
PROJECT_LENGTH, TAG_LENGTH, ROOM = 128, 64, 8


def export_run(finder: SQLFinder, run_id: int | str, folder: str | os.PathLike[str]) -> str:
    """Write a run's config, tags and metrics as an offline run of W&B; nothing is sent.

    The project is that of the run, and so are name and id. Values of one step are one row; of
    several values of a metric at one step, the last. Names that W&B keeps for itself or refuses are
    changed, `_step` to `step`; see `changed_names`. An integer too large for a float is left out,
    see `left_out`. An earlier export of the run is replaced, and where this one fails, it stays,
    and no files of this one are left.

    Args:
        finder: The tracker's database.
        run_id: The run's id or UUID.
        folder: Where to put them, below `wandb/`.

    Returns:
        The folder that `wandb sync` takes.

    Raises:
        NotFoundError: There is no such run.
        MetricError: It has a metric at a step below 0, which W&B would leave out.
    """
    run = finder.get_run(run_id)
    rows = sorted(_rows(finder, run).items())
    if rows and rows[0][0] < 0:
        raise MetricError(f"run {run.id} has metrics at step {rows[0][0]}; W&B has none below 0")
    os.makedirs(folder, exist_ok=True)
    staged = tempfile.mkdtemp(prefix=".ato-", dir=folder)
    try:
        made = _written(finder, run, rows, staged)
        return _moved(made, folder, run.uuid)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _written(finder: SQLFinder, run: Any, rows: list[tuple[int, Any]], folder: str) -> str:
    """Write a run of W&B, and return its folder; what uses it has ended, whatever happens."""
    theirs = None
    try:
        theirs = _begin(finder, run, folder)
        for step, row in rows:
            theirs.log(row, step=step)
        _finish(theirs, 0 if run.status == "completed" else 1)
    except BaseException:
        with contextlib.suppress(Exception):  # why it failed is what is to be said
            _finish(theirs, 1)
        raise
    return str(os.path.dirname(theirs.dir))


def _begin(finder: SQLFinder, run: Any, folder: str) -> Any:
    """Return a run of W&B that has all but the metrics of one of ours."""
    return wandb.init(
        project=project_name(finder, run, accepted_project),
        name=run.name,
        id=run.uuid,
        tags=list(_tags(run).values()),
        config=_config(run)[0],
        dir=folder,
        mode="offline",
        reinit="create_new",
        settings=wandb.Settings(silent=True, console="off", x_disable_stats=True),
    )


def _moved(made: str, folder: str | os.PathLike[str], uuid: str) -> str:
    """Put the folder of a run where `wandb sync` looks for it, in place of its earlier exports."""
    below = os.path.join(os.path.abspath(folder), "wandb")
    os.makedirs(below, exist_ok=True)
    earlier = glob.glob(os.path.join(glob.escape(below), f"offline-run-*-{uuid}"))
    target = os.path.join(below, os.path.basename(made))
    shutil.rmtree(target, ignore_errors=True)  # one of the same second
    os.rename(made, target)
    for old in earlier:
        if old != target:
            shutil.rmtree(old, ignore_errors=True)
    return target


def _finish(run: Any, code: int) -> None:
    """End a run of W&B, whose process may still write its file when `finish` returns."""
    try:
        if run is not None:
            run.finish(code)
    finally:
        if wandb.run is None:  # nobody else uses it
            wandb.teardown()


def changed_names(finder: SQLFinder, run_id: int | str) -> dict[str, str]:
    """Return the project, metrics, config keys and tags of a run whose names W&B does not take.

    It refuses some and keeps some for itself, and its config keys are texts: 30 is called `30`.

    Returns:
        By its name, with its kind before it where that is needed, what each is called in W&B.

    Raises:
        NotFoundError: There is no such run.
    """
    run = finder.get_run(run_id)
    project = {run.project.name: project_name(finder, run, accepted_project)}
    metrics = metric_names(finder, run, accepted)
    return changed(project=project, metric=metrics, config=_config(run)[1], tag=_tags(run))


def accepted(name: str) -> str:
    """Return a name as W&B takes it: what begins with `_` is its own."""
    return name.lstrip("_") or "metric"


def accepted_key(name: str) -> str:
    """Return a config key as W&B takes it: a text that it does not keep for itself or shorten."""
    return str(key_in(name)).lstrip("_-").rstrip("-") or "key"


def accepted_inner_key(name: str) -> str:
    """Return a key of a config in a config as W&B takes it: `_type` would name an artifact."""
    text = str(key_in(name))
    return accepted_key(text) if text in ("", "_type", "_wandb") else text


def accepted_project(name: str) -> str:
    """Return the name of a project as W&B takes it: at most 128 letters, and no path."""
    kept = re.sub(r"[/\\#?%:]", "_", name)
    return kept if len(kept) <= PROJECT_LENGTH else kept[: PROJECT_LENGTH - ROOM]


def accepted_tag(tag: str) -> str:
    """Return a tag as W&B takes it: at most 64 letters."""
    return tag if len(tag) <= TAG_LENGTH else tag[: TAG_LENGTH - ROOM]


def _tags(run: Any) -> dict[str, str]:
    """Return the tags of a run, and those that are used instead; an empty one is none there."""
    return acceptable((tag for tag in run.tags or () if tag), accepted_tag)


def _config(run: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a run's config as W&B takes it, and by dotted key what is called otherwise."""
    names: dict[str, str] = {}
    config = run.config or {}
    if is_marked(config) or not isinstance(config, Mapping):  # it is damaged, or no dict
        config = {"config": config}
    return _named(config, accepted_key, names, ()), names


def _named(
    data: Any, accept: Callable[[str], str], names: dict[str, str], above: tuple[str, ...]
) -> Any:
    """Return data with the keys that W&B takes, and texts for values that JSON does not have."""
    if isinstance(data, list):
        parts = [(*above, f"[{place}]") for place in range(len(data))]
        return [_named(item, accept, names, part) for item, part in zip(data, parts)]
    if is_marked(data) or not isinstance(data, Mapping):
        return readable(data)
    given = given_names(list(data), accept)
    for key, new in zip(data, given):
        names[".".join((*above, key))] = ".".join((*above, new))
    paths = [(*above, key) for key in data]
    items = zip(given, data.values(), paths)
    return {new: _named(item, accepted_inner_key, names, path) for new, item, path in items}


def _rows(finder: SQLFinder, run: Any) -> dict[int, dict[str, Any]]:
    """Return what was logged at each step, and when."""
    rows: dict[int, dict[str, Any]] = {}
    for key, given in metric_names(finder, run, accepted).items():
        for point, value in float_points(finder, run.id, key):
            row = rows.setdefault(int(point.step), {})
            row[given] = value
            moment = (point.timestamp or run.start_time).timestamp()
            row["_timestamp"] = max(moment, row.get("_timestamp", moment))
    return rows
