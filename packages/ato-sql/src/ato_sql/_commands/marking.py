"""`rename`, `tag`, `note`, `archive`: what people say about runs later."""

from __future__ import annotations

import sys
from argparse import Namespace

from ato_adict import did_you_mean
from ato_sql._commands.shared import report
from ato_sql._errors import MetricError
from ato_sql._finder import SQLFinder
from ato_sql._values.shown import text_of


def rename(finder: SQLFinder, options: Namespace) -> int:
    """Give a run another name."""
    run = finder.named_run(options.run_id, only_one=True)
    finder.rename(run.id, options.name)
    name = finder.get_run(run.id).name  # in which a secret is hidden
    report(options, {"id": run.id, "name": name}, f"run {run.id} is {text_of(name)}")
    return 0


def tag(finder: SQLFinder, options: Namespace) -> int:
    """Add and remove tags of a run."""
    run = finder.named_run(options.run_id, only_one=True)
    for one in options.remove or ():
        if one not in (run.tags or ()):
            hint = did_you_mean(one, run.tags or ())
            print(f"run {run.id} has no tag {text_of(one)}{hint}", file=sys.stderr)
    tags = finder.tag(run.id, add=options.tags, remove=options.remove or ())
    report(options, {"id": run.id, "tags": tags}, f"run {run.id}: {text_of(tags) or 'no tags'}")
    return 0


def note(finder: SQLFinder, options: Namespace) -> int:
    """Add a remark about a run."""
    run, text = finder.named_run(options.run_id, only_one=True), " ".join(options.text)
    if not text.strip():
        raise MetricError("a note says something; this one has no letters")
    finder.note(run.id, text)
    report(options, {"id": run.id}, f"noted about run {run.id}")
    return 0


def archive(finder: SQLFinder, options: Namespace) -> int:
    """Leave runs out of lists, or take them back."""
    among = True if options.undo else None
    runs = [finder.named_run(name, only_one=True, archived=among) for name in options.run_ids]
    trials = sum(finder.archive(run.id, not options.undo) for run in runs)
    ids = [run.id for run in runs]
    who = f"run {ids[0]}" if len(ids) == 1 else f"runs {text_of(ids)}"
    who += f" and {trials} trial{'s' if trials > 1 else ''}" if trials else ""
    who += " is" if len(ids) == 1 and not trials else " are"
    what = "back in lists" if options.undo else "left out of lists"
    report(options, {"ids": ids, "archived": not options.undo}, f"{who} {what}")
    return 0
