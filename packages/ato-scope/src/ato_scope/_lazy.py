"""`with Scope.lazy():` in a view: split the view so that the body of the block can run later.

The view is compiled again from its own source, with each block replaced by a function definition
that is handed over together with the values its local variables have at that moment. File name,
line numbers, globals, defaults and closure stay those of the view, so tracebacks, debuggers and
coverage see what the author wrote.
"""

from __future__ import annotations

import ast
import linecache
from types import CodeType, FunctionType

from ato_scope._errors import LazyError
from ato_scope._places import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator

BODY = "<lazy>"
DEFER = "__ato_defer__"
CAPTURE = "__ato_capture__"
UNBOUND = "__ato_unbound__"
HELPERS = (DEFER, CAPTURE, UNBOUND)
ADVICE = "; make it a view of its own with lazy=True"
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
    splitter = _Splitter(function, is_lazy, inline)
    definition = splitter.split(_definition(function))
    if not splitter.bodies and not splitter.inlined:
        return None
    if splitter.bodies:
        first = _compile(definition, code)
        captures = {name: _captured(first, name) for name in splitter.bodies}
        _check_flow(first, splitter, captures, definition, function)
        for name, body in splitter.bodies.items():
            _take_captures(body, splitter.calls[name], captures[name])
    return _rebuild(_compile(definition, code), function)


def _definition(function: Any) -> ast.FunctionDef:
    """Return a fresh syntax tree of the definition of `function`, without its decorators."""
    code = function.__code__
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename, function.__globals__)
    if not lines:
        raise LazyError(_place(function) + ": the source cannot be read" + ADVICE)
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        tree = ast.Module(body=[], type_ignores=[])
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == code.co_name:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first == code.co_firstlineno:
                node.decorator_list = []
                return node
    raise LazyError(_place(function) + ": the source has changed since it was read" + ADVICE)


def _place(function: Any, line: int | None = None) -> str:
    code = function.__code__
    place = shorten(f"{code.co_filename}:{line or code.co_firstlineno}")
    return f"with Scope.lazy() in view {code.co_name!r} ({place})"


class _Splitter(ast.NodeTransformer):
    """Replaces the lazy blocks of one function.

    Attributes:
        bodies: The definition that each block became, by its name.
        calls: The call that hands each of them over.
        inlined: Whether a block was kept in place.
    """

    def __init__(self, function: Any, is_lazy: Callable[[Any], bool], inline: bool) -> None:
        self.function = function
        self.is_lazy = is_lazy
        self.inline = inline
        self.inlined = False
        self.bodies: dict[str, ast.FunctionDef] = {}
        self.calls: dict[str, ast.Call] = {}
        self.declared: list[ast.stmt] = []

    def split(self, definition: ast.FunctionDef) -> ast.FunctionDef:
        self.declared = [
            node
            for node in _own_nodes(definition.body)
            if isinstance(node, (ast.Global, ast.Nonlocal))
        ]
        definition.body = [s for node in definition.body for s in self._statements(node)]
        return definition

    def _statements(self, node: ast.stmt) -> list[ast.stmt]:
        result = self.visit(node)
        return result if isinstance(result, list) else [result]

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, SCOPES):
            return node
        return self._with(node) if isinstance(node, ast.With) else self.generic_visit(node)

    def _with(self, node: ast.With) -> Any:
        marks = [self._is_mark(item.context_expr) for item in node.items]
        if not any(marks):
            return self.generic_visit(node)
        item = node.items[0]
        if len(marks) > 1 or item.optional_vars is not None or _has_arguments(item.context_expr):
            raise self._refused(node, "write it exactly as 'with Scope.lazy():'")
        self._check_body(node.body)
        was_inline, self.inline = self.inline, True
        body = [s for statement in node.body for s in self._statements(statement)]
        self.inline = was_inline
        if self.inline:
            self.inlined = True
            test = ast.copy_location(_constant(True), node)
            return ast.copy_location(ast.If(test=test, body=body, orelse=[]), node)
        return self._deferred(node, body)

    def _is_mark(self, node: ast.expr) -> bool:
        """Whether an expression is a call of the `lazy` of a scope."""
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            return False
        if node.func.attr != "lazy":
            return False
        owner = _resolve(node.func.value, self.function)
        return owner is not None and self.is_lazy(getattr(owner, "lazy", None))

    def _deferred(self, node: ast.With, body: list[ast.stmt]) -> list[ast.stmt]:
        name = f"{BODY[:-1]} {len(self.bodies) + 1}>" if self.bodies else BODY
        source = f"def x():\n pass\n{DEFER}(x, {CAPTURE}())"
        definition, statement = ast.parse(source).body
        assert isinstance(definition, ast.FunctionDef)
        assert isinstance(statement, ast.Expr)
        call = statement.value
        assert isinstance(call, ast.Call)
        definition.name = name
        assert isinstance(call.args[0], ast.Name)
        call.args[0].id = name
        _relocate([definition, statement], node)
        definition.body = [*self._declarations(body), *body]
        self.bodies[name] = definition
        self.calls[name] = call
        return [definition, statement]

    def _declarations(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Repeat in a body the global and nonlocal declarations of the view that concern it."""
        used = {n.id for s in body for n in ast.walk(s) if isinstance(n, ast.Name)}
        found: list[ast.stmt] = []
        for node in self.declared:
            names = [name for name in node.names if name in used]  # type: ignore[attr-defined]
            if names:
                found.append(ast.copy_location(type(node)(names=names), body[0]))  # type: ignore
        return found

    def _check_body(self, body: list[ast.stmt]) -> None:
        for node in _own_nodes(body):
            if isinstance(node, ast.Return):
                raise self._refused(node, "'return' cannot leave a block that runs later")
            if isinstance(node, (ast.Yield, ast.YieldFrom, ast.Await)):
                raise self._refused(node, "'yield' cannot stand in a block that runs later")
        for node in _leaving(body):
            word = type(node).__name__.lower()
            raise self._refused(node, f"'{word}' cannot leave a block that runs later")

    def _refused(self, node: Any, problem: str) -> LazyError:
        return LazyError(f"{_place(self.function, node.lineno)}: {problem}")


def _constant(value: bool) -> ast.expr:
    return ast.parse(str(value), mode="eval").body


def _has_arguments(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and bool(node.args or node.keywords)


def _relocate(nodes: list[ast.AST], place: ast.stmt) -> None:
    for root in nodes:
        for node in ast.walk(root):
            if hasattr(node, "lineno"):
                ast.copy_location(node, place)


def _resolve(node: ast.expr, function: Any) -> Any:
    """Return the object that a dotted name in a function means, None where it is not known yet."""
    if isinstance(node, ast.Attribute):
        return getattr(_resolve(node.value, function), node.attr, None)
    if not isinstance(node, ast.Name):
        return None
    if node.id in function.__code__.co_freevars:
        cell = function.__closure__[function.__code__.co_freevars.index(node.id)]
        try:
            return cell.cell_contents
        except ValueError:
            return None
    return function.__globals__.get(node.id)


SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
LOOPS = (ast.For, ast.AsyncFor, ast.While)


def _own_nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the nodes of a body that belong to its own function."""
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, SCOPES):
            stack.extend(ast.iter_child_nodes(node))


