"""`export`: runs and metrics as files, and to other tools."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
import threading
from argparse import Namespace
from collections import Counter
from typing import Any, Iterator

from ato_adict import AtoError, did_you_mean
from ato_sql._commands.parser import one_line
from ato_sql._commands.shared import report
from ato_sql._errors import SettingsError, TrackerError
from ato_sql._exchange.kinds import BESIDE
from ato_sql._finder import SQLFinder
from ato_sql._values.shown import text_of

# For each tool the library that it needs, and what to install.
_TOOLS = {
    "mlflow": ("mlflow", "mlflow"),
    "tensorboard": ("tensorboardX", "'ato-sql[tensorboard]'"),
    "wandb": ("wandb", "'ato-sql[wandb]'"),
}

# What a library raises whose version is not that of what it calls, whatever run it is given.
_MISMATCH = (ImportError, AttributeError, NameError, TypeError)

# How the names of files end: of metrics, and of whole runs.
_METRICS = (".csv", ".parquet", ".pq")
_RUNS = (".jsonl", ".json", ".ndjson")


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
    is_metrics = _is_metrics(options)
    write = finder.export_metrics if is_metrics else finder.export
    count = write(options.path, options.project, ids, force=options.force)
    report(
        options, {"runs": count, "path": options.path}, f"{count} runs in {text_of(options.path)}"
    )
    return 0


def _is_metrics(options: Namespace) -> bool:
    """Whether metrics are asked for, as against whole runs, by the ending of the file's name.

    Raises:
        SettingsError: The name ends as no file of either does, as with a slip of the finger.
    """
    name = os.path.basename(options.path)
    ending = os.path.splitext(name[:-3] if name.endswith(".gz") else name)[1]
    is_there = os.path.exists(options.path) or name.endswith(BESIDE)
    if options.format or not ending or is_there:  # what is there is looked at when it is written
        return options.format is None and ending in _METRICS
    if ending not in (*_METRICS, *_RUNS) or (ending in _METRICS and name.endswith(".gz")):
        hint = did_you_mean(ending, (".jsonl", ".csv", ".parquet"))
        raise SettingsError(
            f"{options.path}: export writes .jsonl, .csv and .parquet{hint}; "
            "--format jsonl writes whole runs into a file of any name"
        )
    return ending in _METRICS


def _export_to(finder: SQLFinder, options: Namespace) -> int:
    """Export each run; those that the other tool refuses are listed, and the others go on."""
    tool = _tool(options.to)
    if options.path is None and options.to != "mlflow":
        raise SettingsError(f"export --to {options.to} needs a folder")
    _reach(tool, options)
    runs = _chosen(finder, options)
    done = _Exported()
    try:
        with _stopped_in_order():
            for run in runs:
                _export_run(tool, finder, run.id, options, done)
    finally:
        where = f" in {options.path}" if options.path else ""
        if options.json or done.made or not runs:  # else all that is to be said are errors
            lines = [*done.told(), f"{len(done.made)} runs{where}"]
            report(options, done.json(), "\n".join(lines))
    return 2 if done.refused else 0


def _export_run(
    tool: Any, finder: SQLFinder, run_id: int, options: Namespace, done: _Exported
) -> None:
    try:
        made = str(tool.export_run(finder, run_id, options.path))
    except Exception as error:  # of another tool: it may be any
        why = one_line(_refusal(error, options.to))
        print(f"run {run_id}: {why}", file=sys.stderr)
        done.refused.append({"run": run_id, "error": why})
        _reach(tool, options)
    else:
        done.made.append({"run": run_id, "path": made})
        for name, given in tool.changed_names(finder, run_id).items():
            if done.names.setdefault(name, given) != given:
                done.names[f"run {run_id}: {name}"] = given
        done.cut.extend(_cut(tool, finder, run_id))
        left = tool.left_out(finder, run_id).items()
        done.left_out += [{"run": run_id, "name": name, "values": count} for name, count in left]
        done.not_carried += _not_carried(tool, finder, run_id)


@contextlib.contextmanager
def _stopped_in_order() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end this as Ctrl-C does: the other tool keeps no half of a run."""

    def stop(number: int, _: Any) -> None:
        raise SystemExit(128 + number)

    names = ("SIGTERM", "SIGHUP") if threading.current_thread() is threading.main_thread() else ()
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Exported:
    """What became of the runs that were to be exported."""

    def __init__(self) -> None:
        self.made: list[dict[str, Any]] = []
        self.refused: list[dict[str, Any]] = []
        self.names: dict[str, str] = {}
        self.cut: list[dict[str, Any]] = []
        self.left_out: list[dict[str, Any]] = []
        self.not_carried: list[dict[str, Any]] = []

    def json(self) -> dict[str, Any]:
        """Return it all, and how many arrived."""
        return {"runs": len(self.made), **vars(self)}

    def told(self) -> list[str]:
        """Say of what arrived what is not there as it was."""
        named = [(text_of(name) or '""', given) for name, given in self.names.items()]
        names = [f"{name} is called {given}" for name, given in named]
        cut = "run {run}: of {name} the first {letters} letters".format_map
        left = "run {run}: of {name} {values} left out, too large for a float".format_map
        told = [(cut, one) for one in self.cut] + [(left, one) for one in self.left_out]
        lines = [*names, *(say({**one, "name": text_of(one["name"])}) for say, one in told)]
        return [*lines, *self._not_carried()]

    def _not_carried(self) -> list[str]:
        """Say in one line what does not arrive of any run, as it may be of each the same."""
        counts: Counter[str] = Counter()
        for one in self.not_carried:
            counts[one["kind"]] += one["count"]
        runs = counts.pop("console", 0)
        parts = [f"{count} {kind}{'s' * (count > 1)}" for kind, count in counts.items()]
        parts += [f"the console of {runs} run{'s' * (runs > 1)}"] if runs else []
        return [f"not carried over: {', '.join(parts)}"] if parts else []


