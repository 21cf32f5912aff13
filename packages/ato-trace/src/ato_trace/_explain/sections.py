"""The functions inside a fingerprint, with the source text behind each line of their forms."""

from __future__ import annotations

import ast
import itertools
import re
from difflib import SequenceMatcher

from ato_trace._canonical.canonical import canonical_form
from ato_trace._canonical.definitions import decorator_name
from ato_trace._code.describe import describe
from ato_trace._errors import ExplainError, FingerprintError
from ato_trace._explain.units import origins, settle_lines, starts_in
from ato_trace._source.source import first_line, parse_definition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, List, NamedTuple, Tuple

    Pairs = List[Tuple["Section | None", "Section | None"]]

    class Recorded(NamedTuple):
        """What is known of one side: its sections, and the names that were not followed."""

        sections: list[Section]
        skipped: tuple[tuple[str, str], ...]
        form: int
        kind: str

else:
    from collections import namedtuple

    Recorded = namedtuple("Recorded", "sections skipped form kind")

_ALIKE = 0.6  # of its lines, by which a function that moved to another file is known again
_MOST_DECORATORS = 6


class Section:
    """One function or class of a fingerprint.

    Attributes:
        name: What it is called.
        file: The file that it is in, or empty.
        first: The line of that file on which it starts.
        canonical: Its canonical form.
        lines: The lines of that form.
        source: Its source text, or None.
        facts: What else counts: ``value NAME`` to the value, ``library NAME`` to the version.
        uses: The number of the section behind each name that leads to one.
    """

    def __init__(self, name: str, canonical: str, source: str | None, location: str = "") -> None:
        self.name = name
        self.canonical = canonical
        self.source = source
        file, _, line = location.rpartition(":")
        known = line.isdigit() and not file.startswith("<")
        self.file, self.first = (file, int(line)) if known else ("", 0)
        self.lines: list[str] = []
        self.facts: dict[str, str] = {}
        self.uses: dict[str, int] = {}
        for text in canonical.split("\n"):
            self._add(text)
        node = parse_definition(source) if source else None
        if node is not None:
            # A text that is indented was parsed below a line of our own.
            settle_lines(node, ["", *self._rows()] if self._shift() else self._rows())
        self._origins = _origins(self.lines, source or "", node)
        self._methods = _methods(node, self._shift())

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

    def _rows(self) -> list[str]:
        return (self.source or "").split("\n")

    def _shift(self) -> int:
        return 1 if (self.source or "")[:1].isspace() else 0

    def line_of(self, span: range) -> int | None:
        """The first source line behind a span, counted from 1."""
        known = span and self._origins
        return min(self._origins[index][0] for index in span) if known else None

    def place_of(self, span: range) -> tuple[str, int]:
        """The qualified name of what a span is in, a method of a class, and its first line."""
        line = self.line_of(span) or 0
        for first, last, name in self._methods:
            if first <= line <= last:
                return f"{self.name}.{name}", first
        return self.name, 1

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


def recorded(value: Any) -> Recorded:
    """What a fingerprint, a pair (canonical, source), a source text or an object remembers.

    Raises:
        ExplainError: A bare digest.
    """
    canonical, source, location = _parts_of(value)
    if canonical.startswith("== "):
        texts = _split_source(source or "")
        sections = _split(canonical, texts)
        skipped = _skipped(texts)
    else:
        sections, skipped = [Section(_name(source), canonical, source, location)], ()
    kind = "code-object" if re.search(r"^\d+ code-object", canonical, re.MULTILINE) else "source"
    number = re.search(r"^(?:== 0\n)?(\d+)\b", canonical)
    return Recorded(sections, skipped, int(number.group(1)) if number else 0, kind)


def _parts_of(value: Any) -> tuple[str, str | None, str]:
    if isinstance(value, (tuple, list)) and len(value) == 2:
        return str(value[0]), value[1], ""
    canonical = getattr(value, "canonical", None)
    if canonical:
        return str(canonical), value.source, str(getattr(value, "location", ""))
    try:
        part = describe(value)
    except FingerprintError as error:
        if not isinstance(value, str):
            raise
        raise ExplainError(
            f"cannot explain {value[:20]!r}: a digest alone remembers no code; pass the "
            "Fingerprint, the function, its source, or the stored pair (canonical, source)"
        ) from error
    return part.canonical, part.source, "" if isinstance(value, str) else part.location


