"""Run by alembic: migrate the connection that `ato_sql._db.schema_setup` hands over."""

from alembic import context

from ato_sql._db.revision import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds the lock and spans all of it
)
context.run_migrations()
