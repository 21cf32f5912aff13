"""`with Scope.lazy():` in a view: split the view so that the body of the block can run later.

The view is compiled again from its own source, with each block replaced by a function definition
that is handed over together with the values its local variables have at that moment. File name,
line numbers, globals, defaults and closure stay those of the view, so tracebacks, debuggers and
coverage see what the author wrote.
"""

from __future__ import annotations

import ast
from types import CodeType, FunctionType

from ato_scope._errors import LazyError
from ato_scope._lazy.blocks import CAPTURE, DEFER, Splitter, relocate
from ato_scope._lazy.source import definition_of, place_of
from ato_scope._program import calls_views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

UNBOUND = "__ato_unbound__"
HELPERS = (DEFER, CAPTURE, UNBOUND)
FUTURE_FLAGS = 0x1FF0000


class Unbound:
    """Stands for a local variable that had no value when its block was deferred."""


def split(function: Any, is_lazy: Callable[[Any], bool], inline: bool) -> Callable[..., Any] | None:
    """Return `function` with its lazy blocks deferred.

    Args:
        function: The view.
        is_lazy: Whether an object is the `lazy` of a scope.
        inline: Run the blocks in place: the view itself runs late enough.

    Returns:
        A function that takes one more leading argument, `defer(body, captured)`, which it calls
        for each block it passes; None where no block in it belongs to a scope.

    Raises:
        LazyError: The source cannot be read, or a block contains what cannot run later.
    """
    code = function.__code__
    splitter = Splitter(function, is_lazy, inline)
    definition = splitter.split(definition_of(function))
    if not splitter.bodies and not splitter.inlined:
        return None
    if splitter.bodies:
        first = _compile(definition, code)
        # The compiler leaves out what can never be reached.
        names = [name for name in splitter.bodies if _code(first, name) is not None]
        captures = {name: _captured(first, name) for name in names}
        _check_flow(first, captures, function)
        for name in names:
            _take_captures(splitter.bodies[name], splitter.calls[name], captures[name])
    return _rebuild(_compile(definition, code), function)


def _compile(definition: ast.FunctionDef, code: CodeType) -> CodeType:
    """Compile the definition inside a factory that provides its closure; return its code."""
    parameters = [*HELPERS, *code.co_freevars]
    factory = ast.parse(f"def factory({', '.join(parameters)}):\n pass").body[0]
    assert isinstance(factory, ast.FunctionDef)
    factory.body = [definition]
    module = ast.parse("")
    module.body = [factory]
    flags = code.co_flags & FUTURE_FLAGS
    compiled = compile(module, code.co_filename, "exec", flags, dont_inherit=True)
    return _find_code(_find_code(compiled, "factory"), definition.name)


def _code(code: CodeType, name: str) -> CodeType | None:
    for constant in code.co_consts:
        if isinstance(constant, CodeType) and constant.co_name == name:
            return constant
    return None


def _find_code(code: CodeType, name: str) -> CodeType:
    found = _code(code, name)
    assert found is not None
    return found


def _captured(view: CodeType, name: str) -> tuple[str, ...]:
    """Return the local variables of a view that a block reads, or writes after them."""
    body = _find_code(view, name)
    outside = {*view.co_varnames, *view.co_cellvars}
    inside = {*body.co_varnames, *body.co_cellvars, *body.co_freevars}
    return tuple(sorted(outside & inside))


def _check_flow(view: CodeType, captures: dict[str, tuple[str, ...]], function: Any) -> None:
    """Refuse a variable that a block sets and the code after the block reads."""
    bound: set[str] = set()
    for name, captured in captures.items():
        body = _find_code(view, name)
        bound.update({*body.co_varnames, *body.co_cellvars} - set(captured))
    original = function.__code__
    local = bound & {*original.co_varnames, *original.co_cellvars}
    readers = [view, *(_find_code(view, name) for name in captures)]
    for code in readers:
        for variable in sorted(local & set(code.co_names)):
            if variable in _global_names(code):
                raise LazyError(
                    f"{place_of(function)}: {variable!r} is set in a block that runs later, and"
                    " read outside of it; keep it in the config instead"
                )


def _global_names(code: CodeType) -> set[str]:
    """Return the names that a code object reads as globals."""
    import dis

    return {i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL"}


def _take_captures(body: ast.FunctionDef, call: ast.Call, names: tuple[str, ...]) -> None:
    """Give a body parameters for the captured variables; one without a value stays without."""
    checks = "".join(f"    if {name} is {UNBOUND}: del {name}\n" for name in names)
    text = f"def x({', '.join(names)}):\n{checks}    pass\n"
    template = ast.parse(text).body[0]
    assert isinstance(template, ast.FunctionDef)
    relocate([template], body)
    body.args = template.args
    declared = [s for s in body.body if isinstance(s, (ast.Global, ast.Nonlocal))]
    rest = body.body[len(declared) :]
    body.body = [*declared, *template.body[:-1], *rest]
    captured = ast.parse(repr(list(names)), mode="eval").body
    relocate([captured], body)
    call.args.append(captured)


def _cell(value: Any) -> Any:
    return (lambda: value).__closure__[0]  # type: ignore[index]


def _rebuild(code: CodeType, function: Any) -> Callable[..., Any]:
    """Return a function (defer, config) that runs `code` in the place of `function`."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or ()))
    unbound = Unbound()

    @calls_views
    def run(defer: Callable[..., None], *args: Any) -> Any:
        helpers = {
            DEFER: lambda body, local, names: defer(body, _values(local, names, unbound)),
            CAPTURE: locals_of_caller,
            UNBOUND: unbound,
        }
        closure = tuple(cells[n] if n in cells else _cell(helpers[n]) for n in code.co_freevars)
        new = FunctionType(code, function.__globals__, code.co_name, function.__defaults__, closure)
        new.__kwdefaults__ = function.__kwdefaults__
        return new(*args)

    return run


locals_of_caller = locals


def _values(local: dict[str, Any], names: list[str], unbound: Unbound) -> dict[str, Any]:
    """Keep the values that the captured variables have now."""
    return {name: local.get(name, unbound) for name in names}
