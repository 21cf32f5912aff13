"""What runs logged by step besides numbers: images, tables, texts, histograms, sounds and films."""

from __future__ import annotations

import json
import os
from typing import Any, Sequence

from sqlalchemy import select
from starlette.requests import Request

from ato._ui.answer import MissingError, Query, run_ids, whole
from ato._ui.queries.compare import MOST
from ato._ui.queries.media.copies import find_artifact
from ato._ui.queries.run import find_run
from ato_sql import QuestionError
from ato_sql.reading import ReadOnlyDatabase, tables

TABLE = tables["artifacts"]
ARTIFACTS = TABLE.c
_ITEMS = 20_000  # of one key of one run
_HISTOGRAMS = 200  # so many steps can be told apart beside each other
_LARGEST_TABLE = 20_000_000  # bytes of one that is shown
_ROWS = 100
_SAID = ("caption", "type", "rows")
_SPECIAL = {text: float(text) for text in ("nan", "inf", "-inf")}  # as a table has them


def media(connection: Any, request: Request) -> Any:
    """The items of one kind and key of one or several runs, by step; asked with `kind`, `key`."""
    kind, key = (request.query_params.get(name) for name in ("kind", "key"))
    if not kind or not key:
        raise QuestionError("kind and key must say what is asked for")
    make = _histograms if kind == "histogram" else _items
    found = []
    for run_id in run_ids(request, 1, MOST):
        find_run(connection, run_id)
        query = select(TABLE).where(ARTIFACTS.run_id == run_id, ARTIFACTS.key == key)
        query = query.where(ARTIFACTS.data_type == kind).order_by(ARTIFACTS.step, ARTIFACTS.id)
        rows = connection.execute(query.limit(_ITEMS)).all()
        found.append({"run": run_id, "items": make(rows)})
    return {"runs": found}


def _items(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "step": row.step,
            "size": row.size,
            **{name: info[name] for name in _SAID if name in info},
        }
        for row, info in ((row, _mapping(row.data_info)) for row in rows)
    ]


def _histograms(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return as many as can be told apart, with their edges and counts."""
    if len(rows) > _HISTOGRAMS:
        last = len(rows) - 1
        rows = [rows[place * last // (_HISTOGRAMS - 1)] for place in range(_HISTOGRAMS)]
    found = []
    for row in rows:
        info = _mapping(row.data_info)
        edges: Any = info.get("edges")
        counts: Any = info.get("counts")
        if _are_numbers(edges) and _are_numbers(counts) and len(edges) in (0, len(counts) + 1):
            special = {name: info[name] for name in ("nan", "inf", "-inf") if name in info}
            found.append({"step": row.step, "edges": edges, "counts": counts, "special": special})
    return found


def _mapping(info: Any) -> dict[str, Any]:
    return info if isinstance(info, dict) else {}


def _are_numbers(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, (int, float)) for value in values)


def content(database: ReadOnlyDatabase) -> Query:
    """Return the query for a text, or for a page of a table."""

    def answer(connection: Any, request: Request) -> Any:
        """A text; of a table 100 rows from `offset` on, by column `sort`, down if `down` is 1."""
        row = find_artifact(connection, request.path_params["artifact"])
        if row.data_type == "text" and row.key is not None:
            return {"text": str(_mapping(row.data_info).get("text", ""))}
        if row.data_type != "table" or row.key is None:
            raise MissingError(f"{row.path} is neither a text nor a table")
        columns, rows, special = _table(database.find_copy(row.stored, row.content_hash))
        offset = whole(request, "offset", 0, 0, 10**9)
        sort = whole(request, "sort", -1, -1, len(columns) - 1)
        if sort >= 0:
            down = request.query_params.get("down") == "1"
            numbers = {row: _SPECIAL[rows[row][sort]] for row, at in special if at == sort}
            order = [_order(numbers.get(at, row[sort]), down) for at, row in enumerate(rows)]
            rows = [
                rows[at] for at in sorted(range(len(rows)), key=order.__getitem__, reverse=down)
            ]
        page = rows[offset : offset + _ROWS]
        return {"columns": columns, "rows": page, "offset": offset, "total": len(rows)}

    return answer


def _table(path: str | None) -> tuple[list[str], list[list[Any]], list[tuple[int, int]]]:
    """Return the columns and rows in the file of a table, and where its NaN and ±inf stand.

    Raises:
        MissingError: it is not here, too large, or no table.
    """
    if path is None:
        raise MissingError("the copy of the table is not here")
    if os.path.getsize(path) > _LARGEST_TABLE:
        raise MissingError("the table is too large to be shown; download it")
    try:
        with open(path, encoding="utf-8") as file:
            data = _mapping(json.load(file))
    except (ValueError, RecursionError):
        data = {}
    columns, rows = data.get("columns"), data.get("rows")
    if not (isinstance(columns, list) and isinstance(rows, list)) or not all(
        isinstance(row, list) and len(row) == len(columns) for row in rows
    ):
        raise MissingError("what is stored is no table")
    return [str(name) for name in columns], rows, _special(data.get("special"), rows)


def _special(places: Any, rows: list[list[Any]]) -> list[tuple[int, int]]:
    """Return the rows and columns of cells that are said to be NaN or ±inf, and are."""
    width = len(rows[0]) if rows else 0
    return [
        (place[0], place[1])
        for place in (places if isinstance(places, list) else ())
        if isinstance(place, list)
        and len(place) == 2
        and all(type(number) is int for number in place)
        and 0 <= place[0] < len(rows)
        and 0 <= place[1] < width
        and isinstance(rows[place[0]][place[1]], str)
        and rows[place[0]][place[1]] in _SPECIAL
    ]


def _order(value: Any, down: bool) -> tuple[int, Any]:
    """Numbers, NaN, texts, then all else by its JSON; what is empty last, whichever way."""
    if value is None:
        return (-1 if down else 4), 0
    if isinstance(value, (int, float)):
        if value != value:
            return (2 if down else 1), 0
        return (3 if down else 0), value
    if isinstance(value, str):
        return (1 if down else 2), value
    return (0 if down else 3), json.dumps(value)
