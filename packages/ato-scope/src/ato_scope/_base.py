"""What Scope and MultiScope share: building configs, making entries, passing configs."""

from __future__ import annotations

from ato_adict import RunRecord, attach_record, record_of
from ato_scope._build.configure import arguments_of, make_drafts, read_requests
from ato_scope._entry.entry import make_entry
from ato_scope._entry.inject import Injector
from ato_scope._errors import EntryError, ScopeError, SweepError
from ato_scope._history.recorder import history_of
from ato_scope._program import SWEEP, is_asked_for_words, is_script, say
from ato_scope._views.observe import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping, NoReturn, Sequence, TypeVar

    from typing_extensions import ParamSpec

    from ato_adict import ADict
    from ato_scope._build.draft import Draft
    from ato_scope._command.command import Command
    from ato_scope._entry.entry import Entry
    from ato_scope._state import Member
    from ato_scope._views.observe import LazyBlock

    P = ParamSpec("P")
    R = TypeVar("R")
    Arguments = tuple[tuple[Any, ...], dict[str, Any]]


class Configurable:
    """The base of Scope and MultiScope."""

    lazy: staticmethod[..., LazyBlock] = staticmethod(lazy)
    _is_active: bool = True

    def _members(self) -> Sequence[Member]:
        raise NotImplementedError

    def _qualified(self) -> bool:
        """Whether keys of the command line start with the name of a scope."""
        raise NotImplementedError

    def _names(self) -> tuple[str, ...]:
        return tuple(member.name for member in self._members())

    # -- building --------------------------------------------------------------------------------

    def _read(self, args: Sequence[str] | None) -> Command:
        return read_requests(self._members(), args, self._qualified())

    def _prepare(self, args: Sequence[str] | None) -> dict[str, Draft]:
        """Build the drafts; a command line that asks for something else gets that, and ends."""
        if args is None and is_asked_for_words():
            self._complete_words()
        arguments = arguments_of(self._members(), args)
        if SWEEP in arguments:
            self._sweep(arguments, args is None)
        command = self._read(args)
        drafts = make_drafts(self._members(), command)
        if command.word:
            self._show(command, drafts)
        return drafts

    def _finish(self, drafts: Mapping[str, Draft], checks: bool = True) -> dict[str, ADict]:
        """Apply the lazy views and keep each config in its scope."""
        for member in self._members():
            draft = drafts[member.name]
            member.config, member.state.recorder = draft.finish(checks), draft.recorder
        configs = {member.name: member.config for member in self._members()}
        record = RunRecord()
        recorders = {name: drafts[name].recorder for name in configs}
        record.provenance = lambda: history_of(recorders, self._qualified())
        for config in configs.values():
            attach_record(config, record)
        self._describe(record, configs)
        return configs

    def _configure(self, args: Sequence[str] | None) -> dict[str, ADict]:
        drafts = self._prepare(args)
        configs = self._finish(drafts)
        if args is None and is_script():
            self._say_what_is_odd(drafts)
        record = record_of(next(iter(configs.values())))
        if record is not None:
            arguments = arguments_of(self._members(), args)
            record.arguments = [getattr(a, "raw", a) for a in arguments]
        return configs

    def _say_what_is_odd(self, drafts: Mapping[str, Draft]) -> None:
        """Warn of views none of which is applied, and watch for typed keys that nobody reads."""
        for member in self._members():
            if drafts[member.name].is_unapplied and member.state.says_unapplied:
                member.state.says_unapplied = False
                names = ", ".join(member.views)
                say(
                    f"warning: no view was applied ({names}); ask for one by its name, or register"
                    " what always applies with observe(default=True)"
                )
        if any(draft.typed for draft in drafts.values()):
            from ato_scope._build.unread import watch

            watch(drafts)

    # What a scope that traces does at the beginning and the end of a call.

    def _describe(self, record: RunRecord, configs: Mapping[str, ADict]) -> None:
        """Fill in what is known of the call that the configs are made for."""

    def _end_call(self, configs: Mapping[str, ADict]) -> None:
        """The entry that received the configs has ended."""

    # Each of these ends the program, and is the only way into its room: others never load it.

    def _complete_words(self) -> NoReturn:
        from ato_scope._words.completion import complete

        members = self._members()
        complete(members, self._qualified(), lambda words: make_drafts(members, self._read(words)))

    def _show(self, command: Command, drafts: Mapping[str, Draft]) -> NoReturn:
        from ato_scope._words.words import show

        self._finish(drafts, checks=command.word == "print")
        show(command, self._members(), self._qualified())

    def _sweep(self, arguments: list[str], is_typed: bool) -> NoReturn:
        """Run the program once for each combination that `--sweep` asks for."""
        from ato_scope._sweep.request import read_sweep
        from ato_scope._sweep.run import run_sweep

        if not is_typed:
            raise SweepError("--sweep works on the command line of a program only")
        sweep = read_sweep(arguments)
        for run in sweep.samples():
            make_drafts(self._members(), self._read([*sweep.fixed, *run]))
        raise SystemExit(run_sweep(sweep))

    # -- entries ---------------------------------------------------------------------------------

    def __call__(self, function: Callable[P, R]) -> Entry[P, R]:
        """Make `function` an entry: each call builds the configs and passes them by name.

        A config goes to the parameter with the name of its scope, wherever that stands; a call
        that gives such a parameter itself, by keyword, is left alone. The entry has
        `with_args([...], key=value)`, the same entry with arguments of your own.

        Raises:
            EntryError: The function has no such parameter.
        """
        try:
            if hasattr(function, "with_args"):
                raise EntryError(
                    f"function {function.__name__!r} is already an entry of a scope;"
                    " to receive several configs use MultiScope(first, second)"
                )
            entry: Entry[P, R] = make_entry(self, function)
        except ScopeError as error:
            self._reject(error)
        return entry

    def _bind(
        self,
        function: Callable[..., Any],
        configs: Mapping[str, Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Arguments:
        return Injector(function, self._names()).place(configs, args, kwargs)

    def _wants(self, injector: Injector, kwargs: Mapping[str, Any]) -> bool:
        """Whether a call needs the configs: switched on, and not all given by the caller."""
        return self._is_active and any(name not in kwargs for name in injector.names)

    @staticmethod
    def _reject(error: ScopeError) -> NoReturn:
        """Raise a mistake in the program's text at the place that is wrong."""
        error.is_typed = False
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

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            fix = f"; in ato 2.x only: {GONE[name]}" if name in GONE else ""
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}{fix}")

    def runtime_trace(self, *args: Any, **kwargs: Any) -> Any:
        """Is part of ato-trace: `pip install ato-trace`, and use `ato_trace.Scope`."""
        raise _elsewhere("runtime_trace", type(self).__name__)


def _elsewhere(name: str, cls: str) -> ScopeError:
    return ScopeError(
        f"{name} is in the package ato-trace: pip install ato-trace, and use ato_trace.{cls}"
    )


# What a scope of ato 2.x had, and what to write instead.
GONE = {
    "exec": "write scope(function)",
    "register": "a scope needs no registering",
    "register_all": "a scope needs no registering",
    "current_scope": "pass the scope, or its config",
    "parsed": "each apply reads the command line",
    "stored_arguments": "use scope.history, or ato_scope.command_line()",
    "add_to_screen": "write scope.observe",
    "logging_manual": "run the program with the word manual",
    "get_config_updated_arguments": "use scope.bind(function, config)",
}


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
