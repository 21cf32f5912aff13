"""The canonical form of a function, class or module: the text that is hashed.

Two pieces of code have the same canonical form exactly when they differ only in what decision 11
of the design calls cosmetic: comments, layout, docstrings, their own decorators, annotations,
their own name, and the names of parameters and local variables. It is the same on every version
of Python.
"""

from __future__ import annotations

import _ast

import ato_trace._grammar  # noqa: F401 - fills the tables of visitors
from ato_trace._blocks import visit_block
from ato_trace._definitions import FUNCTION_TAGS, visit_class, visit_function
from ato_trace._scopes import ROOT, Root, Scope
from ato_trace._visit import visit

TYPE_CHECKING = False
if TYPE_CHECKING:
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
VERSION = "1"


def canonical_form(node: Any, own_name: str | None = None) -> Canonical:
    """Serialise a FunctionDef, AsyncFunctionDef, ClassDef, Lambda or Module node.

    Args:
        node: The syntax tree.
        own_name: The name by which the code can call itself, if it can; calls of itself then do
            not depend on that name.

    Returns:
        The text, the source line of each line of it, and the free names (globals and closures).
    """
    root = Root()
    scope = Scope(ROOT, None, root)
    out: list[str] = [VERSION]
    root.lines.append(getattr(node, "lineno", 1))
    kind = node.__class__
    if kind in FUNCTION_TAGS:
        out.append(FUNCTION_TAGS[kind])
        visit_function(node, out, scope, "\n")
    elif kind is _ast.ClassDef:
        out.append("class")
        visit_class(node, out, scope, "\n")
    elif kind is _ast.Module:
        out.append("module")
        visit_block(node.body, out, scope, "\n  ")
    else:
        visit(node, out, scope)
    root.name_tokens(out, own_name)
    return Canonical(" ".join(out).replace(" \n", "\n"), root.lines, frozenset(root.free))
