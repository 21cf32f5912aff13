"""What a scope keeps from call to call, and what the rooms see of a scope."""

from __future__ import annotations

import os
import sys

from ato_scope._errors import ViewError
from ato_scope._program import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from types import FrameType
    from typing import Any, Mapping, Protocol

    from ato_adict import ADict, Schema
    from ato_scope._command.argparse import Options
    from ato_scope._history.recorder import Recorder
    from ato_scope._views.views import View

    class Member(Protocol):
        """A scope as the rooms see it: on its own, or one of a MultiScope."""

        name: str
        base: Mapping[str, Any]
        strict: bool
        schema: Schema | None
        views: dict[str, View]
        manuals: ADict
        config: ADict
        use_external_parser: bool
        external_priority: int
        unknown_external_literals: str
        state: State


class State:
    """What a scope keeps from call to call.

    Attributes:
        requests: The tokens that `assign` asked for.
        reads_argv: Whether the command line is read, see `reset_user_inputs`.
        parser: The argparse parser that takes part.
        options: What the parser made of its command line where the program itself has parsed.
        recorder: The history of the config last built.
        home: The name and the file of the module that has made the scope.
        says_unapplied: Whether to say so when no view at all is applied; once.
    """

    def __init__(self, home: tuple[str, str] = ("", "")) -> None:
        self.home = home
        self.says_unapplied = True
        self.requests: list[str] = []
        self.reads_argv = True
        self.parser: ArgumentParser | None = None
        self.options: Options | None = None
        self.recorder: Recorder | None = None

    def take_parser(self, parser: ArgumentParser, options: Options | None = None) -> None:
        """Let a parser take part, with what it has parsed for the program, if it has."""
        if options is not None and self.options is not None:
            options.follow(self.options)
        self.parser, self.options = parser, options

    def check_view(self, view: View) -> None:
        """Refuse a view for a scope that nobody uses, as a circular import makes it.

        Where a script imports a module that imports the script, the script runs twice: as
        `__main__` and under its name, with a scope each.

        Raises:
            ViewError: The view of another module goes to the scope of the second run.
        """
        name, file = self.home
        if name in MAIN or view.module in (name, *MAIN) or not _is_running(file):
            return
        raise ViewError(
            f"{view} would be lost: {shorten(file)} runs as the program, and once more as the"
            f" module {name!r} that {view.module!r} imports, with a scope of its own; put the"
            " scope into a module that both import"
        )


MAIN = ("__main__", "__mp_main__")


def home_of(frame: FrameType | None) -> tuple[str, str]:
    """Return the name and the file of the module that makes a scope, subclasses of ours aside."""
    while frame is not None:
        name: str = frame.f_globals.get("__name__") or ""
        if name.partition(".")[0] not in ("ato_scope", "ato_trace"):
            return name, frame.f_globals.get("__file__") or ""
        frame = frame.f_back
    return "", ""


def _is_running(file: str) -> bool:
    """Whether a file is the program that runs."""
    main: str | None = getattr(sys.modules.get("__main__"), "__file__", None)
    if not file or not main or os.path.basename(file) != os.path.basename(main):
        return False
    return os.path.realpath(file) == os.path.realpath(main)
