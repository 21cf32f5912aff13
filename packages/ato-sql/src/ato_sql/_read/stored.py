"""Runs as they are stored, asked for in plain SQL.

An SQLite file is read without SQLAlchemy, whose import takes longer than all the questions.
"""

from __future__ import annotations

import contextlib
import sqlite3
import weakref
from types import SimpleNamespace
from typing import Any, Callable, Dict, Iterable, Iterator, NamedTuple, Sequence, Tuple

from ato_adict.surroundings import absolute
from ato_sql._db.revision import HEAD, VERSION_TABLE
from ato_sql._db.sqlite.damage import leave_out_damage
from ato_sql._db.sqlite.files import has_log_in_part, leave_no_log, open_quietly, uri_of
from ato_sql._errors import NotFoundError
from ato_sql._facts.machine import is_system
from ato_sql._facts.outcome import RUNNING
from ato_sql._facts.rerun import TAG
from ato_sql._read.provenance import events_of
from ato_sql._values.asked import asked_text, run_value, whole_number
from ato_sql._values.marked import json_data, unless_damaged
from ato_sql._values.time import from_seconds, seconds_of
from ato_sql._values.values import Number, as_name, join, short

Rows = Sequence[Sequence[Any]]
Ask = Callable[[str, Dict[str, Any]], Rows]
Prints = Dict[Tuple[str, str], Tuple[str, ...]]
_SECONDS = 10.0


class StoredMetric(NamedTuple):
    """What a run says of a metric: its last value and its extremes."""

    last: Number
    min: float | None
    max: float | None


class StoredPrint(NamedTuple):
    """What a fingerprint was made of.

    Attributes:
        form: the version of the form that was hashed, 1 where none was recorded.
        skipped: what was not followed, in pairs of a name and the reason.
    """

    canonical: str | None
    source: str | None
    location: str | None
    kind: str | None
    form: int
    skipped: list[Any]


class StoredRun(NamedTuple):
    """All of a run that can be compared with another.

    Attributes:
        facts: git state, command, directory and host, by the names of the columns.
        environment: Python, packages, variables, threads, …, as recorded; empty if nothing was.
        fingerprints: by `static` or `runtime` and trace id.
        inputs: one dict for each, by the names of the columns.
        modules: `name`, `path` and `hash` of the own modules, by module.
        metrics: by name, without those of the machine.
        artifacts: `path`, `data_type`, `size` and `content_hash` of those logged, by path.
        span: when it began and when it ended, in seconds since 1970; None where that is not known.
        status: how it ended, that it is running, or `lost` where it is gone without an end.
        error: the traceback of what ended it, if anything did.
        process: what tells the process that made it from all others; None where that is not known.
    """

    id: int
    config: Any
    provenance: list[dict[str, Any]]
    facts: dict[str, Any]
    environment: dict[str, Any]
    fingerprints: Prints
    metrics: dict[str, StoredMetric]
    inputs: list[dict[str, Any]]
    modules: dict[str, dict[str, Any]]
    artifacts: dict[str, dict[str, Any]]
    span: tuple[float | None, float | None]
    status: str | None = None
    error: str | None = None
    process: Any = None


