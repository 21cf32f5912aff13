"""Definitions that differ in the modules that were loaded, traced or not."""

from __future__ import annotations

import posixpath
import re

from ato._cli.why.differences.config import is_code_alone
from ato._cli.why.differences.naming import mark_unused
from ato._cli.why.typed import changes_nothing, variables_set
from ato_adict import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Sequence

    from ato_sql.comparing import Comparison, Stored, StoredRun


def source_changes(
    stored: Stored, a: StoredRun, b: StoredRun, compared: Comparison
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the definitions that differ, and the modules that only one run had loaded."""
    if not compared.sources:
        return [], []
    from ato_trace import explain_sources

    pairs = {module: (pair.a, pair.b) for module, pair in compared.sources.items()}
    digests = {digest for pair in pairs.values() for digest in pair if digest is not MISSING}
    texts = stored.texts(digests)
    # Modules that only one run had are handed over as well: they may have been renamed.
    old, new = _side(a, pairs, 0, texts), _side(b, pairs, 1, texts)
    found = explain_sources(old, new)
    whole = {module for module in pairs if _is_new_or_gone(module, found, old, new)}
    changes = [_source_change(one, a, b) for one in found if one.module not in whole]
    changes = [one for one in changes if not changes_nothing(one)]
    both = [module for module, pair in pairs.items() if MISSING not in pair]
    lost = [m for m in both if m not in old or m not in new]
    changes += [_untold(module, a, b, "too large to keep") for module in lost]
    alike = [m for m in both if m not in lost and old[m]["text"] == new[m]["text"]]
    changes += [_untold(module, a, b, "in a secret, or the end of a line") for module in alike]
    mark_unused(changes, stored, a, b)
    return changes, [_one_sided(module, a, b) for module in pairs if module in whole]


def _side(
    run: StoredRun, pairs: Mapping[str, Any], side: int, texts: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """The modules of one run that differ and whose texts are kept."""
    return {
        module: {"text": texts[pair[side]], "name": run.modules[module]["name"]}
        for module, pair in pairs.items()
        if pair[side] is not MISSING and pair[side] in texts
    }


def _is_new_or_gone(
    module: str, found: Sequence[Any], old: Mapping[str, Any], new: Mapping[str, Any]
) -> bool:
    """Whether only one run had a module, and it was not renamed."""
    if module in old and module in new:
        return False
    kinds = {one.kind for one in found if one.module == module}
    return kinds == {"removed" if module in old else "added"}


def _source_change(change: Any, a: StoredRun, b: StoredRun) -> dict[str, Any]:
    sides = (a, change.old_module, change.old_file), (b, change.module, change.file)
    files = [run.modules.get(module, {}).get("name", file) for run, module, file in sides]
    lines = change.old_line, change.new_line
    cells = change.old_place, change.new_place
    return {
        "module": change.module,
        "function": change.name,
        "name": full_name(change.module, change.file, change.name),
        "was": _former_name(change),
        "kind": _kind(change),
        "old": change.old,
        "new": change.new,
        "places": list(map(_place, files, lines, cells)),
        "loaded": [module in run.modules for run, module, _ in sides],
        "traced_as": None,
        "set_key": None,
        "used": None,
        "problem": "",
    }


def _former_name(change: Any) -> str | None:
    """The full name that a definition had where it is called otherwise today, or stands elsewhere.

    A program whose own file got another name is the same.
    """
    if (change.old_module, change.old_name) == (change.module, change.name):
        return None
    return full_name(change.old_module, change.old_file, change.old_name)


def _place(file: str, line: int | None, cell: str) -> str | None:
    if cell:
        return f"{file} {cell}" if file.endswith(".ipynb") else cell
    return f"{file}:{line}" if line else None


def _kind(change: Any) -> str:
    """Whether a definition is new or gone; what gained or lost a statement or decorator changed."""
    text = change.new or change.old
    is_whole = re.match(r"(\s*@[^\n]*\n)*\s*((async\s+)?def|class)\s", text) is not None
    return str(change.kind) if is_whole and change.kind in ("added", "removed") else "changed"


def full_name(module: str, file: str, function: str) -> str:
    """`module.Class.method`; the program itself by its file."""
    stem = posixpath.splitext(posixpath.basename(file))[0]
    first = (stem or module) if module == "__main__" else module
    return first if function == "<module>" else f"{first}.{function}"


def _untold(module: str, a: StoredRun, b: StoredRun, problem: str) -> dict[str, Any]:
    file = b.modules[module]["name"]
    return {
        "module": module,
        "function": "<module>",
        "name": full_name(module, file, "<module>"),
        "was": None,
        "kind": "changed",
        "old": "",
        "new": "",
        "places": [a.modules[module]["name"], file],
        "loaded": [True, True],
        "traced_as": None,
        "set_key": None,
        "used": None,
        "problem": problem,
    }


def _one_sided(module: str, a: StoredRun, b: StoredRun) -> dict[str, Any]:
    run = "b" if module in b.modules else "a"
    return {"module": module, "file": (b if run == "b" else a).modules[module]["name"], "run": run}


def mark_settings(sources: Sequence[dict[str, Any]], config: Sequence[dict[str, Any]]) -> None:
    """Mark the statements of views that set a config key that differs: the key tells it."""
    for change in config:
        if is_code_alone(change):  # the source tells it
            continue
        setters = [(change[side] or {}).get("by") or "" for side in ("a", "b")]
        views = {found.group(1) for found in map(_VIEW.match, setters) if found}
        last = re.escape(re.split(r"[.\[]", change["key"])[-1])
        sets = re.compile(rf"(\.{last}|\[['\"]{last}['\"]\])\s*=[^=\n]*$")
        for one in sources:
            texts = [text.strip() for text in (one["old"], one["new"]) if text]
            is_view = one["function"].rpartition(".")[2] in views
            if is_view and all(sets.search(text) and "\n" not in text for text in texts):
                one["set_key"] = change["key"]


def mark_variables(
    sources: Sequence[dict[str, Any]], environment: Sequence[dict[str, Any]]
) -> None:
    """Mark the magics that set an environment variable that differs: the variable tells it."""
    known = {one["name"] for one in environment if one["matters"]}
    for one in sources:
        names = {f"variable {name}" for name in variables_set(one)}
        if names and names <= known:
            one["set_key"] = ", ".join(sorted(names))


_VIEW = re.compile(r"view '(\w+)'")
