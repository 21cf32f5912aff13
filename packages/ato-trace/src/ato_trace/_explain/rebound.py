"""Pairs statements that give the same names their values, among those that differ."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# As canonical lines outside of any block say it, `absolute` of imports.
_BINDS = re.compile(r"  (?:assign (?P<targets>[^'\"=]+) =|import \S+ (?P<name>\$\w+)$)")


def by_names(
    old: Sequence[str], new: Sequence[str], spans: tuple[range, range]
) -> Iterator[tuple[range, range]]:
    """Take two spans of lines apart at those that bind the same names.

    Lines that are equally many were paired in their order, which is as people edit them.

    Args:
        old: The canonical lines of the old side.
        new: Those of the new side.
        spans: The lines of both that differ.
    """
    before, after = spans
    if not before or not after or len(before) == len(after):
        yield spans
        return
    start, first = before.start, after.start
    for line, other in _pairs(old, new, before, after):
        if line > start or other > first:
            yield range(start, line), range(first, other)
        yield range(line, line + 1), range(other, other + 1)
        start, first = line + 1, other + 1
    if start < before.stop or first < after.stop:
        yield range(start, before.stop), range(first, after.stop)


def _pairs(
    old: Sequence[str], new: Sequence[str], before: range, after: range
) -> Iterator[tuple[int, int]]:
    """Lines that bind the same, in the order of both."""
    first = after.start
    for line in before:
        bound = _bound(old[line])
        for other in range(first, after.stop) if bound else ():
            if _bound(new[other]) == bound:
                yield line, other
                first = other + 1
                break


def _bound(line: str) -> str:
    found = _BINDS.match(line)
    return (found["targets"] or found["name"]) if found else ""
