"""A search under way: a scheduler whose events are logged, and replayed when it is resumed.

`study` asks and tells; `storage` says which `log` keeps that. A log that is `stored` in a
`database` is `shared` by the programs that work on the study; each gives signs of life
(`heartbeat`). `tracking` tells an experiment tracker. May call: `_schedule`,
`_objective`, `_space`, `_trial`.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_hyperband._study.database import ServerDatabase as ServerDatabase
    from ato_hyperband._study.database import SqliteDatabase as SqliteDatabase
    from ato_hyperband._study.shared import SharedStudy as SharedStudy
    from ato_hyperband._study.stored import Program as Program
    from ato_hyperband._study.stored import StoredLog as StoredLog
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "database": ["ServerDatabase", "SqliteDatabase"],
            "shared": ["SharedStudy"],
            "stored": ["Program", "StoredLog"],
        },
    )
