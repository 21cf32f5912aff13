"""The words of `ato why`."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `ato why`."""
    why = commands.add_parser(
        "why",
        help="what changed between two runs",
        description="Say what changed between two runs, the most likely cause first: config keys "
        "and who set them, code whose logic differs, files that were read, environment, outputs "
        "and metrics. Exit code 1 where they differ.",
    )
    named = "id, UUID or its beginning, name, last, -1, or best:METRIC"
    why.add_argument(
        "runs",
        metavar="RUN",
        nargs="*",
        help=f"two runs, each by its {named}; "
        "by default the last two of the project that was used last",
    )
    why.add_argument("--project", metavar="NAME", help="the last two runs of this project")
    why.add_argument("--db", metavar="URL", help="the database (default: ATO_DB, experiments.db)")
    why.add_argument("--json", action="store_true", help="print the changes as JSON")
    why.add_argument(
        "--all",
        action="store_true",
        help="also what is no cause: job, host, packages that were not imported",
    )
    why.add_argument(
        "--verbose", action="store_true", help="also what fingerprints did not follow, and why"
    )
    why.set_defaults(run=_why)


def _why(options: argparse.Namespace) -> int:
    from ato._cli.why.report import differs, report_of
    from ato._cli.why.sentences import sentences
    from ato_sql.cli import open_stored

    stored = open_stored(options.db)
    report = report_of(stored, *_two_runs(stored, options))
    options.answer = 1 if differs(report) else 0
    if options.json:
        from ato_sql.comparing import plain

        print(json.dumps(plain(report)))
    else:
        from ato_adict.surroundings import escaped

        for line in sentences(report, options.all, options.verbose):
            print(escaped(line))
    return int(options.answer)


def _two_runs(stored: Any, options: argparse.Namespace) -> tuple[int, int]:
    """Return the ids of the runs that are asked for.

    Raises:
        UserError: It is one run, or more than two.
        NotFoundError: None are named, and there are no two.
    """
    from ato_adict import UserError

    if not options.runs:
        return last_two(stored, "ato why {} {}", options.project)
    if options.project is not None:
        raise UserError("--project asks for its last two runs: name two runs or a project")
    if len(options.runs) != 2:
        raise UserError(f"why compares two runs, not {len(options.runs)}")
    first, second = (run_id(text, options.db) for text in options.runs)
    return first, second


def last_two(stored: Any, typed: str, project: str | None = None) -> tuple[int, int]:
    """Return the ids of the last two runs of a project.

    Args:
        stored: The runs of a database.
        typed: What asks for two runs, with `{}` for each.
        project: Its name; that of the project that was used last by default.

    Raises:
        NotFoundError: There are no two; it says what asks for those of another project.
    """
    from ato_adict import did_you_mean
    from ato_sql import NotFoundError

    name = stored.last_project() if project is None else project
    latest = stored.latest(2, name)
    if len(latest) == 2:
        return latest[1], latest[0]
    if project is not None:
        known = stored.projects()
        if project not in known:
            raise NotFoundError(f"there is no project {project!r}{did_you_mean(project, known)}")
        raise NotFoundError(f"project {project!r} has no two runs yet")
    others = {one: stored.latest(2, one) for one in stored.projects()}
    pairs = {one: ids for one, ids in others.items() if len(ids) == 2}
    if not pairs:
        raise NotFoundError("there are no two runs of one project yet")
    other = max(pairs, key=lambda one: pairs[one])
    raise NotFoundError(
        f"project {name!r}, which was used last, has no two runs yet; "
        f"for the last two of {other!r}: {typed.format(*pairs[other][::-1])}"
    )


def run_id(text: str, database: str | None) -> int:
    """Return the id of the run that a text names; a number costs no question."""
    from ato_sql.cli import open_finder

    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    return open_finder(database).named_run(text).id
