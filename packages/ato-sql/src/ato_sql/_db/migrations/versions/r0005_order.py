"""Order among config values, names of runs, runs that stay deleted, and programs of ato 2.2.1."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ato_sql._db.legacy import default_uuid, summarise_as_written
from ato_sql._db.schema import OLD_VERSION
from ato_sql._facts.configs.params import param_rows
from ato_sql._values.types import JSONValue, UTCDateTime, name, sorted_name

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add columns and a table, fill them from what is there, lose nothing."""
    _widen_experiments()
    op.create_index("ix_experiments_name", "experiments", ["name"])
    with op.batch_alter_table("params") as batch:
        batch.add_column(sa.Column("sort_key", sorted_name(), nullable=True))
    _fill_params()
    op.drop_index("ix_params_key_number", table_name="params")
    op.create_index("ix_params_key_sort_key", "params", ["key", "sort_key"])
    op.create_table(
        "deleted_runs",
        sa.Column("uuid", name(36), primary_key=True),
        sa.Column("deleted_at", UTCDateTime()),
    )
    summarise_as_written(op.get_bind())


def _widen_experiments() -> None:
    uuid = default_uuid(op.get_bind().dialect.name)
    with op.batch_alter_table("experiments") as batch:
        batch.add_column(sa.Column("name", name(), nullable=True))
        batch.add_column(sa.Column("user_name", name(), nullable=True))
        batch.add_column(sa.Column("archived", sa.Boolean(), nullable=True))
        batch.add_column(
            sa.Column("written_by", name(32), nullable=True, server_default=OLD_VERSION)
        )
        if uuid is not None:
            batch.alter_column("uuid", existing_type=name(36), server_default=sa.text(uuid))
    op.execute("UPDATE experiments SET written_by = '3.0.0' WHERE heartbeat_every IS NOT NULL")


def _fill_params() -> None:
    runs = sa.table("experiments", sa.column("id"), sa.column("config", JSONValue()))
    params = sa.table("params", sa.column("run_id"), sa.column("key"), sa.column("sort_key"))
    change = (
        sa.update(params)
        .where(params.c.run_id == sa.bindparam("run"), params.c.key == sa.bindparam("leaf"))
        .values(sort_key=sa.bindparam("order"))
    )
    connection = op.get_bind()
    for run_id, config in connection.execute(sa.select(runs.c.id, runs.c.config)).all():
        rows = [(row["key"], row["sort_key"]) for row in param_rows(config)]
        changes = [{"run": run_id, "leaf": key, "order": order} for key, order in rows]
        if changes:
            connection.execute(change, changes)


def downgrade() -> None:
    """Not supported: an older ato could not keep what a newer one wrote."""
    raise NotImplementedError("restore the backup that the upgrade made")
