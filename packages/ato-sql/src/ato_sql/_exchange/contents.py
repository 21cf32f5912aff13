"""The copies of images, tables and the like, which travel with their run.

Each is a stretch of records of one hash, in parts, between the run and its end.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from typing import Any, Dict, Iterable, Iterator, Sequence

from sqlalchemy import func, select, update
from sqlalchemy.engine import URL, Connection

from ato_adict.surroundings import escaped
from ato_sql._db.schema import Artifact, table_of
from ato_sql._errors import DatabaseError
from ato_sql._facts.files.artifacts import describe, keep_bytes, place_of
from ato_sql._facts.files.claims import Owner, claim
from ato_sql._facts.files.copies import date_back, is_copy, stored_path
from ato_sql._values.telling import tell
from ato_sql._values.time import to_seconds

Record = Dict[str, Any]
CONTENT = "content"
_PART = 3 << 18  # bytes, of which base64 makes 1 MiB
_DAMAGED = b"\0 no base64"  # in the place of a part, so that the hash is another


def leave_out_damaged(run: str, artifacts: Iterable[Record]) -> None:
    """Mark what was logged by step, but is not what it was or not there any more, as missing."""
    rows = [row for row in artifacts if row["stored"] is not None and row["key"] is not None]
    whole = {path: _is_whole(path, digest) for path, digest in _files(rows)}
    lost = [row for row in rows if not whole[row["stored"]]]
    for row in lost:
        row["stored"] = None
    _say_missing(run, lost)


def _files(rows: Iterable[Record]) -> set[tuple[str, str]]:
    return {(row["stored"], row["content_hash"]) for row in rows}


def _is_whole(path: str, digest: str) -> bool:
    return is_copy(path) and os.path.isfile(path) and describe(path).hash == digest


def _say_missing(run: str, rows: Sequence[Any]) -> None:
    """Say whose content does not come along."""
    if rows:
        first = rows[0]
        more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        kind = escaped(str(first.get("data_type")), 40)
        what = f"{kind} {escaped(first['key'], 80)!r}, step {first.get('step')}{more}"
        text = f"{run} comes without the content of {what}: it is damaged, or not there any more"
        tell(text)


def content_records(artifacts: Iterable[Record]) -> Iterator[Record]:
    """Yield the content of what was logged by step; what is missing is left out."""
    rows = [row for row in artifacts if row["stored"] is not None and row["key"] is not None]
    for path, digest in sorted(_files(rows)):
        with open(path, "rb") as file:
            for part in iter(lambda: file.read(_PART), b""):
                text = base64.b64encode(part).decode("ascii")
                yield {"type": CONTENT, "hash": digest, "data": text}


class Keeper:
    """Keeps the contents that come with runs in the folder of the database that takes them in.

    Args:
        folder: where its copies are.
        owner: how it claims folders.
        url: the database.
    """

    def __init__(self, folder: str, owner: Owner, url: URL) -> None:
        self._folder, self._owner, self._url = folder, owner, url
        self._claimed = False
        self._kept: list[tuple[str, float, float]] = []
        self._parts: list[bytes] = []
        self._hash = ""
        self._came: set[str] = set()  # of the run that is taken in

    def take(self, connection: Connection, run_id: int, record: Record) -> None:
        """Take one part in.

        Raises:
            DatabaseError: it is none.
            OSError: it cannot be written.
        """
        digest, data = record.get("hash"), record.get("data")
        if not isinstance(digest, str) or not isinstance(data, str):
            raise DatabaseError("a content needs hash and data")
        if digest != self._hash:
            self.settle(connection, run_id)
            self._hash = digest
        try:
            self._parts.append(base64.b64decode(data, validate=True))
        except (binascii.Error, ValueError):
            self._parts.append(_DAMAGED)

    def settle(self, connection: Connection, run_id: int) -> None:
        """Keep the content whose parts are there, if any, unless it is damaged."""
        data, digest = b"".join(self._parts), self._hash
        self._parts, self._hash = [], ""
        if not digest:
            return
        table = table_of(Artifact)
        own: Any = (table.c.run_id == run_id, table.c.content_hash == digest, table.c.key != "")
        known = connection.execute(select(func.max(table.c.created_at)).where(*own)).scalar()
        if known is None or hashlib.sha256(data).hexdigest() != digest:
            return
        if not self._claimed:
            claim(self._folder, self._owner)
            self._claimed = True
        before = _time_of(place_of(self._folder, digest))
        _, path = keep_bytes(self._folder, data)
        self._kept.append((path, _time_of(path), max(before, to_seconds(known) or 0.0)))
        stored = stored_path(path, self._url)
        connection.execute(update(table).where(*own), {"stored": stored})
        self._came.add(digest)

    def finish(self, connection: Connection, run_id: int, artifacts: Iterable[Record]) -> None:
        """Keep the last content, and say which of a run's did not come, or were damaged."""
        self.settle(connection, run_id)
        rows = [row for row in artifacts if row.get("key") is not None and row.get("stored")]
        _say_missing(
            f"run {run_id}", [row for row in rows if row.get("content_hash") not in self._came]
        )
        self._came.clear()

    def forget(self) -> None:
        """Let go of what came with a run that is not taken; `gc` removes the copies."""
        self._parts, self._hash = [], ""
        self._kept.clear()
        self._came.clear()

    def done(self) -> None:
        """Let what was kept be as old as what was logged: its run is in the database now."""
        for path, kept, logged in self._kept:
            date_back(path, kept, logged)
        self._kept.clear()


def _time_of(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
