"""Ask about metrics."""

from __future__ import annotations

from typing import Sequence

from sqlalchemy import select

from ato_sql import _metrics
from ato_sql._reader import Reader, RunId
from ato_sql._schema import (
    Metric,
    MetricSummary,
)
from ato_sql._values import clean_text


class MetricQueries(Reader):
    """The questions about metrics."""

    def get_metrics(
        self, run_id: RunId, key: str, max_points: int | None = None
    ) -> list[_metrics.Point]:
        """Return the values of one metric of a run by step.

        Args:
            run_id: the run.
            key: the metric.
            max_points: with more than so many values, return about that many: the smallest and
                the largest of each stretch of steps, so that no spike is lost. NaN and ±inf are
                left out then.

        Raises:
            NotFoundError: there is no such run, or no such metric in it.
        """
        number = run_id if isinstance(run_id, int) else self.get_run(run_id).id
        with self._connection() as connection:
            points = _metrics.read_points(connection, number, clean_text(key), max_points)
            if points:
                return points
            raise _metrics.no_metric(connection, self.get_run(run_id).id, key)

    def get_metric_keys(self, run_id: RunId) -> list[str]:
        """Return the names of a run's metrics.

        Raises:
            NotFoundError: there is no such run.
        """
        return sorted(self.get_summaries([self.get_run(run_id).id]).popitem()[1])

    def get_summaries(self, run_ids: Sequence[int]) -> dict[int, dict[str, MetricSummary]]:
        """Return for each run, by metric, its count, extremes and last value."""
        found: dict[int, dict[str, MetricSummary]] = {run_id: {} for run_id in run_ids}
        for start in range(0, len(run_ids), 500):
            some = list(run_ids)[start : start + 500]
            query = select(MetricSummary).where(MetricSummary.run_id.in_(some))
            for summary in self._all(query.order_by(MetricSummary.run_id, MetricSummary.key)):
                found[summary.run_id][summary.key] = summary
        return found

    def get_latest_metrics(
        self,
        run_id: RunId,
        limit: int | None = 10,
        keys: Sequence[str] | None = None,
        after: int = 0,
    ) -> list[Metric]:
        """Return the metrics a run logged last, in the order they were logged.

        Args:
            run_id: the run.
            limit: at most so many.
            keys: only these metrics.
            after: only those with a higher `id`, to go on from where one stopped.

        Raises:
            NotFoundError: there is no such run.
        """
        query = select(Metric).where(Metric.run_id == self.get_run(run_id).id, Metric.id > after)
        if keys is not None:
            query = query.where(Metric.key.in_([clean_text(key) for key in keys]))
        return self._all(query.order_by(Metric.id.desc()).limit(limit))[::-1]
