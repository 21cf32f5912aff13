"""What people say about runs later: names, tags, notes, and which of them lists leave out."""

from __future__ import annotations

from typing import Any, Iterable

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection, Engine

from ato_sql._db.engine import writing
from ato_sql._db.schema import Experiment, Note, table_of
from ato_sql._errors import MetricError
from ato_sql._facts.names import check_run_name
from ato_sql._values.time import now
from ato_sql._values.values import check_name, clean_text


def change_run(engine: Engine, run_id: int, **values: Any) -> None:
    """Set columns of a run."""
    table = table_of(Experiment)
    with writing(engine).connect() as connection, connection.begin():
        connection.execute(update(table).where(table.c.id == run_id), values)


def archive(engine: Engine, run_id: int, archived: bool) -> int:
    """Leave a run out of lists, or take it back, and with it the trials below it.

    Returns:
        How many trials that are.
    """
    table = table_of(Experiment)
    with writing(engine).connect() as connection, connection.begin():
        numbers = [run_id, *_below(connection, run_id)]
        query = update(table).where(table.c.id == bindparam("run"))
        values = [{"run": number, "archived": archived} for number in numbers]
        connection.execute(query.values(archived=bindparam("archived")), values)
    return len(numbers) - 1


def _below(connection: Connection, run_id: int) -> list[int]:
    """Return the runs that a run is the parent of, and theirs; none of them twice."""
    table = table_of(Experiment)
    below = select(table.c.id, table.c.uuid).where(table.c.id == run_id).cte(recursive=True)
    trials = select(table.c.id, table.c.uuid).where(table.c.parent_uuid == below.c.uuid)
    query = select(below.union(trials).c.id)  # a union ends where the runs are a circle
    return [number for (number,) in connection.execute(query) if number != run_id]


def rename(engine: Engine, run_id: int, name: str) -> None:
    """Give a run another name.

    Raises:
        MetricError: it is empty or too long, or commands take it for something else.
    """
    change_run(engine, run_id, name=check_run_name(check_name("a run's name", name)))


def change_tags(
    engine: Engine, run_id: int, add: Iterable[str], remove: Iterable[str]
) -> list[str]:
    """Add and remove tags of a run; return those it has then.

    Raises:
        MetricError: one to be added has no letters.
    """
    table, add = table_of(Experiment), list(add)
    if not all(tag.strip() for tag in add):
        raise MetricError("a tag must have letters")
    gone = set(remove)
    with writing(engine).connect() as connection, connection.begin():
        query = select(table.c.tags).where(table.c.id == run_id).with_for_update()
        tags = [tag for tag in connection.execute(query).scalar() or [] if tag not in gone]
        tags = list(dict.fromkeys([*tags, *add]))
        connection.execute(update(table).where(table.c.id == run_id), {"tags": tags})
    return tags


def add_note(engine: Engine, run_id: int, text: str) -> None:
    """Add a remark about a run."""
    with writing(engine).connect() as connection, connection.begin():
        values = {"run_id": run_id, "text": clean_text(text), "timestamp": now()}
        connection.execute(insert(table_of(Note)), values)
