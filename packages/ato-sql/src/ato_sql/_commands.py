"""What each command prints."""

from __future__ import annotations

import json
import sys
import time
from argparse import Namespace
from typing import Any, Callable, Iterable, Mapping, Sequence

from ato_sql._errors import NotFound, NotFoundError
from ato_sql._finder import SQLFinder
from ato_sql._outcome import RUNNING
from ato_sql._schema import Experiment, MetricSummary
from ato_sql._tables import duration, lines_of, print_json, print_table, text_of
from ato_sql._terms import read_terms
from ato_sql._time import now
from ato_sql._values import join
from ato_sql._which_database import DEFAULT_DATABASE, database_url, open_finder

_SHOWN_METRICS = 4
_FOLLOW_SECONDS = 0.5


def _key(text: str) -> Any:
    """A run by its number, else by its UUID."""
    return int(text) if text.isdigit() else text


# -- runs and best ---------------------------------------------------------------------------------


def runs(options: Namespace) -> int:
    """List runs, the latest last."""
    finder = open_finder(options.db)
    chosen = _chosen_runs(finder, options)
    summaries = finder.get_summaries([run.id for run in chosen])
    _print_runs(finder, chosen, summaries, options.metric, options.json)
    return 0


def _chosen_runs(finder: SQLFinder, options: Namespace) -> list[Experiment]:
    if options.project is not None:
        finder.get_project(options.project)
    where = read_terms(options.where)
    if options.sort:
        order = f"-{options.sort}" if options.reverse else options.sort
        return finder.search(where, order, options.tag, options.project, limit=options.limit)
    latest = finder.search(where, "-id", options.tag, options.project, limit=options.limit)
    return latest if options.reverse else latest[::-1]


def _print_runs(
    finder: SQLFinder,
    chosen: Sequence[Experiment],
    summaries: Mapping[int, Mapping[str, MetricSummary]],
    metrics: Sequence[str] | None,
    as_json: bool,
) -> None:
    projects = {project.id: project.name for project in finder.get_projects()}
    if as_json:
        print_json([_run_json(run, projects, summaries[run.id]) for run in chosen])
        return
    keys = list(metrics) if metrics else _common(summaries.values())
    columns = ["id", "project", "status", "started", "took", "tags", *map(text_of, keys)]
    rows = [
        [
            run.id,
            projects.get(run.project_id),
            run.status,
            run.start_time,
            duration(run.start_time, _end(run)),
            run.tags or [],
            *(_last(summaries[run.id].get(key)) for key in keys),
        ]
        for run in chosen
    ]
    print_table(columns, rows)


def _end(run: Experiment) -> Any:
    return run.end_time or (now() if run.status == RUNNING else run.heartbeat)


def _common(summaries: Iterable[Mapping[str, MetricSummary]]) -> list[str]:
    """The metrics that most runs have."""
    counts: dict[str, int] = {}
    for of_run in summaries:
        for key in of_run:
            counts[key] = counts.get(key, 0) + 1
    return sorted(sorted(counts), key=lambda key: -counts[key])[:_SHOWN_METRICS]


def _last(summary: MetricSummary | None) -> Any:
    return None if summary is None else join(summary.last, summary.last_special)


def _run_json(
    run: Experiment, projects: Mapping[int, str], metrics: Mapping[str, MetricSummary]
) -> dict[str, Any]:
    columns = {c.name: getattr(run, c.name) for c in Experiment.__table__.columns}
    columns["project"] = projects.get(columns.pop("project_id"))
    columns["metrics"] = {key: _summary_json(summary) for key, summary in metrics.items()}
    return columns


def _summary_json(summary: MetricSummary) -> dict[str, Any]:
    names = ("count", "min", "min_step", "max", "max_step", "last_step")
    return {"last": _last(summary), **{name: getattr(summary, name) for name in names}}


def best(options: Namespace) -> int:
    """Print the best run of a project."""
    finder = open_finder(options.db)
    finder.get_project(options.project)
    run = finder.find_best_run(options.project, options.metric, options.mode, options.at)
    if isinstance(run, NotFound):
        raise NotFoundError(
            f"no run of {options.project!r} has a finite value of {options.metric!r}"
        )
    summaries = finder.get_summaries([run.id])
    if options.json:
        projects = {run.project_id: options.project}
        print_json(_run_json(run, projects, summaries[run.id]))
    else:
        summary = summaries[run.id][options.metric]
        at_step = getattr(summary, "last_step" if options.at == "last" else f"{options.mode}_step")
        value = getattr(summary, "last" if options.at == "last" else options.mode)
        print(f"{text_of(options.metric)} {value:.6g} at step {at_step}")
        _print_runs(finder, [run], summaries, [options.metric], False)
    return 0


# -- one run ---------------------------------------------------------------------------------------

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
    run = finder.get_run(_key(options.run_id))
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
    _section("artifacts", [(a.path, f"{a.data_type}, {_size(a.size)}") for a in run.artifacts])
    _section("notes", [(text_of(note.timestamp), note.text) for note in run.notes])
    if run.error:
        print(f"\nerror\n{lines_of(run.error)}")
    return 0


def _fact(value: Any) -> Any:
    return " ".join(value) if isinstance(value, list) else value


def _metric_row(s: MetricSummary) -> list[Any]:
    return [s.key, _last(s), s.min, s.max, s.count, s.last_step]


def _flat(config: Any) -> list[tuple[str, Any]]:
    from ato_sql._params import leaves

    return [(key, json.dumps(value, ensure_ascii=False)) for key, value in leaves(config)]


