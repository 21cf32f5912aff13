"""References in OpenMMLab configs: `{{_base_.x}}`, `{{fileDirname}}`, `{{$VARIABLE:default}}`.

While a file is parsed a marker stands for each: a name that is valid in code, in a text and as a
plain value. What the reference means is then put where the marker stands, as a value where it
stands alone and as text inside of a text.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from copy import deepcopy

from ato_adict._basics.errors import ConfigFileError, MissingKeyError, NestingError, did_you_mean
from ato_adict._files.files import parse
from ato_adict._names import lookup
from ato_adict._tree.interpolate import MAX_RESULT, size_of
from ato_adict.surroundings import absolute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

REFERENCE = re.compile(
    r"\{\{\s*(?:_base_\.(?P<base>[\w.]+)|\$(?P<variable>\w+)(?:\s*:(?P<default>[^{}]*?))?"
    r"|(?P<file>file(?:Dirname|BasenameNoExtension|Basename|Extname)))\s*\}\}"
)
# A text in quotes, in JSON and TOML: what stands outside of them needs its own.
_QUOTED = r"""(?P<quoted>"(?:[^"\\\n]|\\.)*"|'[^'\n]*')|"""
_OUTSIDE = re.compile(_QUOTED + REFERENCE.pattern)
_MARKER = re.compile(r"__ato_reference_([0-9]+)__")
# How a value is written, for what stands without quotes.
_VALUES = {"yaml": "x: %s", "json": '{"x": %s}', "toml": "x = %s"}
# The attribute that holds the text of a node of the syntax tree.
_TEXT = "s" if sys.version_info < (3, 8) else "value"


class BaseValues(dict):  # type: ignore[type-arg]
    """What the bases of a file say, as its code sees it: keys are attributes as well."""

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(f"the bases set no {name!r}{did_you_mean(name, self)}")

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


def as_base(value: Any) -> Any:
    """Return an independent copy of a value in which every mapping has attributes."""
    if isinstance(value, dict):
        return BaseValues((key, as_base(child)) for key, child in value.items())
    if type(value) in (list, tuple):
        return type(value)(as_base(child) for child in value)
    return deepcopy(value)


def as_plain(value: Any) -> Any:
    """Return a value with plain dicts for the mappings of `as_base`."""
    if isinstance(value, dict):
        return {key: as_plain(child) for key, child in value.items()}
    return type(value)(map(as_plain, value)) if type(value) in (list, tuple) else value


