"""Export the metrics of a run as an event file of TensorBoard; needs the extra `tensorboard`."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from typing import Any

from tensorboardX import SummaryWriter

from ato_sql._finder import SQLFinder
from ato_sql.integrations._names import as_file, as_path, changed, metric_names, project_name
from ato_sql.integrations._numbers import float_points
from ato_sql.integrations._numbers import left_out as _left_out

_NAN = logging.getLogger("tensorboardX.x2num")
SUFFIX = ".ato"  # by which an earlier export is known
LARGEST = 3.4028234663852886e38  # of 32 bits


def export_run(finder: SQLFinder, run_id: int | str, folder: str | os.PathLike[str]) -> str:
    """Write all values of a run's metrics to an event file.

    They keep their steps and times; TensorBoard holds values of 32 bits. What is too large for one
    is left out, see `left_out`. Names it refuses are changed, `acc@1` to `acc_1`; see
    `changed_names`. An earlier export of the run is replaced,
    and where this one fails, it stays.

    Args:
        finder: The tracker's database.
        run_id: The run's id or UUID.
        folder: What `tensorboard --logdir` is given; a run is below it, `project/name-id`.

    Returns:
        The folder of the run.

    Raises:
        NotFoundError: There is no such run.
        OSError: The folder cannot be written.
    """
    run = finder.get_run(run_id)
    name = f"{as_file(run.name)}-{run.id}" if run.name else str(run.id)
    project = project_name(finder, run, as_file)
    target = os.path.join(os.fspath(folder), project, name)
    os.makedirs(target, exist_ok=True)
    made = tempfile.mkdtemp(prefix=".ato-", dir=target)
    try:
        _write(finder, run, made)
        for old in [one for one in os.listdir(target) if one.endswith(SUFFIX)]:
            os.unlink(os.path.join(target, old))
        for new in os.listdir(made):
            os.replace(os.path.join(made, new), os.path.join(target, new))
    finally:
        shutil.rmtree(made, ignore_errors=True)
        _remove_if_empty(target)
    return target


def changed_names(finder: SQLFinder, run_id: int | str) -> dict[str, str]:
    """Return the project and the metrics of a run whose names no folder or TensorBoard takes.

    Returns:
        By its name, with its kind before it where that is needed, what TensorBoard calls each.

    Raises:
        NotFoundError: There is no such run.
    """
    run = finder.get_run(run_id)
    project = {run.project.name: project_name(finder, run, as_file)}
    return changed(project=project, metric=metric_names(finder, run, accepted))


def left_out(finder: SQLFinder, run_id: int | str) -> dict[str, int]:
    """Return the metrics of a run with values that are too large for 32 bits.

    Returns:
        By their names, how many values of each are left out.

    Raises:
        NotFoundError: There is no such run.
    """
    return _left_out(finder, run_id, LARGEST)


def accepted(name: str) -> str:
    """Return a name as TensorBoard takes it: letters, digits and `_-./`."""
    return as_path(name, r"[^\w.\-/]")


def _write(finder: SQLFinder, run: Any, folder: str) -> None:
    writer = SummaryWriter(folder, filename_suffix=SUFFIX)
    _NAN.disabled = True  # that there is NaN is no news
    try:
        for key, given in metric_names(finder, run, accepted).items():
            for point, value in float_points(finder, run.id, key, LARGEST):
                moment = (point.timestamp or run.start_time).timestamp()
                writer.add_scalar(given, value, point.step, moment)
    finally:
        _NAN.disabled = False
        writer.close()


def _remove_if_empty(folder: str) -> None:
    try:
        os.rmdir(folder)
        os.rmdir(os.path.dirname(folder))
    except OSError:  # there is something in it
        pass
