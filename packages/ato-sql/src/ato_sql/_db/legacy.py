"""Programs of ato 2.2.1 that go on writing into a database after it was upgraded.

They know nothing of the columns and tables that came later. Defaults fill the columns, triggers
keep the summaries of their metrics, and `adopt_runs` adds what has to be computed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from ato_sql._db.schema import OLD_VERSION, Experiment, Param, table_of
from ato_sql._facts.configs.config import structural_hash, to_json, value_hash
from ato_sql._facts.configs.params import param_rows

_HEX = "hex(randomblob({}))"
_SQLITE_UUID = "||'-'||".join(_HEX.format(size) for size in (4, 2, 2, 2, 6))
_UUIDS = {
    "sqlite": f"(lower({_SQLITE_UUID}))",
    "postgresql": "(md5(random()::text || clock_timestamp()::text)::uuid::text)",
}


def default_uuid(dialect: str) -> str | None:
    """Return the SQL that gives a run of ato 2.2.1 a UUID; None where 2.2.1 could not write."""
    return _UUIDS.get(dialect)


# What a float can hold of JSON and summaries; 2.2.1 stored infinity as it is.
_LARGEST = "1.7976931348623157e308"
_FINITE = f"CASE WHEN NEW.value BETWEEN -{_LARGEST} AND {_LARGEST} THEN NEW.value END"
_SPECIAL = f"""CASE WHEN NEW.value = 'NaN' THEN 'nan' WHEN NEW.value > {_LARGEST} THEN 'inf'
    WHEN NEW.value < -{_LARGEST} THEN '-inf' END"""
_OURS = f"(SELECT written_by FROM experiments WHERE id = NEW.run_id) = '{OLD_VERSION}'"
_LOWER = "(metric_summaries.min IS NULL OR excluded.min < metric_summaries.min)"
_HIGHER = "(metric_summaries.max IS NULL OR excluded.max > metric_summaries.max)"
_LATER = "excluded.last_step >= metric_summaries.last_step"
_SUMMARISE = f"""
    INSERT INTO metric_summaries (run_id, key, project_id, count, min, min_step, max, max_step,
        last, last_step, last_special)
    SELECT NEW.run_id, NEW.key, e.project_id, 1, {_FINITE}, NEW.step, {_FINITE}, NEW.step,
        {_FINITE}, NEW.step, {_SPECIAL}
    FROM experiments e WHERE e.id = NEW.run_id
    ON CONFLICT (run_id, key) DO UPDATE SET
        count = metric_summaries.count + 1,
        min_step = CASE WHEN {_LOWER} THEN excluded.min_step ELSE metric_summaries.min_step END,
        min = CASE WHEN {_LOWER} THEN excluded.min ELSE metric_summaries.min END,
        max_step = CASE WHEN {_HIGHER} THEN excluded.max_step ELSE metric_summaries.max_step END,
        max = CASE WHEN {_HIGHER} THEN excluded.max ELSE metric_summaries.max END,
        last = CASE WHEN {_LATER} THEN excluded.last ELSE metric_summaries.last END,
        last_special = CASE WHEN {_LATER} THEN excluded.last_special
            ELSE metric_summaries.last_special END,
        last_step = CASE WHEN {_LATER} THEN excluded.last_step ELSE metric_summaries.last_step END;
"""
_TRIGGERS = {
    "sqlite": [
        f"""CREATE TRIGGER ato_old_metrics AFTER INSERT ON metrics WHEN {_OURS} BEGIN
            {_SUMMARISE}
            UPDATE metrics SET special = {_SPECIAL}, value = {_FINITE}
                WHERE id = NEW.id AND {_SPECIAL} IS NOT NULL;
        END"""
    ],
    "postgresql": [
        f"""CREATE OR REPLACE FUNCTION ato_old_metrics() RETURNS trigger AS $$ BEGIN
            IF {_OURS} THEN
                {_SUMMARISE}
                NEW.special := {_SPECIAL};
                NEW.value := {_FINITE};
            END IF;
            RETURN NEW;
        END $$ LANGUAGE plpgsql""",
        "CREATE TRIGGER ato_old_metrics BEFORE INSERT ON metrics "
        "FOR EACH ROW EXECUTE PROCEDURE ato_old_metrics()",
    ],
}


def summarise_as_written(connection: Connection) -> None:
    """Let the database itself keep the summaries of what 2.2.1 writes, where it has written."""
    runs = table_of(Experiment).c
    old = select(runs.id).where(runs.written_by == OLD_VERSION).limit(1)
    if connection.execute(old).first() is not None:
        for statement in _TRIGGERS.get(connection.dialect.name, ()):
            connection.exec_driver_sql(statement)


def has_strays(connection: Connection) -> bool:
    """Tell whether 2.2.1 has started runs that were not adopted."""
    query = select(table_of(Experiment).c.id).where(_stray()).limit(1)
    return connection.execute(query).first() is not None


def adopt_runs(connection: Connection) -> None:
    """Give runs that 2.2.1 started in this database what it does not know of."""
    table = table_of(Experiment)
    query = select(table.c.id, table.c.config).where(_stray()).order_by(table.c.id)
    for run_id, config in connection.execute(query).all():
        values = {
            "config": to_json(config),
            "structural_hash": structural_hash(config),
            "value_hash": value_hash(config),
        }
        connection.execute(update(table).where(table.c.id == run_id), values)
        _add_params(connection, run_id, config)


def _add_params(connection: Connection, run_id: int, config: Any) -> None:
    table = table_of(Param)
    stored = select(table.c.key).where(table.c.run_id == run_id)
    known = set(connection.execute(stored).scalars())
    rows = [{"run_id": run_id, **row} for row in param_rows(config) if row["key"] not in known]
    if rows:
        connection.execute(insert(table), rows)


def _stray() -> Any:
    return table_of(Experiment).c.value_hash.is_(None)
