"""Writing: the way of a metric from the training loop through a journal to the database.

`run` logs, `journal` keeps, `committer` commits, `writer` is the thread between them, and `ending`
the end of the process. It calls `_db`, `_facts` and `_values`.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._write import announcing as announcing
    from ato_sql._write import batch as batch
    from ato_sql._write import birth as birth
    from ato_sql._write import console as console
    from ato_sql._write import gathering as gathering
    from ato_sql._write import monitor as monitor
    from ato_sql._write import replay as replay
    from ato_sql._write import run as run
    from ato_sql._write import writer as writer
else:  # the writer and its database need SQLAlchemy, which a program loads with its first run
    __getattr__ = lazy_exports(
        __name__,
        {
            "announcing": (),
            "batch": (),
            "birth": (),
            "console": (),
            "gathering": (),
            "monitor": (),
            "replay": (),
            "run": (),
            "writer": (),
        },
    )
