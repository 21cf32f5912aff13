"""What runs log by step besides numbers, what is in folders that they kept, what they printed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ato_sql._values.types import JSONValue, big_int, long_text, name

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add columns and a table; what is there stays as it is."""
    with op.batch_alter_table("artifacts") as batch:
        batch.add_column(sa.Column("key", name(), nullable=True))
        batch.add_column(sa.Column("step", big_int(), nullable=True))
        batch.add_column(sa.Column("files", JSONValue(), nullable=True))
    op.create_index("ix_artifacts_run_id_key_step", "artifacts", ["run_id", "key", "step"])
    op.create_table(
        "console",
        sa.Column("id", big_int(), primary_key=True),
        sa.Column("run_id", big_int(), sa.ForeignKey("experiments.id"), nullable=False),
        sa.Column("number", big_int(), nullable=False),
        sa.Column("text", long_text(), nullable=False),
    )
    op.create_index("ix_console_run_id_number", "console", ["run_id", "number"])


def downgrade() -> None:
    """Not supported: an older ato could not keep what a newer one wrote."""
    raise NotImplementedError("restore the backup that the upgrade made")
