"""The scope: a set of views, and the functions that receive the config they make."""

from __future__ import annotations

import sys

from ato_adict import ADict
from ato_scope import _host
from ato_scope._command import read_command
from ato_scope._configure import make_drafts
from ato_scope._entry import configured, make_entry
from ato_scope._errors import LazyError, ScopeError
from ato_scope._inject import Injector
from ato_scope._words import show
from ato_scope._views import View, add_view, check_function, merging_view, names_of_chain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, TypeVar

    from ato_scope._command import Command
    from ato_scope._draft import Draft
    from ato_scope._provenance import Recorder
    from ato_scope._views import Chain

    F = TypeVar("F", bound=Callable[..., Any])


class _Lazy:
    """What `Scope.lazy()` returns; a view with such a block is split when it is registered."""

    def __enter__(self) -> None:
        raise LazyError(
            "with Scope.lazy() works directly in a view that scope.observe has registered;"
            " elsewhere make a view with lazy=True"
        )

    def __exit__(self, *error: object) -> None:
        """Nothing was entered."""


def lazy() -> _Lazy:
    """Run the body of `with Scope.lazy():` in a view after the command line was applied.

    The body runs exactly once, with the local variables it had; the code around it runs exactly
    once, before the command line. Variables that the body sets are its own.
    """
    return _Lazy()


