"""`export`: runs and metrics as files, and to other tools."""

from __future__ import annotations

import importlib
import sys
from argparse import Namespace
from typing import Any

from ato_adict import AtoError
from ato_sql._commands.shared import report
from ato_sql._errors import SettingsError, TrackerError
from ato_sql._finder import SQLFinder
from ato_sql._values.shown import text_of

# What to install for each tool.
_TOOLS = {
    "mlflow": "mlflow",
    "tensorboard": "'ato-sql[tensorboard]'",
    "wandb": "'ato-sql[wandb]'",
}


def export(finder: SQLFinder, options: Namespace) -> int:
    """Write runs or metrics to a file, or export them to another tool."""
    if options.to is not None:
        return _export_to(finder, options)
    if options.path is None:
        raise SettingsError("export needs a file: ato export runs.jsonl, or - for stdout")
    ids = None if options.chosen is None else [finder.named_run(run).id for run in options.chosen]
    if options.path == "-":
        finder.export_to(sys.stdout, options.project, ids)
        return 0
    is_metrics = options.path.endswith((".csv", ".parquet", ".pq"))
    write = finder.export_metrics if is_metrics else finder.export
    count = write(options.path, options.project, ids, force=options.force)
    report(options, {"runs": count, "path": options.path}, f"{count} runs in {options.path}")
    return 0


def _export_to(finder: SQLFinder, options: Namespace) -> int:
    tool = _tool(options.to)
    if options.path is None and options.to != "mlflow":
        raise SettingsError(f"export --to {options.to} needs a folder")
    runs, names, made = _chosen(finder, options), {}, []
    for run in runs:
        names.update(tool.changed_names(finder, run.id))
        made.append({"run": run.id, "path": _exported(tool, finder, run.id, options)})
    told = [f"{text_of(name)} is called {given}" for name, given in names.items()]
    where = f" in {options.path}" if options.path else ""
    text = "\n".join([*told, f"{len(runs)} runs{where}"])
    report(options, {"runs": len(runs), "made": made, "names": names}, text)
    return 0


def _exported(tool: Any, finder: SQLFinder, run_id: int, options: Namespace) -> str:
    """Export a run and return where it is; what the other tool says against it is one line."""
    try:
        return str(tool.export_run(finder, run_id, options.path))
    except (AtoError, OSError):
        raise
    except Exception as error:
        raise TrackerError(f"{options.to} did not take run {run_id}: {error}") from error


def _tool(name: str) -> Any:
    try:
        return importlib.import_module(f"ato_sql.integrations.{name}")
    except ImportError as error:
        raise SettingsError(
            f"export --to {name} needs it: pip install {_TOOLS[name]} ({error})"
        ) from None


def _chosen(finder: SQLFinder, options: Namespace) -> list[Any]:
    """Return the runs that were asked for, by default all that count."""
    if options.chosen is not None:
        return [finder.named_run(run) for run in options.chosen]
    if options.project is not None:
        finder.get_project(options.project)
    return finder.search("-rerun=true", project_name=options.project)