def _reach(tool: Any, options: Namespace) -> None:
    """Raise where the tool is at a place that cannot be reached: then no run can be exported."""
    if not hasattr(tool, "reach"):
        return
    try:
        tool.reach(options.path)
    except SettingsError:
        raise
    except Exception as error:
        is_broken = isinstance(error, _MISMATCH)
        why = _mismatch(error, options.to) if is_broken else error
        raise TrackerError(f"{options.to} cannot be reached: {why}") from error


def _refusal(error: Exception, tool: str) -> str:
    """Return what an error says; who says it where it is none of ours."""
    if isinstance(error, (AtoError, OSError)):
        return str(error)
    if isinstance(error, _MISMATCH):
        return f"{tool} failed: {_mismatch(error, tool)}"
    return f"{tool} did not take it: {error}"


def _cut(tool: Any, finder: SQLFinder, run_id: int) -> list[dict[str, Any]]:
    """Return the values of a run that the tool does not take whole."""
    cut = tool.cut_values(finder, run_id) if hasattr(tool, "cut_values") else {}
    return [{"run": run_id, "name": name, "letters": length} for name, length in cut.items()]


def _not_carried(tool: Any, finder: SQLFinder, run_id: int) -> list[dict[str, Any]]:
    """Return how much of each kind a run has that does not arrive, as far as a tool tells."""
    found = tool.not_carried(finder, run_id) if hasattr(tool, "not_carried") else {}
    return [{"run": run_id, "kind": kind, "count": count} for kind, count in found.items()]


def _tool(name: str) -> Any:
    """Return the module that exports to a tool.

    Raises:
        SettingsError: The tool is not installed, or cannot be loaded.
    """
    library, install = _TOOLS[name]
    try:
        return importlib.import_module(f"ato_sql.integrations.{name}")
    except Exception as error:  # of another's code: it may be any
        if isinstance(error, ModuleNotFoundError) and error.name == library:
            said = f"export --to {name} needs it: pip install {install} ({error})"
        else:
            said = f"{library} cannot be loaded: {_mismatch(error, name)}"
        raise SettingsError(said) from None


def _mismatch(error: Exception, name: str) -> str:
    """Return what a library says that does not work, and what may help."""
    said = str(error).strip().partition("\n")[0]
    install = _TOOLS[name][1]
    return (
        f"{type(error).__name__}: {said} (it may not match what is installed beside it: "
        f"pip install --upgrade {install})"
    )


def _chosen(finder: SQLFinder, options: Namespace) -> list[Any]:
    """Return the runs that were asked for, by default all that count."""
    if options.chosen is not None:
        return [finder.named_run(run) for run in options.chosen]
    if options.project is not None:
        finder.get_project(options.project)
    return finder.search("-rerun=true", project_name=options.project)