class Scope:
    """A configuration made of views, and the entry functions that receive it.

    Args:
        config: Values that the config starts with; never changed.
        name: The parameter name by which functions receive the config.
        use_external_parser: Let an `argparse` parser that the program uses take part.
        external_priority: The priority at which the defaults of that parser enter.
        enable_override: Let a view replace one of the same name from another module.
        strict: Refuse command-line keys that no view has set.
    """

    registry: Dict[str, Scope] = {}
    lazy = staticmethod(lazy)

    def __init__(
        self,
        config: Optional[Mapping[str, Any]] = None,
        name: str = "config",
        use_external_parser: bool = False,
        external_priority: int = -2,
        enable_override: bool = False,
        strict: bool = False,
    ) -> None:
        if not name.isidentifier():
            raise ScopeError(f"the name of a scope is a parameter name, not {name!r}")
        self.name = name
        self.base = config
        self.use_external_parser = use_external_parser
        self.external_priority = external_priority
        self.enable_override = enable_override
        self.strict = strict
        self.views: Dict[str, View] = {}
        self.config = ADict()
        self._stored: List[str] = []
        self._reads_argv = True
        self._recorder: Optional[Recorder] = None
        self._is_active = True

    # -- views -----------------------------------------------------------------------------------

    def observe(
        self,
        field: Any = None,
        config: Optional[Mapping[str, Any]] = None,
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
        options = {"priority": priority, "lazy": lazy, "default": default, "chain": chain_with}
        if callable(field):
            self._add_function(field, None, options)
            return field
        if config is not None:
            self._add_config(field, config, options)
            return None

        def register(function: F) -> F:
            self._add_function(function, field, options)
            return function

        return register

    def _add_function(self, function: Any, name: Optional[str], options: Dict[str, Any]) -> None:
        name = name or getattr(function, "__name__", "")
        try:
            location = check_function(function, name)
            apply, defer = self._split(function, options["lazy"])
            module = getattr(function, "__module__", "") or ""
            self._add(View(name, apply, module=module, location=location, defer=defer), options)
        except ScopeError as error:
            self._reject(error)

    def _add_config(
        self, name: str, config: Mapping[str, Any], options: Dict[str, Any]
    ) -> None:
        caller = sys._getframe(2)
        location = f"{caller.f_code.co_filename}:{caller.f_lineno}"
        module = caller.f_globals.get("__name__", "")
        try:
            self._add(View(name, merging_view(config), module=module, location=location), options)
        except ScopeError as error:
            self._reject(error)

    def _add(self, view: View, options: Dict[str, Any]) -> None:
        view.priority = options["priority"]
        view.lazy = options["lazy"]
        view.default = options["default"]
        view.chain = names_of_chain(options["chain"], view.name)
        add_view(self.views, view, self.enable_override)

    @staticmethod
    def _reject(error: ScopeError) -> None:
        """A mistake in a program that runs at a command line ends it with one line."""
        if _host.is_script():
            _host.fail(error)
        raise error.with_traceback(None)

    @staticmethod
    def _split(function: Any, is_lazy_view: bool) -> Tuple[Callable[..., Any], bool]:
        """Return what to call for a view, and whether it defers blocks."""
        inner = function
        while inner is not None and "lazy" not in _names_in(inner):
            inner = getattr(inner, "__wrapped__", None)
        if inner is None:
            return function, False
        from ato_scope._lazy import split

        run = split(inner, lambda thing: thing is lazy, is_lazy_view)
        if run is None:
            return function, False
        if inner is not function:
            raise LazyError(
                f"view {inner.__name__!r} has a with Scope.lazy() block under another decorator;"
                " put scope.observe right above def, or make the block a view with lazy=True"
            )
        return (lambda config: run(None, config), False) if is_lazy_view else (run, True)

    # -- applying --------------------------------------------------------------------------------

    def draft(self, args: Optional[Sequence[str]] = None) -> Draft:
        """Return the config after views and arguments, before lazy views, to complete many times.

        Args:
            args: The arguments; those of the command line unless given.

        Raises:
            ScopeError: An argument or a chain is at fault.
        """
        return self._draft(self._read(args))

    def apply(self, args: Optional[Sequence[str]] = None) -> ADict:
        """Build the config from views and arguments, keep it as `scope.config`, and return it.

        Args:
            args: The arguments; those of the command line unless given.

        Raises:
            ScopeError: An argument or a chain is at fault. At a command line, with the arguments
                typed there, this is one line on stderr and exit code 2 instead.
        """
        config: ADict = configured(self, args)[self.name]
        return config

    def _names(self) -> Tuple[str, ...]:
        return (self.name,)

    def _catalog(self) -> Dict[str, Mapping[str, View]]:
        return {self.name: self.views}

    def _read(self, args: Optional[Sequence[str]]) -> Command:
        arguments = _host.command_line(args) if self._reads_argv or args is not None else []
        return read_command([*self._stored, *arguments], self._catalog(), qualified=False)

    def _draft(self, command: Command) -> Draft:
        return make_drafts([self], command)[self.name]

    def _configure(self, args: Optional[Sequence[str]], entry: Any = None) -> Dict[str, ADict]:
        command = self._read(args)
        draft = self._draft(command)
        self._keep(draft.finish(), draft.recorder)
        if command.word:
            show(command, [self])
        return {self.name: self.config}

    def _keep(self, config: ADict, recorder: Recorder) -> None:
        self.config = config
        self._recorder = recorder

    # -- entries ---------------------------------------------------------------------------------

    def __call__(self, function: F) -> F:
        """Make `function` an entry: each call builds the config and passes it by name.

        The config goes to the parameter of the scope's name, wherever that stands; a call that
        gives this parameter itself, by keyword, is left alone.

        Raises:
            EntryError: The function has no such parameter.
        """
        try:
            entry: F = make_entry(self, function)
        except ScopeError as error:
            self._reject(error)
        return entry

    def call(self, function: Callable[..., Any], config: Any, *args: Any, **kwargs: Any) -> Any:
        """Call `function` with `config` for the parameter of the scope's name."""
        injector = Injector(function, self._names(), required=True)
        values, named = injector.arguments({self.name: config}, args, kwargs)
        return function(*values, **named)

    def _active(self, injector: Injector, kwargs: Mapping[str, Any]) -> bool:
        return self._is_active and self.name not in kwargs

    # -- provenance ------------------------------------------------------------------------------

    @property
    def history(self) -> List[Dict[str, Any]]:
        """Every value of the last built config in the order it was given, as plain JSON data."""
        return [] if self._recorder is None else [e.to_dict() for e in self._recorder.events()]


def _names_in(function: Any) -> Tuple[str, ...]:
    code = getattr(function, "__code__", None)
    return code.co_names if code is not None else ()
