"""Runs, histories and comparisons as tables, for terminals and notebooks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Iterable, Iterator, List, Sequence, TypeVar

from ato_adict import MISSING
from ato_adict.notebooks import MOST_ROWS, html_table, html_text
from ato_sql._db.schema import Experiment
from ato_sql._facts.configs.params import leaves
from ato_sql._facts.outcome import RUNNING
from ato_sql._read.points.metrics import Point, common_keys, last_value, read_summaries
from ato_sql._read.traces import TraceVersion
from ato_sql._values.marked import json_literal
from ato_sql._values.shown import duration, size_text, text_of
from ato_sql._values.time import now

if TYPE_CHECKING:
    from ato_sql._read.reader import Reader

T = TypeVar("T")
_MOST_KEYS = 6


class _Shown(List[T]):
    """A list that a notebook shows as a table; so is a part of it."""

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return self._part(found) if isinstance(index, slice) else found

    def _part(self, rows: Iterable[T]) -> list[T]:
        return type(self)(rows)


class History(_Shown[Point]):
    """The values of one metric."""

    def _repr_html_(self) -> str:
        rows = [[text_of(p.step), text_of(p.value), text_of(p.timestamp)] for p in self]
        return html_table(["step", "value", "time"], rows)


class Versions(_Shown[TraceVersion]):
    """The versions of a traced function, or of its output."""

    def _repr_html_(self) -> str:
        rows = [
            [
                version.fingerprint[:12],
                ", ".join(map(str, version.runs)),
                text_of(version.location),
                text_of(version.source),
            ]
            for version in self
        ]
        return html_table(["fingerprint", "runs", "place", "source"], rows)


class Runs(_Shown[Experiment]):
    """Runs, with what differs in their configs and what their metrics ended at.

    Args:
        rows: the runs.
        reader: asked for the metrics when a notebook shows the list.
    """

    def __init__(self, rows: Iterable[Experiment] = (), reader: Reader | None = None) -> None:
        super().__init__(rows)
        self._reader = reader

    def _part(self, rows: Iterable[Experiment]) -> list[Experiment]:
        return Runs(rows, self._reader)

    def _repr_html_(self) -> str:
        shown = list(self[-MOST_ROWS:])
        configs = [dict(leaves(run.config)) for run in shown]
        keys = _differing(configs)
        cells = [_cells([config.get(key, MISSING) for config in configs]) for key in keys]
        summaries = read_summaries(self._reader, [r.id for r in shown]) if self._reader else {}
        metrics = common_keys(summaries.values())
        rows = [
            [
                *map(text_of, (run.id, run.name, run.status, run.start_time, took(run))),
                text_of(run.tags or []),
                *(column[number] for column in cells),
                *(text_of(last_value(summaries.get(run.id, {}).get(key))) for key in metrics),
            ]
            for number, run in enumerate(shown)
        ]
        columns = ["id", "name", "status", "started", "took", "tags", *keys, *metrics]
        left_out = len(self) - len(shown)
        title = f"the last {len(shown)} of {len(self)} runs" if left_out else ""
        return html_table(columns, rows, title)


def took(run: Experiment) -> str | None:
    """Return how long a run took, or takes so far."""
    end = run.end_time or (now() if run.status == RUNNING else run.heartbeat)
    return duration(run.start_time, end)


def _differing(configs: Sequence[dict[str, Any]]) -> list[str]:
    keys = dict.fromkeys(key for config in configs for key in config)
    texts = {key: {_json(config.get(key, MISSING)) for config in configs} for key in keys}
    return [key for key in keys if len(texts[key]) > 1][:_MOST_KEYS]


# -- two runs --------------------------------------------------------------------------------------


def tables_of(found: Any) -> Iterator[tuple[str, list[str], list[list[Any]]]]:
    """Yield the title, the columns and the rows of each part of a `Comparison`."""
    columns = ["", f"run {found.run_a}", f"run {found.run_b}"]
    cells = {"config": _cells, "environment": _cells, "inputs": _inputs, "sources": _digests}
    if found.artifacts:
        cells["artifacts"] = _digests
    for title, cell in cells.items():
        changes = getattr(found, title)
        yield title, columns, [[key, *cell([c.a, c.b])] for key, c in changes.items()]
    for title in ("code", "outputs"):
        prints = getattr(found, title)
        yield title, columns, [[key, _short(c.a), _short(c.b)] for key, c in prints.items()]
    rows = [[key, _number(m.a), _number(m.b), m.delta] for key, m in found.metrics.items()]
    yield "metrics", [*columns, "change"], rows


def comparison_html(found: Any) -> str:
    """Return a comparison as tables, with the diffs of traced code."""
    parts = [
        html_table(columns, [list(map(text_of, row)) for row in rows], title)
        for title, columns, rows in tables_of(found)
        if rows
    ]
    for trace_id, code in found.code.items():
        if code.diff or code.problem:
            parts.append(f"<div><b>{html_text(trace_id)}</b></div>")
            parts.append(f"<pre>{html_text(code.problem or code.diff)}</pre>")
    return "".join(parts) or "<div>The two runs are the same.</div>"


def _json(value: Any) -> str:
    return "-" if value is MISSING else json.dumps(value, ensure_ascii=False)


def _cells(values: Sequence[Any]) -> list[str]:
    """Return values side by side as text.

    Of those that differ only in what their text does not say, as arrays may, all that is stored.
    """
    texts = [_text(value) for value in values]
    return texts if len(set(texts)) == len(set(map(_json, values))) else [*map(_whole, values)]


def _text(value: Any) -> str:
    return "-" if value is MISSING else json_literal(value)


def _whole(value: Any) -> str:
    return "-" if value is MISSING else json_literal(value, whole=True)


def _inputs(sides: Sequence[Any]) -> list[str]:
    return list(map(_input, sides))


def _input(side: Any) -> str:
    if side is MISSING:
        return "-"
    digest = str(side["hash"] or "not hashed").rpartition(":")[2][:12]
    return f"{size_text(side['size'])}, {digest}"


def _digests(sides: Sequence[Any]) -> list[str]:
    return ["-" if side is MISSING else str(side)[:12] for side in sides]


def _number(value: Any) -> Any:
    return value if isinstance(value, (int, float)) else None


def _short(prints: Sequence[str]) -> str:
    return ", ".join(text[:12] for text in prints) or "-"
