"""The scope: a set of views, and the functions that receive the config they make."""

from __future__ import annotations

import sys

from ato_adict import ADict
from ato_scope._base import Configurable
from ato_scope._entry import guarded
from ato_scope._errors import ScopeError
from ato_scope._inject import Injector
from ato_scope._observe import view_of_config, view_of_function
from ato_scope._views import add_view, merge, names_of_chain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from typing import Any, Callable, Mapping, Sequence, TypeVar, overload

    from ato_scope._command import Command
    from ato_scope._draft import Draft
    from ato_scope._explain import Explanation
    from ato_scope._provenance import Recorder
    from ato_scope._views import Chain, View

    F = TypeVar("F", bound=Callable[..., Any])


class Scope(Configurable):
    """A configuration made of views, and the entry functions that receive it.

    Args:
        config: Values that the config starts with; never changed.
        name: The parameter name by which functions receive the config.
        use_external_parser: Let an `argparse` parser that the program uses take part.
        external_priority: The priority at which the defaults of that parser enter.
        enable_override: Let a view replace one of the same name from another module, and this
            scope replace one of the same name in a MultiScope.
        strict: Refuse command-line keys that no view has set.

    Attributes:
        config: The config that the last call of an entry, or of `apply`, has built.
        views: The registered views by name.
        manuals: Help texts by key, see `manual`.
        unknown_external_literals: What becomes of options that the parser does not know: `error`,
            `ignore` or `merge`.
        registry: The scope last made under each name, in this process.
    """

    registry: dict[str, Scope] = {}

    def __init__(
        self,
        config: Mapping[str, Any] | None = None,
        name: str = "config",
        use_external_parser: bool = False,
        external_priority: int = -2,
        enable_override: bool = False,
        strict: bool = False,
    ) -> None:
        if not (isinstance(name, str) and name.isidentifier()):
            self._reject(ScopeError(f"the name of a scope is a parameter name, not {name!r}"))
        self.name = name
        self.base = config
        self.use_external_parser = use_external_parser
        self.external_priority = external_priority
        self.enable_override = enable_override
        self.strict = strict
        self.views: dict[str, View] = {}
        self.manuals = ADict()
        self.config = ADict()
        self._stored: list[str] = []
        self._reads_argv = True
        self._recorder: Recorder | None = None
        self._parser: ArgumentParser | None = None
        self._parser_arguments: list[str] | None = None
        self.unknown_external_literals = "error"
        if use_external_parser:
            from ato_scope._argparse import capture_parser

            capture_parser(self._keep_parser)
        Scope.registry[name] = self

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} with {len(self.views)} views>"

    def _members(self) -> Sequence[Scope]:
        return (self,)

    def _qualified(self) -> bool:
        return False

    # -- views -----------------------------------------------------------------------------------

    if TYPE_CHECKING:

        @overload
        def observe(self, field: F) -> F: ...

        @overload
        def observe(
            self,
            field: str | None = None,
            config: None = None,
            priority: int = 0,
            lazy: bool = False,
            default: bool = False,
            chain_with: Chain = None,
        ) -> Callable[[F], F]: ...

        @overload
        def observe(
            self,
            field: str,
            config: Mapping[str, Any],
            priority: int = 0,
            lazy: bool = False,
            default: bool = False,
            chain_with: Chain = None,
        ) -> None: ...

    def observe(
        self,
        field: Any = None,
        config: Mapping[str, Any] | None = None,
        priority: int = 0,
        lazy: bool = False,
        default: bool = False,
        chain_with: Chain = None,
    ) -> Any:
        """Register a view: a function that changes the config it is given, or a config object.

        Use it as a decorator, `@scope.observe(...)`, or with a config:
        `scope.observe('big', config=ADict(width=512))`, which is merged when the view is applied.

        Args:
            field: The name of the view; that of the function unless given.
            config: The values of a view that needs no function.
            priority: Lower is applied earlier; 0, the default, leaves it to chains and order.
            lazy: Apply after the command line.
            default: Apply without being asked for.
            chain_with: Name or names of views to apply before this one.

        Raises:
            ViewError: The function cannot be a view, or its name is taken.
            LazyError: A `with Scope.lazy()` block in it cannot be run later.
        """
        caller = sys._getframe(1)

        def register(thing: Any, name: str | None = field) -> Any:
            try:
                if config is not None:
                    view = view_of_config(name, config, caller)
                else:
                    view = view_of_function(thing, name, lazy)
                view.priority, view.lazy, view.default = priority, lazy, default
                view.chain = names_of_chain(chain_with, view.name)
                add_view(self.views, view, self.enable_override)
            except ScopeError as error:
                self._reject(error)
            return thing

        if callable(field):
            return register(field, None)
        if config is None:
            return register
        register(config)
        return None

    if TYPE_CHECKING:

        @overload
        def manual(self, field: F) -> F: ...

        @overload
        def manual(self, field: str, manual: str) -> None: ...

        @overload
        def manual(self, field: Mapping[str, Any]) -> None: ...

        @overload
        def manual(self, *, manual: Mapping[str, Any]) -> None: ...

        @overload
        def manual(self) -> Callable[[F], F]: ...

    def manual(self, field: Any = None, manual: Any = None) -> Any:
        """Document keys: `@scope.manual` on a function that sets `manual.key = 'text'`.

        Also `scope.manual('lr', 'Learning rate')` for one key, and `scope.manual({...})`.
        """
        if callable(field):
            field(self.manuals)
            return field
        if field is None and manual is None:
            return self.manual
        if isinstance(field, str):
            self.manuals.set_by_name(field, manual)
        else:
            merge(self.manuals, field if manual is None else manual)
        return None

    # -- applying --------------------------------------------------------------------------------

    def draft(self, args: Sequence[str] | None = None) -> Draft:
        """Return the config after views and arguments, before lazy views, to complete many times.

        Args:
            args: The arguments; those of the command line unless given.

        Raises:
            ScopeError: An argument or a chain is at fault.
        """
        return guarded(self._prepare, args)[self.name]

    def apply(self, args: Sequence[str] | None = None) -> ADict:
        """Build the config from views and arguments, keep it as `scope.config`, and return it.

        Args:
            args: The arguments; those of the command line unless given.

        Raises:
            ScopeError: An argument or a chain is at fault. At a command line, with the arguments
                typed there, this is one line on stderr and exit code 2 instead.
        """
        return guarded(self._configure, args)[self.name]

    def call(self, function: Callable[..., Any], config: Any, *args: Any, **kwargs: Any) -> Any:
        """Call `function` with `config` for the parameter of the scope's name."""
        injector = Injector(function, self._names())
        values, named = injector.place({self.name: config}, args, kwargs)
        return function(*values, **named)

    def __enter__(self) -> ADict:
        """Apply the scope: `with scope as config:`."""
        return self.apply()

    def __exit__(self, *error: object) -> None:
        """The config stays in `scope.config`."""

    def _keep(self, config: ADict, recorder: Recorder) -> None:
        self.config = config
        self._recorder = recorder

    # -- argparse --------------------------------------------------------------------------------

    def from_argparse(self, parser: ArgumentParser, unknown: str | None = None) -> None:
        """Let an argparse parser take part: its options become keys of the config.

        Its defaults enter at `external_priority`; options that the user types win, as what is
        typed for keys does. Destinations with dots, `--model.lr`, nest.

        Args:
            parser: The parser. It need not parse: each apply of the scope does that.
            unknown: What becomes of options it does not know: `error` (unless set otherwise in
                `scope.unknown_external_literals`), `ignore`, or `merge` into the config.
        """
        self._parser = parser
        if unknown is not None:
            self.unknown_external_literals = unknown

    def convert_argparse_to_scope(self) -> str:
        """Return the source of a view that replaces the parser: a way out of argparse.

        Raises:
            ScopeError: No parser takes part.
        """
        if self._parser is None:
            raise ScopeError("no argparse parser takes part; call scope.from_argparse(parser)")
        from ato_scope._argparse import view_source

        return view_source(self._parser, self.name)

    def _take_options(
        self, arguments: list[str], are_explicit: bool, command: Command
    ) -> list[str]:
        """Let the parser take its options into `command`; return the other arguments."""
        if self.use_external_parser:
            from ato_scope._argparse import stop_capturing

            stop_capturing()
        if self._parser is None:
            return arguments
        from ato_scope._argparse import read_into

        if self._parser_arguments is not None and not are_explicit:
            arguments = self._parser_arguments
        return read_into(command, self, self._parser, arguments)

    def _keep_parser(self, parser: ArgumentParser, arguments: list[str] | None) -> None:
        self._parser, self._parser_arguments = parser, arguments

    # -- requests made by the program ------------------------------------------------------------

    def assign(self, literals: str | Sequence[str]) -> None:
        """Ask for views, or assign keys, as if typed before the command line.

        Args:
            literals: One token or several: `'high_lr'`, `['high_lr', 'lr=0.1', 'name:=x']`.
        """
        self._stored += [literals] if isinstance(literals, str) else list(literals)

    def get_assigned_views(self) -> dict[str, list[str]]:
        """Return what the next call would apply.

        Returns:
            Names of views under `default_views`, `default_lazy_views`, `views` and `lazy_views`,
            and the tokens that assign keys under `literals`.
        """
        command = self._read(None)
        defaults = [view for view in self.views.values() if view.default]
        asked = [self.views[name] for name in command.views.get(self.name, ())]
        return {
            "default_views": [view.name for view in defaults if not view.lazy],
            "default_lazy_views": [view.name for view in defaults if view.lazy],
            "views": [view.name for view in asked if not view.lazy],
            "lazy_views": [view.name for view in asked if view.lazy],
            "literals": [token.raw for _, _, token in command.assignments],
        }

    def reset_user_inputs(self) -> None:
        """Forget what `assign` asked for, and read the command line no more."""
        self._stored = []
        self._reads_argv = False

    @staticmethod
    def override(scope: Scope) -> None:
        """Make `scope` the registered one of its name."""
        Scope.registry[scope.name] = scope

    @staticmethod
    def initialize_registry() -> None:
        """Forget every registered scope; the scopes themselves go on working."""
        Scope.registry.clear()

    # -- provenance ------------------------------------------------------------------------------

    @property
    def history(self) -> list[dict[str, Any]]:
        """Every value of the last built config in the order it was given, as plain JSON data."""
        return [] if self._recorder is None else [e.to_dict() for e in self._recorder.events()]

    def explain(self, key: str) -> Explanation:
        """Return where the value of `key` comes from, and what it overrode.

        Args:
            key: A dotted key; for one with keys below it, all of them are explained.

        Raises:
            ScopeError: The last built config has no such key, or none was built.
        """
        from ato_scope._explain import explain

        return explain(self.config, self._recorder, key)
