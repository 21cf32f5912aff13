"""Neighbouring imports: a set of (what is imported, the name it gets), not a sequence."""

from __future__ import annotations

import _ast

from ato_trace._canonical.visit import bind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple

    from ato_trace._canonical.scopes import Scope

    Entry = Tuple[str, str, int]  # what is imported, the name bound to it, source line


def emit_imports(nodes: list[Any], out: list[str], scope: Scope, indent: str) -> None:
    """Append one line per imported name, sorted unless their order decides what a name means."""
    entries = [entry for node in nodes for entry in _entries(node)]
    if not _order_matters(entries):
        entries.sort(key=lambda entry: entry[0])
    for what, name, line in entries:
        scope.root.lines.append(line)
        out.append(indent + what)
        if name != "*":
            bind(name, out, scope)


def _entries(node: Any) -> list[Entry]:
    if node.__class__ is _ast.ImportFrom:
        module = "." * (node.level or 0) + (node.module or "")
        return [
            ("from " + module + " import " + alias.name, alias.asname or alias.name, node.lineno)
            for alias in node.names
        ]
    return [_plain(alias, node.lineno) for alias in node.names]


def _plain(alias: Any, line: int) -> Entry:
    if alias.asname:
        return "import " + alias.name, alias.asname, line
    top = alias.name.split(".")[0]
    # `import a.b` binds a, `import a.b as x` binds a.b.
    suffix = "" if top == alias.name else " top"
    return "import " + alias.name + suffix, top, line


def _order_matters(entries: list[Entry]) -> bool:
    meanings: dict[str, str] = {}
    for what, name, _ in entries:
        meaning = "import " + name if what.endswith(" top") else what
        if name == "*" or meanings.setdefault(name, meaning) != meaning:
            return True
    return False
