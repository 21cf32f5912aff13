"""Writing: the way of a metric from the training loop through a journal to the database.

`run` logs, `journal` keeps, `committer` commits, `writer` is the thread between them, and `ending`
the end of the process. It calls `_db`, `_facts` and `_values`.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._write import batch as batch
    from ato_sql._write import beginning as beginning
    from ato_sql._write import beside as beside
    from ato_sql._write import run as run
    from ato_sql._write import storing as storing
    from ato_sql._write import writer as writer
else:  # the writer and its database need SQLAlchemy, which a program loads with its first run
    __getattr__ = lazy_exports(
        __name__, dict.fromkeys(["batch", "beginning", "beside", "run", "storing", "writer"], ())
    )
