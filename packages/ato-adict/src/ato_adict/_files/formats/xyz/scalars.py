"""How xyz writes values that fit on one line."""

from __future__ import annotations

import re

from ato_adict._files.formats.numbers import bounded_int

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)|-?0x[0-9a-f]+")
FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?")
COMPLEX = re.compile(r"\([-+0-9.a-z]+j\)|[-+]?(?:[0-9.e+-]+|inf|nan)j")
WORDS = {
    "None": None,
    "True": True,
    "False": False,
    "inf": float("inf"),
    "-inf": float("-inf"),
    "nan": float("nan"),
}
# Characters that are invisible, break lines or reorder text: written as escapes. A fixed list,
# because what Python thinks printable differs between its versions.
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
# Beginnings that mean something else: quotes, marks, bytes, complex numbers, comments, blocks.
_SPECIAL_START = re.compile(r"""["'\[({#|]|[bB]["']""")
_LIST_ITEM = re.compile(r"[0-9]+\)")


def number(text: str) -> Any:
    """Return the number, flag or None that a bare text stands for; the text itself if none.

    Raises:
        ValueError: For an integer of too many digits; larger ones are written in hexadecimal.
    """
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        return int(text, 0) if "x" in text else bounded_int(text)
    if FLOAT.fullmatch(text):
        return float(text)
    if COMPLEX.fullmatch(text):
        try:
            return complex(text)
        except ValueError:
            return text
    return text


def is_bare(text: str) -> bool:
    """Whether a string may stand as it is."""
    return (
        text != ""
        and text.strip(" ") == text
        and not _SPECIAL_START.match(text)
        and not UNSAFE.search(text)
        and not _is_number(text)
    )


def _is_number(text: str) -> bool:
    try:
        return number(text) is not text
    except ValueError:
        return True


def is_bare_key(text: str) -> bool:
    """Whether a string may stand as it is in front of a colon."""
    return is_bare(text) and ":" not in text and not _LIST_ITEM.match(text)


def quote(text: str) -> str:
    """Return a string in double quotes with the escapes of Python."""
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + UNSAFE.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def integer(value: int) -> str:
    """Return an integer in decimal; a huge one in hexadecimal, which takes no quadratic time."""
    return str(value) if value.bit_length() < 10_000 else hex(value)


def key_text(key: Any) -> str:
    """Return a key as text."""
    if isinstance(key, str):
        return key if is_bare_key(key) else quote(key)
    return scalar_text(key)


def scalar_text(value: Any) -> str:
    """Return a value that is no container as text."""
    if isinstance(value, str):
        return value if is_bare(value) else quote(value)
    if type(value) is int:
        return integer(value)
    name = MARKED.get(type(value).__name__)
    return f"[{name}] {value.isoformat()}" if name else repr(value)


# Types written with a mark in front.
MARKED = {"date": "Date", "datetime": "Datetime", "time": "Time"}


def marked(name: str, text: str) -> Any:
    """Return the date or time behind a mark."""
    import datetime

    kinds = {"Date": datetime.date, "Datetime": datetime.datetime, "Time": datetime.time}
    kind: Any = kinds[name]
    return kind.fromisoformat(text)
