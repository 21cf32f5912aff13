"""The built-in words of a command line: each prints something about the config and ends."""

from __future__ import annotations

from ato_scope._host import is_printing_rank

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn, Sequence

    from ato_scope._command import Command
    from ato_scope._scope import Scope


def show(command: Command, scopes: Sequence[Scope]) -> NoReturn:
    """Print what the word of `command` asks for, then end the program with exit code 0."""
    text = _text(command, scopes)
    if is_printing_rank():
        print(text)
    raise SystemExit(0)


def _text(command: Command, scopes: Sequence[Scope]) -> str:
    if command.word == "manual":
        from ato_scope._manual import manual_text

        return "\n\n".join(manual_text(scope, len(scopes) > 1) for scope in scopes)
    raise NotImplementedError(command.word)
