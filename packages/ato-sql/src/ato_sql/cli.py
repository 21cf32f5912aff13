"""`python -m ato_sql`: look at runs from a terminal.

Exit codes: 0 done, 1 the answer is no (two runs differ), 2 a mistake in what was asked or damage in
what was read, 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import sys
import warnings

from ato_adict.surroundings import working_folder
from ato_sql import _commands
from ato_sql._commands import again
from ato_sql._commands.parser import CommandParser, one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Sequence

    from sqlalchemy.engine import URL

    from ato_sql._errors import DatabaseError
    from ato_sql._finder import SQLFinder
    from ato_sql._read.stored import Stored

__all__ = [
    "CommandParser",
    "add_commands",
    "database_anywhere",
    "database_url",
    "main",
    "open_finder",
    "open_stored",
    "run_command",
]

DEFAULT_DATABASE = "experiments.db"
TRACEBACK = "ATO_TRACEBACK"
_IN_MEMORY = re.compile(r"(?:sqlite(?:\+\w+)?://)?/?(?::memory:)|sqlite(?:\+\w+)?:///?")
_RUN = "id, UUID or its beginning, name, last, -1, or best:METRIC"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the words after the command; those of the process by default.

    Returns:
        The exit code.
    """
    return run_command(_parser(), argv)


