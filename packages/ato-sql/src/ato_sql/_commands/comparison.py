"""`compare`: what differs between two runs."""

from __future__ import annotations

from argparse import Namespace

from ato_sql._commands.terminal import lines_of, print_json, print_table
from ato_sql._finder import SQLFinder
from ato_sql._read.differences.compare import Comparison
from ato_sql._read.tables import tables_of


def compare(finder: SQLFinder, options: Namespace) -> int:
    """Print what differs between two runs."""
    found = finder.compare(*(finder.named_run(run).id for run in (options.run_a, options.run_b)))
    parts = (found.config, found.code, found.outputs, found.environment)
    options.answer = 1 if any((*parts, found.inputs, found.sources, found.artifacts)) else 0
    if options.json:
        print_json(found.to_dict())
    else:
        _print(found)
    return int(options.answer)


def _print(found: Comparison) -> None:
    for title, columns, rows in list(tables_of(found)):  # nothing is printed if it fails
        if title == "metrics":
            _print_code(found)
        if rows:
            print(f"\n{title}")
            print_table(columns, rows)
        else:
            print(f"\n{title}: the same")


def _print_code(found: Comparison) -> None:
    for trace_id, code in found.code.items():
        if code.problem:
            print(f"\n{trace_id} cannot be compared: {code.problem}")
        elif code.diff:
            print(f"\n{lines_of(code.diff)}")
