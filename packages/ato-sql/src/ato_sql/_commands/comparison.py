"""`compare`: what differs between two runs."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any, Sequence

from ato_adict import MISSING
from ato_sql._commands.shared import size_text
from ato_sql._commands.terminal import lines_of, print_json, print_table
from ato_sql._finder import SQLFinder
from ato_sql._read.compare import Comparison


def compare(finder: SQLFinder, options: Namespace) -> int:
    """Print what differs between two runs."""
    found = finder.compare(*(finder.named_run(run).id for run in (options.run_a, options.run_b)))
    if options.json:
        print_json(found.to_dict())
    else:
        _print(found)
    parts = (found.config, found.code, found.outputs, found.environment)
    return 1 if any((*parts, found.inputs, found.sources, found.artifacts)) else 0


def _print(found: Comparison) -> None:
    columns = ["", f"run {found.run_a}", f"run {found.run_b}"]
    cells = {"config": _shown, "environment": _shown, "inputs": _input, "sources": _digest}
    if found.artifacts:
        cells["artifacts"] = _digest
    for title, cell in cells.items():
        changes = getattr(found, title)
        _print_part(title, columns, [[key, cell(c.a), cell(c.b)] for key, c in changes.items()])
    for title in ("code", "outputs"):
        prints = getattr(found, title)
        _print_part(title, columns, [[key, _short(c.a), _short(c.b)] for key, c in prints.items()])
    for trace_id, code in found.code.items():
        if code.problem:
            print(f"\n{trace_id} cannot be compared: {code.problem}")
        elif code.diff:
            print(f"\n{lines_of(code.diff)}")
    rows = [[key, _number(m.a), _number(m.b), m.delta] for key, m in found.metrics.items()]
    _print_part("metrics", [*columns, "change"], rows)


def _print_part(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        print(f"\n{title}")
        print_table(columns, rows)
    else:
        print(f"\n{title}: the same")


def _shown(value: Any) -> str:
    return "-" if value is MISSING else json.dumps(value, ensure_ascii=False)


def _input(side: Any) -> str:
    if side is MISSING:
        return "-"
    digest = str(side["hash"] or "not hashed").rpartition(":")[2][:12]
    return f"{size_text(side['size'])}, {digest}"


def _digest(side: Any) -> str:
    return "-" if side is MISSING else str(side)[:12]


def _number(value: Any) -> Any:
    return value if isinstance(value, (int, float)) else None


def _short(prints: Sequence[str]) -> str:
    return ", ".join(text[:12] for text in prints) or "-"
