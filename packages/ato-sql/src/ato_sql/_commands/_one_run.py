"""`show`: all there is about a run."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any, Mapping, Sequence

from ato_sql._commands._shared import key_of, last_value, run_json, size_text
from ato_sql._params import leaves
from ato_sql._schema import Experiment, MetricSummary
from ato_sql._tables import lines_of, print_json, print_table, text_of
from ato_sql._which_database import open_finder

_FACTS = (
    "status",
    "start_time",
    "end_time",
    "tags",
    "uuid",
    "parent_uuid",
    "command",
    "directory",
    "git_commit",
    "git_dirty",
    "host",
    "pid",
    "structural_hash",
    "value_hash",
    "code_hash",
)


def show(options: Namespace) -> int:
    """Print all there is about a run."""
    finder = open_finder(options.db)
    run = finder.get_run(key_of(options.run_id))
    summaries = finder.get_summaries([run.id])[run.id]
    if options.json:
        print_json(_whole_json(run, summaries))
        return 0
    print(f"run {run.id} of {text_of(run.project.name)}\n")
    facts = [(name, getattr(run, name)) for name in _FACTS]
    _section("", [(name, _fact(value)) for name, value in facts if value not in (None, [])])
    _section("config", _flat(run.config))
    if summaries:
        print("\nmetrics")
        columns = ["key", "last", "min", "max", "count", "last step"]
        print_table(columns, [_metric_row(summary) for summary in summaries.values()])
    prints = [(f"{p.trace_id} ({p.trace_type})", p.fingerprint) for p in run.fingerprints]
    _section("fingerprints", prints)
    _section("artifacts", [(a.path, f"{a.data_type}, {size_text(a.size)}") for a in run.artifacts])
    _section("notes", [(text_of(note.timestamp), note.text) for note in run.notes])
    if run.error:
        print(f"\nerror\n{lines_of(run.error)}")
    return 0


def _fact(value: Any) -> Any:
    return " ".join(value) if isinstance(value, list) else value


def _metric_row(s: MetricSummary) -> list[Any]:
    return [s.key, last_value(s), s.min, s.max, s.count, s.last_step]


def _flat(config: Any) -> list[tuple[str, Any]]:
    return [(key, json.dumps(value, ensure_ascii=False)) for key, value in leaves(config)]


def _section(title: str, pairs: Sequence[tuple[str, Any]]) -> None:
    if not pairs:
        return
    if title:
        print(f"\n{title}")
    width = max(len(text_of(name)) for name, _ in pairs)
    for name, value in pairs:
        print(f"  {text_of(name):<{width}}  {text_of(value)}")


def _whole_json(run: Experiment, summaries: Mapping[str, MetricSummary]) -> dict[str, Any]:
    whole = run_json(run, {run.project_id: run.project.name}, summaries)
    for name, rows in (
        ("fingerprints", run.fingerprints),
        ("artifacts", run.artifacts),
        ("notes", run.notes),
    ):
        columns = [c.name for c in type(rows[0]).__table__.columns] if rows else []
        kept = [c for c in columns if c not in ("id", "run_id")]
        whole[name] = [{c: getattr(row, c) for c in kept} for row in rows]
    return whole
