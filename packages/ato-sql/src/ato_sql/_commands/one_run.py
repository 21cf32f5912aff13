"""`show`: all there is about a run."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Mapping, Sequence

from ato_sql._commands.shared import run_json
from ato_sql._commands.terminal import lines_of, print_json, print_table
from ato_sql._db.schema import Artifact, Experiment, Input, MetricSummary
from ato_sql._errors import NotFoundError
from ato_sql._facts.configs.params import leaves
from ato_sql._finder import SQLFinder
from ato_sql._read.points.metrics import last_value
from ato_sql._values.marked import json_literal
from ato_sql._values.shown import size_text, text_of

_FACTS = (
    "name",
    "user_name",
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


_LONGEST = 10_000  # letters of a value


def show(finder: SQLFinder, options: Namespace) -> int:
    """Print all there is about a run."""
    run = finder.named_run(options.run_id)
    summaries = finder.get_summaries([run.id])[run.id]
    if options.json:
        print_json(_whole_json(run, summaries))
        return 0
    # All is read before anything is printed, so that a damaged row is known by then.
    facts = [(name, getattr(run, name)) for name in _FACTS]
    before = {
        "": [(name, _fact(value)) for name, value in facts if value not in (None, [])],
        "config": _flat(run.config),
    }
    after = _sections(run)
    project = _project_of(run)
    rows = [_metric_row(summary) for summary in summaries.values()]
    print(f"run {run.id} of {text_of(project)}\n")
    for title, pairs in before.items():
        _print_pairs(title, pairs)
    if rows:
        print("\nmetrics")
        print_table(["key", "last", "min", "max", "count", "last step"], rows)
    for title, pairs in after.items():
        _print_pairs(title, pairs)
    if run.error:
        print(f"\nerror\n{lines_of(run.error)}")
    return 0


def _sections(run: Experiment) -> dict[str, list[tuple[str, Any]]]:
    """Return by title what belongs to a run besides its config and metrics, as pairs of text."""
    prints = [(f"{p.trace_id} ({p.trace_type})", p.fingerprint) for p in run.fingerprints]
    return {
        "fingerprints": prints,
        "inputs": [(one.name, _input(one)) for one in run.inputs],
        "own modules": [(one.module, f"{one.name}, {one.hash[:12]}") for one in run.modules],
        "artifacts": [(one.path, _artifact(one)) for one in run.artifacts],
        "media": _media_of(run),
        "notes": [(text_of(note.timestamp), note.text) for note in run.notes],
    }


def _project_of(run: Experiment) -> str | None:
    """Return the name of a run's project; None where the database has none of that number."""
    try:
        return run.project.name
    except NotFoundError:
        return None


def _fact(value: Any) -> Any:
    return " ".join(value) if isinstance(value, list) else value


def _artifact(one: Artifact) -> str:
    """What an artifact is, how large, and of which step where that was said."""
    step = "" if one.step is None else f", step {one.step}"
    return f"{one.data_type}, {size_text(one.size)}{step}"


def _input(one: Input) -> str:
    """Size, hash and reader of an input, in short."""
    kind, _, digest = (one.hash or "").rpartition(":")
    known = f"{kind}:{digest[:12]}" if digest else one.problem or "not hashed"
    parts = [size_text(one.size) if one.size is not None else "", known]
    if one.how != "read":
        parts.append(
            {"logged": "by log_input", "updated": "written by the run too"}.get(one.how or "", "")
        )
    elif one.reader:
        parts.append(f"read by {one.reader}")
    return ", ".join(part for part in parts if part)


def _media_of(run: Experiment) -> list[tuple[str, str]]:
    """By key, the kind of what was logged by step, and at which steps."""
    steps: dict[tuple[str, str], list[int]] = {}
    for one in run.media:
        steps.setdefault((str(one.key), str(one.data_type)), []).append(one.step or 0)
    return [(key, f"{kind}, {_span(at)}") for (key, kind), at in sorted(steps.items())]


def _span(steps: Sequence[int]) -> str:
    if len(steps) == 1:
        return f"step {steps[0]}"
    return f"{len(steps)} of steps {min(steps)} to {max(steps)}"


def _metric_row(s: MetricSummary) -> list[Any]:
    return [s.key, last_value(s), s.min, s.max, s.count, s.last_step]


def _flat(config: Any) -> list[tuple[str, Any]]:
    return [(key, _cut(json_literal(value))) for key, value in leaves(config)]


def _cut(text: str) -> str:
    """Return what of a text a terminal is to show; `--json` has all of it."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}… ({len(text):,} letters; --json shows all)"


def _print_pairs(title: str, pairs: Sequence[tuple[str, Any]]) -> None:
    if not pairs:
        return
    if title:
        print(f"\n{title}")
    width = max(len(text_of(name)) for name, _ in pairs)
    for name, value in pairs:
        print(f"  {text_of(name):<{width}}  {text_of(value)}")


def _whole_json(run: Experiment, summaries: Mapping[str, MetricSummary]) -> dict[str, Any]:
    whole = run_json(run, {run.project_id: _project_of(run) or ""}, summaries)
    for name, rows in (
        ("fingerprints", run.fingerprints),
        ("inputs", run.inputs),
        ("modules", run.modules),
        ("artifacts", run.artifacts),
        ("media", run.media),
        ("notes", run.notes),
    ):
        columns = [c.name for c in type(rows[0]).__table__.columns] if rows else []
        kept = [c for c in columns if c not in ("id", "run_id")]
        whole[name] = [{c: getattr(row, c) for c in kept} for row in rows]
    return whole
