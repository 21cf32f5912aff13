"""Whether anything names what changed: what nobody names, none ran."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Sequence

    from ato_sql.comparing import Stored, StoredRun

# Ways to come by something through a name that is made while the program runs.
_BY_TEXT = re.compile(
    r"\bgetattr\(\s*[^,()]+,\s*(?!['\"]\w+['\"]\s*[,)])|\b(?:globals|vars|locals)\(|__dict__|"
    r"\bgetmembers\(|\b(?:eval|exec|locate|import_string|pydoc)\b|\bdir\("
)
_ASSIGNS = re.compile(r"([A-Za-z_]\w*)[ \t]*(?::[^=\n]*)?=(?!=)")
PERHAPS = "perhaps"


def mark_unused(changes: list[dict[str, Any]], stored: Stored, a: StoredRun, b: StoredRun) -> None:
    """Mark functions and names of a module that no loaded module names as not `used`.

    That is `'perhaps'` where the program looks names up that it makes while it runs. A version
    that nobody asks for is no change at all.
    """
    plain = [(one, _name_of(one)) for one in changes]
    plain = [(one, name) for one, name in plain if name]
    if not plain:
        return
    texts = {run.id: _texts_of(stored, run) for run in (a, b)}
    by_text = any(_BY_TEXT.search(text) for text in texts[b.id])
    for change, name in plain:
        is_used = _is_named(name, texts[(b if change["new"] else a).id])
        change["used"] = is_used or (PERHAPS if by_text else False)
        if name == "__version__" and not is_used:
            changes.remove(change)


def _texts_of(stored: Stored, run: StoredRun) -> list[str]:
    return list(stored.texts(one["hash"] for one in run.modules.values()).values())


def _name_of(change: Mapping[str, Any]) -> str:
    """The name that a change gives a meaning to; empty where it is not one, or of a method."""
    if change["function"] != "<module>":
        return change["function"] if re.fullmatch(r"[A-Za-z_]\w*", change["function"]) else ""
    found = [_ASSIGNS.match(change[side]) for side in ("old", "new") if change[side]]
    names = {one.group(1) if one else "" for one in found}
    return names.pop() if len(names) == 1 else ""


def _is_named(name: str, texts: Sequence[str]) -> bool:
    """Whether a name stands anywhere but where it is defined, or is decorated there."""
    word = re.compile(rf"\b{name}\b")
    definition = re.compile(
        rf"^[ \t]*(?:(?:async )?def|class) {name}\b|^{name}[ \t]*(?::[^=\n]*)?=(?!=)", re.M
    )
    decorated = re.compile(
        rf"^[ \t]*@.*\n(?:[ \t]*@.*\n)*[ \t]*(?:async )?(?:def|class) {name}\b", re.M
    )
    return any(
        len(word.findall(text)) > len(definition.findall(text)) or decorated.search(text)
        for text in texts
    )
