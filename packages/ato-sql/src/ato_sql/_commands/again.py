"""Commands that have failed for what is damaged in a file are run again, without that."""

from __future__ import annotations

import contextlib
import sqlite3
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

# Those that only ask, and print once they have all answers.
_ASKING = ("runs", "show", "best", "compare", "tail", "export", "why")
_NO_TEXT = "Could not decode to UTF-8"  # what sqlite3 says of a text that is none
_MOST_IDS = 20


def run(options: Namespace, path: str | None, program: str) -> int:
    """Run a command; where what it read was damaged, again with what is not, and say so.

    Args:
        options: the parsed words; `run` is a function from them to the exit code.
        path: the SQLite file that it asks; None for another database.
        program: what is said before a remark.
    """
    from ato_adict import AtoError

    try:
        code: int = options.run(options)
        return code
    except Exception as error:
        expected = isinstance(error, (AtoError, OSError)) and _NO_TEXT not in str(error)
        if expected or path is None or not _can_be_repeated(options):
            raise
    _read_around_damage(path)
    again: int = options.run(options)
    _say_left_out(path, program)  # not where that failed as well: a mistake is one line
    return again


def _can_be_repeated(options: Namespace) -> bool:
    """Whether a command has changed nothing yet, and has printed nothing."""
    streams = getattr(options, "follow", False) or getattr(options, "path", None) == "-"
    return options.command in _ASKING and not streams and getattr(options, "to", None) is None


def _read_around_damage(path: str) -> None:
    from ato_sql._db.read_only import close_read_files
    from ato_sql._db.sqlite.damage import expect_damage

    expect_damage(path)
    close_read_files()


def _say_left_out(path: str, program: str) -> None:
    from ato_sql._db.sqlite.damage import damaged_runs

    with contextlib.suppress(sqlite3.Error):
        found = [str(number) for number in damaged_runs(path)]
        named = ", ".join(found[:_MOST_IDS]) + (", …" if len(found) > _MOST_IDS else "")
        runs = f"damaged {'run' if len(found) == 1 else 'runs'} {named}: " if found else ""
        text = f"{runs}what cannot be read in {path} is left out"
        print(f"{program}: warning: {text}", file=sys.stderr)
