"""What runs logged besides numbers."""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._read.logged import console as console
    from ato_sql._read.logged import media as media
else:  # SQLAlchemy is loaded with the first run or question
    __getattr__ = lazy_exports(__name__, dict.fromkeys(["console", "media"], ()))