class References:
    """The references of one file.

    Args:
        text: The text of the file.
        path: Its path.
        format: Its format.

    Attributes:
        text: The text with markers.
        path: The path of the file.
        bases: The values of the bases, once they are known.
    """

    def __init__(self, text: str, path: str, format: str) -> None:
        self.path = path
        self.bases: dict[str, Any] | None = None
        self._format = format
        self._matches: list[re.Match[str]] = []
        self._are_quoted: list[bool] = []
        self._grown = 0
        pattern = REFERENCE if format in ("py", "yaml") else _OUTSIDE
        self.text: str = pattern.sub(self._mark, text)

    def _mark(self, match: re.Match[str]) -> str:
        if match.groupdict().get("quoted"):
            return REFERENCE.sub(self._mark, match.group())
        marker = f"__ato_reference_{len(self._matches)}__"
        self._matches.append(match)
        before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
        self._are_quoted.append(before == after and before in ("'", '"'))
        return f'"{marker}"' if match.re is _OUTSIDE else marker

    def fail(self, marker: str, problem: str, line: int | None) -> NoReturn:
        """Raise the error for a marker; the message has what was written."""
        written = self._matches[_number(marker)].group()
        raise ConfigFileError(f"{written}: {problem}", self.path, line)

    def can_fill(self, marker: str) -> bool:
        """Whether the value of a marker is known by now."""
        number = _number(marker)
        if number >= len(self._matches):
            return False
        return self.bases is not None or not self._matches[number].group("base")

    def value(self, marker: str, is_code: bool = False) -> Any:
        """Return what a marker that stands alone means.

        Args:
            marker: The marker.
            is_code: Whether it stands in code, outside of a text.

        Raises:
            ConfigFileError: The bases, or the environment, do not have it.
        """
        number = _number(marker)
        match = self._matches[number]
        if match.group("base"):
            found = self._base_value(match)
            self._grow(match, size_of(found))
            return as_base(found)
        text = self._surroundings(match)
        is_quoted = not is_code if self._format == "py" else self._are_quoted[number]
        return text if is_quoted or match.group("file") else self._literal(text)

    def _base_value(self, match: re.Match[str]) -> Any:
        try:
            return lookup(self.bases, match.group("base"))
        except MissingKeyError as error:
            raise ConfigFileError(f"{match.group()}: {error}", self.path) from None

    def _grow(self, match: re.Match[str], size: int) -> None:
        """Count what references are filled with, which texts and containers copy.

        Raises:
            ConfigFileError: It is more than any config has.
        """
        self._grown += size
        if self._grown > MAX_RESULT:
            problem = f"with the references before it more than {MAX_RESULT:,} characters or values"
            raise ConfigFileError(f"{match.group()}: {problem}", self.path)

    def _surroundings(self, match: re.Match[str]) -> str:
        """Return what the path of the file, or the environment, says."""
        if match.group("file"):
            directory, basename = os.path.split(absolute(self.path))
            stem, suffix = os.path.splitext(basename)
            return {
                "fileDirname": directory.replace("\\", "/"),
                "fileBasename": basename,
                "fileBasenameNoExtension": stem,
                "fileExtname": suffix,
            }[match.group("file")]
        name, default = match.group("variable", "default")
        if name not in os.environ and default is None:
            problem = f"the environment variable {name} is not set; set it, or write a default,"
            raise ConfigFileError(f"{match.group()}: {problem} {{{{${name}:value}}}}", self.path)
        return os.environ.get(name, (default or "").strip())

    def _literal(self, text: str) -> Any:
        """Return the value that a text without quotes has in the format; the text if none."""
        try:
            if self._format == "py":
                return ast.literal_eval(text)
            if self._format not in _VALUES or "\n" in text:
                return text
            data = parse(_VALUES[self._format] % text, self._format, None)
        except (ConfigFileError, NestingError, SyntaxError, ValueError, MemoryError):
            return text
        return data["x"] if len(data) == 1 else text

    def fill_text(self, text: str) -> str:
        """Return a text with what its markers mean, as text."""
        return _MARKER.sub(self._as_text, text)

    def _as_text(self, match: re.Match[str]) -> str:
        if not self.can_fill(match.group()):
            return match.group()
        reference = self._matches[_number(match.group())]
        is_base = reference.group("base")
        text = str(self._base_value(reference)) if is_base else self._surroundings(reference)
        self._grow(reference, len(text))
        return text

    def fill(self, data: Any) -> Any:
        """Return data with what its markers mean."""
        if isinstance(data, dict):
            return {self.fill(key): self.fill(child) for key, child in data.items()}
        if isinstance(data, (list, tuple)):
            return type(data)([self.fill(child) for child in data])
        if not isinstance(data, str) or "__ato_reference_" not in data:
            return data
        if _MARKER.fullmatch(data) and self.can_fill(data):
            return as_plain(self.value(data))
        return self.fill_text(data)

    def fill_code(self, tree: ast.Module, variables: dict[str, Any]) -> None:
        """Put what the markers mean into the texts of a syntax tree, and beside it by name.

        Args:
            tree: The tree, which is changed.
            variables: Where the code finds the values of the markers that stand alone.
        """
        _Filler(self, variables).visit(tree)

    def refuse_bases(self, code: ast.AST) -> None:
        """Refuse references to bases in code that runs before the bases are known."""
        for node in ast.walk(code):
            for _, text in ast.iter_fields(node):
                marked = isinstance(text, str) and _MARKER.search(text)
                if marked and not self.can_fill(marked.group()):
                    line = getattr(node, "lineno", None)
                    self.fail(marked.group(), "stands before the bases are known", line)


class _Filler(ast.NodeTransformer):
    """Fills the markers in the nodes of a syntax tree whose value is known."""

    def __init__(self, references: References, variables: dict[str, Any]) -> None:
        self.references = references
        self.variables = variables

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if not (_MARKER.fullmatch(node.id) and isinstance(node.ctx, ast.Load)):
            return self.generic_visit(node)
        if node.id not in self.variables and self.references.can_fill(node.id):
            self.variables[node.id] = self.references.value(node.id, is_code=True)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        for part in node.values:
            if isinstance(getattr(part, _TEXT, None), str):
                setattr(part, _TEXT, self.references.fill_text(getattr(part, _TEXT)))
            else:
                self.visit(part)
        return node

    def visit_Constant(self, node: Any) -> Any:
        text = getattr(node, _TEXT)
        if isinstance(text, bytes):
            filled = self.references.fill_text(text.decode("utf-8", "surrogateescape"))
            setattr(node, _TEXT, filled.encode("utf-8", "surrogateescape"))
        elif isinstance(text, str) and _MARKER.fullmatch(text) and self.references.can_fill(text):
            self.variables[text] = self.references.value(text)
            return ast.copy_location(ast.Name(text, ast.Load()), node)
        elif isinstance(text, str):
            setattr(node, _TEXT, self.references.fill_text(text))
        return node

    # As Python 3.7 names them.
    visit_Str = visit_Bytes = visit_Constant  # noqa: N815

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for _, name in ast.iter_fields(node):
            marked = isinstance(name, str) and _MARKER.search(name)
            if marked:
                line = getattr(node, "lineno", None)
                self.references.fail(marked.group(), "can stand for a value only", line)
        filled: ast.AST = super().generic_visit(node)
        return filled


def _number(marker: str) -> int:
    return int(marker.strip("_").rpartition("_")[2])
