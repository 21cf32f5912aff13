"""Metrics as they were logged: their points, curves and summaries."""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._read.points import metrics as metrics
else:  # SQLAlchemy is loaded with the first run or question
    __getattr__ = lazy_exports(__name__, {"metrics": ()})
