"""`tail`: the latest metrics of a run."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from typing import Any, Iterable

from ato_sql._commands._shared import key_of
from ato_sql._errors import NotFoundError
from ato_sql._finder import SQLFinder
from ato_sql._outcome import RUNNING
from ato_sql._schema import Experiment
from ato_sql._tables import print_json, text_of
from ato_sql._which_database import open_finder

_FOLLOW_SECONDS = 0.5


def tail(options: Namespace) -> int:
    """Print the latest metrics of a run, and go on if asked to."""
    finder = open_finder(options.db)
    run = finder.get_run(key_of(options.run_id)) if options.run_id else _latest(finder)
    rows = finder.get_latest_metrics(run.id, options.lines, options.key)
    _print_points(rows, options.json)
    while options.follow:
        sys.stdout.flush()
        is_over = finder.get_run(run.id).status != RUNNING  # asked before, so that none is missed
        after = rows[-1].id if rows else 0
        new = finder.get_latest_metrics(run.id, None, options.key, after)
        _print_points(new, options.json)
        rows = new or rows
        if is_over:
            break
        time.sleep(_FOLLOW_SECONDS)
    return 0


def _latest(finder: SQLFinder) -> Experiment:
    found = finder.search(order_by="-id", limit=1)
    if not found:
        raise NotFoundError("there are no runs yet")
    return found[0]


def _print_points(rows: Iterable[Any], as_json: bool) -> None:
    for row in rows:
        if as_json:
            names = ("key", "step", "timestamp")
            values = {name: getattr(row, name) for name in names}
            print_json({**values, "value": row.number})
        else:
            moment = text_of(row.timestamp)
            print(f"{moment}  {text_of(row.key)}  step {row.step}  {text_of(row.number)}")
