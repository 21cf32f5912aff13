"""A local experiment tracker on SQLite, PostgreSQL or MySQL that loses nothing."""

from ato_sql._version import __version__ as __version__
