"""Which lines of two canonical forms differ, when variables may have been numbered anew.

Numbers of variables shift as soon as one is added, so lines are first aligned without them. Then
the pairs of variables seen most often in aligned lines are taken to be the same variable, and
aligned lines that contradict this differ after all.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Span = range
    Tokens = list[str]

TOKEN = re.compile(r"""b?'(?:[^'\\]|\\.)*'|b?"(?:[^"\\]|\\.)*"|\S+""")


def differing_statements(old: list[str], new: list[str]) -> Iterator[tuple[Span, Span]]:
    """Pairs of spans of line numbers (from 0) that differ; one of a pair may be empty."""
    before, after = _tokens(old), _tokens(new)
    matcher = SequenceMatcher(None, _shapes(before), _shapes(after), autojunk=False)
    blocks = matcher.get_opcodes()
    same = _same_variables(before, after, blocks)
    for tag, old_start, old_end, new_start, new_end in blocks:
        if tag == "equal":
            for i, j in zip(range(old_start, old_end), range(new_start, new_end)):
                if not _agree(before[i], after[j], same):
                    yield range(i, i + 1), range(j, j + 1)
        elif old_end - old_start == new_end - new_start:
            for i, j in zip(range(old_start, old_end), range(new_start, new_end)):
                yield range(i, i + 1), range(j, j + 1)
        else:
            yield range(old_start, old_end), range(new_start, new_end)


def _tokens(lines: list[str]) -> list[Tokens]:
    indents = [line[: len(line) - len(line.lstrip())] for line in lines]
    return [[indent, *TOKEN.findall(line)] for indent, line in zip(indents, lines)]


def _shapes(lines: list[Tokens]) -> list[str]:
    return [" ".join("%" if _is_variable(t) else t for t in tokens) for tokens in lines]


def _is_variable(token: str) -> bool:
    return token[:1] == "%" and token[1:].isdigit()


def _same_variables(
    before: list[Tokens], after: list[Tokens], blocks: Sequence[tuple[str, int, int, int, int]]
) -> dict[str, str]:
    """Old variable to new variable, by majority, one to one."""
    votes: dict[tuple[str, str], int] = {}
    for tag, old_start, old_end, new_start, _ in blocks:
        for offset in range(old_end - old_start if tag == "equal" else 0):
            for pair in _pairs(before[old_start + offset], after[new_start + offset]):
                votes[pair] = votes.get(pair, 0) + 1
    same: dict[str, str] = {}
    for old, new in sorted(votes, key=lambda pair: -votes[pair]):
        if old not in same and new not in same.values():
            same[old] = new
    return same


def _pairs(before: Tokens, after: Tokens) -> list[tuple[str, str]]:
    return [(a, b) for a, b in zip(before, after) if _is_variable(a)]


def _agree(before: Tokens, after: Tokens, same: dict[str, str]) -> bool:
    return all(same.get(old) == new for old, new in _pairs(before, after))
