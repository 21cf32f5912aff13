"""What a run read and was made of: inputs, sources, and the hash of what was not committed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ato_sql._values.types import JSONValue, big_int, double, long_text, name

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add columns and tables; what is there stays as it is."""
    with op.batch_alter_table("experiments") as batch:
        batch.add_column(sa.Column("git_diff_hash", name(64), nullable=True))
    with op.batch_alter_table("fingerprint_sources") as batch:
        batch.add_column(sa.Column("form", big_int(), nullable=True))
        batch.add_column(sa.Column("skipped", JSONValue(), nullable=True))
    op.create_table(
        "inputs",
        sa.Column("id", big_int(), primary_key=True),
        sa.Column("run_id", big_int(), sa.ForeignKey("experiments.id"), nullable=False),
        sa.Column("name", long_text(), nullable=False),
        sa.Column("path", long_text()),
        sa.Column("size", big_int()),
        sa.Column("mtime", double()),
        sa.Column("hash", name(80)),
        sa.Column("reader", long_text()),
        sa.Column("how", name(32)),
        sa.Column("problem", long_text()),
    )
    op.create_table(
        "source_texts",
        sa.Column("hash", name(80), primary_key=True),
        sa.Column("text", long_text()),
    )
    op.create_table(
        "run_sources",
        sa.Column("id", big_int(), primary_key=True),
        sa.Column("run_id", big_int(), sa.ForeignKey("experiments.id"), nullable=False),
        sa.Column("module", name(), nullable=False),
        sa.Column("name", long_text(), nullable=False),
        sa.Column("path", long_text()),
        sa.Column("hash", name(80), nullable=False),
    )
    op.create_index("ix_inputs_run_id", "inputs", ["run_id"])
    op.create_index("ix_run_sources_run_id", "run_sources", ["run_id"])
    op.create_index("ix_run_sources_hash", "run_sources", ["hash"])


def downgrade() -> None:
    """Not supported: an older ato could not keep what a newer one wrote."""
    raise NotImplementedError("restore the backup that the upgrade made")
