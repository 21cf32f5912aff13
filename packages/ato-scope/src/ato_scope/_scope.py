"""The scope: a set of views, and the functions that receive the config they make."""

from __future__ import annotations

import os
import sys

from ato_adict import ADict
from ato_scope import _command, _history
from ato_scope._base import Configurable
from ato_scope._errors import ScopeError
from ato_scope._program import Answered, go_on, guarded
from ato_scope._state import State, home_of
from ato_scope._views.observe import view_of_config, view_of_function
from ato_scope._views.order import order_views
from ato_scope._views.views import add_view, check_priority, names_of_chain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from typing import Any, Callable, Mapping, Sequence, TypeVar, overload

    from ato_adict import Schema
    from ato_scope._base import Arguments
    from ato_scope._build.draft import Draft
    from ato_scope._history.explain import Explanation
    from ato_scope._views.views import Chain, View

    F = TypeVar("F", bound=Callable[..., Any])
    R = TypeVar("R")


class Scope(Configurable):
    """A configuration made of views, and the entry functions that receive it.

    Args:
        config: Values that the config starts with, a mapping or a dataclass instance; no view or
            call changes them.
        name: The parameter name by which functions receive the config.
        use_external_parser: Let an `argparse` parser that the program uses take part.
        external_priority: The priority at which the defaults of that parser enter.
        enable_override: Let a view replace one of the same name from another module, and this
            scope replace one of the same name in a MultiScope.
        strict: Refuse command-line keys that no view has set.
        schema: A dataclass or pydantic model: its defaults come first, values take the types of its
            fields, and what does not fit, or is no field, is refused.

    Attributes:
        config: The config that the last call of an entry, or of `apply`, has built. Before the
            first, what the config starts with: `scope.config.lr = 0.1` sets a value of it.
        views: The registered views by name.
        manuals: Help texts by key, see `manual`.
        unknown_external_literals: What becomes of options that the parser does not know: `error`,
            `ignore` or `merge`; set on the class it holds for every scope.
        registry: The scope last made under each name, in this process.
        state: What the scope keeps from call to call, for its own rooms.
    """

    __module__ = "ato_scope"

    registry: dict[str, Scope] = {}
    unknown_external_literals: str = "error"

    def __init__(
        self,
        config: Mapping[str, Any] | object | None = None,
        name: str = "config",
        use_external_parser: bool = False,
        external_priority: int = -2,
        enable_override: bool = False,
        strict: bool = False,
        schema: type | None = None,
    ) -> None:
        if not (isinstance(name, str) and name.isidentifier()):
            self._reject(ScopeError(f"the name of a scope is a parameter name, not {name!r}"))
        self.name: str = name
        base = self._base_of(config)
        self.config: ADict = base if isinstance(base, ADict) else ADict(base or {})
        self.base: Mapping[str, Any] = self.config
        self.use_external_parser: bool = use_external_parser
        self.external_priority: int = external_priority
        self.enable_override: bool = enable_override
        self.strict: bool = strict
        self.schema: Schema | None = self._schema_of(schema)
        self.views: dict[str, View] = {}
        self.manuals: ADict = ADict()
        self.state: State = State(home_of(sys._getframe(1)))
        if use_external_parser:
            _command.capture_parser(self.state.take_parser, self.views)
        Scope.registry[name] = self

    def _base_of(self, config: Any) -> Any:
        """Return the values that a scope is made with: a dataclass instance as a mapping."""
        if config is None or hasattr(config, "keys"):
            return config
        if isinstance(config, type):
            fix = f"Scope(schema={config.__name__}), or an instance of it"
        elif hasattr(config, "__dataclass_fields__"):
            return ADict.from_dataclass(config)
        elif hasattr(config, "model_dump"):  # a pydantic model
            return config.model_dump()
        elif isinstance(config, (list, tuple)):
            return dict(config)
        else:
            is_path = isinstance(config, (str, os.PathLike))
            fix = f"ADict.from_file({str(config)!r})" if is_path else "a mapping, vars(options) say"
        return self._reject(ScopeError(f"a scope is not made with {config!r}; write {fix}"))

    def _schema_of(self, cls: Any) -> Schema | None:
        if cls is None:
            return None
        from ato_adict import AtoError, Schema

        try:
            return Schema(cls)
        except AtoError as error:
            self._reject(ScopeError(str(error)))

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
        `scope.observe('big', config=ADict(width=512))`, whose keys replace those of the config.

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
                check_priority(priority, view.name)
                view.caller = caller.f_code
                self.state.check_view(view)
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
            self.manuals.update(field if manual is None else manual, recurrent=True)
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
            args: The arguments; those of the command line unless given. A word such as `print` ends
                the program after its answer; not so at a prompt or in a notebook.

        Raises:
            ScopeError: An argument or a chain is at fault. At a command line, with the arguments
                typed there, this is one line on stderr and exit code 2 instead.
        """
        try:
            return guarded(self._configure, args)[self.name]
        except Answered as answered:
            go_on(answered, args)
            return self.config

    def call(self, function: Callable[..., R], config: Any, *args: Any, **kwargs: Any) -> R:
        """Call `function` with `config` for the parameter of the scope's name."""
        values, named = self.bind(function, config, *args, **kwargs)
        return function(*values, **named)

    def bind(
        self, function: Callable[..., Any], config: Any, *args: Any, **kwargs: Any
    ) -> Arguments:
        """Return the arguments with which `call` would call `function`, without calling it.

        Args:
            function: For the names of its parameters; see `call`.
            config: What the parameter of the scope's name receives.
            *args: Further arguments of the call.
            **kwargs: Further arguments by name.

        Returns:
            The positional arguments and those by name: `function(*values, **named)`.

        Raises:
            EntryError: The function takes nothing, or has a misspelled parameter.
        """
        return self._bind(function, {self.name: config}, args, kwargs)

    def __enter__(self) -> ADict:
        """Apply the scope: `with scope as config:`."""
        return self.apply()

    def __exit__(self, *error: object) -> None:
        """The config stays in `scope.config`."""

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
        self.state.take_parser(parser)
        _command.name_after_notebook(parser)
        if unknown is not None:
            self.unknown_external_literals = unknown

    def convert_argparse_to_scope(self) -> str:
        """Return the source of a view that replaces the parser: a way out of argparse.

        Raises:
            ScopeError: No parser takes part.
        """
        if self.state.parser is None:
            raise ScopeError("no argparse parser takes part; call scope.from_argparse(parser)")
        return _command.view_source(self.state.parser, self.name)

    # -- requests made by the program ------------------------------------------------------------

    def assign(self, literals: str | Sequence[str]) -> None:
        """Ask for views, or assign keys, as if typed before the command line.

        Args:
            literals: One token or several: `'high_lr'`, `['high_lr', 'lr=0.1', 'name:=x']`.
        """
        self.state.requests += [literals] if isinstance(literals, str) else list(literals)

    def get_assigned_views(self) -> dict[str, list[str]]:
        """Return what the next call would apply.

        Returns:
            Names of views, in the order they are applied and with those they are chained with,
            under `default_views`, `default_lazy_views`, `views` and `lazy_views`, and the tokens
            that assign keys under `literals`.
        """
        command = self._read(None)
        order = order_views(self.views, command.views.get(self.name, ()))
        return {
            "default_views": [view.name for view in order if view.default and not view.lazy],
            "default_lazy_views": [view.name for view in order if view.default and view.lazy],
            "views": [view.name for view in order if not view.default and not view.lazy],
            "lazy_views": [view.name for view in order if not view.default and view.lazy],
            "literals": [token.raw for _, _, token in command.assignments],
        }

    def reset_user_inputs(self) -> None:
        """Forget what `assign` asked for, and read the command line no more."""
        self.state.requests = []
        self.state.reads_argv = False

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
        recorder = self.state.recorder
        return [] if recorder is None else recorder.history()

    def explain(self, key: str) -> Explanation:
        """Return where the value of `key` comes from, and what it overrode.

        Args:
            key: A dotted key; for one with keys below it, all of them are explained.

        Raises:
            ScopeError: The last built config has no such key, or none was built.
        """
        explanation = _history.explain_key(self.config, self.state.recorder, key)
        if self.schema is not None:
            explanation.add_docs(self.schema.docs())
        return explanation
