"""What each command of `python -m ato_sql` prints."""

from __future__ import annotations

from argparse import Namespace
from typing import Callable

from ato_sql._commands._care import delete, export, gc, merge, take, upgrade
from ato_sql._commands._comparison import compare
from ato_sql._commands._listing import best, runs
from ato_sql._commands._one_run import show
from ato_sql._commands._tail import tail

COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "runs": runs,
    "show": show,
    "best": best,
    "compare": compare,
    "tail": tail,
    "export": export,
    "import": take,
    "merge": merge,
    "gc": gc,
    "delete": delete,
    "upgrade": upgrade,
}
