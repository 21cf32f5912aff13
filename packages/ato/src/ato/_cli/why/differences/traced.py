"""Traced functions whose logic differs, and what their fingerprints left out."""

from __future__ import annotations

import re

from ato._cli.why.differences.sources import full_name
from ato_adict.surroundings import from_here

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Sequence

    from ato_sql.comparing import Comparison, Stored, StoredPrint, StoredRun


def code_changes(
    stored: Stored,
    a: StoredRun,
    b: StoredRun,
    compared: Comparison,
    sources: Sequence[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Return the traced functions that differ, with the statements that do.

    What is told here is marked in `sources` with the trace.
    """
    if not compared.code:
        return []
    ends = [side[-1] for one in compared.code.values() for side in (one.a, one.b) if side]
    known = stored.prints(ends)
    changes = []
    for trace_id, change in compared.code.items():
        sides = [known.get(side[-1]) if side else None for side in (change.a, change.b)]
        places = [_place(side) for side in sides]
        told = [] if change.problem else _statements(*sides)
        for statement in told:
            _match(statement, trace_id, sources)
        changes.append(
            {
                "trace_id": trace_id,
                "a": list(change.a),
                "b": list(change.b),
                "problem": change.problem,
                "function": _function(stored, b, sides[1]) or _function(stored, a, sides[0]),
                "places": places,
                "statements": told,
            }
        )
    return changes


def _place(side: StoredPrint | None) -> str | None:
    return from_here(side.location) if side is not None and side.location else None


def _function(stored: Stored, run: StoredRun, side: StoredPrint | None) -> str | None:
    """`module.Class.method` of a traced function; without the class where no source was kept."""
    if side is None or not side.location:
        return _own_name(side)
    file, _, line = side.location.rpartition(":")
    for module, one in run.modules.items():
        is_here = str(one["path"]).endswith(file)  # the program's own may be relative, before 3.9
        text = stored.texts([one["hash"]]).get(one["hash"]) if is_here else None
        if text is not None and line.isdigit():
            name = _name_at(text, int(line))
            return full_name(module, one["name"], name) if name else _own_name(side)
    return _own_name(side)


def _own_name(side: StoredPrint | None) -> str | None:
    found = re.search(r"\b(?:def|class)\s+(\w+)", (side.source or "") if side else "")
    return found.group(1) if found else None


def _name_at(text: str, line: int) -> str:
    import ast

    try:
        nodes = ast.parse(text).body
    except (SyntaxError, ValueError):
        return ""
    return next(filter(None, (_qualified(node, line) for node in nodes)), "")


def _qualified(top: Any, line: int) -> str:
    """`Class.method` of the innermost definition below a node that holds a line."""
    import ast

    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names, body = [], [top]
    while body:
        inner = [n for n in body if isinstance(n, kinds) and _first(n) <= line <= _last(n)]
        if not inner:
            break
        names.append(inner[-1].name)
        body = list(inner[-1].body)
    return ".".join(names)


def _first(node: Any) -> int:
    return min([int(node.lineno), *(int(one.lineno) for one in node.decorator_list)])


def _last(node: Any) -> int:
    import ast

    return max(getattr(one, "lineno", 0) for one in ast.walk(node))


def _statements(old: StoredPrint | None, new: StoredPrint | None) -> list[dict[str, Any]]:
    from ato_trace import ExplainError, explain_change

    if old is None or new is None or old.canonical is None or new.canonical is None:
        return []
    try:
        explained = explain_change((old.canonical, old.source), (new.canonical, new.source))
    except ExplainError:  # an older run kept digests only
        return []
    return [
        {
            **{name: getattr(one, name) for name in ("function", "kind", "old", "new")},
            "old_line": one.old_line,
            "new_line": one.new_line,
            "places": [_at(one, one.old_line, old), _at(one, one.new_line, new)],
            "name": None,
        }
        for one in explained.changes
    ]


def _at(change: Any, line: int | None, version: StoredPrint) -> str | None:
    """File and line of a changed statement of the traced function itself."""
    if line is None or not version.location or _own_name(version) != change.function:
        return None
    file, _, first = version.location.rpartition(":")
    return f"{from_here(file)}:{int(first) + line - 1}" if first.isdigit() else None


def _match(statement: dict[str, Any], trace_id: str, sources: Iterable[dict[str, Any]]) -> None:
    """Find the definition that a statement stands in: it knows class, file and line."""
    if statement["kind"] == "value":
        _match_value(statement, trace_id, sources)
        return
    wanted = _squeezed(statement["old"]), _squeezed(statement["new"])
    for change in sources:
        if change["function"].rpartition(".")[2] != statement["function"].partition(":")[0]:
            continue
        found = _squeezed(change["old"]), _squeezed(change["new"])
        if all(mine in other for mine, other in zip(wanted, found)) and any(wanted):
            change["traced_as"] = trace_id
            statement["name"] = change["name"]
            own = zip(statement["places"], change["places"])
            statement["places"] = [mine or other for mine, other in own]


def _match_value(
    statement: dict[str, Any], trace_id: str, sources: Iterable[dict[str, Any]]
) -> None:
    """Find the statement that gives a global, or an attribute of a class, its value."""
    used = re.split(r"[\[(]", statement["function"].partition(": ")[2])[0]
    name = used.rpartition(".")[2]
    if not name:
        return
    gives = re.compile(rf"\s*{re.escape(name)}\s*(:[^=\n]*)?=[^=]")
    for change in sources:
        if change["kind"] == "changed" and all(gives.match(change[s]) for s in ("old", "new")):
            change["traced_as"] = trace_id
            statement["places"] = change["places"]


def _squeezed(text: str) -> str:
    return "".join(text.split())


def skipped_by(stored: Stored, run: StoredRun) -> list[dict[str, Any]]:
    """Return what the fingerprints of a run did not follow, and why."""
    ids = {key[1]: prints[-1] for key, prints in run.fingerprints.items() if key[0] == "static"}
    known = stored.prints(ids.values())
    return [
        {"trace_id": trace_id, "name": str(one[0]), "reason": " ".join(map(str, one[1:]))}
        for trace_id, fingerprint in ids.items()
        for one in (known[fingerprint].skipped if fingerprint in known else ())
        if one
    ]
