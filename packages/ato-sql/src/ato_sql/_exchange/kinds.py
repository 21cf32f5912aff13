"""What a file is that an export would replace."""

from __future__ import annotations

import gzip
import json
import os

from ato_adict.surroundings import absolute
from ato_sql._errors import ExportError

METRIC_COLUMNS = ("run_id", "project", "key", "step", "value", "timestamp")
_LOOK = 4096
BESIDE = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a database


def refuse_other_kinds(path: str, own: str | None, force: bool) -> None:
    """Raise if an export to `path` would take the place of something else.

    Args:
        path: where it is to be written.
        own: the SQLite file that is exported.
        force: only that one is refused.

    Raises:
        ExportError: it would.
    """
    base = database_of(os.path.realpath(absolute(path)))
    if own is not None and _same(base or path, own):
        raise ExportError(f"{path} is the database itself; name another file")
    if force:
        return
    if base is not None:
        raise ExportError(f"{path} {part_of(base)}{_HINT}")
    if os.path.isfile(path) and os.path.getsize(path) and not _is_export(path):
        raise ExportError(f"{path} exists and is no such export{_HINT}")


_HINT = "; name another file, or replace it by force (--force, force=True)"


def part_of(base: str) -> str:
    """Say what a file would be taken for whose name is that of a database and an ending."""
    return f"would be taken for a part of the database {base}"


def database_of(path: str) -> str | None:
    """Return the database that a file would belong to by its name."""
    for ending in BESIDE:
        base = path[: -len(ending)]
        if path.endswith(ending) and os.path.isfile(base):
            return base
    return None


def _same(path: str, own: str) -> bool:
    try:
        return os.path.samefile(path, own)
    except OSError:
        return False


def _is_export(path: str) -> bool:
    """Tell whether a file was written by an export to a file of that name."""
    try:
        with open(path, "rb") as file:
            start = file.read(_LOOK)
        if path.endswith((".parquet", ".pq")):
            return start.startswith(b"PAR1")
        if path.endswith(".gz"):
            with gzip.open(path) as lines:
                start = lines.read(_LOOK)
    except (OSError, EOFError):
        return False
    line = start.split(b"\n")[0].strip()
    if path.endswith(".csv"):
        return line == ",".join(METRIC_COLUMNS).encode()
    try:
        header = json.loads(line.decode("utf-8"))
    except ValueError:
        return False
    return isinstance(header, dict) and header.get("type") == "ato-sql"
