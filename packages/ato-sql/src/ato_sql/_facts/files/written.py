"""Which copies in a folder ato wrote: their hashes, a line each, in its `.owners/.copies`.

Others keep content by its hash as well, and may do so in the same folder. What is not listed is not
ours to remove. Beside it, in `.runs`, stands whose they are: a database that was put back to an
earlier state does not know all of these runs, and another file may be the later state.
"""

from __future__ import annotations

import os
import stat

from ato_sql._facts.files.copies import copies_in

CLAIMS = ".owners"  # whose the folder is; see `claims`
LIST, RUNS = ".copies", ".runs"
_LENGTH = 64  # of a SHA-256 in hex
# No link is followed, and no pipe waited for: where others may write, who knows what is there.
_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_APPEND = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0) | _PLAIN


def begin_list(folder: str) -> None:
    """Begin the list of a folder that has none.

    Where an earlier version, which kept no list, claimed the folder all copies in it are listed.

    Raises:
        OSError: it cannot be written.
    """
    path = os.path.join(folder, CLAIMS, LIST)
    if os.path.lexists(path):
        return
    lines = "".join(f"{digest}\n" for digest in sorted(written_in(folder)))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        descriptor = os.open(path, _APPEND | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:  # another process was first
        return
    with open(descriptor, "wb") as file:
        file.write(lines.encode("ascii"))


def note_written(folder: str, digest: str) -> None:
    """List a copy; to be called before it is put in its place.

    Raises:
        OSError: the list cannot be written, or is no plain file.
    """
    _append(folder, LIST, digest)


def note_run(folder: str, database: str, run: str) -> None:
    """List a run of a database, by their UUIDs, that keeps copies in a folder.

    Raises:
        OSError: the list cannot be written, or is no plain file.
    """
    _append(folder, RUNS, f"{database} {run}")


def runs_of(folder: str, database: str) -> frozenset[str]:
    """Return the UUIDs of the runs of a database that ever kept copies in a folder.

    Raises:
        OSError: the list cannot be read.
    """
    lines = (line.decode("ascii", "replace").split() for line in _lines(folder, RUNS))
    return frozenset(words[1] for words in lines if len(words) == 2 and words[0] == database)


def _append(folder: str, name: str, line: str) -> None:
    path = os.path.join(folder, CLAIMS, name)
    try:
        descriptor = os.open(path, _APPEND | os.O_CREAT, 0o666)
    except FileNotFoundError:  # the folder was removed while the program ran
        os.makedirs(os.path.dirname(path), exist_ok=True)
        descriptor = os.open(path, _APPEND | os.O_CREAT, 0o666)
    try:
        os.write(descriptor, f"{line}\n".encode("ascii"))
    finally:
        os.close(descriptor)


def _lines(folder: str, name: str) -> list[bytes]:
    """Return the lines of a list; none of what is no plain file, or not there."""
    path = os.path.join(folder, CLAIMS, name)
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return []
    except FileNotFoundError:
        return []
    with open(path, "rb") as file:
        return file.read().split(b"\n")


def written_in(folder: str) -> frozenset[str]:
    """Return the hashes of the copies that were ever put into a folder.

    All that are there where an earlier version claimed it, which kept no list.
    """
    place = os.path.join(folder, CLAIMS)
    if os.path.isdir(place) and not os.path.lexists(os.path.join(place, LIST)):
        return frozenset(map(os.path.basename, copies_in(folder)))
    try:
        lines = _lines(folder, LIST)
    except OSError:
        return frozenset()
    return frozenset(line.decode("ascii", "replace") for line in lines if len(line) == _LENGTH)
