"""Where journals are, what they are called, and which of them nobody writes to any more."""

from __future__ import annotations

import glob
import hashlib
import os
import re
import time
from typing import Iterable, Iterator

from sqlalchemy.engine import URL

from ato_adict.surroundings import absolute, is_alive, working_folder
from ato_sql._values.journals import SUFFIX, fcntl, is_own, lock, spare_folders, stem_of
from ato_sql._values.url import sqlite_file
from ato_sql._write.batch import Batch, Births, as_line
from ato_sql._write.journals.segment import Segment
from ato_sql._write.journals.trust import is_open_to_others, is_sealed, why_not_own

_NEW, _REJECTED, _DAMAGED = ".new", ".rejected", ".damaged"
_UNBORN_SECONDS = 3600.0
_OPEN = (
    "others may write to it or its folder; move it to a folder of yours, chmod 600, and name that "
    "as experiment.sql.journal_dir"
)


def journal_folders(url: URL, chosen: str | None) -> list[str]:
    """Return the folders a journal may be in, the preferred one first."""
    if chosen is not None:
        return [absolute(chosen)]
    path = sqlite_file(url)
    beside = os.path.dirname(absolute(path)) if path is not None else working_folder()
    return [beside, *spare_folders()]


def journal_stem(url: URL) -> str:
    """Return what the names of a database's journals begin with; no credentials in it."""
    path = sqlite_file(url)
    if path is not None:
        return stem_of(path, absolute(path))
    where = f"{url.get_backend_name()} {url.host} {url.port} {url.database}"
    return stem_of(str(url.database), where)


def new_name(path: str) -> tuple[str, str]:
    """Return what a new journal is called until it is locked, and what then."""
    return (path + SUFFIX + _NEW if fcntl is not None else path + SUFFIX), path + SUFFIX


class LeftBehind:
    """A journal whose writer is gone, locked until `close`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._file = open(path, "rb")  # noqa: SIM115
        try:
            self._locked = lock(self._file.fileno())
            data = self._file.read()
        except BaseException:
            self._file.close()
            raise
        self.segment = Segment("", path, data, len(data))
        self.segment.sealed = True
        self.segment.batch(len(data))
        self.segment.id = str(self.segment.opened.get("journal") or _id_of(path, data))

    @property
    def is_in_use(self) -> bool:
        """Whether its writer is seen to live, where locks say nothing."""
        if self._locked:
            return False
        opened = self.segment.opened
        return bool(is_alive(opened.get("host"), opened.get("pid"), opened.get("process")))

    def problem(self) -> str | None:
        """Say what nobody can read of it, as far as it was read; None where that is nothing."""
        count, found = self.segment.damaged, []
        if count:
            found.append(
                f"{count} of its records of 32 bytes {'is' if count == 1 else 'are'} damaged"
            )
        if self.segment.is_cut:
            found.append("its end is missing")
        return " and ".join(found) or None

    def discard(self) -> str | None:
        """Remove it, being in the database; set it aside where nobody can read all of it.

        Returns:
            Where it is then.
        """
        try:
            if self.problem() is None:
                os.remove(self.path)
                return None
            os.replace(self.path, self.path + _DAMAGED)
        except FileNotFoundError:  # its writer was about to remove it when we opened it
            return None
        return self.path + _DAMAGED

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _id_of(path: str, data: bytes) -> str:
    """Return what a journal is known by that does not say so itself: it is in its name."""
    found = re.search(r"-([0-9a-f-]{36})" + re.escape(SUFFIX), path)
    return found.group(1) if found else hashlib.sha256(data).hexdigest()[:36]


def left_behind(url: URL, folder: str | None) -> list[str]:
    """Return our journals of this database, oldest first, those in use among them."""
    found = _named(_trusted(url, folder), url, SUFFIX)
    return sorted(filter(is_sealed, found), key=_age)


def distrusted(url: URL, folder: str | None) -> Iterator[tuple[str, str]]:
    """Yield the journals of this database that are not stored, each with the reason.

    They are ours, but others could have put them there, or written to them; or are not ours.
    """
    trusted = left_behind(url, folder)
    for path in _all_named(_places(url, folder), url, SUFFIX):
        reason = why_not_own(path)
        if reason is None and is_own(path) and path not in trusted and not _is_in_use(path):
            reason = _OPEN
        if reason is not None:
            yield path, reason


def abandoned(url: URL, folder: str | None) -> list[str]:
    """Return our journals of this database that nobody writes to, wherever they are."""
    return [p for p in _named(_places(url, folder), url, SUFFIX) if not _is_in_use(p)]


def _places(url: URL, folder: str | None) -> list[str]:
    return list(dict.fromkeys(journal_folders(url, folder)))


def _trusted(url: URL, folder: str | None) -> list[str]:
    """Return the folders where nobody else can put a journal, or which the user names."""
    return [p for p in _places(url, folder) if folder is not None or not is_open_to_others(p)]


def _is_in_use(path: str) -> bool:
    left = open_left_behind(path)
    if left is not None:
        left.close()
    return left is None


def remove_unborn(url: URL, folder: str | None) -> None:
    """Remove journals whose writers were killed before anything was in them."""
    for path in _named(_trusted(url, folder), url, SUFFIX + _NEW):
        if time.time() - _age(path) > _UNBORN_SECONDS:
            try:
                os.remove(path)
            except OSError:
                pass


def _named(places: Iterable[str], url: URL, end: str) -> list[str]:
    """Return the files of this user that are named as journals of a database are, no links."""
    return [path for path in _all_named(places, url, end) if is_own(path)]


def _all_named(places: Iterable[str], url: URL, end: str) -> list[str]:
    """Return all that is named as journals of a database are, whosoever it is."""
    found: list[str] = []
    for place in places:
        found.extend(glob.glob(os.path.join(glob.escape(place), _pattern(url, place) + end)))
    return found


def _pattern(url: URL, place: str) -> str:
    """What the journals of a database in a folder are called, but for the end.

    Beside an SQLite file its name says enough: where it was when they were written does not
    count, so that they are found when the whole folder was moved.
    """
    path, stem = sqlite_file(url), glob.escape(journal_stem(url))
    if path is not None and os.path.dirname(absolute(path)) == absolute(place):
        stem = glob.escape(os.path.basename(path)) + "-" + "[0-9a-f]" * 8
    return f"{stem}-*"


def open_left_behind(path: str) -> LeftBehind | None:
    """Open a journal for replaying; None where its writer lives, or it is gone."""
    try:
        left = LeftBehind(path)
    except OSError:
        return None
    if left.is_in_use:
        left.close()
        return None
    return left


def reject(batch: Batch, births: Births, url: URL, folder: str | None) -> str | None:
    """Keep a batch that no database takes where nobody replays it; return the file, if any."""
    line = as_line(batch, {uuid: births[uuid] for uuid in batch.runs() if uuid in births})
    for place in journal_folders(url, folder):
        path = os.path.join(place, f"{journal_stem(url)}-{batch.journal}{SUFFIX}{_REJECTED}")
        try:
            os.makedirs(place, exist_ok=True)
            with open(path, "a", encoding="utf-8") as file:
                file.write(line)
            return path
        except OSError:
            continue
    return None


def _age(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
