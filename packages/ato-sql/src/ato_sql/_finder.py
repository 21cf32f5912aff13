"""Ask a database about its runs."""

from __future__ import annotations

import functools
from typing import Any, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from ato_adict import did_you_mean
from ato_sql._compare import Comparison, compare_runs
from ato_sql._curves import MetricQueries
from ato_sql._custody import Custody
from ato_sql._engine import show_url
from ato_sql._errors import NotFound, NotFoundError
from ato_sql._exchange import (
    import_pandas,
)
from ato_sql._reader import RunId, is_run
from ato_sql._schema import (
    Experiment,
    MetricSummary,
    Project,
)
from ato_sql._search import Search
from ato_sql._status import lost_runs
from ato_sql._traces import TraceQueries
from ato_sql._values import clean_text


class SQLFinder(TraceQueries, MetricQueries, Custody):
    """Asks a database about its runs.

    Objects it returns can be read after the session is closed, from any thread. What this process
    has logged to the same database is written before each query. A run whose process is gone has
    the status `lost`.

    Args:
        config: a config whose `experiment.sql.db_path` names the database.

    Raises:
        SettingsError: it is missing.
        DatabaseError: it is not a database URL or its driver is not installed.
    """

    def find_best_run(
        self, project_name: str, metric_key: str, mode: str = "max", at: str = "best"
    ) -> Experiment | NotFound:
        """Return the run of a project with the best value of a metric.

        NaN and ±inf are never the best. Of equals, the run that started first.

        Args:
            project_name: the project.
            metric_key: the metric.
            mode: `'max'` or `'min'`.
            at: compare each run's best value (`'best'`) or its value at the last step (`'last'`).

        Returns:
            The run; `NotFound`, which is false and equals `{'error': 'Project not found'}` or
            `{'error': 'Run not found'}`, if there is none.

        Raises:
            NotFoundError: `mode` or `at` is something else.
        """
        largest = _choice("mode", mode, ["max", "min"]) == "max"
        column = {
            "best": MetricSummary.max if largest else MetricSummary.min,
            "last": MetricSummary.last,
        }[_choice("at", at, ["best", "last"])]
        project = self.find_project(project_name)
        if project is None:
            return NotFound("project", project_name, "Project not found")
        among = (
            MetricSummary.project_id == project.id,
            MetricSummary.key == clean_text(metric_key),
        )
        # Two steps, each one look into an index on every database.
        best = (
            select(func.max(column) if largest else func.min(column))
            .where(*among)
            .scalar_subquery()
        )
        run_id = select(func.min(MetricSummary.run_id)).where(*among, column == best)
        run = self._first(select(Experiment).where(Experiment.id == run_id.scalar_subquery()))
        return NotFound("run", metric_key, "Run not found") if run is None else run

    def get_runs_in_project(self, project_name: str) -> list[Experiment]:
        """Return the runs of a project in the order they started; none for an unknown project."""
        project = select(Project.id).where(Project.name == clean_text(project_name))
        runs = select(Experiment).where(Experiment.project_id == project.scalar_subquery())
        return self._all(runs.order_by(Experiment.id))

    def find_similar_runs(self, run_id: RunId) -> list[Experiment]:
        """Return the other runs whose configs have the same keys and types."""
        structure = select(Experiment.structural_hash).where(is_run(run_id)).scalar_subquery()
        same = Experiment.structural_hash == structure
        return self._all(select(Experiment).where(same, ~is_run(run_id)).order_by(Experiment.id))

    def search(
        self,
        where: Mapping[str, Any] | None = None,
        order_by: str | None = None,
        tags: Sequence[str] | None = None,
        project_name: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Experiment]:
        """Return the runs that meet all conditions.

        Args:
            where: by field, the value it must equal, or an operator and a value such as
                `('<', 0.01)`, or a list of such pairs. Fields are `config.<key>`,
                `metric.<key>.<min|max|last|count>` (`last` where left out),
                `fingerprint.<trace id>`, `project` and the columns of a run (`status`,
                `start_time`, `git_commit`, …). Operators are `= != < <= > >=`, `in`, `not in`,
                `contains`, and `exists` with True or False.
            order_by: such a field; `'-metric.acc.max'` for the largest first. Runs without it come
                last. By default the order they started in.
            tags: all of these.
            project_name: only this project.
            limit: at most so many.
            offset: leave out so many at the start.

        Raises:
            NotFoundError: an unknown field or operator.
        """
        chosen = functools.partial(self._chosen, where, tags, project_name)
        with self._connection() as connection:
            search = _search_on(connection, where, order_by)
            query = chosen(select(Experiment), search).order_by(*search.order(order_by))
        if limit is not None or offset:
            query = query.limit(2**62 if limit is None else limit).offset(offset)
        return self._all(query)

    def count(
        self,
        where: Mapping[str, Any] | None = None,
        tags: Sequence[str] | None = None,
        project_name: str | None = None,
    ) -> int:
        """Return how many runs meet all conditions; see `search`."""
        with self._connection() as connection:
            search = _search_on(connection, where, None)
            query = self._chosen(
                where, tags, project_name, select(func.count(Experiment.id)), search
            )
            return int(connection.execute(query).scalar() or 0)

    def _chosen(
        self,
        where: Mapping[str, Any] | None,
        tags: Sequence[str] | None,
        project_name: str | None,
        query: Any,
        search: Search,
    ) -> Any:
        query = query.where(*search.conditions(where), *search.tagged(tags))
        if project_name is not None:
            project = select(Project.id).where(Project.name == clean_text(project_name))
            query = query.where(Experiment.project_id == project.scalar_subquery())
        return query

    def compare(self, run_a: RunId, run_b: RunId) -> Comparison:
        """Return what differs between two runs: "why did this change?".

        Raises:
            NotFoundError: one of them does not exist.
        """
        first, second = self.get_run(run_a), self.get_run(run_b)
        with self._session() as session:
            return compare_runs(session, first, second)

    def to_dataframe(
        self,
        project_name: str | None = None,
        where: Mapping[str, Any] | None = None,
        tags: Sequence[str] | None = None,
    ) -> Any:
        """Return a pandas data frame with one row for each run.

        Columns are `project`, `status`, `tags`, `start_time`, `end_time`, `config.<key>` and
        `metric.<key>.<min|max|last|count>`; the index is the run id.

        Args:
            project_name: only this project.
            where: only these runs; see `search`.
            tags: only runs with all of these.

        Raises:
            SettingsError: pandas is not installed.
        """
        from ato_sql._frames import run_rows

        pandas = import_pandas()
        runs = self.search(where, tags=tags, project_name=project_name)
        names = {project.id: project.name for project in self.get_projects()}
        rows = run_rows(runs, names, self.get_summaries([run.id for run in runs]))
        return pandas.DataFrame(rows).set_index("id") if rows else pandas.DataFrame()

    def __repr__(self) -> str:
        return f"<SQLFinder of {show_url(self._settings.url)}>"


def _choice(name: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        hint = did_you_mean(str(value), allowed)
        raise NotFoundError(
            f"{name} must be {' or '.join(map(repr, allowed))}, not {value!r}{hint}"
        )
    return value


def _search_on(
    connection: Connection, where: Mapping[str, Any] | None, order_by: str | None
) -> Search:
    by_status = "status" in (where or {}) or (order_by or "").lstrip("-+") == "status"
    lost = [run.id for run in lost_runs(connection)] if by_status else []
    return Search(connection.dialect.name, lost)
