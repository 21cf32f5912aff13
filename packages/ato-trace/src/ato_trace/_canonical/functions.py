"""Tokens of what opens a scope inside an expression: parameters, lambdas, comprehensions."""

from __future__ import annotations

import _ast

from ato_trace._canonical.visit import bind, visit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._canonical.scopes import Scope
    from ato_trace._canonical.visit import Visitor


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


VISITORS: dict[str, Visitor] = {
    "DictComp": _comprehension("(dictcomp"),
    "GeneratorExp": _comprehension("(genexp"),
    "Lambda": _lambda,
    "ListComp": _comprehension("(listcomp"),
    "SetComp": _comprehension("(setcomp"),
}
