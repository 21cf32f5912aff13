"""The inputs of a run: which of the files that were read are its data."""

from __future__ import annotations

import os
import sys
import time

from ato_adict.surroundings import absolute, program_folder, working_folder
from ato_trace._environment.files import children, reads
from ato_trace._environment.files.content import hashes
from ato_trace._environment.files.places import is_in_cache, may_hold_data
from ato_trace._source.projects import project_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

_SECONDS = 30.0  # to wait for hashes at the end of a run


class Inputs:
    """What one entry reads; callable, as a tracker asks for it.

    Args:
        configs: The configs of the entry: paths in them say which files outside the project count.
    """

    def __init__(self, configs: Iterable[Any] = ()) -> None:
        self._log = reads.begin()
        self._named = sorted(_paths_in(configs))
        self._roots = _roots()
        self._began = time.time_ns()
        self._scripts: dict[str, dict[str, reads.Read]] = {}  # what they name that were handed on

    def end(self) -> None:
        """The entry has ended: what is read from now on is not its input."""
        self._prepare()
        reads.end(self._log)

    def __call__(self, wait: bool = True) -> list[dict[str, Any]]:
        """List the inputs until now, in the order of their paths.

        Args:
            wait: Whether to wait until the files are hashed, for half a minute at most; those that
                are not are left out otherwise.

        Returns:
            For each file `path`, `name` (below the project), `size`, `mtime`, `hash`, `reader`,
            `how` (`'read'`, or `'updated'` if the run itself wrote it later) and `problem`.
        """
        found = self._prepare()
        done = hashes.wait(_SECONDS) if wait else False
        listed = []
        for read in found:
            value = hashes.get(read.path, read.size, read.mtime_ns)
            if value is not None or done:
                listed.append(self._entry(read, value))
        return listed + self._crowds()

    def _prepare(self) -> list[reads.Read]:
        """The reads that count, each of them with its hash asked for."""
        logs = (reads.outside, self._log)
        found = {path: read for log in logs for path, read in log.handed.items()}
        for log in logs:
            found.update(log.files)
        for path, read in _early().items():
            found.setdefault(path, read)
        for path, read in self._of_scripts(list(found)):
            if path not in found or found[path].is_changed():  # it was known as it was before
                found[path] = read
        for path, size, mtime_ns, reader in children.reported():
            found.setdefault(path, reads.Read(path, size, mtime_ns, reader))
        sources = _loaded_files()
        counted = [found[path] for path in sorted(found) if self._counts(path, sources)]
        for read in counted:
            hashes.ask(read.path, read.size, read.mtime_ns)
        return counted

    def _counts(self, path: str, sources: set[str]) -> bool:
        if path in sources:
            return False
        if any(path == named or path.startswith(named + os.sep) for named in self._named):
            return True
        for root in self._roots:
            if path.startswith(root + os.sep):
                return not is_in_cache(path[len(root) + 1 :].split(os.sep)[:-1])
        return may_hold_data(path, self._roots[0] + os.sep if self._roots else "")

    def _of_scripts(self, paths: list[str]) -> Iterator[tuple[str, reads.Read]]:
        """The files that scripts of Python name which another program was handed.

        They run in a process of their own, of which only their text tells what is read. What was
        saved since the entry began may be theirs.
        """
        for script in paths:
            if script in self._log.handed and script.endswith(".py"):
                if script not in self._scripts:
                    self._scripts[script] = _named_in(script)
                for path, read in self._scripts[script].items():
                    if read.mtime_ns < self._began:
                        yield path, read

    def _entry(self, read: reads.Read, value: str | None) -> dict[str, Any]:
        return {
            "path": read.path,
            "name": self._name(read.path),
            "size": read.size,
            "mtime": read.mtime_ns / 1e9,
            "hash": value,
            "reader": read.reader,
            "how": "updated" if self._is_updated(read) else "read",
            "problem": None if value else "changed or gone before it was hashed",
        }

    def _is_updated(self, read: reads.Read) -> bool:
        """Whether the run itself wrote a file; or, of what it read before it began, the program."""
        is_early = read.path not in self._log.files and read.path not in self._log.handed
        return self._log.is_updated(read) or (is_early and reads.outside.is_updated(read))

    def _name(self, path: str) -> str:
        for root in self._roots:
            if path.startswith(root + os.sep):
                return os.path.relpath(path, root).replace(os.sep, "/")
        return path

    def _crowds(self) -> list[dict[str, Any]]:
        listed = []
        for folder, (count, size, digest) in sorted(self._log.crowds.items()):
            if self._counts(os.path.join(folder, "x"), set()):
                entry = self._entry(reads.Read(folder, size, 0, None), f"listed:{digest:032x}")
                entry["problem"] = f"{count} more files, known by name and size only"
                listed.append(entry)
        return listed


# What modules had read before reads were noticed; looked for once.
_earlier: dict[str, reads.Read] = {}
_looked: list[bool] = []


def _early() -> dict[str, reads.Read]:
    if not _looked:
        from ato_trace._environment.early import cell_reads, early_reads  # `ast`: not at start-up

        _looked.append(True)
        with reads.Muted():
            _earlier.update(_states(cell_reads(reads.typed_before)))
            _earlier.update(_states(early_reads(reads.loaded_before)))
    return _earlier


def _named_in(script: str) -> dict[str, reads.Read]:
    from ato_trace._environment.early import script_reads

    with reads.Muted():
        return _states(script_reads(script))


def _states(named: Iterable[tuple[str, str]]) -> dict[str, reads.Read]:
    found: dict[str, reads.Read] = {}
    for path, reader in named:
        state = os.stat(path)
        read = reads.Read(path, state.st_size, state.st_mtime_ns, reader, handed=True)
        found.setdefault(path, read)
    return found


def _roots() -> list[str]:
    """The folders whose files are the project's: its own, and the working directory."""
    folders = [project_folder(program_folder()), working_folder()]
    home = os.path.expanduser("~")
    above = {absolute(os.sep), home, os.path.dirname(home)}
    return [folder for folder in dict.fromkeys(folders) if folder not in above]


def _paths_in(configs: Iterable[Any]) -> set[str]:
    """The absolute paths that the values of configs name, of files and folders that exist."""
    found = set()
    for value in _texts(list(configs)):
        path = absolute(os.path.expanduser(value))
        # "/" or the home folder as a value would make everything an input.
        is_all = os.path.dirname(path) == path or path == os.path.expanduser("~")
        if not is_all and os.path.exists(path):
            found.add(path)
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in dict.values(value):
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value[:1000]:
            yield from _texts(item)
    elif isinstance(value, (str, os.PathLike)):
        text = os.fspath(value)
        if isinstance(text, str) and 0 < len(text) < 4096 and "\0" not in text:
            yield text


def _loaded_files() -> set[str]:
    """The files of loaded modules: their sources are recorded as such."""
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return {absolute(file) for file in files if isinstance(file, str)}
