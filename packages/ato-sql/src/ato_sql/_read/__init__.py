"""Reading: the language that asks for runs, and the answers about runs, metrics and traces.

`reader` opens a database, `question` is the language. It calls `_write`, to write what was put
before it reads, and the rooms below.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._read import compare as compare
    from ato_sql._read import console as console
    from ato_sql._read import frames as frames
    from ato_sql._read import media as media
    from ato_sql._read import metrics as metrics
    from ato_sql._read import naming as naming
    from ato_sql._read import nesting as nesting
    from ato_sql._read import own as own
    from ato_sql._read import reader as reader
    from ato_sql._read import runs as runs
    from ato_sql._read import status as status
    from ato_sql._read import stored as stored
    from ato_sql._read import tables as tables
    from ato_sql._read import traces as traces
else:  # SQLAlchemy is loaded with the first run or question
    __getattr__ = lazy_exports(
        __name__,
        {
            "compare": (),
            "console": (),
            "frames": (),
            "media": (),
            "metrics": (),
            "naming": (),
            "nesting": (),
            "own": (),
            "reader": (),
            "runs": (),
            "status": (),
            "stored": (),
            "tables": (),
            "traces": (),
        },
    )
