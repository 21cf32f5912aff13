"""Reading: the language that asks for runs, and the answers about runs, metrics and traces.

`reader` opens a database, `question` is the language. It calls `_write`, to write what was put
before it reads, and the rooms below.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._read import differences as differences
    from ato_sql._read import frames as frames
    from ato_sql._read import logged as logged
    from ato_sql._read import own as own
    from ato_sql._read import points as points
    from ato_sql._read import reader as reader
    from ato_sql._read import status as status
    from ato_sql._read import stored as stored
    from ato_sql._read import tables as tables
    from ato_sql._read import traces as traces
    from ato_sql._read import which as which
else:  # SQLAlchemy is loaded with the first run or question
    __getattr__ = lazy_exports(
        __name__,
        dict.fromkeys(
            [
                "differences",
                "frames",
                "logged",
                "own",
                "points",
                "reader",
                "status",
                "stored",
                "tables",
                "traces",
                "which",
            ],
            (),
        ),
    )
