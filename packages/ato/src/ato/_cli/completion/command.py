"""The words of `ato completion`."""

from __future__ import annotations

import pathlib
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

SHELLS = ("bash", "zsh", "fish")


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `ato completion`."""
    completion = commands.add_parser(
        "completion",
        help="print the script that completes ato and your programs in a shell",
        description="Print what makes a shell complete commands, runs, metrics and projects of "
        "ato, and the views, keys and values of your own programs. A program is asked if "
        "PYTHON_ARGCOMPLETE_OK stands in a comment in its first lines, or if its command is named. "
        'bash: eval "$(ato completion bash)" in ~/.bashrc; zsh: eval "$(ato completion zsh)" in '
        "~/.zshrc, after compinit; fish: ato completion fish | source in "
        "~/.config/fish/config.fish.",
    )
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or fish")
    completion.add_argument(
        "programs",
        metavar="COMMAND",
        nargs="*",
        default=[],
        help="an installed command with a scope",
    )
    completion.set_defaults(run=_print_script)


def _print_script(options: argparse.Namespace) -> int:
    from ato_adict import UserError

    for name in options.programs:
        if not re.fullmatch(r"[\w.+-]+", name):
            raise UserError(f"{name!r} is no name of a command")
    script = pathlib.Path(__file__).with_name(f"{options.shell}.txt").read_text(encoding="utf-8")
    print(script.replace(" @COMMANDS@", "".join(f" {name}" for name in options.programs)), end="")
    return 0
