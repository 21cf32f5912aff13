"""`python -m ato_sql`: look at runs from a terminal.

Exit codes: 0 done, 1 the answer is no (two runs differ), 2 a mistake in what was asked, 130
interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys

from ato_sql._which_database import DEFAULT_DATABASE, database_url, open_finder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn, Sequence

__all__ = [
    "CommandParser",
    "add_commands",
    "database_url",
    "main",
    "open_finder",
    "run_command",
]


class CommandParser(argparse.ArgumentParser):
    """A parser that says in one line what is wrong, exit code 2."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message} (see {self.prog} --help)", file=sys.stderr)
        raise SystemExit(2)


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
        The exit code of the command; 2 after a mistake, 130 after Ctrl-C.
    """
    from ato_adict import AtoError

    try:
        options = parser.parse_args(argv)
        code: int = options.run(options)
        sys.stdout.flush()  # a closed pipe shows here, not at interpreter exit
    except BrokenPipeError:  # `python -m ato_sql runs | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (AtoError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> CommandParser:
    parser = CommandParser(prog="python -m ato_sql", description="Look at tracked runs.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    commands.required = True
    add_commands(commands)
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
    runs.add_argument("-n", "--limit", type=_count, default=50, help="at most (default: 50)")
    show = _command(commands, "show", "all there is about a run")
    show.add_argument("run_id", metavar="RUN", help="id or UUID of a run")
    best = _command(commands, "best", "the run with the best value of a metric")
    best.add_argument("project", metavar="PROJECT")
    best.add_argument("metric", metavar="METRIC")
    best.add_argument("--mode", choices=("max", "min"), default="max")
    best.add_argument("--at", choices=("best", "last"), default="best", help="which value counts")
    compare = _command(commands, "compare", "what differs between two runs; exit code 1 if any")
    compare.add_argument("run_a", metavar="A", help="id or UUID of a run")
    compare.add_argument("run_b", metavar="B", help="id or UUID of another")
    tail = _command(commands, "tail", "the latest metrics of a run")
    tail.add_argument("run_id", metavar="RUN", nargs="?", help="id or UUID (default: the latest)")
    tail.add_argument("--key", action="append", metavar="KEY", help="only this; may be repeated")
    tail.add_argument("-n", "--lines", type=_count, default=10, help="so many (default: 10)")
    tail.add_argument("-f", "--follow", action="store_true", help="go on until the run ends")
    _add_exchange(commands)
    _add_care(commands)


def _add_exchange(commands: argparse._SubParsersAction[Any]) -> None:
    export = _command(commands, "export", "write runs (JSON lines) or metrics (CSV, Parquet)")
    export.add_argument(
        "path",
        metavar="FILE",
        help="*.csv and *.parquet get metrics, others whole runs; - is stdout",
    )
    export.add_argument("--project", metavar="NAME", help="only this project")
    export.add_argument(
        "--run", dest="chosen", action="append", metavar="RUN", help="only this; may be repeated"
    )
    take = _command(commands, "import", "take in runs that export wrote")
    take.add_argument("path", metavar="FILE")
    merge = _command(commands, "merge", "bring the runs of another database into this one")
    merge.add_argument("other", metavar="OTHER", help="a database file or URL")


def _add_care(commands: argparse._SubParsersAction[Any]) -> None:
    clean = _command(commands, "gc", "remove what no run refers to, and give the space back")
    clean.add_argument("--dry-run", action="store_true", help="only tell")
    delete = _command(commands, "delete", "delete a run with all that belongs to it")
    delete.add_argument("run_id", metavar="RUN", help="id or UUID of a run")
    delete.add_argument("--force", action="store_true", help="also if it is running")
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
        metavar="TERM",
        help="such as config.lr<0.01, metric.acc.max>0.9 or status=failed; may be repeated",
    )


def _count(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number above 0, not {text!r}")
    return number


def _run(options: argparse.Namespace) -> int:
    from ato_sql._commands import COMMANDS

    return COMMANDS[options.tracker_command](options)


if __name__ == "__main__":
    sys.exit(main())
