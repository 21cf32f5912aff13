"""Two to eight runs beside each other."""

from __future__ import annotations

import shlex
from typing import Any, Callable, Dict, Sequence

from starlette.requests import Request

from ato._ui.answer import run_ids
from ato._ui.queries.parts.contents import inputs, modules
from ato._ui.queries.parts.leaves import leaves, provenance_of
from ato._ui.queries.parts.media_groups import groups_of_all
from ato._ui.queries.run import find_run, fingerprints, metric_summaries, run_facts
from ato_sql.reading import INCIDENTAL, Row, circumstances, is_system, side_by_side

MOST = 8
LABELS = {
    "git_commit": "git commit",
    "git_dirty": "uncommitted changes",
    "git_diff_hash": "hash of uncommitted changes",
}
Cells = Dict[Any, Any]


def compare(connection: Any, request: Request) -> Any:
    """What differs between runs, a row for each thing and a cell for each run."""
    rows = [find_run(connection, run_id) for run_id in run_ids(request, 2, MOST)]
    metrics = [metric_summaries(connection, row.id) for row in rows]
    return {
        "runs": [run_facts(connection, row) for row in rows],
        "config": _shown(side_by_side([_config(row) for row in rows], _same_literal)),
        "fingerprints": _fingerprints(connection, rows),
        "inputs": _contents(connection, rows, inputs, "name"),
        "modules": _contents(connection, rows, modules, "module"),
        "metrics": _metrics(metrics),
        "environment": _environment(connection, rows),
        "media": groups_of_all(connection, [row.id for row in rows]),
    }


def _shown(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [row._asdict() for row in rows]


def _metrics(columns: Sequence[Sequence[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return a row for each metric; what is told of the machine is no difference of runs."""
    rows = side_by_side([{one["key"]: one for one in found} for found in columns])
    return [{**row._asdict(), "differs": row.differs and not is_system(row.key)} for row in rows]


def _same_literal(cell: Any) -> Any:
    return cell and (cell["text"], cell["type"])


def _config(row: Any) -> Cells:
    found, steps = provenance_of(leaves(row.config), row.provenance)
    return {".".join(leaf["path"]): _cell(leaf, steps) for leaf in found}


def _cell(leaf: dict[str, Any], steps: list[dict[str, Any]]) -> dict[str, Any]:
    history = leaf["history"]
    origin = None
    if history:
        step = steps[history[-1]]
        origin = step["token"] or step["name"] or step["kind"]
    return {"text": leaf["text"], "type": leaf["type"], "origin": origin}


def _fingerprints(connection: Any, rows: Sequence[Any]) -> list[dict[str, Any]]:
    columns = [
        {(one["type"], one["trace_id"]): one["fingerprint"] for one in found}
        for found in (fingerprints(connection, row.id) for row in rows)
    ]
    found = []
    for row in side_by_side(columns):
        kind, trace_id = row.key
        found.append({**_numbered(row), "key": trace_id, "type": kind})
    return found


def _contents(
    connection: Any, rows: Sequence[Any], of_run: Callable[[Any, int], Any], name: str
) -> dict[str, Any]:
    """Return what differs in content, and how many things there are in all."""
    columns = [{one[name]: one["hash"] or "" for one in of_run(connection, row.id)} for row in rows]
    found = side_by_side(columns)
    return {"total": len(found), "rows": [_numbered(row) for row in found if row.differs]}


def _numbered(row: Row) -> dict[str, Any]:
    """Number the distinct hashes of a row from 0 in the order they appear."""
    order = list(dict.fromkeys(cell for cell in row.cells if cell is not None))
    cells = [
        None if cell is None else {"hash": cell, "version": order.index(cell)} for cell in row.cells
    ]
    return {**row._asdict(), "cells": cells}


def _environment(connection: Any, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return what differs, what any two runs may differ in last."""
    found = side_by_side([circumstances(connection, row) for row in rows])
    different = sorted((row for row in found if row.differs), key=_is_incidental)
    return [
        {
            "key": LABELS.get(row.key, row.key),
            "cells": [_told(cell) for cell in row.cells],
            "differs": not _is_incidental(row),
        }
        for row in different
    ]


def _is_incidental(row: Row) -> bool:
    return row.key in INCIDENTAL


def _told(cell: Any) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return " ".join(map(shlex.quote, cell)) if isinstance(cell, list) else str(cell)
