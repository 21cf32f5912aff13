"""Facts of a run, as plain data: its settings, config, circumstances, fingerprints and files.

Nothing here opens a database. It calls `_values`.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._facts import configs as configs
    from ato_sql._facts import facts as facts
    from ato_sql._facts import files as files
    from ato_sql._facts import fingerprints as fingerprints
else:  # what a run is made of is loaded with the first one
    __getattr__ = lazy_exports(
        __name__, dict.fromkeys(["configs", "facts", "files", "fingerprints"], ())
    )
