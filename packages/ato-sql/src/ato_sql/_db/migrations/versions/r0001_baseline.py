"""The schema of ato 2.2.1, from which databases written by it start."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Nothing to do: such a database has these tables already."""


def downgrade() -> None:
    """There is nothing below."""
