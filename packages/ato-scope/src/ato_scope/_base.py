"""What Scope and MultiScope share: reading a command line, building configs, making entries."""

from __future__ import annotations

import os

from ato_scope import _host
from ato_scope._command import Command, read_command
from ato_scope._configure import make_drafts
from ato_scope._entry import make_entry
from ato_scope._errors import EntryError, ScopeError, SweepError
from ato_scope._marks import lazy

SWEEP = "--sweep"
COMPLETION = "_ARGCOMPLETE"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import (
        Any,
        Callable,
        Mapping,
        NoReturn,
        Sequence,
        TypeVar,
    )

    from ato_adict import ADict
    from ato_scope._draft import Draft
    from ato_scope._entry import Entry
    from ato_scope._inject import Injector
    from ato_scope._scope import Scope

    R = TypeVar("R")


class Configurable:
    """The base of Scope and MultiScope."""

    lazy = staticmethod(lazy)
    _is_active = True

    def _members(self) -> Sequence[Scope]:
        raise NotImplementedError

    def _qualified(self) -> bool:
        """Whether keys of the command line start with the name of a scope."""
        raise NotImplementedError

    def _names(self) -> tuple[str, ...]:
        return tuple(scope.name for scope in self._members())

    # -- building --------------------------------------------------------------------------------

    def _arguments(self, args: Sequence[str] | None) -> list[str]:
        if args is None and not all(scope._reads_argv for scope in self._members()):
            return []
        return _host.command_line(args)

    def _read(self, args: Sequence[str] | None) -> Command:
        """Read what `assign` has asked for, then the arguments."""
        members = self._members()
        command = Command()
        for scope in members:
            command.extend(read_command(scope._stored, {scope.name: scope.views}, False))
        for _, _, token in command.assignments:
            token.origin = "assign"
        arguments = self._arguments(args)
        for scope in members:
            arguments = scope._take_options(arguments, args is not None, command)
        catalog = {scope.name: scope.views for scope in members}
        command.extend(read_command(arguments, catalog, self._qualified()))
        return command

    def _prepare(self, args: Sequence[str] | None) -> dict[str, Draft]:
        """Build the drafts; a command line that asks for something else gets that, and ends."""
        members = self._members()
        if args is None and COMPLETION in os.environ:
            from ato_scope._completion import complete

            complete(members, self._qualified(), lambda: make_drafts(members, self._read([])))
        arguments = self._arguments(args)
        if SWEEP in arguments:
            self._sweep(arguments, args is None)
        command = self._read(args)
        drafts = make_drafts(members, command)
        if command.word:
            from ato_scope._words import show

            self._finish(drafts)
            show(command, members, self._qualified())
        return drafts

    def _finish(self, drafts: dict[str, Draft]) -> dict[str, ADict]:
        """Apply the lazy views and keep each config in its scope."""
        for scope in self._members():
            scope._keep(drafts[scope.name].finish(), drafts[scope.name].recorder)
        return {scope.name: scope.config for scope in self._members()}

    def _configure(self, args: Sequence[str] | None) -> dict[str, ADict]:
        return self._finish(self._prepare(args))

    def _sweep(self, arguments: list[str], is_typed: bool) -> NoReturn:
        """Run the program once for each combination that `--sweep` asks for, then end."""
        from ato_scope._sweep import read_sweep
        from ato_scope._sweep_run import run_sweep

        if not is_typed:
            raise SweepError("--sweep works on the command line of a program only")
        sweep = read_sweep(arguments)
        for run in sweep.samples():
            make_drafts(self._members(), self._read([*sweep.fixed, *run]))
        raise SystemExit(run_sweep(sweep))

    # -- entries ---------------------------------------------------------------------------------

    def __call__(self, function: Callable[..., R]) -> Entry[R]:
        """Make `function` an entry: each call builds the configs and passes them by name.

        A config goes to the parameter with the name of its scope, wherever that stands; a call
        that gives such a parameter itself, by keyword, is left alone. The entry has
        `with_args([...])`, the same entry with arguments of your own.

        Raises:
            EntryError: The function has no such parameter.
        """
        try:
            if hasattr(function, "with_args"):
                raise EntryError(
                    f"function {function.__name__!r} is already an entry of a scope;"
                    " to receive several configs use MultiScope(first, second)"
                )
            entry: Entry[R] = make_entry(self, function)
        except ScopeError as error:
            self._reject(error)
        return entry

    def _wants(self, injector: Injector, kwargs: Mapping[str, Any]) -> bool:
        """Whether a call needs the configs: switched on, and not all given by the caller."""
        return self._is_active and any(name not in kwargs for name in injector.names)

    @staticmethod
    def _reject(error: ScopeError) -> NoReturn:
        """A mistake in a program that runs at a command line ends it with one line."""
        if _host.is_script():
            _host.fail(error)
        raise error.with_traceback(None)

    # -- switching injection on and off ----------------------------------------------------------

    def activate(self) -> None:
        """Let entries build and inject configs (again)."""
        self._is_active = True

    def deactivate(self) -> None:
        """Make entries the plain functions they wrap: the caller gives the config."""
        self._is_active = False

    def pause(self) -> Pause:
        """Return a context manager within which entries are the plain functions they wrap."""
        return Pause(self)

    # -- what other packages add -----------------------------------------------------------------

    def trace(self, *args: Any, **kwargs: Any) -> Any:
        """Is part of ato-trace: `pip install ato-trace`, and use `ato_trace.Scope`."""
        raise _elsewhere("trace", type(self).__name__)

    def runtime_trace(self, *args: Any, **kwargs: Any) -> Any:
        """Is part of ato-trace: `pip install ato-trace`, and use `ato_trace.Scope`."""
        raise _elsewhere("runtime_trace", type(self).__name__)


def _elsewhere(name: str, cls: str) -> ScopeError:
    return ScopeError(
        f"{name} is in the package ato-trace: pip install ato-trace, and use ato_trace.{cls}"
    )


class Pause:
    """Switches the injection of a scope off and, at the end, back to what it was."""

    def __init__(self, scope: Configurable) -> None:
        self._scope = scope
        self._was_active: list[bool] = []

    def __enter__(self) -> None:
        self._was_active.append(self._scope._is_active)
        self._scope.deactivate()

    def __exit__(self, *error: object) -> None:
        self._scope._is_active = self._was_active.pop()
