"""Canonical tokens of expressions.

Each visitor appends tokens in prefix order to `out`. Nodes with a fixed number of children need
no brackets; the others open with ``(`` and close with ``)``. Children are visited in an order of
our own, never in that of ``_fields``, which differs between Python versions.
"""

from __future__ import annotations

import _ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List

    from ato_trace._scopes import Scope

    Visitor = Callable[[Any, List[str], Scope], None]

Load = _ast.Load
BinOp = _ast.BinOp
Attribute = _ast.Attribute
Name = _ast.Name

EXPRESSIONS: dict[Any, Visitor] = {}


def visit(node: Any, out: list[str], scope: Scope) -> None:
    """Append the tokens of one expression."""
    EXPRESSIONS[type(node)](node, out, scope)


def visit_optional(node: Any, out: list[str], scope: Scope) -> None:
    """Append the tokens of an expression, or ``_`` where there is none."""
    if node is None:
        out.append("_")
    else:
        EXPRESSIONS[type(node)](node, out, scope)


def visit_all(nodes: list[Any], out: list[str], scope: Scope) -> None:
    """Append the tokens of several expressions and a closing bracket."""
    for node in nodes:
        EXPRESSIONS[type(node)](node, out, scope)
    out.append(")")


def bind(name: str, out: list[str], scope: Scope) -> None:
    """Append the token of a name that is bound here by something other than a Name node."""
    scope.bound.add(name)
    scope.refs[name].append(len(out))
    out.append(name)


# -- constants ---------------------------------------------------------------------------------


def _integer(value: int) -> str:
    return repr(value) if -(1 << 64) < value < (1 << 64) else hex(value)


CONSTANTS: dict[Any, Callable[[Any], str]] = {
    int: _integer,
    float: float.__repr__,
    complex: complex.__repr__,
    str: ascii,  # repr depends on the Unicode tables of the Python version
    bytes: bytes.__repr__,
    bool: bool.__repr__,
    type(None): repr,
    type(...): repr,
}


def _constant(node: Any, out: list[str], scope: Scope) -> None:
    value = node.value
    out.append(CONSTANTS[type(value)](value))


def _legacy_text(node: Any, out: list[str], scope: Scope) -> None:
    out.append(CONSTANTS[type(node.s)](node.s))


def _legacy_number(node: Any, out: list[str], scope: Scope) -> None:
    out.append(CONSTANTS[type(node.n)](node.n))


def _legacy_ellipsis(node: Any, out: list[str], scope: Scope) -> None:
    out.append("Ellipsis")


# -- names and access --------------------------------------------------------------------------


def _name(node: Any, out: list[str], scope: Scope) -> None:
    name = node.id
    if type(node.ctx) is not Load:
        scope.bound.add(name)
    scope.refs[name].append(len(out))
    out.append(name)


def _attribute(node: Any, out: list[str], scope: Scope) -> None:
    while type(node) is Attribute:
        out.append("." + node.attr)
        node = node.value
    if type(node) is Name:  # as _name would do; most attributes are those of a name
        scope.refs[node.id].append(len(out))
        out.append(node.id)
    else:
        EXPRESSIONS[type(node)](node, out, scope)


def _subscript(node: Any, out: list[str], scope: Scope) -> None:
    out.append("[]")
    value = node.value
    EXPRESSIONS[type(value)](value, out, scope)
    value = node.slice
    EXPRESSIONS[type(value)](value, out, scope)


def _slice(node: Any, out: list[str], scope: Scope) -> None:
    out.append(":")
    visit_optional(node.lower, out, scope)
    visit_optional(node.upper, out, scope)
    visit_optional(node.step, out, scope)


def _legacy_index(node: Any, out: list[str], scope: Scope) -> None:
    visit(node.value, out, scope)


def _legacy_slices(node: Any, out: list[str], scope: Scope) -> None:
    out.append("(tuple")
    visit_all(node.dims, out, scope)


def _starred(node: Any, out: list[str], scope: Scope) -> None:
    out.append("*")
    visit(node.value, out, scope)


def _named(node: Any, out: list[str], scope: Scope) -> None:
    out.append(":=")
    name = node.target.id
    scope.owner.bound.add(name)
    scope.refs[name].append(len(out))
    out.append(name)
    visit(node.value, out, scope)


# -- operators and calls -----------------------------------------------------------------------

_BINARY = {
    "Add": "+",
    "Sub": "-",
    "Mult": "*",
    "MatMult": "@",
    "Div": "/",
    "Mod": "%",
    "Pow": "**",
    "LShift": "<<",
    "RShift": ">>",
    "BitOr": "|",
    "BitXor": "^",
    "BitAnd": "&",
    "FloorDiv": "//",
}
_COMPARISONS = {
    "Eq": "==",
    "NotEq": "!=",
    "Lt": "<",
    "LtE": "<=",
    "Gt": ">",
    "GtE": ">=",
    "Is": "is",
    "IsNot": "is-not",
    "In": "in",
    "NotIn": "not-in",
}
_UNARY = {"Invert": "invert", "Not": "not", "UAdd": "plus", "USub": "minus"}

