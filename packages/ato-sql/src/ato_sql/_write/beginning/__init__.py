"""What a run is, and says, when it begins."""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._write.beginning import announcing as announcing
    from ato_sql._write.beginning import birth as birth
    from ato_sql._write.beginning import gathering as gathering
else:  # a program loads them with its first run
    __getattr__ = lazy_exports(__name__, dict.fromkeys(["announcing", "birth", "gathering"], ()))
