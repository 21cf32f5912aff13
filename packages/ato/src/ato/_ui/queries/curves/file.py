"""A metric as a file to keep: every value of it, none left out."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from ato._ui.answer import run_ids
from ato._ui.queries.compare import MOST
from ato._ui.queries.run import find_run
from ato_sql import QuestionError
from ato_sql.reading import tables

METRICS = tables["metrics"].c
COLUMNS = ("run", "key", "step", "value", "time")


def metric_file(connection: Any, request: Request) -> Any:
    """One metric of one or several runs as CSV: run, key, step, value, time; asked as `metrics`."""
    key = request.query_params.get("key")
    if not key:
        raise QuestionError("key must name a metric")
    runs = run_ids(request, 1, MOST)
    for run_id in runs:
        find_run(connection, run_id)
    name = re.sub(r"[^\w.-]+", "-", key, flags=re.ASCII).strip("-") or "metric"
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(_text(connection, runs, key), 200, headers, "text/csv")


def _text(connection: Any, runs: list[int], key: str) -> str:
    columns = METRICS.run_id, METRICS.key, METRICS.step, METRICS.value, METRICS.special
    query = select(*columns, METRICS.timestamp).where(METRICS.run_id.in_(runs), METRICS.key == key)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for r in connection.execute(query.order_by(METRICS.run_id, METRICS.step, METRICS.id)):
        moment = r.timestamp.isoformat() if r.timestamp else ""
        writer.writerow((r.run_id, r.key, r.step, r.special or repr(r.value), moment))
    return text.getvalue()
