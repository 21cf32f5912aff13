"""Migrations, run by alembic: `env` is its way in, `versions` the steps. May call `_db`."""
