"""What people call a run: its id, a UUID or its beginning, a name, `last`, `-1`, `best:acc`."""

from __future__ import annotations

import re

from sqlalchemy import select

from ato_adict import did_you_mean
from ato_sql._db.schema import Experiment, MetricSummary
from ato_sql._errors import NotFoundError
from ato_sql._read.better import usual_mode
from ato_sql._read.question.conditions import ARCHIVED, RERUN
from ato_sql._read.reader import Reader, find_run
from ato_sql._values.url import show_url
from ato_sql._values.values import clean_text

_SHORTEST = 4  # letters of a UUID


def named_run(reader: Reader, text: str) -> Experiment:
    """Return the run that a text names.

    Args:
        reader: the database.
        text: an id; a UUID or at least four letters of its beginning; a name; `last` or `-1`, `-2`
            for the one before; `best:<metric>`, of a loss or an error the smallest;
            `best:-<metric>` for the smallest and `best:+<metric>` for the largest of any. The last
            and the best are no reruns of `ato verify`, and not archived.

    Raises:
        NotFoundError: there is none, or several.
    """
    text = clean_text(text)
    if re.fullmatch("last|-[0-9]{1,9}", text):
        return _from_the_end(reader, 1 if text == "last" else int(text[1:]))
    if text.startswith("best:"):
        return _best(reader, text[len("best:") :])
    if re.fullmatch("[0-9]{1,18}", text):
        found = find_run(reader, int(text))
        if found is not None:
            return found
    by_name = select(Experiment).where(Experiment.name == text).order_by(Experiment.id.desc())
    run: Experiment | None = find_run(reader, text) or reader.first(by_name.limit(1))
    return run if run is not None else _by_beginning(reader, text)


def _from_the_end(reader: Reader, place: int) -> Experiment:
    counted = select(Experiment).where(~RERUN, ~ARCHIVED)
    query = counted.order_by(Experiment.id.desc()).limit(1).offset(max(0, place - 1))
    run: Experiment | None = reader.first(query)
    if run is None:
        raise NotFoundError(f"there are fewer than {place} runs in {_shown(reader)}")
    return run


def _best(reader: Reader, metric: str) -> Experiment:
    key = metric.lstrip("-+")
    least = metric.startswith("-") or (metric == key and usual_mode(key) == "min")
    column = MetricSummary.min if least else MetricSummary.max
    query = (
        select(Experiment)
        .join(MetricSummary, MetricSummary.run_id == Experiment.id)
        .where(MetricSummary.key == key, column.is_not(None), ~RERUN, ~ARCHIVED)
        .order_by(column if least else column.desc(), Experiment.id)
    )
    run: Experiment | None = reader.first(query.limit(1))
    if run is None:
        with reader.connection() as connection:
            known = list(connection.execute(select(MetricSummary.key).distinct()).scalars())
        raise NotFoundError(f"no run has a finite value of {key!r}{did_you_mean(key, known)}")
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
