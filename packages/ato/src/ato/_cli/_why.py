"""`ato why A B`: what changed between two runs, in plain sentences."""

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
        description="Say what changed between two runs: config keys and who set them, functions "
        "whose logic differs, outputs, environment and metrics. Exit code 1 where they differ.",
    )
    why.add_argument("run_a", metavar="RUN_A", help="id or UUID of a run")
    why.add_argument("run_b", metavar="RUN_B", help="id or UUID of another")
    why.add_argument("--db", metavar="URL", help="the database (default: ATO_DB, experiments.db)")
    why.add_argument("--json", action="store_true", help="print the changes as JSON")
    why.set_defaults(run=_why)


def _why(options: argparse.Namespace) -> int:
    from ato._cli._changes import changes_between
    from ato._cli._sentences import sentences
    from ato_sql.cli import open_finder

    finder = open_finder(options.db)
    report = changes_between(finder, run_key(options.run_a), run_key(options.run_b))
    if options.json:
        print(json.dumps(report))
    else:
        print("\n".join(sentences(report)))
    return 1 if any(report[part] for part in ("config", "code", "outputs", "environment")) else 0


def run_key(text: str) -> Any:
    """Return what the finder calls a run by: its number, else its UUID."""
    return int(text) if text.isdigit() else text
