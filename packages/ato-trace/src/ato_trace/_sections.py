"""The functions inside a fingerprint, with the source text behind each line of their forms."""

from __future__ import annotations

from ato_trace._errors import ExplainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Section:
    """One function or class of a fingerprint.

    Attributes:
        name: What it is called.
        canonical: Its canonical form.
        lines: The lines of that form.
        source: Its source text, or None.
        facts: What else counts: ``value NAME`` to the value, ``library NAME`` to the version.
        uses: The number of the section behind each name that leads to one.
    """

    def __init__(self, name: str, canonical: str, source: str | None) -> None:
        self.name = name
        self.canonical = canonical
        self.source = source
        self.lines: list[str] = []
        self.facts: dict[str, str] = {}
        self.uses: dict[str, int] = {}
        for line in canonical.split("\n"):
            self._add(line)
        self._origins = _origins(self.lines, source)

    def _add(self, line: str) -> None:
        if line.startswith("value "):
            name, _, value = line[6:].partition(" = ")
            self.facts["value " + name] = value
        elif line.startswith("library "):
            name, _, version = line[8:].partition(" ")
            self.facts["library " + name] = version
        elif line.startswith("uses "):
            name, _, number = line[5:].partition(" -> ")
            if number:
                self.uses[name] = int(number)
        elif line:
            self.lines.append(line)

    def line_of(self, span: range) -> int | None:
        """The source line behind the first line of a span, counted from 1."""
        return self._origins[span.start][0] if span and self._origins else None

    def text_of(self, span: range) -> str:
        """The source text behind a span, or its canonical lines where there is none."""
        if not span:
            return ""
        if not self._origins and self.source and len(self.lines) == 1:  # a lambda
            return self.source.strip()
        if not self._origins:
            return "\n".join(line.strip() for line in self.lines[span.start : span.stop])
        assert self.source is not None
        wanted: set[int] = set()
        for index in span:
            first, last = self._origins[index]
            wanted.update(range(first, last + 1))
        rows = self.source.split("\n")
        # Indentation is part of a statement's meaning; only that of the whole function is not.
        width = len(rows[0]) - len(rows[0].lstrip())
        texts = [rows[line - 1] for line in sorted(wanted)]
        return "\n".join(t[width:] if t[:width].isspace() else t for t in texts).rstrip()


# -- from whatever the user has -----------------------------------------------------------------


def sections_of(value: Any) -> list[Section]:
    """The sections of a fingerprint, a pair (canonical, source), a source text or an object.

    Raises:
        ExplainError: A bare digest.
    """
    canonical, source = _canonical_and_source(value)
    if not canonical.startswith("== "):
        return [Section(_name(source), canonical, source)]
    return _split(canonical, source)


def _canonical_and_source(value: Any) -> tuple[str, str | None]:
    if isinstance(value, (tuple, list)) and len(value) == 2:
        return str(value[0]), value[1]
    canonical = getattr(value, "canonical", None)
    if canonical:
        return str(canonical), value.source
    from ato_trace._describe import describe
    from ato_trace._errors import FingerprintError

    try:
        part = describe(value)
    except FingerprintError as error:
        if not isinstance(value, str):
            raise
        raise ExplainError(
            f"cannot explain {value[:20]!r}: a digest alone remembers no code; pass the "
            "Fingerprint, the function, its source, or the stored pair (canonical, source)"
        ) from error
    return part.canonical, part.source


def _split(canonical: str, source: str | None) -> list[Section]:
    """The sections of a fingerprint made with follow=True."""
    texts = _split_source(source or "")
    sections: list[Section] = []
    for block in canonical[3:].split("\n== "):
        number, _, body = block.partition("\n")
        text = texts.get(number)
        sections.append(Section("" if number == "libraries" else _name(text), body, text))
    for section in list(sections):
        for name, target in section.uses.items():
            sections[target].name = sections[target].name or name
    return sections


def _split_source(source: str) -> dict[str, str]:
    texts = {}
    for block in ("\n" + source).split("\n#== ato ")[1:]:
        head, _, text = block.partition("\n")
        if text:
            texts[head.partition(" ")[0]] = text
    return texts


def _name(source: str | None) -> str:
    import re

    found = re.search(r"^\s*(?:async\s+def|def|class)\s+(\w+)", source or "", re.MULTILINE)
    return found.group(1) if found else ""


def pair_sections(
    old: list[Section], new: list[Section]
) -> list[tuple[Section | None, Section | None]]:
    """The first with the first, the others by name; what only one side has is paired with None."""
    pairs: list[tuple[Section | None, Section | None]] = [(old[0], new[0])]
    waiting: dict[str, list[Section]] = {}
    for section in old[1:]:
        waiting.setdefault(section.name, []).append(section)
    for section in new[1:]:
        candidates = waiting.get(section.name)
        pairs.append((candidates.pop(0) if candidates else None, section))
    return pairs + [(section, None) for left in waiting.values() for section in left]


# -- source lines --------------------------------------------------------------------------------


def _origins(lines: list[str], source: str | None) -> list[tuple[int, int]]:
    """First and last source line behind each canonical line; empty if they cannot be told."""
    from ato_trace._source import parse_definition

    node = parse_definition(source) if source else None
    if node is None:
        return []
    starts = _starts(lines, node)
    shift = 1 if source and source[:1].isspace() else 0
    starts = [start - shift for start in starts]
    import ast

    limits = {child.lineno - shift for child in ast.walk(node) if isinstance(child, ast.stmt)}
    ends = sorted(limits | set(starts) | {len((source or "").split("\n")) + 1})
    return [(start, next(end for end in ends if end > start) - 1) for start in starts]


def _starts(lines: list[str], node: Any) -> list[int]:
    from ato_trace._canonical import canonical_form

    for own_name in (node.name, None):
        form = canonical_form(node, own_name)
        if form.text == "\n".join(lines):
            return form.lines
    return []
