"""ato 3.0: identity, circumstances, heartbeats, summaries, params, sources of fingerprints."""

from __future__ import annotations

import json
import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

from ato_sql._facts.configs.config import structural_hash, to_json, value_hash
from ato_sql._facts.configs.params import param_rows
from ato_sql._values.types import JSONValue, UTCDateTime, big_int, double, long_text, name

revision = "0002"
down_revision = "0001"

_NAMESPACE = uuid.UUID("7d8f3b0a-6f55-4b0a-9c55-61746f2d7371")

_EXPERIMENT_COLUMNS = (
    ("parent_uuid", name(36)),
    ("value_hash", name(64)),
    ("code_hash", name(64)),
    ("provenance", JSONValue()),
    ("command", JSONValue()),
    ("directory", long_text()),
    ("git_commit", name(64)),
    ("git_dirty", sa.Boolean()),
    ("host", name()),
    ("pid", big_int()),
    ("process", name()),
    ("environment_hash", name(64)),
    ("heartbeat", UTCDateTime()),
    ("heartbeat_every", double()),
    ("error", long_text()),
)
_ARTIFACT_COLUMNS = (
    ("size", big_int()),
    ("content_hash", name(64)),
    ("stored", long_text()),
    ("created_at", UTCDateTime()),
)
_OLD_INDEXES = (
    ("experiments", "ix_experiments_structural_hash"),
    ("metrics", "ix_metrics_key"),
    ("metrics", "ix_metrics_run_id"),
    ("fingerprints", "ix_fingerprints_trace_type"),
    ("fingerprints", "ix_fingerprints_trace_id"),
    ("fingerprints", "ix_fingerprints_fingerprint"),
)
_NEW_INDEXES = (
    ("ux_experiments_uuid", "experiments", ["uuid"]),
    ("ix_experiments_parent_uuid", "experiments", ["parent_uuid"]),
    ("ix_experiments_structural_hash", "experiments", ["structural_hash", "id"]),
    ("ix_experiments_value_hash", "experiments", ["value_hash", "code_hash"]),
    ("ix_experiments_start_time", "experiments", ["start_time"]),
    ("ix_metrics_run_id_key_step", "metrics", ["run_id", "key", "step"]),
    ("ix_artifacts_content_hash", "artifacts", ["content_hash"]),
    (
        "ix_fingerprints_trace",
        "fingerprints",
        ["trace_id", "trace_type", "fingerprint", "run_id"],
    ),
)


def upgrade() -> None:
    """Add columns and tables, fill them from what is there, lose nothing."""
    for table, index in _OLD_INDEXES:
        if index in _indexes(table):
            op.drop_index(index, table_name=table)
    _widen_experiments()
    with op.batch_alter_table("artifacts") as batch:
        for column, kind in _ARTIFACT_COLUMNS:
            batch.add_column(sa.Column(column, kind, nullable=True))
    _widen_metrics()
    _create_tables()
    _create_side_tables()
    _identify_runs()
    for index, table, columns in _NEW_INDEXES:
        op.create_index(index, table, columns, unique=index.startswith("ux_"))
    _summarise()


def _indexes(table: str) -> set[str]:
    return {str(i["name"]) for i in sa.inspect(op.get_bind()).get_indexes(table)}


def _widen_experiments() -> None:
    with op.batch_alter_table("experiments") as batch:
        batch.add_column(sa.Column("uuid", name(36), nullable=True))
        for column, kind in _EXPERIMENT_COLUMNS:
            batch.add_column(sa.Column(column, kind, nullable=True))


def _widen_metrics() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    with op.batch_alter_table("metrics") as batch:
        batch.add_column(sa.Column("special", long_text(), nullable=True))
        batch.alter_column("value", existing_type=sa.Float(), nullable=True)
        if postgres:
            batch.alter_column("step", type_=sa.BigInteger())
            batch.alter_column("id", type_=sa.BigInteger())
    metrics = sa.table("metrics", sa.column("value", double()), sa.column("special"))
    for word, number in (("inf", float("inf")), ("-inf", float("-inf")), ("nan", float("nan"))):
        if word == "nan" and not postgres:
            continue  # SQLite never stored one
        values = {"value": None, "special": word}
        op.execute(sa.update(metrics).where(metrics.c.value == number).values(values))


