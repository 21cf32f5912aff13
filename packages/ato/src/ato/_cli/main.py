"""Parse the command line and run the command.

Exit codes: 0 done, 1 the answer is no (files differ, a run changed), 2 a mistake in what was
asked or damage in what was read, 130 interrupted.
"""

from __future__ import annotations

import sys

from ato._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the `ato` command.

    Args:
        argv: The words after `ato`; those of the process by default.

    Returns:
        The exit code.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments == ["--version"] and _is_version_told():
        return 0
    return _run(arguments)


def _is_version_told() -> bool:
    """Tell the version before argparse is imported, as scripts ask this often.

    Where that fails, all that says why is yet to be imported: then it is asked as all else is.
    """
    try:
        print(f"ato {__version__}", flush=True)
    except OSError:
        return False
    return True


def _run(arguments: Sequence[str]) -> int:
    import os

    from ato._cli import files as _files
    from ato._cli import init as _init
    from ato._cli import ui as _ui
    from ato._cli import verify as _verify
    from ato._cli import why as _why
    from ato._cli.completion import answers as _answers
    from ato._cli.completion import command as _completion
    from ato_sql.cli import CommandParser, add_commands, run_command

    parser = CommandParser(prog="ato", description="Track, compare and explain experiments.")
    parser.add_argument("--version", action="version", version=f"ato {__version__}")
    commands = parser.add_commands()
    _init.add_command(commands)
    add_commands(commands)
    for module in (_why, _verify, _files, _ui, _completion):
        module.add_command(commands)
    if _answers.VARIABLE in os.environ:
        return _answers.answer(parser, arguments)
    return run_command(parser, arguments)