# A binary operator is written "2+", so that no token means two things ("*" also opens a star).
BINARY = {getattr(_ast, name): "2" + text for name, text in _BINARY.items()}
COMPARISONS = {getattr(_ast, name): text for name, text in _COMPARISONS.items()}
UNARY = {getattr(_ast, name): text for name, text in _UNARY.items()}
BOOLEAN = {_ast.And: "(and", _ast.Or: "(or"}


def _binary(node: Any, out: list[str], scope: Scope) -> None:
    # A loop down the left spine: a sum of a thousand terms must not recurse a thousand deep.
    rights = []
    while type(node) is BinOp:
        out.append(BINARY[type(node.op)])
        rights.append(node.right)
        node = node.left
    EXPRESSIONS[type(node)](node, out, scope)
    while rights:
        node = rights.pop()
        EXPRESSIONS[type(node)](node, out, scope)


def _unary(node: Any, out: list[str], scope: Scope) -> None:
    out.append(UNARY[type(node.op)])
    visit(node.operand, out, scope)


def _boolean(node: Any, out: list[str], scope: Scope) -> None:
    out.append(BOOLEAN[type(node.op)])
    visit_all(node.values, out, scope)


def _compare(node: Any, out: list[str], scope: Scope) -> None:
    out.append("(compare")
    visit(node.left, out, scope)
    for operator, right in zip(node.ops, node.comparators):
        out.append(COMPARISONS[type(operator)])
        EXPRESSIONS[type(right)](right, out, scope)
    out.append(")")


def visit_keywords(keywords: list[Any], out: list[str], scope: Scope) -> None:
    """Append keyword arguments; their names are the callee's, so they count."""
    for keyword in keywords:
        out.append("**" if keyword.arg is None else keyword.arg + "=")
        value = keyword.value
        EXPRESSIONS[type(value)](value, out, scope)


def _call(node: Any, out: list[str], scope: Scope) -> None:
    out.append("(call")
    value = node.func
    EXPRESSIONS[type(value)](value, out, scope)
    for value in node.args:
        EXPRESSIONS[type(value)](value, out, scope)
    if node.keywords:
        visit_keywords(node.keywords, out, scope)
    out.append(")")


def _conditional(node: Any, out: list[str], scope: Scope) -> None:
    out.append("?")
    visit(node.test, out, scope)
    visit(node.body, out, scope)
    visit(node.orelse, out, scope)


# -- containers --------------------------------------------------------------------------------


def _tuple(node: Any, out: list[str], scope: Scope) -> None:
    out.append("(tuple")
    visit_all(node.elts, out, scope)


def _list(node: Any, out: list[str], scope: Scope) -> None:
    out.append("(list")
    visit_all(node.elts, out, scope)


def _set(node: Any, out: list[str], scope: Scope) -> None:
    out.append("(set")
    visit_all(node.elts, out, scope)


def _dict(node: Any, out: list[str], scope: Scope) -> None:
    out.append("(dict")
    for key, value in zip(node.keys, node.values):
        if key is None:
            out.append("**")
        else:
            EXPRESSIONS[type(key)](key, out, scope)
        EXPRESSIONS[type(value)](value, out, scope)
    out.append(")")


# -- functions inside expressions --------------------------------------------------------------


def visit_arguments(args: Any, out: list[str], inner: Scope, outer: Scope) -> None:
    """Append parameters: their order, kinds and defaults count, their names do not."""
    out.append("(args")
    only = getattr(args, "posonlyargs", [])
    positional = only + args.args
    first_default = len(positional) - len(args.defaults)
    for index, parameter in enumerate(positional):
        if index == len(only) and only:
            out.append("/")
        bind(parameter.arg, out, inner)
        if index >= first_default:
            out.append("=")
            visit(args.defaults[index - first_default], out, outer)
    if only and len(only) == len(positional):
        out.append("/")
    _visit_keyword_only(args, out, inner, outer)
    out.append(")")


def _visit_keyword_only(args: Any, out: list[str], inner: Scope, outer: Scope) -> None:
    if args.vararg is not None:
        out.append("*args")
        bind(args.vararg.arg, out, inner)
    elif args.kwonlyargs:
        out.append("*")
    for parameter, default in zip(args.kwonlyargs, args.kw_defaults):
        bind(parameter.arg, out, inner)
        if default is not None:
            out.append("=")
            visit(default, out, outer)
    if args.kwarg is not None:
        out.append("**kwargs")
        bind(args.kwarg.arg, out, inner)


