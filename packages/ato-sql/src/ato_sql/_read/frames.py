"""Runs as flat rows, for data frames and tables."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ato_sql._db.schema import Experiment, MetricSummary
from ato_sql._facts.configs.params import leaves
from ato_sql._values.marked import from_json, readable
from ato_sql._values.values import join


def run_rows(
    runs: Sequence[Experiment],
    projects: Mapping[int, str],
    summaries: Mapping[int, Mapping[str, MetricSummary]],
) -> list[dict[str, Any]]:
    """Return one flat dict for each run; see `SQLFinder.to_dataframe`."""
    return [_row(run, projects.get(run.project_id), summaries.get(run.id, {})) for run in runs]


def _row(
    run: Experiment, project: str | None, metrics: Mapping[str, MetricSummary]
) -> dict[str, Any]:
    row: dict[str, Any] = {"id": run.id, "project": project}
    for name in ("status", "tags", "start_time", "end_time"):
        row[name] = getattr(run, name)
    config = leaves(run.config)
    row.update((f"config.{key}", readable(from_json(value))) for key, value in config)
    for key, summary in metrics.items():
        row[f"metric.{key}.last"] = join(summary.last, summary.last_special)
        for statistic in ("min", "max", "count"):
            row[f"metric.{key}.{statistic}"] = getattr(summary, statistic)
    return row


def frame_of(pandas: Any, rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return rows as a data frame by the run id; an integer too large for a float stays one."""
    if not rows:
        return pandas.DataFrame()
    try:
        frame = pandas.DataFrame(rows)
    except OverflowError:  # of pandas before 3, for such an integer
        objects = pandas.DataFrame(rows, dtype=object)
        frame = pandas.DataFrame({name: _inferred(objects[name]) for name in objects})
    return frame.set_index("id")


def _inferred(column: Any) -> Any:
    try:
        return column.infer_objects()
    except OverflowError:
        return column