def _leaving(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the break and continue statements that belong to a loop around the body."""
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.Break, ast.Continue)):
            yield node
        elif isinstance(node, LOOPS):
            stack.extend(node.orelse)
        elif not isinstance(node, SCOPES):
            stack.extend(ast.iter_child_nodes(node))


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


def _find_code(code: CodeType, name: str) -> CodeType:
    for constant in code.co_consts:
        if isinstance(constant, CodeType) and constant.co_name == name:
            return constant
    raise LazyError(f"no code of {name!r} was found")


def _captured(view: CodeType, name: str) -> tuple[str, ...]:
    """Return the local variables of a view that a block reads, or writes after them."""
    body = _find_code(view, name)
    outside = {*view.co_varnames, *view.co_cellvars}
    inside = {*body.co_varnames, *body.co_cellvars, *body.co_freevars}
    return tuple(sorted(outside & inside))


def _check_flow(
    view: CodeType,
    splitter: _Splitter,
    captures: dict[str, tuple[str, ...]],
    definition: ast.FunctionDef,
    function: Any,
) -> None:
    """Refuse a variable that a block sets and the code after the block reads."""
    bound: set[str] = set()
    for name in splitter.bodies:
        body = _find_code(view, name)
        bound.update({*body.co_varnames, *body.co_cellvars} - set(captures[name]))
    original = function.__code__
    local = bound & {*original.co_varnames, *original.co_cellvars}
    readers = [view, *(_find_code(view, name) for name in splitter.bodies)]
    for code in readers:
        for variable in sorted(local & set(code.co_names)):
            if variable in _global_names(code):
                raise LazyError(
                    f"{_place(function)}: {variable!r} is set in a block that runs later, and read"
                    " outside of it; keep it in the config instead"
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
    _relocate([template], body)
    body.args = template.args
    declared = [s for s in body.body if isinstance(s, (ast.Global, ast.Nonlocal))]
    rest = body.body[len(declared) :]
    body.body = [*declared, *template.body[:-1], *rest]
    captured = ast.parse(repr(list(names)), mode="eval").body
    _relocate([captured], body)
    call.args.append(captured)


def _cell(value: Any) -> Any:
    return (lambda: value).__closure__[0]  # type: ignore[index]


def _rebuild(code: CodeType, function: Any) -> Callable[..., Any]:
    """Return a function (defer, config) that runs `code` in the place of `function`."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or ()))
    unbound = Unbound()

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
