"""A search under way: a scheduler whose events are logged, and replayed when it is resumed.

`study` asks and tells; `storage` says which `log` keeps that, such as one in `sqlite`; `tracking`
tells an experiment tracker. May call: `_schedule`, `_objective`, `_space`, `_trial`.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_hyperband._study.sqlite import SqliteLog as SqliteLog
else:
    __getattr__ = lazy_exports(__name__, {"sqlite": ["SqliteLog"]})
