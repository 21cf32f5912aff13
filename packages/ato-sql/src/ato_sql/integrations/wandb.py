"""Export a run to files of W&B, which `wandb sync` sends; needs the extra `wandb`."""

from __future__ import annotations

import os
import shutil
from typing import Any

import wandb

from ato_sql._errors import MetricError
from ato_sql._facts.config import from_json
from ato_sql._finder import SQLFinder
from ato_sql.integrations._names import changed, metric_names


def export_run(finder: SQLFinder, run_id: int | str, folder: str | os.PathLike[str]) -> str:
    """Write a run's config, tags and metrics as an offline run of W&B; nothing is sent.

    The project is that of the run, and so are name and id. Values of one step are one row; of
    several values of a metric at one step, the last. Names that W&B keeps for itself are changed,
    `_step` to `step`; see `changed_names`. Where the export fails, no files are left.

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
    theirs = wandb.init(
        project=run.project.name,
        name=run.name,
        id=run.uuid,
        tags=[tag[:64] for tag in run.tags or () if tag],
        config=from_json(run.config),
        dir=os.fspath(folder),
        mode="offline",
        reinit="create_new",
        settings=wandb.Settings(silent=True, console="off", x_disable_stats=True),
    )
    made = str(os.path.dirname(theirs.dir))
    try:
        for step, row in rows:
            theirs.log(row, step=step)
        _finish(theirs, 0 if run.status == "completed" else 1)
    except BaseException:
        _finish(theirs, 1)
        shutil.rmtree(made, ignore_errors=True)
        raise
    return made


def _finish(run: Any, code: int) -> None:
    """End a run of W&B, whose process may still write its file when `finish` returns."""
    run.finish(code)
    if wandb.run is None:  # nobody else uses it
        wandb.teardown()


def changed_names(finder: SQLFinder, run_id: int | str) -> dict[str, str]:
    """Return the metrics of a run whose names W&B keeps for itself.

    Returns:
        By its name, what each is called in W&B.

    Raises:
        NotFoundError: There is no such run.
    """
    return changed(metric_names(finder, finder.get_run(run_id), accepted))


def accepted(name: str) -> str:
    """Return a name as W&B takes it: what begins with `_` is its own."""
    return name.lstrip("_") or "metric"


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
