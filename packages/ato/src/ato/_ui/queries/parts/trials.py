"""Read the trials of a search.

A trial is a run whose parent is the run of the search. `ato_hyperband` logs, at the resource of
each evaluation as step, `metric`, `rung`, `resource` and `seconds`, and puts what it knows of the
trial in the config under `trial`. Runs that somebody else gave a parent are trials without rungs.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select

from ato._ui.queries.parts.leaves import shown_param
from ato_sql.reading import is_incidental, is_rerun, is_system, lost_runs, tables

TABLE, METRICS_TABLE = tables["experiments"], tables["metrics"]
RUNS, PARAMS, SUMMARIES = TABLE.c, tables["params"].c, tables["metric_summaries"].c
METRICS = METRICS_TABLE.c
MOST = 5000


class Evaluation(NamedTuple):
    """One evaluation of a trial; what was not logged is None."""

    metric: float | None
    rung: int | None
    resource: float | None
    seconds: float | None
    at: dt.datetime | None


class Trial(NamedTuple):
    """One trial.

    Attributes:
        id: of its run.
        name: of its run, if it has one.
        status: of its run.
        params: its config as dotted keys, less what is `about` it.
        about: number, bracket and resource of its first evaluation, as far as known.
        evaluations: in the order they were made.
        continues: whether an evaluation adds to the one before rather than starting again.
    """

    id: int
    name: str | None
    status: str
    params: dict[str, Any]
    about: dict[str, Any]
    evaluations: list[Evaluation]
    continues: bool

    @property
    def metric(self) -> float | None:
        """The metric where it was evaluated last."""
        known = [one.metric for one in self.evaluations if one.metric is not None]
        return known[-1] if known else None


def trial_metrics(connection: Any, run: Any) -> list[str]:
    """Return the metrics of a search's trials, the commonest first, those of the machine last."""
    query = (
        select(SUMMARIES.key)
        .where(_among(SUMMARIES.run_id, run))
        .group_by(SUMMARIES.key)
        .order_by(func.count().desc(), SUMMARIES.key)
    )
    return sorted(connection.execute(query).scalars(), key=is_system)


def read_trials(connection: Any, run: Any, metric: str) -> list[Trial]:
    """Return the trials of a search, judged by `metric`."""
    params = _params(connection, run)
    evaluations = _evaluations(connection, run, metric)
    summaries = _summaries(connection, run, metric)
    lost = {one.id for one in lost_runs(connection, run.project_id)}
    query = select(RUNS.id, RUNS.name, RUNS.status).where(_among(RUNS.id, run)).order_by(RUNS.id)
    return [
        _trial(
            row,
            "lost" if row.id in lost else row.status,
            params.get(row.id, {}),
            evaluations.get(row.id),
            summaries.get(row.id),
        )
        for row in connection.execute(query)
    ]


def _says_it_continues(about: Any) -> bool:
    """Whether a trial goes on from its checkpoint; early versions only told where that is."""
    if "continues" in about:
        return about["continues"] in (True, "True")
    return about.get("checkpoint_dir") not in (None, "None")


def _trial(run: Any, status: str, config: Any, evaluations: Any, summary: Any) -> Trial:
    about: dict[str, Any] = {}
    params = {}
    for key, value in config.items():
        if not is_incidental(key):
            params[key] = value
        elif not key.startswith("experiment."):  # in a MultiScope each scope has a `trial`
            about.setdefault(key.rpartition(".")[2], value)
    # Without rungs, what was logged last counts as the one evaluation.
    made = evaluations or ([summary[1]] if summary else [])
    curve = summary is not None and summary[0] > len(made) > 0
    continues = bool(evaluations) and (curve or _says_it_continues(about))
    return Trial(run.id, run.name, status, params, about, made, continues)


def trials_of(run: Any) -> Any:
    """The condition that a run is a trial of this one: below it, and no rerun unless it is one."""
    below = RUNS.parent_uuid == run.uuid
    return below if "rerun" in (run.tags or ()) else and_(below, ~is_rerun)


def _among(column: Any, run: Any) -> Any:
    children = select(RUNS.id).where(trials_of(run)).order_by(RUNS.id).limit(MOST)
    # Behind one more SELECT: MySQL takes no LIMIT directly inside IN.
    return column.in_(select(children.subquery().c.id))


def _params(connection: Any, run: Any) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    query = select(PARAMS.run_id, PARAMS.key, PARAMS.text, PARAMS.number)
    for row in connection.execute(query.where(_among(PARAMS.run_id, run))):
        value = shown_param(row.text) if row.number is None else _number(row)
        found.setdefault(row.run_id, {})[row.key] = value
    return found


def _number(param: Any) -> Any:
    """Return a number as it stands in the config; of a damaged row the float that is kept."""
    try:
        return json.loads(param.text)
    except ValueError:
        return param.number


def _evaluations(connection: Any, run: Any, metric: str) -> dict[int, list[Evaluation]]:
    """Return what was logged at each step at which a rung was."""
    rungs = METRICS_TABLE.alias()
    keys = {"metric": metric, "resource": "resource", "seconds": "seconds"}
    others = {name: METRICS_TABLE.alias() for name in keys}
    source: Any = rungs
    for name, other in others.items():
        same = and_(other.c.run_id == rungs.c.run_id, other.c.step == rungs.c.step)
        source = source.join(other, and_(same, other.c.key == keys[name]), isouter=True)
    query = (
        select(
            rungs.c.id,
            rungs.c.run_id,
            rungs.c.timestamp.label("at"),
            rungs.c.value.label("rung"),
            *(other.c.value.label(name) for name, other in others.items()),
        )
        .select_from(source)
        .where(rungs.c.key == "rung", _among(rungs.c.run_id, run))
        .order_by(rungs.c.timestamp, rungs.c.id)
    )
    found: dict[int, dict[int, Evaluation]] = {}
    for row in connection.execute(query):
        rung = None if row.rung is None else int(row.rung)
        made = Evaluation(row.metric, rung, row.resource, row.seconds, row.at)
        found.setdefault(row.run_id, {})[row.id] = made
    return {run_id: list(made.values()) for run_id, made in found.items()}


def values_at_rungs(connection: Any, run: Any, metric: str) -> dict[int, dict[int, float]]:
    """Return what each trial logged of a metric at the steps at which any trial has a rung.

    A trial that began on a later rung and logs as it goes has a value at the earlier ones too.
    """
    rungs = METRICS_TABLE.alias()
    steps = select(rungs.c.step).where(rungs.c.key == "rung", _among(rungs.c.run_id, run))
    query = (
        select(METRICS.run_id, METRICS.step, METRICS.value)
        .where(METRICS.key == metric, _among(METRICS.run_id, run), METRICS.step.in_(steps))
        .where(METRICS.value.is_not(None))
        .order_by(METRICS.id)
    )
    found: dict[int, dict[int, float]] = {}
    for row in connection.execute(query):
        found.setdefault(row.run_id, {})[row.step] = row.value
    return found


def _summaries(connection: Any, run: Any, metric: str) -> dict[int, tuple[int, Evaluation]]:
    """Return how many values of the metric each trial has, and the last one."""
    query = (
        select(SUMMARIES.run_id, SUMMARIES["count"].label("number"), SUMMARIES.last, RUNS.end_time)
        .join(TABLE, RUNS.id == SUMMARIES.run_id)
        .where(_among(SUMMARIES.run_id, run), SUMMARIES.key == metric)
    )
    return {
        row.run_id: (row.number, Evaluation(row.last, None, None, None, row.end_time))
        for row in connection.execute(query)
    }
