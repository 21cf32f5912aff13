"""Open a tracker's database for reading only, for pages and reports that write their own queries.

- `ReadOnlyDatabase` opens it; `tables` holds its tables by name (`projects`, `experiments`,
  `metrics`, …), to select from.
- `run_conditions` turns a question such as `lr<0.05 tag:baseline` into conditions on
  `tables['experiments']`, `run_order` a field into what to order them by; `parse_question` reads
  one, `asks_for_reruns` tells whether it is about reruns, `find_field` says what a name means,
  `complete` what an unfinished one may become.
- `read_curve` thins out the curve of a metric, `read_overlay` those of many runs; `side_by_side`
  compares runs, `circumstances` is
  what a run was made in.
- `lost_runs`, `is_lost` and `shown_status` tell which runs are gone.
- `is_rerun` is the condition that a row of `tables['experiments']` is a rerun of `ato verify`.
- `is_system` tells whether a metric is about the machine; `console_text` joins rows of `console`.
- `usual_mode` tells what is better of a metric, by its name.
- `type_of` tells the type of an image, a sound or a film from its first bytes.
- `leaves`, `leaf_paths`, `is_incidental` and `plain` are about stored configs and values;
  `seconds_between` is an SQL function.
"""

from __future__ import annotations

import threading
from typing import Any, Mapping

from sqlalchemy import Table
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from ato_sql._db.read_only import ReadOnlyEngine
from ato_sql._db.schema import Base
from ato_sql._db.seconds import seconds_between
from ato_sql._errors import DatabaseError
from ato_sql._facts.configs.config import is_incidental
from ato_sql._facts.configs.params import leaf_paths, leaves
from ato_sql._facts.files.copies import found_path, is_copy
from ato_sql._facts.machine import is_system
from ato_sql._facts.media.types import type_of
from ato_sql._read.differences.compare import Row, side_by_side
from ato_sql._read.differences.environment import INCIDENTAL, circumstances
from ato_sql._read.logged.console import joined as console_text
from ato_sql._read.points.better import usual_mode
from ato_sql._read.points.curves import Curve, read_curve
from ato_sql._read.points.overlay import Overlay, read_overlay
from ato_sql._read.question.ask import run_conditions, run_order
from ato_sql._read.question.completion import complete
from ato_sql._read.question.conditions import RERUN
from ato_sql._read.question.fields import Field, find_field
from ato_sql._read.question.terms import Term, asks_for_reruns, parse_question
from ato_sql._read.status import is_lost, lost_runs, shown_status
from ato_sql._values.marked import MARK
from ato_sql._values.url import clean_error, parse_url, show_url
from ato_sql._values.values import plain

__all__ = [
    "ReadOnlyDatabase",
    "tables",
    "Term",
    "Field",
    "parse_question",
    "asks_for_reruns",
    "run_conditions",
    "run_order",
    "find_field",
    "complete",
    "Curve",
    "read_curve",
    "Overlay",
    "read_overlay",
    "seconds_between",
    "Row",
    "side_by_side",
    "circumstances",
    "INCIDENTAL",
    "is_incidental",
    "is_lost",
    "is_rerun",
    "lost_runs",
    "shown_status",
    "type_of",
    "usual_mode",
    "is_system",
    "console_text",
    "MARK",
    "leaves",
    "leaf_paths",
    "plain",
]

tables: Mapping[str, Table] = Base.metadata.tables
is_rerun: Any = RERUN


class ReadOnlyDatabase:
    """A tracker's database, opened so that nothing in it can change.

    Attributes:
        shown: the URL without its credentials.
    """

    def __init__(self, database: str | URL) -> None:
        """Open it and check its schema.

        Args:
            database: an SQLAlchemy URL or the path of an SQLite file.

        Raises:
            DatabaseError: it is not there, not a tracker's, or of a newer schema, or on a server of
                an older one. An older file is read as it is; nothing is created or upgraded.
        """
        self._url = parse_url(database)
        self.shown: str = show_url(self._url)
        self._reading = ReadOnlyEngine(self._url)
        self._lock = threading.Lock()
        try:
            self._reading.engine()
        except SQLAlchemyError as error:
            raise DatabaseError(f"cannot read {self.shown}: {self.reason(error)}") from None

    def connect(self) -> Any:
        """Return a connection, to be used in a `with` block.

        Raises:
            DatabaseError: the file was removed or replaced by something else.
        """
        with self._lock:
            try:
                engine = self._reading.engine()
            except SQLAlchemyError as error:
                raise DatabaseError(f"cannot read {self.shown}: {self.reason(error)}") from None
        return engine.connect()

    def read_around_damage(self) -> bool:
        """Leave out, from the next connection on, what is damaged in a file of SQLite.

        Of what belongs to a run, rows with a value that is not of the kind of its column are left
        out; the run itself stays, with the status `damaged`. To be called when a question has
        failed for no reason of its own.

        Returns:
            Whether this can be: it is a file of SQLite.
        """
        with self._lock:
            return self._reading.read_around_damage()

    def find_copy(self, stored: str | None, digest: str | None) -> str | None:
        """Return where the copy of an artifact is; None where it is not here.

        Only what is named by its content, as copies are, is found: no other file, whatever is
        stored.

        Args:
            stored: what the table says of its path.
            digest: its content hash.
        """
        if stored is None or digest is None:
            return None
        path = found_path(stored, digest, self._url, None)
        return path if path is not None and is_copy(path) else None

    def reason(self, error: SQLAlchemyError) -> str:
        """Return in one line, without credentials, why a query failed."""
        return clean_error(error, self._url)
