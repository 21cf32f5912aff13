"""A table of our own for the revision and the UUID of the database."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing more to do: the table is made before any migration runs."""


def downgrade() -> None:
    """Not supported: an older ato would take the database for one of ato 2.2.1."""
    raise NotImplementedError("restore the backup that the upgrade made")
