"""Log runs and find them again, from ato-sql."""

from ato_sql import SQLFinder, SQLLogger

__all__ = ["SQLFinder", "SQLLogger"]
