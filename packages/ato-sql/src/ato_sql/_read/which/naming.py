"""What people call a run: its id, a UUID or its beginning, a name, `last`, `-1`, `best:acc`."""

from __future__ import annotations

import re
from typing import Any, Sequence

from sqlalchemy import select

from ato_adict import did_you_mean
from ato_sql._db.schema import Experiment, MetricSummary
from ato_sql._errors import NotFoundError
from ato_sql._facts.names import BEST, ID, PLACE
from ato_sql._read.points.better import usual_mode
from ato_sql._read.question.conditions import ARCHIVED, RERUN
from ato_sql._read.question.fields import RUNS
from ato_sql._read.reader import Reader, find_run
from ato_sql._values.url import show_url
from ato_sql._values.values import clean_text

_SHORTEST = 4  # letters of a UUID
_MOST_IDS = 20


def named_run(
    reader: Reader, text: int | str, only_one: bool = False, archived: bool | None = None
) -> Experiment:
    """Return the run that a text names.

    Args:
        reader: the database.
        text: an id; a UUID or at least four letters of its beginning; a name; `last` or `-1`, `-2`
            for the one before; `best:<metric>`, of a loss or an error the smallest;
            `best:-<metric>` for the smallest and `best:+<metric>` for the largest of any. The last
            and the best are no reruns of `ato verify`, and not archived unless that is asked for;
            of a name a rerun is the last choice.
        only_one: whether a name that several runs have names none, rather than the latest.
        archived: whether it must be archived, or must not be.

    Raises:
        NotFoundError: there is none, or several.
    """
    text = clean_text(str(text))
    listed = (~RERUN, ARCHIVED if archived else ~ARCHIVED)
    if re.fullmatch(PLACE, text):
        return _from_the_end(reader, text, listed, "archived runs" if archived else "runs")
    if text.startswith(BEST):
        return _best(reader, text[len(BEST) :], listed, "archived run" if archived else "run")
    found = find_run(reader, int(text)) if re.fullmatch(ID, text) else None
    found = found or find_run(reader, text) or _by_name(reader, text, only_one, archived)
    found = found or _by_beginning(reader, text)
    if archived is not None and bool(found.archived) != archived:
        raise NotFoundError(f"run {found.id} is {'not' if archived else 'already'} archived")
    return found


def _from_the_end(reader: Reader, text: str, listed: Sequence[Any], what: str) -> Experiment:
    place = 1 if text == "last" else int(text[1:])
    if place == 0:
        raise NotFoundError(f"{text} is no run; the last one is -1")
    counted = select(Experiment).where(*listed)
    run: Experiment | None = reader.first(
        counted.order_by(Experiment.id.desc()).limit(1).offset(place - 1)
    )
    if run is None:
        raise NotFoundError(f"there are fewer than {place} {what} in {_shown(reader)}")
    return run


def _by_name(reader: Reader, text: str, only_one: bool, archived: bool | None) -> Experiment | None:
    """Return the latest run of a name; where it must be archived or must not, one that is so."""
    query = select(RUNS.id, RERUN.label("rerun"), ARCHIVED.label("archived"))
    with reader.connection() as connection:
        named = connection.execute(query.where(RUNS.name == text).order_by(RUNS.id)).all()
    found = [run for run in named if not run.rerun] or named
    found = [run for run in found if archived in (None, bool(run.archived))] or found
    if only_one and len(found) > 1:
        shown = ", ".join(str(run.id) for run in found[-_MOST_IDS:])
        more = "" if len(found) <= _MOST_IDS else f"{len(found)}, the latest of them "
        raise NotFoundError(f"several runs are called {text!r}: {more}{shown}; write the id of one")
    return find_run(reader, found[-1].id) if found else None


def _best(reader: Reader, metric: str, listed: Sequence[Any], what: str) -> Experiment:
    key = metric.lstrip("-+")
    least = metric.startswith("-") or (metric == key and usual_mode(key) == "min")
    column = MetricSummary.min if least else MetricSummary.max
    query = (
        select(Experiment)
        .join(MetricSummary, MetricSummary.run_id == Experiment.id)
        .where(MetricSummary.key == key, column.is_not(None), *listed)
        .order_by(column if least else column.desc(), Experiment.id)
    )
    run: Experiment | None = reader.first(query.limit(1))
    if run is None:
        with reader.connection() as connection:
            known = list(connection.execute(select(MetricSummary.key).distinct()).scalars())
        raise NotFoundError(f"no {what} has a finite value of {key!r}{did_you_mean(key, known)}")
    return run


def _by_beginning(reader: Reader, text: str) -> Experiment:
    found: list[Experiment] = []
    if re.fullmatch("[0-9a-fA-F-]+", text) and len(text) >= _SHORTEST:
        begins = Experiment.uuid.startswith(text.lower(), autoescape=True)
        found = reader.all(select(Experiment).where(begins).order_by(Experiment.id).limit(2))
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFoundError(f"several runs have a UUID that begins with {text!r}; write more of it")
    with reader.connection() as connection:
        names = list(connection.execute(select(Experiment.name).distinct().limit(500)).scalars())
    best = ["best:" + text.partition(":")[2]] if ":" in text else []
    hint = did_you_mean(text, [*(name for name in names if name), "last", *best])
    shown = text if text.isdigit() else repr(text)
    raise NotFoundError(f"there is no run {shown} in {_shown(reader)}{hint}")


def _shown(reader: Reader) -> str:
    return show_url(reader.settings.url)
