"""What runs can be asked about: their own fields, config keys, metrics and traces."""

from __future__ import annotations

from typing import Any, Iterator, NamedTuple, Sequence

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from ato_adict import did_you_mean
from ato_sql._db.schema import Experiment, Fingerprint, MetricSummary, Param, Project, table_of
from ato_sql._errors import QuestionError
from ato_sql._facts.outcome import STATUSES
from ato_sql._read.question.terms import as_field
from ato_sql._read.status import LOST
from ato_sql._values.values import as_name, clean_text, shorten

RUNS, PARAMS, SUMMARIES = (table_of(m).c for m in (Experiment, Param, MetricSummary))
PROJECTS, PRINTS = table_of(Project).c, table_of(Fingerprint).c
STATISTICS = ("last", "min", "max", "count", "min_step", "max_step", "last_step")
GROUPS = ("config", "metric", "fingerprint")
# What kind of value each field of a run itself holds.
WHOLE, MOMENT, FLAG, DIGEST, TEXT, WORDS = "whole", "moment", "flag", "digest", "text", "words"
RUN_FIELDS = {
    "id": WHOLE,
    "status": WORDS,
    "tag": WORDS,
    "project": WORDS,
    "note": WORDS,
    "start_time": MOMENT,
    "end_time": MOMENT,
    "host": TEXT,
    "user_name": TEXT,
    "run_name": TEXT,
    "archived": FLAG,
    "rerun": FLAG,
    "pid": WHOLE,
    "directory": TEXT,
    "command": WORDS,
    "error": TEXT,
    "parent": WORDS,
    "git_commit": DIGEST,
    "git_dirty": FLAG,
    "uuid": DIGEST,
    "parent_uuid": DIGEST,
    "structural_hash": DIGEST,
    "value_hash": DIGEST,
    "code_hash": DIGEST,
    "environment_hash": DIGEST,
}
ALIASES = {"started": "start_time", "ended": "end_time", "commit": "git_commit"}
MOST_NAMES, _STRUCTURES = 500, 300


class Field(NamedTuple):
    """What a name means.

    Attributes:
        kind: `'run'`, `'config'`, `'metric'` or `'fingerprint'`.
        key: the field of the run, the dotted key, the metric or the trace id.
        statistic: of a metric: `last`, `min`, `max`, `count`, `min_step`, `max_step`, `last_step`.
    """

    kind: str
    key: str
    statistic: str = ""


Field.__module__ = "ato_sql.reading"


def metric_field(name: str) -> tuple[str, str]:
    """Split `acc.max` into metric and statistic; without one it is the last value."""
    key, _, statistic = name.rpartition(".")
    if key and statistic in STATISTICS:
        return clean_text(key), statistic
    return clean_text(name), "last"


def find_field(
    connection: Connection, name: str, project_id: int | None = None, in_text: bool = False
) -> Field:
    """Return what a name means in a question, a sort order or a column.

    Args:
        connection: to the database; reading is enough.
        name: a field of a run, `config.<key>`, `metric.<key>.<statistic>`, `fingerprint.<trace>`,
            or just the key of a config, else of a metric.
        project_id: only what this project's runs have.
        in_text: whether it stands in the text of a question, as what is suggested then does.

    Raises:
        QuestionError: there is nothing of that name; the message suggests one.
    """
    own = ALIASES.get(name, name)
    if own in RUN_FIELDS:
        return Field("run", own)
    found = next(_readings(connection, name, project_id), None)
    if found is None and name == "name":  # where no config key is called that
        return Field("run", "run_name")
    if found is None:
        raise _unknown(connection, name, project_id, in_text)
    return found


def meaning(connection: Connection, name: str, project_id: int | None) -> Field:
    """Return what a name means; with its group named, whether any run has it or not."""
    group, _, rest = name.partition(".")
    if group == "config" and rest:
        return Field("config", as_name(rest))
    if group == "metric" and rest:
        return Field("metric", *metric_field(rest))
    if group == "fingerprint" and rest:
        return Field("fingerprint", clean_text(rest))
    return find_field(connection, name, project_id)


def _readings(connection: Connection, name: str, project_id: int | None) -> Iterator[Field]:
    group, _, rest = name.partition(".")
    key = rest if group in GROUPS and rest else name
    bare = key == name
    if (bare or group == "config") and has_key(connection, key, project_id):
        yield Field("config", shorten(key))
    if bare or group == "metric":
        for metric in dict.fromkeys([metric_field(key), (key, "last")]):
            if has_metric(connection, metric[0], project_id):
                yield Field("metric", *metric)
                break
    if group == "fingerprint" and not bare and _has_trace(connection, key, project_id):
        yield Field("fingerprint", key)


