"""Which runs are meant, by a question or by a name, and how they belong together.

It calls `question` and `reader`.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._read.which import naming as naming
    from ato_sql._read.which import nesting as nesting
    from ato_sql._read.which import runs as runs
else:  # SQLAlchemy is loaded with the first run or question
    __getattr__ = lazy_exports(__name__, dict.fromkeys(["naming", "nesting", "runs"], ()))
