"""What a user typed in a notebook: `%env SIZE=2`, of which IPython made a call in Python.

The records hold that call, as it is what ran. In words it is shown as it was typed.
"""

from __future__ import annotations

import ast
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

_STRING = r"""(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
# A statement of its own, or the value of an assignment: only there a user can have typed it.
_CALL = re.compile(
    r"^(?P<before>[ \t]*(?:[\w.,*()\[\] \t]+=[ \t]*)?)get_ipython\(\)\.(?P<method>\w+)"
    rf"\((?P<given>{_STRING}(?:, {_STRING})*)\)(?=[ \t]*(?:[;#]|$))",
    re.MULTILINE,
)
_ENV = re.compile(r"%(?:set_)?env\s+(\w+)\s*[=\s]")
_NOTHING = re.compile(r"%cd\s+(-q\s+)?\./?$")


def as_typed(text: str) -> str:
    """Return a text with magics and commands of the shell as a user types them."""
    return _CALL.sub(_typed, text) if "get_ipython" in text else text


def typed_change(change: Mapping[str, Any]) -> dict[str, Any]:
    """Return a change with both sides as they were typed."""
    return {**change, **{side: as_typed(change[side]) for side in ("old", "new")}}


def changes_nothing(change: Mapping[str, Any]) -> bool:
    """Whether a change is of nothing but `%cd .`, which leads to where one is."""
    rows = _rows(change)
    return bool(rows) and all(map(_NOTHING.match, rows))


def variables_set(change: Mapping[str, Any]) -> set[str]:
    """Return which environment variables a change sets, if with `%env` and if that is all."""
    found = [_ENV.match(row) for row in _rows(change)]
    names = {one.group(1) if one else "" for one in found}
    return set() if "" in names else names


def _rows(change: Mapping[str, Any]) -> list[str]:
    if "get_ipython" not in change["old"] + change["new"]:
        return []
    lines = (as_typed(change[side]).split("\n") for side in ("old", "new"))
    rows = [row.strip() for side in lines for row in side]
    return [row for row in rows if row and not row.startswith("#")]


def _typed(found: re.Match[str]) -> str:
    words: tuple[str, ...] = ast.literal_eval(f"({found.group('given')},)")
    method, count = found.group("method"), len(words)
    before: str = found.group("before")
    if method == "run_line_magic" and count == 2:
        return before + f"%{words[0]} {words[1]}".rstrip()
    if method == "run_cell_magic" and count == 3 and not before:
        return f"%%{words[0]} {words[1]}".rstrip() + "\n" + words[2].rstrip("\n")
    if method == "magic" and count == 1:  # of an old IPython
        return f"{before}%{words[0]}"
    if method == "system" and count == 1:
        return f"{before}!{words[0]}"
    if method == "getoutput" and count == 1:
        return f"{before}{'!' if before.strip() else '!!'}{words[0]}"
    return str(found.group(0))
