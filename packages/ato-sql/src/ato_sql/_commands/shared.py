"""What several commands need: runs by name, values as text and JSON."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Mapping

from ato_sql._commands.terminal import print_json
from ato_sql._db.schema import Experiment, MetricSummary
from ato_sql._values.values import join


def last_value(summary: MetricSummary | None) -> Any:
    """The value of a metric at its last step, NaN and ±inf restored."""
    return None if summary is None else join(summary.last, summary.last_special)


def run_json(
    run: Experiment, projects: Mapping[int, str], metrics: Mapping[str, MetricSummary]
) -> dict[str, Any]:
    """The columns of a run, its project and its metrics."""
    columns = {c.name: getattr(run, c.name) for c in Experiment.__table__.columns}
    columns["project"] = projects.get(columns.pop("project_id"))
    columns["metrics"] = {key: _summary_json(summary) for key, summary in metrics.items()}
    return columns


def _summary_json(summary: MetricSummary) -> dict[str, Any]:
    names = ("count", "min", "min_step", "max", "max_step", "last_step")
    return {"last": last_value(summary), **{name: getattr(summary, name) for name in names}}


def size_text(size: int | None) -> str:
    """A file size for people."""
    if size is None:
        return "missing"
    amount, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"


def report(options: Namespace, data: Mapping[str, Any], text: str) -> None:
    """Print what was done, as JSON if that was asked for."""
    if options.json:
        print_json(data)
    else:
        print(text)
