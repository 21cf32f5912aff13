"""Run by alembic: migrate the connection that `ato_sql._migrate` hands over."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds the lock and spans all of it
)
context.run_migrations()
