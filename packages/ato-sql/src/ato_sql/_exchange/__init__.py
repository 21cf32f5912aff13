"""Exchange: whole runs to files and other databases and back, and their deletion.

It calls `_read`, `_write` and the rooms below.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._exchange import backup as backup
    from ato_sql._exchange import files as files
    from ato_sql._exchange import marking as marking
    from ato_sql._exchange import whole_runs as whole_runs
else:  # SQLAlchemy is loaded with the first run or question
    __getattr__ = lazy_exports(
        __name__,
        {
            "backup": (),
            "files": (),
            "marking": (),
            "whole_runs": (),
        },
    )
