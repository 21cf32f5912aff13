"""`tail`: the latest metrics of a run, or what it printed."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from typing import Any, Iterable

from ato_adict import did_you_mean
from ato_sql._commands.terminal import lines_of, print_json
from ato_sql._db.schema import Experiment
from ato_sql._errors import NotFoundError
from ato_sql._facts.outcome import RUNNING
from ato_sql._finder import SQLFinder
from ato_sql._values.shown import text_of

_FOLLOW_SECONDS = 0.5
_KNOWN_AGAIN = 2000  # letters by which the end of what was printed is found again


def tail(finder: SQLFinder, options: Namespace) -> int:
    """Print the latest metrics of a run, and go on if asked to."""
    run = finder.named_run(options.run_id) if options.run_id else _latest(finder)
    if options.console:
        return _tail_console(finder, run, options)
    if not options.follow:
        _check_keys(finder, run.id, options.key or ())
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


def _check_keys(finder: SQLFinder, run_id: int, keys: Iterable[str]) -> None:
    """Raise where a run has no such metric, and another that is like it."""
    known = finder.get_metric_keys(run_id)
    for key in keys:
        hint = "" if key in known else did_you_mean(key, known)
        if hint:
            raise NotFoundError(f"run {run_id} has no metric {key!r}{hint}")


def _tail_console(finder: SQLFinder, run: Experiment, options: Namespace) -> int:
    """Print the last lines that a run printed, and go on if asked to."""
    text = finder.console(run.id)
    if not text and not options.follow:
        print(f"run {run.id} kept no output; start it with logger.run(console=True)")
        return 0
    _print_lines("".join(text.splitlines(keepends=True)[-options.lines :]))
    while options.follow:
        sys.stdout.flush()
        is_over = finder.get_run(run.id).status != RUNNING
        before, text = text, finder.console(run.id)
        _print_lines(_new_part(before, text))
        if is_over:
            break
        time.sleep(_FOLLOW_SECONDS)
    return 0


def _new_part(before: str, text: str) -> str:
    """Return what came after `before`, of which the middle may have been left out meanwhile."""
    if text.startswith(before):
        return text[len(before) :]
    end = before[-_KNOWN_AGAIN:]
    place = text.rfind(end)
    return text if place < 0 else text[place + len(end) :]


def _print_lines(text: str) -> None:
    if text:
        print(lines_of(text.rstrip("\n"), keep_tabs=True))


def _latest(finder: SQLFinder) -> Experiment:
    found = finder.search("-rerun=true -archived=true", "-id", limit=1)
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
