"""From a journal to the database: all of a batch or nothing, and never twice.

`committer` decides, `apply` stores, `salvage` is for what a database refuses. It calls `journals`.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._write.storing import replay as replay
else:  # SQLAlchemy is loaded with the first run or question
    __getattr__ = lazy_exports(__name__, {"replay": ()})