def run_command(parser: CommandParser, argv: Sequence[str] | None = None) -> int:
    """Parse `argv` and run the command it names; a mistake is one line on stderr.

    Args:
        parser: a parser whose subcommands set `run`, a function from the options to the exit code.
        argv: the words after the command; those of the process by default.

    Returns:
        The exit code of the command, also where nobody reads all that it prints: one that answers
        by it sets `options.answer` before. 2 after a mistake or a crash, which must not pass for an
        answer, 130 after Ctrl-C.
    """
    from ato_adict import AtoError
    from ato_adict.surroundings import escape_output

    _open_closed()
    options = None
    try:
        escape_output()
        with _all_written(), _one_line_warnings(parser.prog):
            options = parser.parse_args(_readable(parser, argv))
            code = again.run(options, _path_of(options), parser.prog)
    except BrokenPipeError:  # `python -m ato_sql runs | head`
        _let_go_of_output()
        return getattr(options, "answer", 0)
    except (AtoError, OSError) as error:
        _let_go_of_output()
        print(f"{parser.prog}: {one_line(_said(error))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        print(f"{parser.prog}: {one_line(_unexpected(error))}", file=sys.stderr)
        return 2
    return code


def _path_of(options: argparse.Namespace) -> str | None:
    """The SQLite file that a command asks; None where it names none, or a URL that says more."""
    return _plain_path(_named(options.db)) if hasattr(options, "db") else None


def _open_closed() -> None:
    """Let output go nowhere that was closed, as by `>&-`: the exit code is asked for alone."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - to the end


def _let_go_of_output() -> None:
    """See to it that what cannot be written is not tried again as Python ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def _all_written() -> Iterator[None]:
    """Write what was printed, by `--help` too: what stands in the way shows here, not at exit."""
    try:
        yield
    except SystemExit:
        sys.stdout.flush()
        raise
    sys.stdout.flush()


@contextlib.contextmanager
def _one_line_warnings(program: str) -> Iterator[None]:
    """Say warnings as errors are said, without the place in our source."""
    before = warnings.formatwarning
    warnings.formatwarning = lambda message, *_: f"{program}: warning: {one_line(str(message))}\n"
    try:
        yield
    finally:
        warnings.formatwarning = before


def _readable(parser: CommandParser, argv: Sequence[str] | None) -> list[str]:
    """The words after the command; bytes that are no text cannot name anything there is."""
    words = list(sys.argv[1:] if argv is None else argv)
    for word in words:
        if not word.isprintable() and any("\ud800" <= sign <= "\udfff" for sign in word):
            parser.error(f"{word!a} is not in the encoding of this terminal")
    return words


def _said(error: Exception) -> str:
    """What an error says; of one of the system the file and the reason, without its number."""
    from ato_adict import did_you_mean_file

    if isinstance(error, OSError) and error.strerror:
        if not isinstance(error.filename, str):
            return error.strerror
        hint = did_you_mean_file(error.filename) if isinstance(error, FileNotFoundError) else ""
        name = error.filename or repr(error.filename)
        return f"{name}: {error.strerror}{hint}"
    return str(error)


def _unexpected(error: Exception) -> str:
    """Say what a database or file that ato did not write, or that is damaged, has led to."""
    from sqlalchemy.exc import SQLAlchemyError

    from ato_sql._values.secrets.texts.text import redact_text

    words = str(getattr(error, "orig", None) or error)
    if isinstance(error, SQLAlchemyError):
        return f"the database cannot be asked: {redact_text(words)}"
    return (
        f"what was read may be damaged: {type(error).__name__}: {redact_text(words)} "
        f"(with {TRACEBACK}=1 in the environment the traceback is shown)"
    )


def _parser() -> CommandParser:
    parser = CommandParser(prog="python -m ato_sql", description="Look at tracked runs.")
    add_commands(parser.add_commands())
    return parser


def add_commands(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the tracker's commands to a parser's subcommands.

    Each sets `run`, a function from the parsed options to the exit code.
    """
    runs = _command(commands, "runs", "list runs")
    _add_choice(runs)
    runs.add_argument("--sort", metavar="FIELD", help="such as metric.acc.max or config.lr")
    runs.add_argument("-r", "--reverse", action="store_true", help="the largest first")
    runs.add_argument("--metric", action="append", metavar="KEY", help="show it; may be repeated")
    runs.add_argument("-a", "--all", action="store_true", help="archived ones too")
    _add_reruns(runs)
    runs.add_argument("-n", "--limit", type=_count, default=50, help="at most (default: 50)")
    show = _command(commands, "show", "all there is about a run")
    show.add_argument("run_id", metavar="RUN", help=_RUN)
    best = _command(commands, "best", "the run with the best value of a metric")
    best.add_argument("project", metavar="PROJECT")
    best.add_argument("metric", metavar="METRIC")
    best.add_argument("--mode", choices=("max", "min"), help="by default as the name tells")
    best.add_argument("--at", choices=("best", "last"), default="best", help="which value counts")
    _add_reruns(best)
    compare = _command(commands, "compare", "what differs between two runs; exit code 1 if any")
    compare.add_argument("run_a", metavar="A", help=_RUN)
    compare.add_argument("run_b", metavar="B", help=_RUN)
    tail = _command(commands, "tail", "the latest metrics of a run, or what it printed")
    tail.add_argument("run_id", metavar="RUN", nargs="?", help=f"{_RUN} (default: last)")
    tail.add_argument("--key", action="append", metavar="KEY", help="only this; may be repeated")
    tail.add_argument("-n", "--lines", type=_count, default=10, help="so many (default: 10)")
    tail.add_argument("-c", "--console", action="store_true", help="what it printed")
    tail.add_argument("-f", "--follow", action="store_true", help="go on until the run ends")
    _add_exchange(commands)
    _add_care(commands)


def _add_reruns(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reruns", action="store_true", help="those of ato verify too")


def _add_exchange(commands: argparse._SubParsersAction[Any]) -> None:
    export = _command(
        commands, "export", "write runs (JSON lines) or metrics (CSV, Parquet), or to other tools"
    )
    export.add_argument(
        "path",
        metavar="FILE",
        nargs="?",
        help="*.csv and *.parquet get metrics, others whole runs; - is stdout; with --to a folder, "
        "or the tracking URI of MLflow (default: the one that it is set to)",
    )
    export.add_argument(
        "--to", choices=("mlflow", "tensorboard", "wandb"), help="for this tool, which is needed"
    )
    export.add_argument(
        "--format", choices=("jsonl",), help="whole runs, whatever the name of the file ends in"
    )
    export.add_argument("--project", metavar="NAME", help="only this project")
    export.add_argument(
        "--run", dest="chosen", action="append", metavar="RUN", help="only this; may be repeated"
    )
    export.add_argument(
        "--force", action="store_true", help="also replace a file that is no export"
    )
    take = _command(commands, "import", "take in runs that export wrote")
    take.add_argument("path", metavar="FILE")
    merge = _command(commands, "merge", "bring the runs of another database into this one")
    merge.add_argument("other", metavar="OTHER", help="a database file or URL")


def _add_care(commands: argparse._SubParsersAction[Any]) -> None:
    clean = _command(commands, "gc", "remove what no run refers to, and give the space back")
    clean.add_argument("--dry-run", action="store_true", help="only tell")
    delete = _command(commands, "delete", "delete a run with all that belongs to it")
    delete.add_argument("run_id", metavar="RUN", help=_RUN)
    delete.add_argument("--force", action="store_true", help="also if it is running")
    rename = _command(commands, "rename", "give a run another name")
    rename.add_argument("run_id", metavar="RUN", help=_RUN)
    rename.add_argument("name", metavar="NAME")
    tag = _command(commands, "tag", "add or remove tags of a run")
    tag.add_argument("run_id", metavar="RUN", help=_RUN)
    tag.add_argument("tags", metavar="TAG", nargs="*", default=[], help="add this")
    tag.add_argument("--remove", metavar="TAG", action="append", help="may be repeated")
    note = _command(commands, "note", "add a remark about a run")
    note.add_argument("run_id", metavar="RUN", help=_RUN)
    note.add_argument("text", metavar="TEXT", nargs="+")
    archive = _command(commands, "archive", "leave runs out of lists")
    archive.add_argument("run_ids", metavar="RUN", nargs="+", help=_RUN)
    archive.add_argument("--undo", action="store_true", help="take them back")
    copy = _command(commands, "backup", "copy the database to a new file, at any time")
    copy.add_argument("path", metavar="FILE")
    again = _command(commands, "replay", "store what the database refused, once it takes it")
    again.add_argument("path", metavar="FILE", help="the .rejected file that a warning named")
    _command(commands, "upgrade", "bring the database to the current schema, after a backup")


def _command(
    commands: argparse._SubParsersAction[Any], name: str, what: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=what, description=what + ".")
    parser.add_argument(
        "--db", metavar="URL", help=f"the database (default: ATO_DB, {DEFAULT_DATABASE})"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=_run, tracker_command=name)
    return parser


def _add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--project", metavar="NAME", help="only this project")
    parser.add_argument("--tag", action="append", metavar="TAG", help="with it; may be repeated")
    parser.add_argument(
        "--where",
        action="append",
        metavar="QUESTION",
        help="such as 'lr<0.01 tag:baseline', acc.max>0.9 or status=failed; may be repeated",
    )


def _count(text: str) -> int:
    is_too_long = text.isdecimal() and len(text) > 18
    number = int(text) if text.isdecimal() and not is_too_long else 0
    if number < 1:
        fix = "; at most 18 digits" if is_too_long else ""
        raise argparse.ArgumentTypeError(f"must be a whole number above 0, not {text!r}{fix}")
    return number


def _run(options: argparse.Namespace) -> int:
    """Open the database and run the command of that name."""
    name = options.tracker_command
    # Both take runs in, also into a database that is not there yet; a merge only where it is named.
    is_named = bool(options.db or os.environ.get("ATO_DB"))
    makes_one = name == "import" or (name == "merge" and is_named)
    name = "import_" if name == "import" else name
    if makes_one:
        finder = _finder_of(_named(options.db))
    else:
        finder = open_finder(options.db)
    command: Callable[[SQLFinder, argparse.Namespace], int] = getattr(_commands, name)
    return command(finder, options)


# -- which database --------------------------------------------------------------------------------


def database_url(database: str | None = None) -> URL:
    """Return the database a command means.

    Args:
        database: a URL or the path of an SQLite file; without it the environment variable
            `ATO_DB`, else `experiments.db` in the working directory.

    Raises:
        DatabaseError: there is no such file; the message says what was tried.
    """
    from ato_sql._values.url import parse_url, sqlite_file

    url = parse_url(_named(database))
    path = sqlite_file(url)
    if path is None or os.path.isfile(path):
        return url
    raise _no_database(database, path)


def _named(database: str | None) -> str:
    """Return what names the database.

    Raises:
        DatabaseError: it is one in memory, of which no other program finds anything.
    """
    from ato_sql._errors import DatabaseError

    name = database or os.environ.get("ATO_DB") or DEFAULT_DATABASE
    if _IN_MEMORY.fullmatch(name):
        raise DatabaseError(
            f"{name} is a database in memory, which only the program that logs into it has; "
            "name a file or a server"
        )
    return name


def database_anywhere(database: str | None = None) -> str:
    """Return the database a command means as it is named in any folder, with its password.

    Args:
        database: as of `database_url`.
    """
    from ato_sql._values.place import absolute, place_of

    place = absolute(place_of(_named(database)))
    return place if isinstance(place, str) else place.render_as_string(hide_password=False)


def _no_database(database: str | None, path: str) -> DatabaseError:
    from shlex import quote

    from ato_adict import did_you_mean_file
    from ato_sql._errors import DatabaseError

    if os.path.isdir(path):
        inside = os.path.join(path, DEFAULT_DATABASE)
        hint = f"; did you mean {quote(inside)}?" if os.path.isfile(inside) else ", no database"
        return DatabaseError(f"{path} is a folder{hint}")
    if os.path.exists(path):
        return DatabaseError(f"{path} is a device, a pipe or a socket, no database")
    if database:
        return DatabaseError(f"there is no database {path}{did_you_mean_file(path)}")
    if os.environ.get("ATO_DB"):
        return DatabaseError(
            f"there is no database {path}, which ATO_DB names{did_you_mean_file(path)}"
        )
    return DatabaseError(
        f"there is no {DEFAULT_DATABASE} in {working_folder()}, ATO_DB is not set and no --db "
        "was given"
    )


def open_finder(database: str | None = None) -> SQLFinder:
    """Return a finder of the database a command means; see `database_url`.

    Raises:
        DatabaseError: there is no such file.
    """
    return _finder_of(database_url(database))


def open_stored(database: str | None = None) -> Stored:
    """Return the runs of the database a command means, to be read as they are stored.

    A file of SQLite is read without SQLAlchemy, in a fifth of the time, unless it has to be
    upgraded first.

    Raises:
        DatabaseError: there is no such file.
    """
    from ato_sql._read.stored import of_connection, of_file
    from ato_sql._values.journals import may_be_left_behind

    path = _plain_path(_named(database))
    if path is not None and not os.path.isfile(path):
        raise _no_database(database, path)
    stored = None
    if path is not None and not may_be_left_behind(path):
        stored = of_file(path)
    if stored is not None:
        return stored
    finder = open_finder(database)
    return of_connection(finder.connection(), database or DEFAULT_DATABASE)


def _plain_path(database: str) -> str | None:
    """The path of an SQLite file, None for a URL that says more than that."""
    path = database[len("sqlite:///") :] if database.startswith("sqlite:///") else database
    return None if "://" in path or "?" in path or not path else path


def _finder_of(database: str | URL) -> SQLFinder:
    from ato_sql._finder import SQLFinder

    return SQLFinder({"experiment": {"sql": {"db_path": database}}})


if __name__ == "__main__":
    sys.exit(main())
