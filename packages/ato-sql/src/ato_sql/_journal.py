"""A file that keeps what the database could not take, until it can.

One file for each writer that had trouble. Its name begins with the database's, so that the next
program that tracks there finds it; each line is one batch as JSON, on disk when `append` returns.
A batch names its writer and its number, and the database knows the last one it has of each writer,
so replaying is safe at any moment, twice, and from several processes.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import tempfile
from typing import IO, Any, Dict, Iterator, Mapping

from sqlalchemy.engine import URL

from ato_sql._batch import Batch
from ato_sql._engine import sqlite_file

SUFFIX = ".ato-journal"
Births = Dict[str, Dict[str, Any]]


def journal_folders(url: URL, chosen: str | None) -> list[str]:
    """Return the folders a journal may be in, the preferred one first."""
    if chosen is not None:
        return [chosen]
    path = sqlite_file(url)
    beside = os.path.dirname(os.path.abspath(path)) if path is not None else os.getcwd()
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return [beside, os.path.join(state, "ato"), os.path.join(tempfile.gettempdir(), "ato")]


def journal_stem(url: URL) -> str:
    """Return what the names of a database's journals begin with; no credentials in it."""
    path = sqlite_file(url)
    if path is not None:
        name, where = os.path.basename(path), os.path.abspath(path)
    else:
        name = str(url.database)
        where = f"{url.get_backend_name()} {url.host} {url.port} {url.database}"
    digest = hashlib.sha256(where.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{os.path.basename(name)}-{digest}"


class Journal:
    """The journal of one writer; no file until the first `append`."""

    def __init__(self, url: URL, writer: str, folder: str | None) -> None:
        self._folders = journal_folders(url, folder)
        self._name = f"{journal_stem(url)}-{writer}{SUFFIX}"
        self._file: IO[str] | None = None
        self._born: list[str] = []
        self.path: str | None = None

    def append(self, batch: Batch, births: Mapping[str, dict[str, Any]]) -> None:
        """Add a batch, with what is needed to create its runs anew.

        Raises:
            OSError: no folder can be written to.
        """
        if self._file is None:
            self._file = self._open()
        new = {u: births[u] for u in batch.runs() if u in births and u not in self._born}
        line = json.dumps({"births": new, **batch._asdict()}, separators=(",", ":"))
        position = self._file.tell()
        try:
            self._file.write(line + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError:
            self._undo(position)
            raise
        self._born.extend(new)

    def _undo(self, position: int) -> None:
        """Leave no half line before the next one."""
        file, self._file = self._file, None
        assert file is not None
        assert self.path is not None
        try:
            file.close()
        except OSError:
            pass
        try:
            os.truncate(self.path, position)
        except OSError:
            pass

    def _open(self) -> IO[str]:
        error: OSError | None = None
        for folder in [os.path.dirname(self.path)] if self.path else self._folders:
            path = os.path.join(folder, self._name)
            try:
                os.makedirs(folder, exist_ok=True)
                file = open(path, "a", encoding="utf-8")  # noqa: SIM115
                _lock(file)
                self.path = path
                return file
            except OSError as problem:
                error = problem
        assert error is not None
        raise error

    def batches(self) -> Iterator[tuple[Batch, Births]]:
        """Yield what is in it, in order."""
        if self.path is not None:
            yield from read_journal(self.path)

    def clear(self) -> None:
        """Remove the file, all of it being in the database."""
        path = self.path
        self.close()
        self.path = None  # first: a file that Ctrl-C leaves here is harmless, a missing one is not
        self._born.clear()
        if path is not None:
            _remove(path)

    def close(self) -> None:
        """Let go of the file; it stays for the next program."""
        if self._file is not None:
            self._file.close()
            self._file = None


def read_journal(path: str) -> Iterator[tuple[Batch, Births]]:
    """Yield the batches of a journal; a torn last line is what was never promised."""
    births: Births = {}
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            data = _parse(line)
            if data is not None:
                births.update(data["births"])
                yield _batch_of(data), births


def _parse(line: str) -> dict[str, Any] | None:
    try:
        data = json.loads(line)
    except ValueError:
        return None
    return data if isinstance(data, dict) and set(data) >= _FIELDS else None


_FIELDS = {"births", "writer", "number", "events", "metrics"}


def _batch_of(data: dict[str, Any]) -> Batch:
    events = [(uuid, kind, values) for uuid, kind, values in data["events"]]
    metrics = [(uuid, key, value, step, when) for uuid, key, value, step, when in data["metrics"]]
    return Batch(data["writer"], data["number"], events, metrics)


def left_behind(url: URL, folder: str | None) -> list[str]:
    """Return the journals of this database whose writers are gone, oldest first."""
    pattern = glob.escape(journal_stem(url)) + "-*" + SUFFIX
    paths: list[str] = []
    for place in dict.fromkeys(journal_folders(url, folder)):
        found = glob.glob(os.path.join(glob.escape(place), pattern))
        paths.extend(path for path in found if not _in_use(path))
    return sorted(paths, key=_age)


def discard(path: str) -> None:
    """Remove a journal that is in the database; one with lines nobody can read is set aside."""
    with open(path, encoding="utf-8", errors="replace") as file:
        torn = [not line.endswith("\n") for line in file if _parse(line) is None]
    if all(torn):  # only a last line that a kill cut short
        _remove(path)
    else:
        os.replace(path, path + ".rejected")


def reject(batch: Batch, births: Births, url: URL, folder: str | None) -> str | None:
    """Keep a batch that no database takes where nobody replays it; return the file, if any."""
    line = json.dumps({"births": births, **batch._asdict()}, separators=(",", ":"))
    for place in journal_folders(url, folder):
        path = os.path.join(place, f"{journal_stem(url)}-{batch.writer}{SUFFIX}.rejected")
        try:
            os.makedirs(place, exist_ok=True)
            with open(path, "a", encoding="utf-8") as file:
                file.write(line + "\n")
            return path
        except OSError:
            continue
    return None


def _age(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass


def _lock(file: IO[str]) -> None:
    """Mark the file as in use by a living process, where the system can."""
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _in_use(path: str) -> bool:
    try:
        with open(path, encoding="utf-8") as file:
            _lock(file)
    except OSError:
        return os.path.exists(path)
    return False
