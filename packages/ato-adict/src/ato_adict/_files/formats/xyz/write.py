"""Writing xyz."""

from __future__ import annotations

from ato_adict._basics.errors import ConversionError
from ato_adict._basics.texts import a_kind, in_line
from ato_adict._files.formats.simplify import Rules, simplify
from ato_adict._files.formats.xyz.scalars import UNSAFE, key_text, quote, scalar_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

EMPTY: dict[type, str] = {
    dict: "[Empty Mapping]",
    list: "[Empty Sequence]",
    tuple: "[Empty Tuple]",
    set: "[Empty Set]",
    frozenset: "[Empty Frozenset]",
}
MARKS: dict[type, str] = {
    dict: "",
    list: "",
    tuple: "[Tuple]",
    set: "[Set]",
    frozenset: "[Frozenset]",
}


def _rules() -> Rules:
    from datetime import date, datetime, time

    keys = (str, int, float, bool, type(None), bytes, complex)
    leaves: dict[type, Any] = dict.fromkeys((*keys, date))
    leaves.update(dict.fromkeys((datetime, time), _offset_problem))
    leaves.update(dict.fromkeys((set, frozenset), _set_problem))
    return Rules("xyz", leaves, keys, tuples=True)


def _offset_problem(moment: Any) -> None:
    moment.utcoffset()  # which may be another's code, and fail: before anything is written


def _set_problem(members: Any) -> str | None:
    """Refuse a set with a member that is not written, or is written as another one is."""
    plain = set()
    for member in members:
        try:
            plain.add(simplify(member, _rules()))
        except ConversionError:
            return f"a set with {a_kind(member)} ({in_line(member)})"
    return None if len(plain) == len(members) else "a set with members that are written alike"


def write_xyz(obj: Any) -> str:
    """Return data as xyz text, with a final line break."""
    plain = simplify(obj, _rules())
    if isinstance(plain, (list, dict)) and plain:
        lines = _block(plain, "")
    else:
        lines = _entry("", plain, "")
    return "\n".join(lines) + "\n"


def _block(container: Any, indent: str) -> Iterator[str]:
    """Yield the lines of the items of a container."""
    if isinstance(container, dict):
        for key, value in container.items():
            yield from _entry(f"{indent}{key_text(key)}:", value, indent + "  ")
    else:
        for index, value in enumerate(_ordered(container)):
            yield from _entry(f"{indent}{index})", value, indent + "  ")


def _ordered(container: Any) -> Any:
    """Return the items; those of a set in the order of their text, to be the same every time."""
    if not isinstance(container, (set, frozenset)):
        return container
    simple = [simplify(item, _rules()) for item in container]
    return sorted(simple, key=lambda item: (type(item).__name__, "\n".join(_entry("", item, ""))))


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    """Yield the lines of a value behind `head`, and below it with `indent`."""
    kind = type(value)
    if kind in MARKS:
        text = MARKS[kind] if value else EMPTY[kind]
        if head or text:
            yield f"{head} {text}".rstrip(" ") if head else text
        yield from _block(value, indent)
    elif kind is str and _reads_better_as_lines(value):
        if head:
            yield head
        yield from [f"{indent}| {line}".rstrip(" ") for line in value.split("\n")]
    else:
        yield f"{head} {scalar_text(value)}" if head else _root_text(value)


def _root_text(value: Any) -> str:
    """Return a text that stands alone; a string always quoted, or it would read as a key."""
    return quote(value) if isinstance(value, str) else scalar_text(value)


def _reads_better_as_lines(text: str) -> bool:
    if "\n" not in text:
        return False
    lines = text.split("\n")
    return not any(UNSAFE.search(line) or line.endswith(" ") for line in lines)
