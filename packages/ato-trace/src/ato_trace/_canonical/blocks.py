"""Blocks of statements: one line of the canonical form each, indented by their depth."""

from __future__ import annotations

import _ast

from ato_trace._canonical.imports import emit_imports
from ato_trace._canonical.visit import STATEMENTS, visit_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._canonical.scopes import Scope

Import = _ast.Import
ImportFrom = _ast.ImportFrom

DEEPER = "  "


def visit_block(body: list[Any], out: list[str], scope: Scope, indent: str) -> None:
    """Append the lines of a block, in which neighbouring imports have no order."""
    imports: list[Any] = []
    for node in body:
        kind = type(node)
        if kind is Import or kind is ImportFrom:
            imports.append(node)
            continue
        if imports:
            emit_imports(imports, out, scope, indent)
            imports = []
        STATEMENTS[kind](node, out, scope, indent)
    if imports:
        emit_imports(imports, out, scope, indent)


def start_line(node: Any, out: list[str], scope: Scope, text: str) -> None:
    """Start a line of the canonical form, and note the source line of the node behind it."""
    scope.root.lines.append(node.lineno)
    out.append(text)


def unknown_statement(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    """A statement of a kind that this version of ato does not know."""
    start_line(node, out, scope, indent + "statement")
    visit_unknown(node, out, scope)
