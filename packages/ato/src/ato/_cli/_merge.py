"""`ato merge OTHER`: bring the runs of another database into this one."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `ato merge`."""
    merge = commands.add_parser(
        "merge",
        help="bring the runs of another database into this one",
        description="Copy every run of OTHER that is not here yet, by UUID; again does no harm.",
    )
    merge.add_argument("other", metavar="OTHER", help="a database file or URL")
    merge.add_argument("--db", metavar="URL", help="the database (default: ATO_DB, experiments.db)")
    merge.add_argument("--json", action="store_true", help="report what was copied as JSON")
    merge.set_defaults(run=_merge)


def _merge(options: argparse.Namespace) -> int:
    from ato_sql.cli import database_url, open_finder

    report = {"runs": open_finder(options.db).merge(database_url(options.other))}
    print(json.dumps(report) if options.json else f"{report['runs']} runs copied")
    return 0
