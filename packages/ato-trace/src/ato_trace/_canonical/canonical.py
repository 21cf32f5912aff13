"""The canonical form of a function, class or module: the text that is hashed.

Two pieces of code have the same canonical form exactly when they differ only in what decision 11
of the design calls cosmetic: comments, layout, docstrings, annotations, their own name, the names
of parameters and local variables, and decorators of ato. It is the same on every version of
Python.
"""

from __future__ import annotations

import _ast

from ato_trace._canonical import (
    constants,
    definitions,
    expressions,
    functions,
    operators,
    statements,
)
from ato_trace._canonical.blocks import unknown_statement, visit_block
from ato_trace._canonical.definitions import FUNCTION_TAGS, visit_class, visit_function
from ato_trace._canonical.scopes import ROOT, Root, Scope
from ato_trace._canonical.visit import EXPRESSIONS, STATEMENTS, visit, visit_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NamedTuple

    class Canonical(NamedTuple):
        """A canonical form, and the source line behind each of its lines."""

        text: str
        lines: list[int]
        names: frozenset[str]

else:
    from collections import namedtuple

    Canonical = namedtuple("Canonical", "text lines names")

# The first word of every canonical form; a change of the form changes the number.
VERSION = "2"
# A line of a decorator of the definition itself.
DECORATOR = "\n@"


def canonical_form(
    node: Any, own_name: str | None = None, ours: Callable[[str], bool] | None = None
) -> Canonical:
    """Serialise a FunctionDef, AsyncFunctionDef, ClassDef, Lambda or Module node.

    Args:
        node: The syntax tree.
        own_name: The name by which the code can call itself, if it can; calls of itself then do
            not depend on that name.
        ours: Whether a decorator, by its dotted name, is one of ato, which does not count. None if
            only its spelling can tell.

    Returns:
        The text, the source line of each line of it, and the free names (globals and closures).
    """
    root = Root(ours)
    scope = Scope(ROOT, None, root)
    out: list[str] = [VERSION]
    root.lines.append(getattr(node, "lineno", 1))
    kind = node.__class__
    if kind in FUNCTION_TAGS:
        out.append(FUNCTION_TAGS[kind])
        visit_function(node, out, scope, "\n", DECORATOR)
    elif kind is _ast.ClassDef:
        out.append("class")
        visit_class(node, out, scope, "\n", DECORATOR)
    elif kind is _ast.Module:
        out.append("module")
        visit_block(node.body, out, scope, "\n  ")
    else:
        visit(node, out, scope)
    root.name_tokens(out, own_name)
    return Canonical(" ".join(out).replace(" \n", "\n"), root.lines, frozenset(root.free))


# -- which visitor takes which node -------------------------------------------------------------


def _fill_tables() -> None:
    """Fill the tables of visitors; kinds that only a newer Python has get a general one."""
    of_expressions = {
        **constants.VISITORS,
        **expressions.VISITORS,
        **functions.VISITORS,
        **operators.VISITORS,
    }
    of_statements = {
        **definitions.VISITORS,
        **statements.VISITORS,
    }
    slices = getattr(_ast, "slice", _ast.expr).__subclasses__()  # before Python 3.9
    for kind in _ast.expr.__subclasses__() + slices:
        EXPRESSIONS[kind] = of_expressions.get(kind.__name__, visit_unknown)
    for kind in _ast.stmt.__subclasses__():
        STATEMENTS[kind] = of_statements.get(kind.__name__, unknown_statement)


_fill_tables()
