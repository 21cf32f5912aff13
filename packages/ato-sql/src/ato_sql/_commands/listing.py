"""`runs` and `best`: tables of runs."""

from __future__ import annotations

from argparse import Namespace
from typing import Mapping, Sequence

from ato_sql._commands.shared import run_json
from ato_sql._commands.terminal import print_json, print_table
from ato_sql._db.schema import Experiment, MetricSummary
from ato_sql._errors import NotFound, NotFoundError
from ato_sql._finder import SQLFinder
from ato_sql._read.metrics import common_keys, last_value
from ato_sql._read.tables import took
from ato_sql._values.shown import text_of


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
    """Return the question that was asked, archived runs left out unless they were asked for."""
    return [*(options.where or ()), *([] if options.all else ["-archived=true"])]


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
    keys = list(metrics) if metrics else common_keys(summaries.values())
    columns = ["id", "name", "project", "status", "started", "took", "tags", *map(text_of, keys)]
    rows = [
        [
            run.id,
            run.name,
            projects.get(run.project_id),
            run.status,
            run.start_time,
            took(run),
            run.tags or [],
            *(last_value(summaries[run.id].get(key)) for key in keys),
        ]
        for run in chosen
    ]
    print_table(columns, rows)


def best(finder: SQLFinder, options: Namespace) -> int:
    """Print the best run of a project."""
    finder.get_project(options.project)
    run = finder.find_best_run(options.project, options.metric, options.mode, options.at)
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
