"""`import`, `merge`, `gc`, `delete`, `backup`, `upgrade`: looking after runs."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from ato_sql._commands.shared import report
from ato_sql._exchange.cleanup import Cleanup
from ato_sql._finder import SQLFinder
from ato_sql._values.shown import size_text, text_of


def import_(finder: SQLFinder, options: Namespace) -> int:
    """Take in runs from a file."""
    _report_intake(options, finder.import_(options.path))
    return 0


def merge(finder: SQLFinder, options: Namespace) -> int:
    """Bring in the runs of another database."""
    _report_intake(options, finder.merge(options.other))
    return 0


def _report_intake(options: Namespace, intake: Any) -> None:
    counts = {name: len(getattr(intake, name)) for name in intake._fields}
    text = "{added} runs added, {updated} brought up to date, {known} known".format(**counts)
    report(options, intake._asdict(), text)


def gc(finder: SQLFinder, options: Namespace) -> int:
    """Remove what no run refers to."""
    done = finder.gc(options.dry_run)
    verb = "would remove" if options.dry_run else "removed"
    text = (
        f"{verb} {len(done.artifacts)} copies ({size_text(done.freed)}), {done.sources} sources "
        f"and {done.environments} environments{_waiting(done)}"
    )
    report(options, _told(done._asdict()), text)
    return 0


def _told(data: dict[str, Any]) -> dict[str, Any]:
    """Return what came of it without what waits, or stays, where nothing does."""
    untold = ("waiting", "until", "below")
    return {name: value for name, value in data.items() if value or name not in untold}


def _staying(below: list[int]) -> str:
    """Say which runs stay that were below the one that went, such as the trials of a search."""
    if not below:
        return ""
    if len(below) == 1:
        return f"; run {below[0]}, which was below it, stays"
    return f"; {len(below)} runs that were below it stay: {below[0]} … {below[-1]}"


def _waiting(done: Cleanup) -> str:
    """Say how many copies stay that no run refers to, and until when."""
    if done.until is None:
        return ""
    count, until = len(done.waiting), done.until.astimezone()
    who = (
        "1 copy, logged within the last hour, waits"
        if count == 1
        else (f"{count} copies, logged within the last hour, wait")
    )
    return f"; {who} for ato gc until {until:%Y-%m-%d %H:%M:%S}"


def delete(finder: SQLFinder, options: Namespace) -> int:
    """Delete a run."""
    run = finder.named_run(options.run_id, only_one=True)
    below = [one.id for one in finder.children(run.id)]
    done = finder.delete_run(run.id, force=options.force)
    data = {"deleted": run.uuid, "below": below, "waiting": done.waiting, "until": done.until}
    report(options, _told(data), f"deleted run {run.id}{_staying(below)}{_waiting(done)}")
    return 0


def backup(finder: SQLFinder, options: Namespace) -> int:
    """Copy the database."""
    finder.backup(options.path)
    report(options, {"path": options.path}, f"the copy is {text_of(options.path)}")
    return 0


def replay(finder: SQLFinder, options: Namespace) -> int:
    """Store what was refused; exit code 1 where some still is."""
    done = finder.replay(options.path)
    text = f"{done.stored} stored, {done.known} were stored before"
    if done.refused:
        count = len(done.refused)
        text += f"; {count} that cannot be stored stay in {options.path}: {done.refused[0]}"
    options.answer = 1 if done.refused else 0
    report(options, done._asdict(), text)
    return int(options.answer)


def upgrade(finder: SQLFinder, options: Namespace) -> int:
    """Bring the database to the current schema."""
    backup = finder.upgrade()
    text = "the schema is up to date" if backup is None else f"upgraded; the backup is {backup}"
    report(options, {"backup": backup}, text)
    return 0