def _lambda(node: Any, out: list[str], scope: Scope) -> None:
    inner = scope.function()
    out.append("lambda")
    visit_arguments(node.args, out, inner, scope)
    visit(node.body, out, inner)
    inner.close()


def _comprehension(tag: str) -> Visitor:
    def visitor(node: Any, out: list[str], scope: Scope) -> None:
        inner = scope.comprehension()
        out.append(tag)
        iterated_in = scope  # the first iterable is evaluated outside the comprehension
        for generator in node.generators:
            out.append("async-for" if generator.is_async else "for")
            visit(generator.iter, out, iterated_in)
            visit(generator.target, out, inner)
            for test in generator.ifs:
                out.append("if")
                visit(test, out, inner)
            iterated_in = inner
        out.append("=>")
        if type(node) is _ast.DictComp:
            visit(node.key, out, inner)
            visit(node.value, out, inner)
        else:
            visit(node.elt, out, inner)
        out.append(")")
        inner.close()

    return visitor


def _prefixed(tag: str) -> Visitor:
    def visitor(node: Any, out: list[str], scope: Scope) -> None:
        out.append(tag)
        visit_optional(node.value, out, scope)

    return visitor


# -- f-strings ---------------------------------------------------------------------------------


def _pieces(values: list[Any]) -> list[Any]:
    """The literal texts of an f-string, joined where they touch, and its fields.

    Versions of Python split the same literal text differently.
    """
    pieces: list[Any] = []
    for value in values:
        text = _literal_text(value)
        if text is None:
            pieces.append(value)
        elif text and pieces and pieces[-1].__class__ is str:
            pieces[-1] += text
        elif text:
            pieces.append(text)
    return pieces


def _literal_text(node: Any) -> str | None:
    if type(node) is _ast.Constant:
        return str(node.value)
    return str(node.s) if type(node).__name__ == "Str" else None


def _fstring(node: Any, out: list[str], scope: Scope) -> None:
    pieces = _pieces(node.values)
    if not pieces or (len(pieces) == 1 and pieces[0].__class__ is str):
        out.append(ascii(pieces[0] if pieces else ""))
        return
    out.append("(fstring")
    _visit_pieces(pieces, out, scope)
    out.append(")")


def _visit_pieces(pieces: list[Any], out: list[str], scope: Scope) -> None:
    for piece in pieces:
        if type(piece) is str:
            out.append(ascii(piece))
        else:
            visit(piece, out, scope)


def _field(node: Any, out: list[str], scope: Scope) -> None:
    conversion = node.conversion
    out.append("(field" if conversion in (-1, None) else "(field!" + chr(conversion))
    visit(node.value, out, scope)
    if node.format_spec is not None:
        # An empty format is no format; a dynamic one is an f-string of its own.
        _visit_pieces(_pieces(node.format_spec.values), out, scope)
    out.append(")")


# -- anything a newer Python adds --------------------------------------------------------------


def visit_unknown(node: Any, out: list[str], scope: Scope) -> None:
    """Append a node of a kind that this version of ato does not know, field by field."""
    out.append("(" + type(node).__name__)
    for field in node._fields:
        out.append(field + ":")
        value = getattr(node, field, None)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, _ast.expr):
                visit(item, out, scope)
            elif isinstance(item, _ast.AST):
                visit_unknown(item, out, scope)
            else:
                out.append(ascii(item))
    out.append(")")


def _register() -> None:
    known: dict[str, Visitor] = {
        "Attribute": _attribute,
        "Await": _prefixed("await"),
        "BinOp": _binary,
        "BoolOp": _boolean,
        "Bytes": _legacy_text,
        "Call": _call,
        "Compare": _compare,
        "Constant": _constant,
        "Dict": _dict,
        "DictComp": _comprehension("(dictcomp"),
        "Ellipsis": _legacy_ellipsis,
        "ExtSlice": _legacy_slices,
        "FormattedValue": _field,
        "GeneratorExp": _comprehension("(genexp"),
        "IfExp": _conditional,
        "Index": _legacy_index,
        "JoinedStr": _fstring,
        "Lambda": _lambda,
        "List": _list,
        "ListComp": _comprehension("(listcomp"),
        "Name": _name,
        "NameConstant": _constant,
        "NamedExpr": _named,
        "Num": _legacy_number,
        "Set": _set,
        "SetComp": _comprehension("(setcomp"),
        "Slice": _slice,
        "Starred": _starred,
        "Str": _legacy_text,
        "Subscript": _subscript,
        "Tuple": _tuple,
        "UnaryOp": _unary,
        "Yield": _prefixed("yield"),
        "YieldFrom": _prefixed("yield-from"),
    }
    for kind in _ast.expr.__subclasses__() + getattr(_ast, "slice", _ast.expr).__subclasses__():
        EXPRESSIONS[kind] = known.get(kind.__name__, visit_unknown)


_register()
