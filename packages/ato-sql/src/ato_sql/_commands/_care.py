"""`export`, `import`, `merge`, `gc`, `delete`, `upgrade`: moving runs and looking after them."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from typing import Any

from ato_sql._commands._shared import key_of, report, size_text
from ato_sql._finder import SQLFinder
from ato_sql._which_database import DEFAULT_DATABASE, database_url, open_finder


def export(options: Namespace) -> int:
    """Write runs or metrics to a file."""
    finder = open_finder(options.db)
    ids = None if options.chosen is None else [key_of(run) for run in options.chosen]
    if options.path == "-":
        finder.export_to(sys.stdout, options.project, ids)
        return 0
    is_metrics = options.path.endswith((".csv", ".parquet", ".pq"))
    write = finder.export_metrics if is_metrics else finder.export
    count = write(options.path, options.project, ids)
    report(options, {"runs": count, "path": options.path}, f"{count} runs in {options.path}")
    return 0


def take(options: Namespace) -> int:
    """Take in runs from a file."""
    finder = _finder_of_any(options.db, DEFAULT_DATABASE)
    _report_intake(options, finder.import_(options.path))
    return 0


def _finder_of_any(database: str | None, default: str) -> SQLFinder:
    """A finder of a database that need not be there yet."""
    name = database or os.environ.get("ATO_DB") or default
    return SQLFinder({"experiment": {"sql": {"db_path": name}}})


def merge(options: Namespace) -> int:
    """Bring in the runs of another database."""
    finder = open_finder(options.db)
    _report_intake(options, finder.merge(database_url(options.other)))
    return 0


def _report_intake(options: Namespace, intake: Any) -> None:
    counts = {name: len(getattr(intake, name)) for name in intake._fields}
    text = "{added} runs added, {updated} brought up to date, {known} known".format(**counts)
    report(options, intake._asdict(), text)


def gc(options: Namespace) -> int:
    """Remove what no run refers to."""
    done = open_finder(options.db).gc(options.dry_run)
    verb = "would remove" if options.dry_run else "removed"
    text = (
        f"{verb} {len(done.artifacts)} copies ({size_text(done.freed)}), {done.sources} sources "
        f"and {done.environments} environments"
    )
    report(options, done._asdict(), text)
    return 0


def delete(options: Namespace) -> int:
    """Delete a run."""
    finder = open_finder(options.db)
    run = finder.get_run(key_of(options.run_id))
    finder.delete_run(run.id, force=options.force)
    report(options, {"deleted": run.uuid}, f"deleted run {run.id}")
    return 0


def upgrade(options: Namespace) -> int:
    """Bring the database to the current schema."""
    backup = open_finder(options.db).upgrade()
    text = "the schema is up to date" if backup is None else f"upgraded; the backup is {backup}"
    report(options, {"backup": backup}, text)
    return 0
