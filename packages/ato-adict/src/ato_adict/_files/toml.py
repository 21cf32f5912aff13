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

from ato_adict._errors import ConfigFileError
from ato_adict._files.numbers import too_long
from ato_adict._files.simplify import Rules, countable, no_surrogates, simplify

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
ESCAPED = re.compile(r'[\x00-\x1f\x7f"\\]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def _whole_minutes(value: Any) -> str | None:
    offset = value.utcoffset()
    if offset is not None and (isinstance(value, time) or offset.total_seconds() % 60):
        return f"a {type(value).__name__} with the offset {offset}"
    return None


RULES = Rules(
    "TOML",
    {
        bool: None,
        int: countable,
        float: None,
        str: no_surrogates,
        date: None,
        datetime: _whole_minutes,
        time: _whole_minutes,
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
    """Return the data of a TOML text."""
    parser = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        return parser.loads(text)
    except parser.TOMLDecodeError as error:
        position = _POSITION.search(str(error))
        problem = str(error)[: position.start()] if position else str(error)
        if position is None or position.group(1) is None:
            raise ConfigFileError(problem, None, text.count("\n") + 1) from None
        line, column = int(position.group(1)), int(position.group(2))
        raise ConfigFileError(problem, None, line, column) from None
    except ValueError as error:  # a date that is none, an integer of too many digits
        place = too_long(text) or (None, None)
        raise ConfigFileError(str(error).partition(";")[0], None, *place) from None
