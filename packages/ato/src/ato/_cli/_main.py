"""Parse the command line and run the command.

Exit codes: 0 done, 1 the answer is no (files differ, a run changed), 2 a mistake in what was
asked, 130 interrupted.
"""

from __future__ import annotations

import sys

from ato._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the `ato` command.

    Args:
        argv: The words after `ato`; those of the process by default.

    Returns:
        The exit code.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments == ["--version"]:  # before argparse is imported: scripts ask this often
        print(f"ato {__version__}")
        return 0
    return _run(arguments)


def _run(arguments: Sequence[str]) -> int:
    from ato_adict import AtoError

    try:
        options = _parser().parse_args(arguments)
        code: int = options.run(options)
        sys.stdout.flush()  # a closed pipe shows here, not at interpreter exit
    except AtoError as error:
        print(f"ato: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # `ato runs | head`
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    import argparse

    from ato._cli import _files, _init, _merge, _ui, _verify, _why
    from ato_sql.cli import add_commands

    parser = argparse.ArgumentParser(
        prog="ato", description="Track, compare and explain experiments."
    )
    parser.add_argument("--version", action="version", version=f"ato {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    commands.required = True
    _init.add_command(commands)
    add_commands(commands)
    for module in (_why, _verify, _merge, _files, _ui):
        module.add_command(commands)
    return parser
