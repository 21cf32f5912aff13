"""What several commands need: runs by name, values as text and JSON."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Mapping

from ato_sql._commands.terminal import print_json
from ato_sql._db.schema import Experiment, MetricSummary
from ato_sql._read.points.metrics import last_value


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


def report(options: Namespace, data: Mapping[str, Any], text: str) -> None:
    """Print what was done, as JSON if that was asked for."""
    if options.json:
        print_json(data)
    else:
        print(text)
