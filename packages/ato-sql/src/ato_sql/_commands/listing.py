"""`runs` and `best`: tables of runs."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import Any, Mapping, Sequence

from ato_adict import did_you_mean
from ato_sql._commands.shared import run_json
from ato_sql._commands.terminal import print_json, print_table
from ato_sql._db.schema import MetricSummary
from ato_sql._errors import NotFound, NotFoundError
from ato_sql._facts.rerun import TAG
from ato_sql._finder import SQLFinder
from ato_sql._read.points.better import usual_mode
from ato_sql._read.points.metrics import common_keys, last_value
from ato_sql._read.question.completion import known_values
from ato_sql._read.question.terms import asks_for_reruns, parse_question
from ato_sql._read.tables import took
from ato_sql._read.which.nesting import NestedRun
from ato_sql._values.shown import number_text, text_of

_LONGEST_NAME = 40  # letters of one in a table, for the longest widens all its rows
_MISSING = {"project": "there is no project "}


def runs(finder: SQLFinder, options: Namespace) -> int:
    """List runs, the latest last, the trials of a search below it."""
    if options.project is not None:
        finder.get_project(options.project)
    _check_names(finder, options)
    chosen = _chosen(finder, options)
    summaries = finder.get_summaries([one.run.id for one in chosen])
    _print_runs(finder, chosen, summaries, options.metric, options.json)
    _say_what_there_is_not(finder, options, summaries)
    if not options.json:
        total = finder.count(_where(options), options.tag, options.project)
        if total > len(chosen):
            print(f"{len(chosen)} of {total} runs; -n {total} shows all")
    return 0


def _check_names(finder: SQLFinder, options: Namespace) -> None:
    """Raise for a metric or a tag that no run of the project has, unless it has no run at all."""
    if not (options.metric or options.tag) or not finder.count(project_name=options.project):
        return
    where = f"no run of {options.project!r}" if options.project else "no run"
    known = finder.known_metrics(options.project) if options.metric else []
    for key in options.metric or ():
        if key not in known:
            raise NotFoundError(f"{where} has the metric {key!r}{did_you_mean(key, known)}")
    for tag in options.tag or ():
        if not finder.count(None, [tag], options.project):
            hint = did_you_mean(tag, finder.known_tags())
            raise NotFoundError(f"{where} has the tag {tag!r}{hint}")


def _say_what_there_is_not(finder: SQLFinder, options: Namespace, summaries: Any) -> None:
    """Name the values of a question that found nothing, where others are meant."""
    if summaries:
        return
    asked = [term for text in options.where or () for term in parse_question(text)]
    for term in asked:
        if term.field is None or term.sign not in "=:" or term.negated:
            continue
        with finder.connection() as connection:
            known = known_values(connection, term.field)
        is_part = term.sign == ":"
        is_there = any(term.value == one or (is_part and term.value in one) for one in known)
        # Numbers that look alike are different numbers.
        alike = [one for one in known if not set(one) <= set("0123456789.+-e")]
        hint = "" if is_there else did_you_mean(term.value, alike)
        if hint:
            what = _MISSING.get(term.field, "no run has the {} ").format(text_of(term.field))
            print(f"{what}{text_of(term.value)}{hint}", file=sys.stderr)


def _chosen(finder: SQLFinder, options: Namespace) -> list[NestedRun]:
    """Return the latest runs, those of a search below it; sorted ones, and for JSON, one by one."""
    asked = (_where(options), options.tag, options.project, options.limit)
    if options.sort:
        return finder.nested_runs(*asked, f"-{options.sort}" if options.reverse else options.sort)
    found = finder.nested_runs(*asked, "-id" if options.json else None)
    if options.json:
        return found if options.reverse else found[::-1]
    return _newest_first(found) if options.reverse else found


def _newest_first(found: Sequence[NestedRun]) -> list[NestedRun]:
    """Turn the order of the runs around; what is below one stays there."""
    starts = [n for n, one in enumerate(found) if one.depth == 0] + [len(found)]
    groups = [found[start:end] for start, end in zip(starts, starts[1:])]
    return [one for group in reversed(groups) for one in group]


def _where(options: Namespace) -> list[str]:
    """Return the question that was asked, less archived runs and reruns that it did not ask for."""
    asked = list(options.where or ())
    terms = [term for text in asked for term in parse_question(text)]
    all_too = options.all or any(term.field == "archived" for term in terms)
    reruns_too = options.reruns or TAG in (options.tag or ()) or asks_for_reruns(terms)
    hidden = [] if all_too else ["-archived=true"]
    return [*asked, *hidden, *([] if reruns_too else ["-rerun=true"])]


def _print_runs(
    finder: SQLFinder,
    chosen: Sequence[NestedRun],
    summaries: Mapping[int, Mapping[str, MetricSummary]],
    metrics: Sequence[str] | None,
    as_json: bool,
) -> None:
    projects = {project.id: project.name for project in finder.get_projects()}
    if as_json:
        print_json([run_json(one.run, projects, summaries[one.run.id]) for one in chosen])
        return
    keys = list(metrics) if metrics else common_keys(summaries.values())
    columns = ["id", "name", "project", "status", "started", "took", "tags", *map(text_of, keys)]
    rows = [
        [
            run.id,
            _name(one),
            _cut(projects.get(run.project_id)),
            run.status,
            run.start_time,
            took(run),
            run.tags or [],
            *(last_value(summaries[run.id].get(key)) for key in keys),
        ]
        for one, run in ((one, one.run) for one in chosen)
    ]
    print_table(columns, rows)


def _name(one: NestedRun) -> str:
    """The name of a run, below the search it belongs to or beside its number."""
    kinds = ((one.children - one.reruns, "trial"), (one.reruns, "rerun"))
    told = [f"{number} {kind}{'' if number == 1 else 's'}" for number, kind in kinds if number]
    if one.parent is not None:
        told.append(f"of {one.parent}")
    name = f"{'  ' * one.depth}{text_of(_cut(one.run.name))}"
    return f"{name} ({', '.join(told)})" if told else name


def _cut(name: str | None) -> str | None:
    """Return the beginning of a name that is too long for a table."""
    return name if name is None or len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def best(finder: SQLFinder, options: Namespace) -> int:
    """Print the best run of a project."""
    finder.get_project(options.project)
    mode = options.mode or usual_mode(options.metric)
    asked = (options.project, options.metric, mode, options.at)
    run = finder.find_best_run(*asked, reruns=options.reruns)
    if isinstance(run, NotFound):
        hint = did_you_mean(options.metric, finder.known_metrics(options.project))
        what = f"no run of {options.project!r} has a finite value of {options.metric!r}"
        raise NotFoundError(what + hint)
    summaries = finder.get_summaries([run.id])
    if options.json:
        projects = {run.project_id: options.project}
        print_json(run_json(run, projects, summaries[run.id]))
    else:
        summary = summaries[run.id][options.metric]
        at_step = getattr(summary, "last_step" if options.at == "last" else f"{mode}_step")
        value = getattr(summary, "last" if options.at == "last" else mode)
        print(f"{text_of(options.metric)} {number_text(value)} at step {at_step}")
        _print_runs(finder, [NestedRun(run, 0, 0, None)], summaries, [options.metric], False)
    return 0
