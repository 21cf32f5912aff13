"""The copies of images, tables and the like, which travel with their run.

Each is a stretch of records of one hash, in parts, between the run and its end.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from typing import Any, Dict, Iterable, Iterator

from sqlalchemy import func, select, update
from sqlalchemy.engine import URL, Connection

from ato_sql._db.schema import Artifact, table_of
from ato_sql._errors import DatabaseError
from ato_sql._facts.artifacts import keep_bytes, place_of
from ato_sql._facts.copies import Owner, claim, date_back, stored_path
from ato_sql._values.time import to_seconds

Record = Dict[str, Any]
CONTENT = "content"
_PART = 3 << 18  # bytes, of which base64 makes 1 MiB


def content_records(artifacts: Iterable[Record]) -> Iterator[Record]:
    """Yield the content of what was logged by step; what is not there any more is left out."""
    paths = {row["content_hash"]: row["stored"] for row in artifacts if row.get("key") is not None}
    for digest, path in paths.items():
        if path is None or not os.path.isfile(path):
            continue
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

    def take(self, connection: Connection, run_id: int, record: Record) -> None:
        """Take one part in.

        Raises:
            DatabaseError: it is none, or belongs to nothing of the run.
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
            raise DatabaseError(f"content {digest[:12]} is no base64") from None

    def settle(self, connection: Connection, run_id: int) -> None:
        """Keep the content whose parts are there, if any."""
        data, digest = b"".join(self._parts), self._hash
        self._parts, self._hash = [], ""
        if not digest:
            return
        table = table_of(Artifact)
        own: Any = (table.c.run_id == run_id, table.c.content_hash == digest, table.c.key != "")
        known = connection.execute(select(func.max(table.c.created_at)).where(*own)).scalar()
        if known is None or hashlib.sha256(data).hexdigest() != digest:
            raise DatabaseError(f"content {digest[:12]!a} is damaged, or belongs to nothing")
        if not self._claimed:
            claim(self._folder, self._owner)
            self._claimed = True
        before = _time_of(place_of(self._folder, digest))
        _, path = keep_bytes(self._folder, data)
        self._kept.append((path, _time_of(path), max(before, to_seconds(known) or 0.0)))
        stored = stored_path(path, self._url)
        connection.execute(update(table).where(*own), {"stored": stored})

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