def has_key(connection: Connection, key: str, project_id: int | None, *conditions: Any) -> bool:
    """Tell whether a config key is there, under conditions on its values."""
    query = select(PARAMS.run_id).where(PARAMS.key == shorten(key), *conditions)
    return _any(connection, query, PARAMS.run_id, project_id)


def has_metric(connection: Connection, key: str, project_id: int | None) -> bool:
    """Tell whether a run has a metric."""
    query = select(SUMMARIES.run_id).where(SUMMARIES.key == key)
    if project_id is not None:
        query = query.where(SUMMARIES.project_id == project_id)
    return connection.execute(query.limit(1)).first() is not None


def _has_trace(connection: Connection, trace_id: str, project_id: int | None) -> bool:
    query = select(PRINTS.run_id).where(PRINTS.trace_id == trace_id)
    return _any(connection, query, PRINTS.run_id, project_id)


def _any(connection: Connection, query: Any, run_id: Any, project_id: int | None) -> bool:
    if project_id is not None:
        query = query.join(table_of(Experiment), RUNS.id == run_id)
        query = query.where(RUNS.project_id == project_id)
    return connection.execute(query.limit(1)).first() is not None


def _unknown(
    connection: Connection, name: str, project_id: int | None, in_text: bool
) -> QuestionError:
    group = name.partition(".")[0]
    known = known_names(connection, project_id, "." in name)
    hint = did_you_mean(name, known, {one: as_field(one) for one in known} if in_text else None)
    if not hint:
        hint = (
            "; there are config.<key>, metric.<key>.<min|max|last|count>, fingerprint.<trace id>, "
            + ", ".join(_own_names(connection, project_id))
        )
    is_misspelt = "." in name and group not in GROUPS and did_you_mean(group, GROUPS)
    what = "cannot search by" if is_misspelt else "there is no"
    return QuestionError(f"{what} {name!r}{hint}")


def _own_names(connection: Connection, project_id: int | None) -> list[str]:
    """Return the fields of a run as people write them: its name, where no key is called so."""
    is_taken = next(_readings(connection, "name", project_id), None) is not None
    return ["name" if own == "run_name" and not is_taken else own for own in RUN_FIELDS]


def known_names(connection: Connection, project_id: int | None, full: bool) -> list[str]:
    """Return the names that can be asked for; config keys and metrics also in full if asked to."""
    keys, metrics = _keys(connection, project_id), _metrics(connection, project_id)
    names = [*_own_names(connection, project_id), *ALIASES, *keys, *metrics]
    if full:
        traces = select(PRINTS.trace_id).distinct().limit(MOST_NAMES)
        names += [f"config.{key}" for key in keys]
        names += [f"metric.{key}" for key in metrics]
        names += [f"fingerprint.{name}" for name in connection.execute(traces).scalars()]
    return names


def _keys(connection: Connection, project_id: int | None) -> list[str]:
    # Runs of one structural hash have the same keys, so one of each is enough.
    latest = select(func.max(RUNS.id).label("id")).where(*of_project(project_id))
    latest = latest.group_by(RUNS.structural_hash).order_by(func.max(RUNS.id).desc())
    chosen = select(latest.limit(_STRUCTURES).subquery().c.id)
    query = select(PARAMS.key).where(PARAMS.run_id.in_(chosen)).distinct()
    return sorted(connection.execute(query).scalars())


def _metrics(connection: Connection, project_id: int | None) -> list[str]:
    query = select(SUMMARIES.key).distinct().limit(MOST_NAMES)
    if project_id is not None:
        query = query.where(SUMMARIES.project_id == project_id)
    return sorted(connection.execute(query).scalars())


def of_project(project_id: int | None) -> list[Any]:
    """Return the conditions that choose a project's runs."""
    return [] if project_id is None else [RUNS.project_id == project_id]


def known_statuses(connection: Connection) -> list[str]:
    """Return the statuses that runs may have, words of the users' own among them."""
    query = select(RUNS.status).where(RUNS.status.is_not(None)).distinct()
    return list(dict.fromkeys([*STATUSES, LOST, *connection.execute(query).scalars()]))


def known_projects(connection: Connection) -> list[str]:
    """Return the names of all projects."""
    return list(connection.execute(select(PROJECTS.name).order_by(PROJECTS.name)).scalars())


def check_known(what: str, value: Any, known: Sequence[str]) -> None:
    """Raise if a status or project is none of those there are.

    Raises:
        QuestionError: with a suggestion.
    """
    if value is not None and value not in known:
        hint = did_you_mean(str(value), known) or f"; there are {', '.join(known[:20])}"
        raise QuestionError(f"there is no {what} {value!r}{hint}")
