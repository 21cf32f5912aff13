"""The files that a program hands on by name: to other programs, and to SQLite.

What a script does with them nobody tells, so those that are another file by the end of the run
count as written.
"""

from __future__ import annotations

import os

from ato_adict.surroundings import absolute, working_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

# Events of Python's audit hooks, with the places of the words and of the folder in what they tell.
EVENTS = {
    "subprocess.Popen": (1, 2),
    "os.system": (0, None),
    "os.exec": (1, None),
    "os.posix_spawn": (1, None),
    "os.spawn": (2, None),
    "sqlite3.connect": (0, None),
}
_MOST_WORDS = 1000


def files_in(event: str, arguments: tuple[Any, ...]) -> Iterator[str]:
    """Yield the absolute paths of the files that an event names."""
    words_at, folder_at = EVENTS[event]
    folder = arguments[folder_at] if folder_at is not None else None
    folder = absolute(os.fsdecode(folder) if folder is not None else working_folder())
    words = _words(arguments[words_at])
    if event == "sqlite3.connect":
        words = [_database(arguments[words_at])]
    for n, word in enumerate(words[:_MOST_WORDS]):
        if n and words[n - 1] == "-m":  # a module of ours that Python is to run
            word = word.replace(".", os.sep) + ".py"
        for text in {word, word.partition("=")[2]}:
            path = os.path.join(folder, text)
            if text and os.path.isfile(path):
                yield absolute(path)


def _words(command: Any) -> list[str]:
    if isinstance(command, (str, bytes)):
        return _split(os.fsdecode(command))
    if isinstance(command, os.PathLike):
        return [os.fsdecode(command)]
    words = [os.fsdecode(word) for word in command]
    for n, word in enumerate(words[:-1]):
        if word[:1] == "-" and word[-1:] == "c":  # `sh -c`, `bash -lc`: a whole line of commands
            return words[: n + 1] + _split(words[n + 1]) + words[n + 2 :]
    return words


def _split(line: str) -> list[str]:
    """The words of a line for a shell; pipes and brackets end a word."""
    import shlex

    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    try:
        return list(words)
    except ValueError:  # a quote that does not end
        return line.split()


def _database(name: Any) -> str:
    path = os.fsdecode(name)
    return path[len("file:") :].partition("?")[0] if path.startswith("file:") else path
