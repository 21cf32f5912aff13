"""TOML: read by tomllib (tomli before Python 3.11), written by toml with an encoder of ours.

What is ours, and why, is said at `Encoder`.
"""

from __future__ import annotations

import re
import sys
from datetime import date, datetime, time
from importlib import import_module
from typing import Any, Iterator

import toml

from ato_adict._basics.errors import ConfigFileError, NestingError
from ato_adict._files.formats.numbers import LARGEST, MAX_DIGITS, place
from ato_adict._files.formats.simplify import (
    Rules,
    countable,
    no_surrogates,
    simplify,
    whole_minutes,
)

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
ESCAPED = re.compile(r'[\x00-\x1f\x7f"\\]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
MAX_PARTS = 1000  # of a key; no config is nested that deeply
# Comments, texts over several lines, and keys, as which texts and bare values count too. What does
# not end is taken to the end of its line or of all: no text is looked through twice.
_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]+|\\[^\n])*"?|'[^'\n]*'?""")
_TOKEN = re.compile(
    r'''#[^\n]*|"""(?:[^"\\]+|\\.|"(?!""))*(?:""")?|\'\'\'(?:[^']+|'(?!\'\'))*(?:\'\'\')?'''
    rf"|(?P<key>(?:{_PART.pattern})(?:[ \t]*\.[ \t]*(?:{_PART.pattern})){{0,{MAX_PARTS}}})",
    re.DOTALL,
)
_LONG = re.compile(r"[0-9A-Fa-f_]{3500,}")  # in hexadecimal; an octal or decimal one has more
_NUMBER = re.compile(r"-?[0-9][0-9_]*|0[xob][0-9A-Fa-f_]+")
_IS = re.compile(r"[ \t]*=")
_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def _without_offset(value: time) -> str | None:
    offset = value.utcoffset()
    return None if offset is None else f"a time with the offset {offset}"


RULES = Rules(
    "TOML",
    {
        bool: None,
        int: countable,
        float: None,
        str: no_surrogates,
        date: None,
        datetime: whole_minutes,
        time: _without_offset,
    },
)


class Encoder(toml.TomlEncoder):  # type: ignore[type-arg]
    r"""The library's encoder; it writes numbers, flags, dates and times, we the rest.

    Ours are texts, because it writes `C:\xyz` as another one; lists, which it writes as
    `[ 64, 128,]`; a table in a list on one line, of which it keeps only the keys; and the order of
    tables, because of a list of tables it loses the empty ones below (`[{"a": {}}]`), fails on one
    that holds numbers too (`[1, {"a": 2}]`), and writes keys as it writes texts.
    """

    def __init__(self) -> None:
        super().__init__()
        self.dump_funcs.update({str: quote, dict: self._inline_table})

    def dump_list(self, v: Any) -> str:
        """Return a list on one line."""
        return f"[{', '.join([str(self.dump_value(item)) for item in v])}]"

    def _inline_table(self, table: dict[str, Any]) -> str:
        pairs = [f"{key_text(key)} = {self.dump_value(child)}" for key, child in table.items()]
        return f"{{ {', '.join(pairs)} }}" if pairs else "{}"

    def dump_sections(self, o: Any, sup: Any) -> Any:
        """Return the text of a table with all that is below it, and no sections left to do."""
        return "".join(self._table(o, sup)).lstrip("\n"), {}

    def _table(self, table: Any, name: str) -> Iterator[str]:
        below = [(key, value) for key, value in table.items() if is_section(value)]
        for key, value in table.items():
            if not is_section(value):
                yield f"{key_text(key)} = {self.dump_value(value)}\n"
        for key, value in below:
            full = f"{name}.{key_text(key)}" if name else key_text(key)
            if isinstance(value, dict):
                needs_header = not value or not all(map(is_section, value.values()))
                yield f"\n[{full}]\n" if needs_header else ""
                yield from self._table(value, full)
            else:
                for element in value:
                    yield f"\n[[{full}]]\n"
                    yield from self._table(element, full)


def is_section(value: Any) -> bool:
    """Whether a value is written below a header: a table, or a list of nothing but tables."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, dict) for item in value)
    return isinstance(value, dict)


def key_text(key: str) -> str:
    """Return a key as text."""
    return key if BARE_KEY.fullmatch(key) else quote(key)


def quote(text: str) -> str:
    """Return a basic string."""
    return '"' + ESCAPED.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match.group()) or f"\\u{ord(match.group()):04x}"


def dumps(tree: Any) -> str:
    """Return a config as TOML text. In each table the plain values come before the tables."""
    return str(toml.dumps(simplify(tree, RULES), Encoder()))


def loads(text: str) -> Any:
    """Return the data of a TOML text.

    Raises:
        ConfigFileError: If it is malformed.
        NestingError: If a key has more parts than any config has levels.
    """
    _check_keys(text)
    parser = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        data = parser.loads(text)
    except parser.TOMLDecodeError as error:
        position = _POSITION.search(str(error))
        problem = str(error)[: position.start()] if position else str(error)
        if position is None or position.group(1) is None:
            raise ConfigFileError(problem, None, text.count("\n") + 1) from None
        line, column = int(position.group(1)), int(position.group(2))
        raise ConfigFileError(problem, None, line, column) from None
    except ValueError as error:  # a date that is none, an integer of too many digits
        raise ConfigFileError(str(error).partition(";")[0], None, *_long_number(text)) from None
    if _LONG.search(text) and _has_huge(data):
        problem = f"an integer of more than {MAX_DIGITS} digits"
        raise ConfigFileError(problem, None, *_long_number(text))
    return data


def _check_keys(text: str) -> None:
    """Refuse keys of very many parts, over which the parser takes time in their square."""
    if text.count(".") < MAX_PARTS or max(n.count(".") for n in text.split("\n")) < MAX_PARTS:
        return
    for token in _TOKEN.finditer(text):
        key = token.group("key")
        if key and key.count(".") >= MAX_PARTS and len(_PART.findall(key)) > MAX_PARTS:
            line, _ = place(text, token.start())
            raise NestingError(
                f"line {line}: a key of more than {MAX_PARTS} parts, nested too deeply"
            )


def _long_number(text: str) -> tuple[int, int] | tuple[None, None]:
    """Return line and column of the first integer that may have too many digits."""
    for token in _TOKEN.finditer(text):
        key = token.group("key")
        if (
            key
            and _LONG.search(key)
            and _NUMBER.fullmatch(key)
            and not _IS.match(text, token.end())
        ):
            return place(text, token.start())
    return None, None


def _has_huge(data: Any) -> bool:
    if isinstance(data, (dict, list)):
        return any(map(_has_huge, data.values() if isinstance(data, dict) else data))
    return isinstance(data, int) and abs(data) >= LARGEST