def _section(title: str, pairs: Sequence[tuple[str, Any]]) -> None:
    if not pairs:
        return
    if title:
        print(f"\n{title}")
    width = max(len(text_of(name)) for name, _ in pairs)
    for name, value in pairs:
        print(f"  {text_of(name):<{width}}  {text_of(value)}")


def _size(size: int | None) -> str:
    if size is None:
        return "missing"
    amount, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"


def _whole_json(run: Experiment, summaries: Mapping[str, MetricSummary]) -> dict[str, Any]:
    whole = _run_json(run, {run.project_id: run.project.name}, summaries)
    for name, rows in (
        ("fingerprints", run.fingerprints),
        ("artifacts", run.artifacts),
        ("notes", run.notes),
    ):
        columns = [c.name for c in type(rows[0]).__table__.columns] if rows else []
        kept = [c for c in columns if c not in ("id", "run_id")]
        whole[name] = [{c: getattr(row, c) for c in kept} for row in rows]
    return whole


# -- compare ---------------------------------------------------------------------------------------


def compare(options: Namespace) -> int:
    """Print what differs between two runs."""
    finder = open_finder(options.db)
    found = finder.compare(_key(options.run_a), _key(options.run_b))
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
    from ato_sql._compare import MISSING

    return "-" if value is MISSING else json.dumps(value, ensure_ascii=False)


def _number(value: Any) -> Any:
    return value if isinstance(value, (int, float)) else None


def _short(prints: Sequence[str]) -> str:
    return ", ".join(text[:12] for text in prints) or "-"


# -- tail ------------------------------------------------------------------------------------------


def tail(options: Namespace) -> int:
    """Print the latest metrics of a run, and go on if asked to."""
    finder = open_finder(options.db)
    run = finder.get_run(_key(options.run_id)) if options.run_id else _latest(finder)
    rows = finder.get_latest_metrics(run.id, options.lines, options.key)
    _print_points(rows, options.json)
    while options.follow:
        sys.stdout.flush()
        is_over = finder.get_run(run.id).status != RUNNING  # asked before, so that none is missed
        after = rows[-1].id if rows else 0
        new = finder.get_latest_metrics(run.id, None, options.key, after)
        _print_points(new, options.json)
        rows = new or rows
        if is_over:
            break
        time.sleep(_FOLLOW_SECONDS)
    return 0


def _latest(finder: SQLFinder) -> Experiment:
    found = finder.search(order_by="-id", limit=1)
    if not found:
        raise NotFoundError("there are no runs yet")
    return found[0]


def _print_points(rows: Iterable[Any], as_json: bool) -> None:
    for row in rows:
        if as_json:
            names = ("key", "step", "timestamp")
            values = {name: getattr(row, name) for name in names}
            print_json({**values, "value": row.number})
        else:
            moment = text_of(row.timestamp)
            print(f"{moment}  {text_of(row.key)}  step {row.step}  {text_of(row.number)}")


# -- exchange and care -----------------------------------------------------------------------------


def export(options: Namespace) -> int:
    """Write runs or metrics to a file."""
    finder = open_finder(options.db)
    ids = None if options.chosen is None else [_key(run) for run in options.chosen]
    if options.path == "-":
        finder.export_to(sys.stdout, options.project, ids)
        return 0
    is_metrics = options.path.endswith((".csv", ".parquet", ".pq"))
    write = finder.export_metrics if is_metrics else finder.export
    count = write(options.path, options.project, ids)
    _report(options, {"runs": count, "path": options.path}, f"{count} runs in {options.path}")
    return 0


def take(options: Namespace) -> int:
    """Take in runs from a file."""
    finder = _finder_of_any(options.db, DEFAULT_DATABASE)
    _report_intake(options, finder.import_(options.path))
    return 0


def _finder_of_any(database: str | None, default: str) -> SQLFinder:
    """A finder of a database that need not be there yet."""
    import os

    name = database or os.environ.get("ATO_DB") or default
    return SQLFinder({"experiment": {"sql": {"db_path": name}}})


def merge(options: Namespace) -> int:
    """Bring in the runs of another database."""
    finder = open_finder(options.db)
    _report_intake(options, finder.merge(database_url(options.other)))
    return 0


def _report_intake(options: Namespace, intake: Any) -> None:
    counts = {name: len(getattr(intake, name)) for name in intake._fields}
    text = "{added} runs added, {updated} brought up to date, {known} known".format(**counts)
    _report(options, intake._asdict(), text)


def gc(options: Namespace) -> int:
    """Remove what no run refers to."""
    done = open_finder(options.db).gc(options.dry_run)
    verb = "would remove" if options.dry_run else "removed"
    text = (
        f"{verb} {len(done.artifacts)} copies ({_size(done.freed)}), {done.sources} sources "
        f"and {done.environments} environments"
    )
    _report(options, done._asdict(), text)
    return 0


def delete(options: Namespace) -> int:
    """Delete a run."""
    finder = open_finder(options.db)
    run = finder.get_run(_key(options.run_id))
    finder.delete_run(run.id, force=options.force)
    _report(options, {"deleted": run.uuid}, f"deleted run {run.id}")
    return 0


def upgrade(options: Namespace) -> int:
    """Bring the database to the current schema."""
    backup = open_finder(options.db).upgrade()
    text = "the schema is up to date" if backup is None else f"upgraded; the backup is {backup}"
    _report(options, {"backup": backup}, text)
    return 0


def _report(options: Namespace, data: Mapping[str, Any], text: str) -> None:
    if options.json:
        print_json(data)
    else:
        print(text)


COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "runs": runs,
    "show": show,
    "best": best,
    "compare": compare,
    "tail": tail,
    "export": export,
    "import": take,
    "merge": merge,
    "gc": gc,
    "delete": delete,
    "upgrade": upgrade,
}
