"""What each command of `python -m ato_sql` prints; a function each, by the command's name.

It may call everything but `cli`, which hands it an open finder and the parsed options.
"""

from __future__ import annotations

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

# SQLAlchemy takes a quarter of a second to import; `--help` should not wait for it.
__getattr__: Callable[[str], Any] = lazy_exports(
    __name__,
    {
        "listing": ["runs", "best"],
        "one_run": ["show"],
        "comparison": ["compare"],
        "following": ["tail"],
        "marking": ["rename", "tag", "note", "archive"],
        "exporting": ["export"],
        "care": ["import_", "merge", "gc", "delete", "backup", "replay", "upgrade"],
    },
)
