"""Log runs and find them again, from ato-sql."""

from ato._finder import SQLFinder
from ato_sql import SQLLogger

__all__ = ["SQLFinder", "SQLLogger"]