def _create_tables() -> None:
    op.create_table(
        "metric_summaries",
        sa.Column("run_id", big_int(), sa.ForeignKey("experiments.id"), nullable=False),
        sa.Column("key", name(), nullable=False),
        sa.Column("project_id", big_int(), nullable=False),
        sa.Column("count", big_int(), nullable=False),
        sa.Column("min", double()),
        sa.Column("min_step", big_int()),
        sa.Column("max", double()),
        sa.Column("max_step", big_int()),
        sa.Column("last", double()),
        sa.Column("last_step", big_int(), nullable=False),
        sa.Column("last_special", long_text()),
        sa.PrimaryKeyConstraint("run_id", "key"),
    )
    op.create_table(
        "params",
        sa.Column("run_id", big_int(), sa.ForeignKey("experiments.id"), nullable=False),
        sa.Column("key", name(), nullable=False),
        sa.Column("text", name(), nullable=False),
        sa.Column("number", double()),
        sa.PrimaryKeyConstraint("run_id", "key"),
    )
    op.create_index("ix_params_key_number", "params", ["key", "number"])
    op.create_index("ix_params_key_text", "params", ["key", "text"])
    for column in ("min", "max", "last"):
        columns = ["project_id", "key", column]
        op.create_index(f"ix_metric_summaries_{column}", "metric_summaries", columns)


def _create_side_tables() -> None:
    op.create_table(
        "fingerprint_sources",
        sa.Column("fingerprint", name(128), primary_key=True),
        sa.Column("canonical", long_text()),
        sa.Column("source", long_text()),
        sa.Column("location", long_text()),
        sa.Column("kind", name(32)),
    )
    op.create_table(
        "environments",
        sa.Column("hash", name(64), primary_key=True),
        sa.Column("data", JSONValue(), nullable=False),
    )
    op.create_table(
        "notes",
        sa.Column("id", big_int(), primary_key=True),
        sa.Column("run_id", big_int(), sa.ForeignKey("experiments.id"), nullable=False),
        sa.Column("text", long_text(), nullable=False),
        sa.Column("timestamp", UTCDateTime()),
    )
    op.create_table(
        "writers",
        sa.Column("uuid", name(36), primary_key=True),
        sa.Column("last_batch", big_int(), nullable=False),
        sa.Column("updated_at", UTCDateTime()),
    )
    op.create_index("ix_notes_run_id", "notes", ["run_id"])


def _identify_runs() -> None:
    """Give each run what later ones get at birth.

    The UUIDs follow from the runs themselves, so that two copies of one database, upgraded apart,
    still merge into one.
    """
    runs = sa.table(
        "experiments",
        *(sa.column(c) for c in ("id", "project_id", "start_time")),
        *(sa.column(c) for c in ("uuid", "structural_hash", "value_hash")),
        sa.column("config", JSONValue()),
    )
    connection = op.get_bind()
    params = sa.table("params", *(sa.column(c) for c in ("run_id", "key", "text", "number")))
    query = sa.select(runs.c.id, runs.c.project_id, runs.c.start_time, runs.c.config)
    for run_id, project_id, started, config in connection.execute(query).all():
        changes = _identity(run_id, project_id, started, config)
        connection.execute(sa.update(runs).where(runs.c.id == run_id).values(changes))
        rows = [{"run_id": run_id, **row} for row in param_rows(config)]
        for row in rows:
            del row["sort_key"]  # since 0005
        if rows:
            connection.execute(sa.insert(params), rows)
    with op.batch_alter_table("experiments") as batch:
        batch.alter_column("uuid", existing_type=name(36), nullable=False)


def _identity(run_id: int, project_id: int, started: Any, config: Any) -> dict[str, Any]:
    text = f"{run_id}|{project_id}|{started}|{json.dumps(config, sort_keys=True)}"
    return {
        "uuid": str(uuid.uuid5(_NAMESPACE, text)),
        "structural_hash": structural_hash(config),
        "value_hash": value_hash(config),
        "config": to_json(config),  # JSON has no infinity, and PostgreSQL minds
    }


def _summarise() -> None:
    key = _quote("key")
    same = f"m.run_id = metric_summaries.run_id AND m.{key} = metric_summaries.{key}"
    op.execute(
        f"INSERT INTO metric_summaries (run_id, {key}, project_id, count, min, max, last_step) "
        f"SELECT m.run_id, m.{key}, e.project_id, COUNT(*), MIN(m.value), MAX(m.value), "
        f"MAX(m.step) FROM metrics m JOIN experiments e ON e.id = m.run_id "
        f"GROUP BY m.run_id, m.{key}, e.project_id"
    )
    of_value = "SELECT m.step FROM metrics m WHERE {same} AND m.value = metric_summaries.{column}"
    for column in ("min", "max"):
        step = of_value.format(same=same, column=column) + " ORDER BY m.id LIMIT 1"
        op.execute(f"UPDATE metric_summaries SET {column}_step = ({step})")
    last = f"FROM metrics m WHERE {same} ORDER BY m.step DESC, m.id DESC LIMIT 1"
    op.execute(
        f"UPDATE metric_summaries SET last = (SELECT m.value {last}), "
        f"last_special = (SELECT m.special {last})"
    )


def _quote(word: str) -> str:
    return str(op.get_bind().dialect.identifier_preparer.quote_identifier(word))


def downgrade() -> None:
    """Not supported: an older ato could not keep what a newer one wrote."""
    raise NotImplementedError("restore the backup that the upgrade made")
