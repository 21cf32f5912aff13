"""Export a run to files of W&B, which `wandb sync` sends; needs the extra `wandb`."""

from __future__ import annotations

import glob
import os
import re
import shutil
from typing import Any

import wandb

from ato_sql._errors import MetricError
from ato_sql._finder import SQLFinder
from ato_sql._values.marked import from_json
from ato_sql.integrations._names import acceptable, changed, metric_names, project_name

# The most that W&B takes, and the room that is left for a number where a name is cut.
PROJECT_LENGTH, TAG_LENGTH, ROOM = 128, 64, 8


def export_run(finder: SQLFinder, run_id: int | str, folder: str | os.PathLike[str]) -> str:
    """Write a run's config, tags and metrics as an offline run of W&B; nothing is sent.

    The project is that of the run, and so are name and id. Values of one step are one row; of
    several values of a metric at one step, the last. Names that W&B keeps for itself or refuses are
    changed, `_step` to `step`; see `changed_names`. An earlier export of the run is replaced, and
    where this one fails, it stays, and no files of this one are left.

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
    earlier = _exported(folder, run.uuid)
    theirs = _begin(finder, run, folder)
    made = str(os.path.dirname(theirs.dir))
    try:
        for step, row in rows:
            theirs.log(row, step=step)
        _finish(theirs, 0 if run.status == "completed" else 1)
    except BaseException:
        _finish(theirs, 1)
        shutil.rmtree(made, ignore_errors=True)
        raise
    for old in earlier:
        if os.path.basename(old) != os.path.basename(made):  # not of the same second
            shutil.rmtree(old, ignore_errors=True)
    return made


def _begin(finder: SQLFinder, run: Any, folder: str | os.PathLike[str]) -> Any:
    """Return a run of W&B that has all but the metrics of one of ours."""
    os.makedirs(folder, exist_ok=True)
    return wandb.init(
        project=project_name(finder, run, accepted_project),
        name=run.name,
        id=run.uuid,
        tags=list(_tags(run).values()),
        config=from_json(run.config),
        dir=os.fspath(folder),
        mode="offline",
        reinit="create_new",
        settings=wandb.Settings(silent=True, console="off", x_disable_stats=True),
    )


def _exported(folder: str | os.PathLike[str], uuid: str) -> list[str]:
    """Return the folders of a run's earlier exports."""
    below = glob.escape(os.path.join(os.path.abspath(folder), "wandb"))
    return glob.glob(os.path.join(below, f"offline-run-*-{uuid}"))


def _finish(run: Any, code: int) -> None:
    """End a run of W&B, whose process may still write its file when `finish` returns."""
    run.finish(code)
    if wandb.run is None:  # nobody else uses it
        wandb.teardown()


def changed_names(finder: SQLFinder, run_id: int | str) -> dict[str, str]:
    """Return the project, metrics and tags of a run whose names W&B refuses or keeps for itself.

    Returns:
        By its name, what each is called in W&B.

    Raises:
        NotFoundError: There is no such run.
    """
    run = finder.get_run(run_id)
    project = {run.project.name: project_name(finder, run, accepted_project)}
    return changed(project, metric_names(finder, run, accepted), _tags(run))


def accepted(name: str) -> str:
    """Return a name as W&B takes it: what begins with `_` is its own."""
    return name.lstrip("_") or "metric"


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


def _rows(finder: SQLFinder, run: Any) -> dict[int, dict[str, Any]]:
    """Return what was logged at each step, and when."""
    rows: dict[int, dict[str, Any]] = {}
    for key, given in metric_names(finder, run, accepted).items():
        for point in finder.get_metrics(run.id, key):
            row = rows.setdefault(int(point.step), {})
            row[given] = point.value
            moment = (point.timestamp or run.start_time).timestamp()
            row["_timestamp"] = max(moment, row.get("_timestamp", moment))
    return rows