class Stored:
    """The runs of a database.

    Args:
        ask: runs a SELECT with values for its `:names` and returns the rows.
        shown: what to call the database.
    """

    def __init__(self, ask: Ask, shown: str) -> None:
        self._ask = ask
        self._shown = shown

    def run(self, key: int | str) -> StoredRun:
        """Return a run by its id or UUID.

        Raises:
            NotFoundError: there is none.
        """
        value = run_value(key)
        column = "uuid" if isinstance(value, str) else "id"
        names = ("id", "config", "provenance", "environment_hash", *SPAN, *ENDING, *ALIVE, *FACTS)
        columns = ", ".join(f"e.{name}" for name in names)
        query = f"SELECT {columns} FROM experiments e WHERE e.{column} = :k"
        found = self._ask(query, {"k": value})
        if not found:
            raise NotFoundError(f"there is no run {short(key)} in {self._shown}")
        row = dict(zip(names, found[0]))
        number = row["id"]
        return StoredRun(
            number,
            _json(row["config"]),
            events_of(_json(row["provenance"])),
            facts_of(row),
            self.environment(row["environment_hash"]),
            self._fingerprints(number),
            self._metrics(number),
            self._rows("inputs", INPUT, number),
            {row["module"]: row for row in self._rows("run_sources", MODULE, number)},
            {row["path"]: row for row in self._rows("artifacts", ARTIFACT, number, _NO_MEDIA)},
            (seconds_of(row["start_time"]), seconds_of(row["end_time"])),
            _status(row),
            row["error"],
            row["process"] and (row["host"], row["pid"], row["process"]),
        )

    def last_project(self) -> str | None:
        """Return the name of the project that was used last; None where there is no run."""
        query = (
            "SELECT p.name FROM experiments l JOIN projects p ON p.id = l.project_id"
            " WHERE l.archived IS NULL OR NOT l.archived ORDER BY l.id DESC LIMIT 1"
        )
        return next((row[0] for row in self._ask(query, {})), None)

    def latest(self, count: int, project: str | None = None) -> list[int]:
        """Return the ids of the last runs of a project, the newest first.

        Reruns of `ato verify` and archived runs are left out.

        Args:
            count: how many, at most.
            project: its name; that of the project that was used last by default.
        """
        query = (
            "SELECT e.id, e.parent_uuid, e.tags FROM experiments e"
            " JOIN projects p ON p.id = e.project_id"
            " WHERE p.name = :p AND (e.archived IS NULL OR NOT e.archived) ORDER BY e.id DESC"
        )
        count = whole_number("count", count)
        name = self.last_project() if project is None else as_name(asked_text("a project", project))
        limit, offset = max(50, count), 0
        found: list[int] = []
        while len(found) < count:
            rows = self._ask(f"{query} LIMIT {limit:d} OFFSET {offset:d}", {"p": name})
            found += [row[0] for row in rows if not (row[1] and TAG in (_json(row[2]) or ()))]
            offset += limit
            if len(rows) < limit:
                break
        return found[:count]

    def projects(self) -> list[str]:
        """Return the names of the projects."""
        return [row[0] for row in self._ask("SELECT p.name FROM projects p ORDER BY p.name", {})]

    def run_names(self, count: int = 200) -> list[tuple[int, str | None]]:
        """Return the ids and names of the last runs, the newest first."""
        count = whole_number("count", count)
        query = f"SELECT e.id, e.name FROM experiments e ORDER BY e.id DESC LIMIT {count:d}"
        return [(row[0], row[1]) for row in self._ask(query, {})]

    def metrics(self, project: str | None = None) -> list[str]:
        """Return the names of the metrics that runs have, of one project if it is named."""
        return self._names("SELECT DISTINCT m.key FROM metric_summaries m", "m", project)

    def keys(self, project: str | None = None) -> list[str]:
        """Return the keys that configs have, of one project if it is named."""
        query = "SELECT DISTINCT c.key FROM params c JOIN experiments e ON e.id = c.run_id"
        return self._names(query, "e", project)

    def tags(self) -> list[str]:
        """Return the tags of the last runs."""
        query = "SELECT e.tags FROM experiments e ORDER BY e.id DESC LIMIT 200"
        found = [tag for row in self._ask(query, {}) for tag in _json(row[0]) or ()]
        return list(dict.fromkeys(found))

    def _names(self, query: str, table: str, project: str | None) -> list[str]:
        if project is not None:
            query += f" JOIN projects p ON p.id = {table}.project_id WHERE p.name = :p"
        values = {} if project is None else {"p": as_name(asked_text("a project", project))}
        return sorted(row[0] for row in self._ask(query, values))

    def environment(self, digest: str | None) -> dict[str, Any]:
        """Return what a run was made in, by its hash."""
        rows = self._ask("SELECT e.data FROM environments e WHERE e.hash = :h", {"h": digest})
        data = _json(rows[0][0]) if rows else None
        return data if isinstance(data, dict) else {}

    def texts(self, hashes: Iterable[str]) -> dict[str, str]:
        """Return the texts of sources and small inputs that are kept, by their hashes."""
        query = "SELECT t.hash, t.text FROM source_texts t WHERE t.hash IN ({})"
        return {digest: text for digest, text in self._each(query, hashes) if text is not None}

    def prints(self, fingerprints: Iterable[str]) -> dict[str, StoredPrint]:
        """Return what fingerprints were made of, where that is kept."""
        columns = ", ".join(f"f.{name}" for name in StoredPrint._fields)
        query = f"SELECT f.fingerprint, {columns} FROM fingerprint_sources f"
        rows = self._each(query + " WHERE f.fingerprint IN ({})", fingerprints)
        return {
            row[0]: StoredPrint(row[1], row[2], row[3], row[4], row[5] or 1, _json(row[6]) or [])
            for row in rows
        }

    def _each(self, query: str, keys: Iterable[str]) -> Iterator[Sequence[Any]]:
        wanted = sorted(set(keys))
        for start in range(0, len(wanted), 500):
            values = {f"k{n}": key for n, key in enumerate(wanted[start : start + 500])}
            yield from self._ask(query.format(", ".join(f":{name}" for name in values)), values)

    def _rows(
        self, table: str, names: Sequence[str], run_id: int, also: str = ""
    ) -> list[dict[str, Any]]:
        columns = ", ".join(f"t.{name}" for name in names)
        query = f"SELECT {columns} FROM {table} t WHERE t.run_id = :r{also} ORDER BY t.id"
        return [dict(zip(names, row)) for row in self._ask(query, {"r": run_id})]

    def _fingerprints(self, run_id: int) -> Prints:
        found: dict[tuple[str, str], list[str]] = {}
        names = ("trace_type", "trace_id", "fingerprint")
        for row in self._rows("fingerprints", names, run_id):
            found.setdefault((row["trace_type"], row["trace_id"]), []).append(row["fingerprint"])
        return {key: tuple(prints) for key, prints in found.items()}

    def _metrics(self, run_id: int) -> dict[str, StoredMetric]:
        # A name after a point may be one that SQL has taken for itself, as `key` is on MySQL.
        query = (
            "SELECT m.key, m.last, m.last_special, m.min, m.max FROM metric_summaries m"
            " WHERE m.run_id = :r"
        )
        rows = self._ask(query, {"r": run_id})
        return {
            row[0]: StoredMetric(join(row[1], row[2]), row[3], row[4])
            for row in rows
            if not is_system(row[0])
        }


