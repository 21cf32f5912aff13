"""The revision of the schema that this version reads and writes."""

# The newest revision in migrations/versions; a test holds them together.
HEAD = "0006"
# Not alembic's own name for it, which every other program that uses alembic has too.
VERSION_TABLE = "ato_sql_schema"
