"""`runs` and `best`: tables of runs."""

from __future__ import annotations

from argparse import Namespace
from itertools import filterfalse
from typing import Any, Iterable, Mapping, Sequence

from ato_sql._commands.shared import last_value, run_json
from ato_sql._commands.terminal import duration, print_json, print_table, text_of
from ato_sql._db.schema import Experiment, MetricSummary
from ato_sql._errors import NotFound, NotFoundError
from ato_sql._facts.machine import is_system
from ato_sql._facts.outcome import RUNNING
from ato_sql._finder import SQLFinder
from ato_sql._read.question.terms import parse_question
from ato_sql._values.time import now

_SHOWN_METRICS = 4


def runs(finder: SQLFinder, options: Namespace) -> int:
    """List runs, the latest last."""
    chosen = _chosen_runs(finder, options)
    summaries = finder.get_summaries([run.id for run in chosen])
    _print_runs(finder, chosen, summaries, options.metric, options.json)
    _say_how_many(finder, options, len(chosen))
    return 0


def _say_how_many(finder: SQLFinder, options: Namespace, shown: int) -> None:
    if not options.json and shown == options.limit:
        total = finder.count(_where(options), options.tag, options.project)
        if total > shown:
            print(f"{shown} of {total} runs; -n {total} shows all")


def _chosen_runs(finder: SQLFinder, options: Namespace) -> list[Experiment]:
    if options.project is not None:
        finder.get_project(options.project)
    where = _where(options)
    if options.sort:
        order = f"-{options.sort}" if options.reverse else options.sort
        return finder.search(where, order, options.tag, options.project, limit=options.limit)
    latest = finder.search(where, "-id", options.tag, options.project, limit=options.limit)
    return latest if options.reverse else latest[::-1]


def _where(options: Namespace) -> list[str]:
    """Return the question that was asked, less archived runs and reruns that it did not ask for."""
    asked = list(options.where or ())
    fields = {term.field for text in asked for term in parse_question(text)}
    hidden = [] if options.all or "archived" in fields else ["-archived=true"]
    return [*asked, *hidden, *([] if options.reruns or "rerun" in fields else ["-rerun=true"])]


def _print_runs(
    finder: SQLFinder,
    chosen: Sequence[Experiment],
    summaries: Mapping[int, Mapping[str, MetricSummary]],
    metrics: Sequence[str] | None,
    as_json: bool,
) -> None:
    projects = {project.id: project.name for project in finder.get_projects()}
    if as_json:
        print_json([run_json(run, projects, summaries[run.id]) for run in chosen])
        return
    keys = list(metrics) if metrics else _common(summaries.values())
    columns = ["id", "name", "project", "status", "started", "took", "tags", *map(text_of, keys)]
    rows = [
        [
            run.id,
            run.name,
            projects.get(run.project_id),
            run.status,
            run.start_time,
            duration(run.start_time, _end(run)),
            run.tags or [],
            *(last_value(summaries[run.id].get(key)) for key in keys),
        ]
        for run in chosen
    ]
    print_table(columns, rows)


def _end(run: Experiment) -> Any:
    return run.end_time or (now() if run.status == RUNNING else run.heartbeat)


def _common(summaries: Iterable[Mapping[str, MetricSummary]]) -> list[str]:
    """The metrics that most runs have, those of the machine left out."""
    counts: dict[str, int] = {}
    for of_run in summaries:
        for key in filterfalse(is_system, of_run):
            counts[key] = counts.get(key, 0) + 1
    return sorted(sorted(counts), key=lambda key: -counts[key])[:_SHOWN_METRICS]


def best(finder: SQLFinder, options: Namespace) -> int:
    """Print the best run of a project."""
    finder.get_project(options.project)
    asked = (options.project, options.metric, options.mode, options.at)
    run = finder.find_best_run(*asked, reruns=options.reruns)
    if isinstance(run, NotFound):
        raise NotFoundError(
            f"no run of {options.project!r} has a finite value of {options.metric!r}"
        )
    summaries = finder.get_summaries([run.id])
    if options.json:
        projects = {run.project_id: options.project}
        print_json(run_json(run, projects, summaries[run.id]))
    else:
        summary = summaries[run.id][options.metric]
        at_step = getattr(summary, "last_step" if options.at == "last" else f"{options.mode}_step")
        value = getattr(summary, "last" if options.at == "last" else options.mode)
        print(f"{text_of(options.metric)} {value:.6g} at step {at_step}")
        _print_runs(finder, [run], summaries, [options.metric], False)
    return 0
