"""What a run read and what it ran: its inputs and its own modules, each known by its content."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from starlette.requests import Request

from ato._ui.queries.parts.change import code_change
from ato_sql.reading import tables

INPUTS, SOURCES, TEXTS = (tables[name].c for name in ("inputs", "run_sources", "source_texts"))
MOST = 2000


def inputs(connection: Any, run_id: int) -> list[dict[str, Any]]:
    """Return the files that a run read, as they were named when it read them."""
    columns = ("name", "path", "size", "hash", "reader", "how", "problem")
    query = select(*(INPUTS[name] for name in columns)).where(INPUTS.run_id == run_id)
    rows = connection.execute(query.order_by(INPUTS.id).limit(MOST))
    return [dict(row._mapping) for row in rows]


def modules(connection: Any, run_id: int) -> list[dict[str, Any]]:
    """Return the project's own modules that a run had loaded."""
    query = select(SOURCES.module, SOURCES.name, SOURCES.path, SOURCES.hash)
    query = query.where(SOURCES.run_id == run_id).order_by(SOURCES.module, SOURCES.id)
    return [dict(row._mapping) for row in connection.execute(query.limit(MOST))]


def text_change(connection: Any, request: Request) -> Any:
    """The lines in which one content, of a module or a small input, differs from another.

    Asked with the hashes `old` and `new`.
    """
    old, new = (request.query_params.get(name, "") for name in ("old", "new"))
    query = select(TEXTS.hash, TEXTS.text).where(TEXTS.hash.in_([old, new]))
    kept = {row.hash: {"source": row.text} for row in connection.execute(query)}
    return code_change(kept.get(old), kept.get(new), "text")
