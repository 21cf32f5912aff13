"""Files that differ between two runs: by how much, in which lines, and who read them."""

from __future__ import annotations

from ato._cli.why.differences.layout import mean_the_same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping, Sequence

    from ato_sql.comparing import Comparison, Stored, StoredRun

_MOST_LINES = 20


def input_changes(
    stored: Stored, a: StoredRun, b: StoredRun, compared: Comparison
) -> list[dict[str, Any]]:
    """Return for each input that differs both sides, and its lines where they are kept.

    `layout` says that its lines differ in what says nothing: comments, blanks, quotes.
    """
    if not compared.inputs:
        return []
    pairs = compared.to_dict()["inputs"]
    hashes = [side["hash"] for pair in pairs.values() for side in pair.values() if side["hash"]]
    texts = stored.texts(hashes)
    changes = []
    for name, pair in pairs.items():
        old, new = pair.get("a"), pair.get("b")
        sides = [texts.get(side["hash"]) if side else None for side in (old, new)]
        known = sides[0] is not None and sides[1] is not None
        lines = list(_lines(sides[0] or "", sides[1] or "")) if known else []
        changes.append(
            {
                "name": name,
                "a": old,
                "b": new,
                "lines": lines[:_MOST_LINES],
                "more_lines": max(0, len(lines) - _MOST_LINES),
                "layout": known and mean_the_same(name, sides[0] or "", sides[1] or ""),
            }
        )
    return changes


def rewritten(a: StoredRun, b: StoredRun) -> list[str]:
    """Say of which files, that a run read and then wrote itself, the two runs read other content.

    A checkpoint or a counter is one, and a log too: they count only where nothing else explains
    the results.
    """
    sides = [{one["name"]: one for one in run.inputs} for run in (a, b)]
    found = []
    for name in sorted({*sides[0], *sides[1]}):
        old, new = sides[0].get(name), sides[1].get(name)
        if not any(side and side["how"] == "updated" for side in (old, new)):
            continue
        if old is None or new is None:
            which = "second" if old is None else "first"
            found.append(f"only the {which} run read {name}, which it then wrote itself")
        elif (old["hash"], old["size"]) != (new["hash"], new["size"]) or old["hash"] is None:
            found.append(f"both runs read and then wrote {name}, which held something else")
    return found


def _lines(old: str, new: str) -> Iterator[dict[str, Any]]:
    """Yield the lines that differ: the number in both, and both texts."""
    before, after = old.splitlines(), new.splitlines()
    for old_start, old_end, new_start, new_end in _spans(before, after):
        count = max(old_end - old_start, new_end - new_start)
        for n in range(count):
            i, j = old_start + n, new_start + n
            has_old, has_new = i < old_end, j < new_end
            yield {
                "old_line": i + 1 if has_old else None,
                "new_line": j + 1 if has_new else None,
                "old": before[i] if has_old else None,
                "new": after[j] if has_new else None,
            }


def _spans(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    if len(before) == len(after):
        differing = [n for n, (x, y) in enumerate(zip(before, after)) if x != y]
        if len(differing) * 2 <= len(before) or len(differing) > 500:
            yield from ((n, n + 1, n, n + 1) for n in differing)
            return
    from difflib import SequenceMatcher

    for tag, *span in SequenceMatcher(None, before, after, autojunk=True).get_opcodes():
        if tag != "equal":
            yield tuple(span)  # type: ignore[misc]


def input_sentence(change: Mapping[str, Any]) -> str:
    """Say in words that a file changed, by how much, and who read it."""
    a, b = change["a"], change["b"]
    if a is None or b is None:
        word = "was read only in the second run" if a is None else "was read only in the first run"
        side = b or a
        return f"{change['name']} {word} ({size_words(side['size'])}{_reader(side)})"
    if a["size"] == b["size"]:
        size = f"same size, {size_words(a['size'])}"
    else:
        size = f"{_number(a['size'])} -> {size_words(b['size'])}"
    only = " in its layout only" if change["layout"] else ""
    return f"{change['name']} changed{only} ({size}{_reader(b)})"


def _reader(side: Mapping[str, Any]) -> str:
    if side["how"] == "logged":
        return "; logged by log_input"
    reader = side["reader"]
    if not reader:
        return ""
    function, _, place = reader.rpartition(" (")
    place = place.rstrip(")")
    if not function or function == "<module>":
        return f"; read in {place}"
    return f"; read by {function} in {place}"


def _number(size: int | None) -> str:
    return "unknown" if size is None else f"{size:,}"


def size_words(size: int | None) -> str:
    """A number of bytes, in words."""
    return "size unknown" if size is None else f"{size:,} byte{'' if size == 1 else 's'}"