def _split(canonical: str, texts: dict[str, tuple[str, str]]) -> list[Section]:
    """The sections of a fingerprint made with follow=True."""
    sections: list[Section] = []
    for block in canonical[3:].split("\n== "):
        number, _, body = block.partition("\n")
        head, text = texts.get(number, ("", ""))
        named = re.match(r"([^\s/\\:]+) (.*)", head)
        name, location = named.groups() if named else (_name(text), head)
        sections.append(
            Section("" if number == "libraries" else name, body, text or None, location)
        )
    for section in list(sections):
        for name, target in section.uses.items():
            sections[target].name = sections[target].name or name
    return sections


def _split_source(source: str) -> dict[str, tuple[str, str]]:
    """By number of section: its name and place, and its text."""
    texts = {}
    for block in ("\n" + source).split("\n#== ato ")[1:]:
        head, _, text = block.partition("\n")
        number, _, rest = head.partition(" ")
        texts[number] = rest, text
    return texts


def _skipped(texts: dict[str, tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    rows = texts.get("skipped", ("", ""))[1].splitlines()
    pairs = [row.partition("\t") for row in rows]
    return tuple((name, reason) for name, _, reason in pairs)


def _name(source: str | None) -> str:
    found = re.search(r"^\s*(?:async\s+def|def|class)\s+(\w+)", source or "", re.MULTILINE)
    return found.group(1) if found else ""


def pair_sections(old: list[Section], new: list[Section]) -> Pairs:
    """The first with the first, the others by what they are called, where they are, what they say.

    What only one side has is paired with None.
    """
    pairs: Pairs = [(old[0], new[0])]
    waiting, coming = old[1:], new[1:]
    moved = {old[0].file: new[0].file, _base(old[0].file): _base(new[0].file)}
    keys: list[Callable[[Section], Any]] = [
        lambda section: (section.name, moved.get(section.file, section.file)),
        lambda section: (section.name, moved.get(_base(section.file), _base(section.file))),
        lambda section: (section.name, section.canonical),
        lambda section: section.lines if len(section.lines) > 1 else id(section),
    ]
    for key in keys:
        pairs += _take(waiting, coming, lambda one, other, key=key: key(one) == key(other))  # type: ignore[misc]
    pairs += _take(waiting, coming, _is_the_same_moved)
    left: Pairs = [(section, None) for section in waiting]
    return [*pairs, *((None, section) for section in coming), *left]


def _base(file: str) -> str:
    return file.replace("\\", "/").rpartition("/")[2]


def _take(
    old: list[Section], new: list[Section], same: Callable[[Section, Section], bool]
) -> Iterator[tuple[Section, Section]]:
    """Remove from both lists, and give, the pairs that are the same."""
    for section in list(new):
        found = next((candidate for candidate in old if same(candidate, section)), None)
        if found is not None:
            old.remove(found)
            new.remove(section)
            yield found, section


def _is_the_same_moved(old: Section, new: Section) -> bool:
    if old.name != new.name:
        return False
    if not (old.file and new.file):
        return True
    return SequenceMatcher(None, old.lines, new.lines, autojunk=False).ratio() >= _ALIKE


# -- source lines --------------------------------------------------------------------------------


def _methods(node: Any, shift: int) -> list[tuple[int, int, str]]:
    """First line, last line and name of each method of a class."""
    if not isinstance(node, ast.ClassDef):
        return []
    found = []
    for child, following in zip(node.body, [*node.body[1:], None]):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            last = first_line(following) - 1 if hasattr(following, "decorator_list") else None
            if last is None:
                last = following.lineno - 1 if following is not None else 1 << 30
            found.append((first_line(child) - shift, last - shift, child.name))
    return found


def _origins(lines: list[str], source: str, node: Any) -> list[tuple[int, int]]:
    """First and last source line behind each canonical line; empty if they cannot be told."""
    if node is None:
        return []
    rows = source.split("\n")
    shift = 1 if source[:1].isspace() else 0
    starts = [start - shift for start in _starts(lines, node)]
    limits = {line - shift for line in starts_in(node)}
    return origins(starts, limits, len(rows) + 1, rows)


def _starts(lines: list[str], node: Any) -> list[int]:
    """The lines of the form, made again; which decorators are of ato is found by trying."""
    text = "\n".join(lines)
    for ours in (None, *_guesses(node)):
        for own_name in (node.name, None):
            form = canonical_form(node, own_name, None if ours is None else ours.__contains__)
            if form.text == text:
                return form.lines
    return []


def _guesses(node: Any) -> Iterator[frozenset[str]]:
    decorators = [d for child in ast.walk(node) for d in getattr(child, "decorator_list", ())]
    names = sorted({decorator_name(decorator) for decorator in decorators})
    for count in range(len(names) + 1 if len(names) <= _MOST_DECORATORS else 0):
        for chosen in itertools.combinations(names, count):
            yield frozenset(chosen)