FACTS = ("git_commit", "git_diff_hash", "command", "directory", "host", "git_dirty")
SPAN = ("start_time", "end_time")
ENDING = ("status", "error")
ALIVE = ("pid", "process", "heartbeat", "heartbeat_every")
INPUT = ("name", "path", "size", "mtime", "hash", "reader", "how", "problem")
MODULE = ("module", "name", "path", "hash")
_NO_MEDIA = " AND t.key IS NULL"
ARTIFACT = ("path", "data_type", "size", "content_hash")


def facts_of(row: Any) -> dict[str, Any]:
    """Return the facts of a run from its row, a mapping."""
    facts = {name: row[name] for name in FACTS}
    dirty = facts["git_dirty"]
    return {
        **facts,
        "command": _json(facts["command"]),
        "git_dirty": dirty if dirty is None else bool(dirty),
    }


def _status(row: Any) -> str | None:
    """Return how a run ended, `lost` where it is gone without an end."""
    if row["status"] != RUNNING:
        return None if row["status"] is None else str(row["status"])
    # Only for those that run: the rest of this does without SQLAlchemy, which starts slowly.
    from ato_sql._read.status import shown_status

    heartbeat = from_seconds(seconds_of(row["heartbeat"]))
    return str(shown_status(SimpleNamespace(**{**row, "heartbeat": heartbeat})))


def _json(value: Any) -> Any:
    """Read JSON where the driver handed out its text."""
    return unless_damaged(json_data, value) if isinstance(value, str) else value


def of_connection(connection: Any, shown: str = "the database") -> Stored:
    """Return the runs behind a connection or session of SQLAlchemy."""
    from sqlalchemy import text

    def ask(query: str, values: dict[str, Any]) -> Rows:
        rows: list[Any] = connection.execute(text(query), values).all()
        return rows

    return Stored(ask, shown)


def of_file(path: str) -> Stored | None:
    """Return the runs of an SQLite file; None if it must be upgraded or cannot be read so."""
    try:
        if has_log_in_part(path) and not _is_newest_inside(path):
            return None  # it may be another program's, and is to be left as it is
        connection = sqlite3.connect(uri_of(path), uri=True, timeout=_SECONDS)
        leave_out_damage(connection, path)
    except sqlite3.Error:
        return None
    if not _is_newest(connection):
        _close(connection, path)
        return None

    def ask(query: str, values: dict[str, Any]) -> Rows:
        return connection.execute(query, values).fetchall()

    stored = Stored(ask, f"sqlite:///{path}")
    weakref.finalize(stored, _close, connection, absolute(path))
    return stored


def _is_newest_inside(path: str) -> bool:
    with contextlib.closing(open_quietly(path)) as connection:
        return _is_newest(connection)


def _is_newest(connection: sqlite3.Connection) -> bool:
    """Tell whether a database is a tracker's of the newest revision."""
    try:
        found = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()
    except sqlite3.Error:
        return False
    return bool(found == (HEAD,))


def _close(connection: sqlite3.Connection, path: str) -> None:
    connection.close()
    leave_no_log(path)
