"""In what two runs differ: configs, circumstances, inputs and results.

It calls `stored`, which reads without SQLAlchemy where that can be.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._read.differences import compare as compare
else:  # SQLAlchemy is loaded with the first run or question
    __getattr__ = lazy_exports(__name__, {"compare": ()})
