"""Fingerprints of code and outputs: which runs share one, and the versions of a trace."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from ato_adict import did_you_mean
from ato_sql._db.schema import Experiment, Fingerprint, FingerprintSource, Project
from ato_sql._errors import NotFoundError, QuestionError
from ato_sql._facts.fingerprints import KINDS
from ato_sql._read.reader import RunId, is_run
from ato_sql._values.asked import asked_text
from ato_sql._values.values import as_name, clean_text, short


class TraceVersion(NamedTuple):
    """One version of a traced function, or of its output, and the runs that had it.

    Attributes:
        fingerprint: its fingerprint.
        runs: the ids of the runs, in order.
        source: the source text, if it was recorded.
        canonical: the canonical form that was hashed, if it was recorded.
        location: file and line, if recorded.
    """

    fingerprint: str
    runs: list[int]
    source: str | None
    canonical: str | None
    location: str | None


TraceVersion.__module__ = "ato_sql"


def same_trace(run_id: RunId, trace_id: str, trace_type: str) -> Any:
    """Select the other runs in which a trace has the same fingerprint as in this one."""
    trace = _is_trace(trace_id, trace_type)
    own = select(Experiment.id).where(is_run(run_id)).scalar_subquery()
    prints = select(Fingerprint.fingerprint).where(*trace, Fingerprint.run_id == own)
    same = select(Fingerprint.run_id).where(*trace, Fingerprint.fingerprint.in_(prints))
    runs = select(Experiment).where(Experiment.id.in_(same), Experiment.id != own)
    return runs.order_by(Experiment.id)


def _is_trace(trace_id: str, trace_type: str) -> Any:
    trace = asked_text("a trace", trace_id)
    kind = asked_text("a type of traces", trace_type)
    # Who logs fingerprints may have kinds of his own: only what is nearly one of ours is a mistake.
    hint = "" if kind in KINDS else did_you_mean(kind, KINDS)
    if hint:
        raise QuestionError(f"unknown type of traces {short(kind)}{hint}")
    return Fingerprint.trace_id == trace, Fingerprint.trace_type == kind


def count_versions(connection: Connection, project_id: int, trace_id: str) -> dict[str, int]:
    """Return, by trace type, how many versions of a trace a project has seen."""
    trace = asked_text("a trace", trace_id)
    count = func.count(func.distinct(Fingerprint.fingerprint))
    query = (
        select(Fingerprint.trace_type, count)
        .join(Experiment, Experiment.id == Fingerprint.run_id)
        .where(Experiment.project_id == project_id, Fingerprint.trace_id == trace)
        .group_by(Fingerprint.trace_type)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def read_versions(
    connection: Connection, trace_id: str, trace_type: str, project_name: str | None
) -> list[TraceVersion]:
    """Return the versions of a trace, the oldest first, with the runs of each.

    Raises:
        NotFoundError: nothing was recorded under that trace id.
    """
    query = (
        select(Fingerprint.fingerprint, Fingerprint.run_id)
        .where(*_is_trace(trace_id, trace_type))
        .order_by(Fingerprint.run_id)
    )
    if project_name is not None:
        query = (
            query.join(Experiment, Experiment.id == Fingerprint.run_id)
            .join(Project, Project.id == Experiment.project_id)
            .where(Project.name == as_name(asked_text("a project", project_name)))
        )
    runs: dict[str, list[int]] = {}
    for fingerprint, run_id in connection.execute(query):
        runs.setdefault(fingerprint, []).append(run_id)
    if not runs:
        raise _no_trace(connection, trace_id, trace_type)
    sources = _sources(connection, list(runs))
    return [TraceVersion(f, ids, *sources.get(f, (None,) * 3)) for f, ids in runs.items()]


def _no_trace(connection: Connection, trace_id: str, trace_type: str) -> NotFoundError:
    is_of_type = Fingerprint.trace_type == clean_text(trace_type)
    known = select(Fingerprint.trace_id).where(is_of_type).distinct()
    hint = did_you_mean(trace_id, list(connection.execute(known).scalars()))
    return NotFoundError(f"nothing was recorded of the {trace_type} trace {short(trace_id)}{hint}")


def _sources(connection: Connection, fingerprints: list[str]) -> dict[str, Any]:
    table = FingerprintSource
    columns = (table.fingerprint, table.source, table.canonical, table.location)
    found: dict[str, Any] = {}
    for start in range(0, len(fingerprints), 500):
        some = fingerprints[start : start + 500]
        query = select(*columns).where(table.fingerprint.in_(some))
        found.update((row[0], tuple(row[1:])) for row in connection.execute(query))
    return found


def source_of(fingerprint: str) -> Any:
    """Return the query for what a fingerprint was made of."""
    return select(FingerprintSource).where(FingerprintSource.fingerprint == clean_text(fingerprint))
