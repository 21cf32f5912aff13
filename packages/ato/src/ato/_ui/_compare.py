"""Two to eight runs beside each other."""

from __future__ import annotations

from typing import Any, Callable, Dict, Sequence

from starlette.requests import Request

from ato._ui._answer import run_ids
from ato._ui._leaves import leaves, provenance_of
from ato._ui._run import environment_data, find_run, fingerprints, metric_summaries, run_facts

MOST = 8
Cells = Dict[Any, Any]


def compare(connection: Any, request: Request) -> Any:
    """What differs between runs, a row for each thing and a cell for each run."""
    rows = [find_run(connection, run_id) for run_id in run_ids(request, 2, MOST)]
    metrics = [metric_summaries(connection, row.id) for row in rows]
    environments = [_environment(connection, row) for row in rows]
    return {
        "runs": [run_facts(connection, row) for row in rows],
        "config": _matrix([_config(row) for row in rows], _same_literal),
        "fingerprints": _fingerprints(connection, rows),
        "metrics": _matrix([{one["key"]: one for one in found} for found in metrics]),
        "environment": [row for row in _matrix(environments) if row["differs"]],
    }


def _matrix(columns: Sequence[Cells], same: Any = None) -> list[dict[str, Any]]:
    """Return a row for every key, with the cell of each column or None."""
    keys = list(dict.fromkeys(key for column in columns for key in column))
    return [_row(key, [column.get(key) for column in columns], same) for key in keys]


def _row(key: Any, cells: list[Any], same: Any) -> dict[str, Any]:
    identity: Callable[[Any], Any] = same or (lambda cell: cell)
    first = identity(cells[0])
    return {
        "key": key,
        "cells": cells,
        "differs": any(identity(cell) != first for cell in cells[1:]),
    }


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
    return [_numbered(row) for row in _matrix(columns)]


def _numbered(row: dict[str, Any]) -> dict[str, Any]:
    """Number the distinct fingerprints of a row from 0 in the order they appear."""
    kind, trace_id = row["key"]
    order = list(dict.fromkeys(cell for cell in row["cells"] if cell is not None))
    cells = [
        None if cell is None else {"fingerprint": cell, "version": order.index(cell)}
        for cell in row["cells"]
    ]
    return {"key": trace_id, "type": kind, "cells": cells, "differs": row["differs"]}


def _environment(connection: Any, row: Any) -> Cells:
    data = environment_data(connection, row.environment_hash)
    packages = data.pop("packages", None)
    return {
        **{name: str(value) for name, value in data.items()},
        **(packages if isinstance(packages, dict) else {}),
        "git commit": row.git_commit and row.git_commit[:12],
        "uncommitted changes": row.git_dirty and "yes",
        "host": row.host,
    }
