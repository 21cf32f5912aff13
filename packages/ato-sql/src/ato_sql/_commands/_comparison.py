"""`compare`: what differs between two runs."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any, Sequence

from ato_sql._commands._shared import key_of
from ato_sql._compare import MISSING
from ato_sql._tables import lines_of, print_json, print_table
from ato_sql._which_database import open_finder


def compare(options: Namespace) -> int:
    """Print what differs between two runs."""
    finder = open_finder(options.db)
    found = finder.compare(key_of(options.run_a), key_of(options.run_b))
    if options.json:
        print_json(found.to_dict())
    else:
        columns = ["", f"run {found.run_a}", f"run {found.run_b}"]
        for title in ("config", "environment"):
            changes = getattr(found, title)
            rows = [[key, _shown(c.a), _shown(c.b)] for key, c in changes.items()]
            _print_part(title, columns, rows)
        for title in ("code", "outputs"):
            prints = getattr(found, title)
            rows = [[key, _short(c.a), _short(c.b)] for key, c in prints.items()]
            _print_part(title, columns, rows)
        for change in found.code.values():
            if change.diff:
                print(f"\n{lines_of(change.diff)}")
        rows = [[key, _number(m.a), _number(m.b), m.delta] for key, m in found.metrics.items()]
        _print_part("metrics", [*columns, "change"], rows)
    return 1 if found.config or found.code or found.outputs or found.environment else 0


def _print_part(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        print(f"\n{title}")
        print_table(columns, rows)
    else:
        print(f"\n{title}: the same")


def _shown(value: Any) -> str:
    return "-" if value is MISSING else json.dumps(value, ensure_ascii=False)


def _number(value: Any) -> Any:
    return value if isinstance(value, (int, float)) else None


def _short(prints: Sequence[str]) -> str:
    return ", ".join(text[:12] for text in prints) or "-"
