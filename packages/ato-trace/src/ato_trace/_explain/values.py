"""What differs inside two long values: the items of a table, the place in a text."""

from __future__ import annotations

import ast
import re
from difflib import SequenceMatcher

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Tuple

    Difference = Tuple[str, str, str]  # where in the value, old, new

_ARRAY = re.compile(r"([a-z]+\d+)(\[.*)")
_LONG = 80  # characters; what is shorter is shown whole
_MOST = 10  # items
_AROUND = 20  # characters of a text shown on either side of a difference


def differences(old: str, new: str) -> list[Difference]:
    """The parts in which two values differ, as (where, old, new); ``where`` may be empty."""
    if max(len(old), len(new)) <= _LONG:
        return [("", old, new)]
    one, other = _ARRAY.match(old), _ARRAY.match(new)
    if one and other and one.group(1) == other.group(1):  # arrays of one type
        old, new = one.group(2), other.group(2)
    try:
        before, after = ast.literal_eval(old), ast.literal_eval(new)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return [("", old, new)]
    if type(before) is not type(after):
        return [("", old, new)]
    found = list(_inside(before, after))
    if len(found) > _MOST:
        rest = len(found) - _MOST
        found = [*found[:_MOST], ("", f"... {rest} more", f"... {rest} more items differ")]
    return found or [("", old, new)]


def _inside(old: Any, new: Any) -> Iterator[Difference]:
    if isinstance(old, dict):
        for key in sorted({*old, *new}, key=ascii):
            if key not in old or key not in new:
                yield f"[{key!a}]", _shown(old, key), _shown(new, key)
            elif old[key] != new[key] or type(old[key]) is not type(new[key]):
                yield from _deeper(f"[{key!a}]", old[key], new[key])
    elif isinstance(old, (list, tuple)):
        yield from _items(old, new)
    elif isinstance(old, (set, frozenset)):
        yield from (("", ascii(item), "") for item in sorted(old - new, key=ascii))
        yield from (("", "", ascii(item)) for item in sorted(new - old, key=ascii))
    elif isinstance(old, str):
        yield _text(old, new)


def _deeper(where: str, old: Any, new: Any) -> Iterator[Difference]:
    for inner, before, after in differences(ascii(old), ascii(new)):
        yield where + inner, before, after


def _shown(value: Any, key: Any) -> str:
    return ascii(value[key]) if key in value else ""


def _items(old: Any, new: Any) -> Iterator[Difference]:
    if len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new)):
            if before != after or type(before) is not type(after):
                yield from _deeper(f"[{index}]", before, after)
        return
    before, after = ([ascii(item) for item in side] for side in (old, new))
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield f"[{a if b > a else c}]", ", ".join(before[a:b]), ", ".join(after[c:d])


def _text(old: str, new: str) -> Difference:
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return f"[{start}:]", _cut(old, start, end), _cut(new, start, end)


def _cut(text: str, start: int, end: int) -> str:
    first, last = max(0, start - _AROUND), min(len(text), len(text) - end + _AROUND)
    left, right = "..." if first else "", "..." if last < len(text) else ""
    return left + ascii(text[first:last]) + right
