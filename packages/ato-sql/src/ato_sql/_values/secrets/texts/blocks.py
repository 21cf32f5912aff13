"""Blank secrets that a text names beside them: records, sections, YAML below.

As everywhere here each pattern starts at a fixed mark and looks a bounded way ahead.
"""

from __future__ import annotations

import re
from typing import Sequence

from ato_sql._values.secrets.names import is_secret_key, says_password, words
from ato_sql._values.secrets.shapes import (
    COUNT,
    NOTHING,
    REDACTED,
    is_token,
    looks_random,
)

_QUOTE = r"""\\{0,2}["']?"""
# Each blank and letter fits in one way only, so that what fits in none is soon known.
_NEXT = r"""(?:[ \t]{0,8}[,;])?(?:[ \t]{0,8}\#[^\n]{0,100}(?=\n))?\s{0,60}"""
_SIGN = r"""\s{0,4}[:=]\s{0,4}"""
_OTHER = (
    rf"""{_QUOTE}\w{{1,30}}{_QUOTE}{_SIGN}{_QUOTE}[\w./\-]{{1,60}}(?![\w./\-]){_QUOTE}{_NEXT}"""
)
_TEXT = (
    r"""(?P<text>"(?:[^"\\\n]|\\.){1,2000}"|'(?:[^'\\\n]|\\.){1,2000}'"""
    r"""|\\{1,2}(?P<mark>["'])[^"'\\\n]{1,2000}\\{1,2}(?P=mark)|[|>][+\-]?(?=[ \t]*\r?\n)"""
    r"""|[^\s"'\\,;{}\[\]()|>]{1,2000})"""
)
# `name: API_KEY` and then `value: x`, in YAML, JSON, TOML and what looks like them.
_RECORD = re.compile(
    rf"""(?<![\w.\-])(?:name|key){_QUOTE}{_SIGN}{_QUOTE}([\w.\-]{{1,100}})(?![\w.\-])"""
    rf"""{_QUOTE}{_NEXT}"""
    rf"""(?:{_OTHER}){{0,2}}?{_QUOTE}value{_QUOTE}\s{{0,4}}[:=][ \t]{{0,4}}{_TEXT}""",
    re.IGNORECASE,
)
# `{"value": "x", "name": "API_KEY"}`.
_TURNED = re.compile(
    rf"""\{{\s{{0,60}}{_QUOTE}value{_QUOTE}\s{{0,4}}:[ \t]{{0,4}}{_TEXT}{_NEXT}"""
    rf"""{_QUOTE}(?:name|key){_QUOTE}{_SIGN}{_QUOTE}([\w.\-]{{1,100}})(?![\w.\-])""",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"""^[ \t]{0,40}\[{1,2}["']?([\w.\-]{1,100})["']?\]{1,2}"""
    r"""[ \t]{0,40}(?:[\#;][^\n]{0,300})?\r?$""",
    re.MULTILINE,
)
_ENTRY = re.compile(r"""([ \t]*["']?[\w.\-]{1,100}["']?[ \t]{0,40}[=:][ \t]{0,40})(\S[^\n]*)""")
_GOES_ON = re.compile(r"[ \t]+(?=[^\s\])}#;])")
_STORE = re.compile(r"secrets?\Z|cred(?:ential)?s?\Z", re.IGNORECASE)
_INDENT = re.compile(r"[ \t]*(?:-[ \t]+)*")
# A line below `password:` that holds data: `- x`, `value: x`.
_ITEM = re.compile(
    r"""[ \t]*(?:(?P<dash>-)[ \t]+)?(?:["']?(?P<key>[\w.\-]{1,100})["']?[ \t]*[:=][ \t]+)?"""
    r"""(?P<value>"[^"\n]{1,400}"|'[^'\n]{1,400}'|[^\s"']{1,400})[ \t\r]*\Z"""
)
_OPENS = re.compile(r"""[ \t]*(?:-[ \t]+)?["']?[\w.\-]{1,100}["']?:[ \t\r]*\Z""")
# What a schema says of a password: `password:\n  type: string`.
_SCHEMA = words("type format description help title required default nullable example min max")


def redact_blocks(text: str, extra: Sequence[str] = ()) -> str:
    """Blank what records and sections of a text hold under the name of a secret."""
    lower = text[:1_000_000].lower() if "value" not in text else "value"
    if "value" in lower:
        text = _records(text, extra)
        text = _TURNED.sub(lambda found: _hide_turned(found, extra), text)
    return _sections(text, extra) if "[" in text and "]" in text else text


def _records(text: str, extra: Sequence[str]) -> str:
    parts, at = [], 0
    for found in _RECORD.finditer(text):
        start, end = found.span("text")
        value = found.group("text")
        if start < at or not _is_told(found.group(1), value, extra):
            continue
        below = None
        if value[0] in "|>":
            line = text.rfind("\n", 0, start) + 1
            below = lines_below(text, line, start, start)
            end = end if below is None else below[0]
        parts += [text[at:start], REDACTED if below else _in_its_quotes(value)]
        at = end
    return "".join(parts) + text[at:]


def _hide_turned(found: re.Match[str], extra: Sequence[str]) -> str:
    value = found.group("text")
    if value[0] in "|>" or not _is_told(found.group(3), value, extra):
        return found.group(0)
    start, end = (place - found.start() for place in found.span("text"))
    whole = found.group(0)
    return whole[:start] + _in_its_quotes(value) + whole[end:]


def _is_told(name: str, value: str, extra: Sequence[str]) -> bool:
    if NOTHING.match(value.strip("\"'\\")) or not is_secret_key(name, extra):
        return False
    return value[0] in "\"'\\|>" or says_password(name) or looks_random(value)


def _in_its_quotes(value: str) -> str:
    quote = re.match(r"""\\{0,2}["']""", value)
    return f"{quote.group(0)}{REDACTED}{quote.group(0)}" if quote else REDACTED


def _sections(text: str, extra: Sequence[str]) -> str:
    """Hide what `[secrets]` of TOML and ini has below it, up to the next section."""
    parts, at = [], 0
    for found in _SECTION.finditer(text):
        if found.start() < at or not is_secret_key(found.group(1), extra):
            continue
        name = found.group(1)
        is_sure = says_password(name) or _STORE.search(name) is not None
        parts.append(text[at : found.end()])
        at = _hide_section(text, found.end(), is_sure, parts)
    return "".join(parts) + text[at:]


def _hide_section(text: str, at: int, is_sure: bool, parts: list[str]) -> int:
    """Put the lines of a section into parts, hidden, and return where they end."""
    while at < len(text):
        end = text.find("\n", at + 1)
        end = len(text) if end < 0 else end
        line = text[at:end].lstrip("\n")
        shown = _line_of_section(line, is_sure)
        if shown is None:
            break
        parts.append(text[at : end - len(line)] + shown)
        at = end
    return at


def _line_of_section(line: str, is_sure: bool) -> str | None:
    """Return a line of a section as it is to be shown; None if it is none of it."""
    entry, stripped = _ENTRY.match(line), line.strip()
    if not stripped or stripped[0] in "#;])}":
        return line
    if entry is not None:
        value = entry.group(2).strip()
        is_value = is_sure or is_token(value.strip("\"'"))
        return line if NOTHING.match(value) or not is_value else entry.group(1) + _shown(value)
    goes_on = _GOES_ON.match(line) if is_sure else None
    return None if goes_on is None else goes_on.group(0) + REDACTED


def _shown(value: str) -> str:
    quote = value[0] if value[0] in "\"'" and value[:3] not in ('"""', "'''") else ""
    return f"{quote}{REDACTED}{quote}"


def lines_below(text: str, line: int, behind: int, start: int) -> tuple[int, str] | None:
    """Return where the lines end that are further in than one, and what they say.

    Args:
        text: Where to look.
        line: Where the line of the name begins.
        behind: Where the name ends.
        start: Where what is to be hidden begins, behind the sign.
    """
    own = _INDENT.match(text, line).end() - line  # type: ignore[union-attr]
    at = last = text.find("\n", behind)
    while at >= 0:
        following = text.find("\n", at + 1)
        one = text[at + 1 : following if following >= 0 else len(text)]
        if one.strip() and len(one) - len(one.lstrip(" \t-")) <= own:
            break
        last = following if following >= 0 else len(text)
        at = following
    below = text[start:last].strip()
    return (last, below) if below and last >= start else None


def is_data(name: str, below: str) -> bool:
    """Tell whether lines below a secret's name hold it, and do not speak of it."""
    lines = [line for line in below.split("\n") if line.strip() and line.strip()[0] != "#"]
    items = [_ITEM.match(line) for line in lines]
    if not all(item or _OPENS.match(line) for item, line in zip(items, lines)):
        return False
    return any(item is not None and _tells(name, item) for item in items)


def _tells(name: str, item: re.Match[str]) -> bool:
    value, key = item.group("value").strip("\"'"), (item.group("key") or "").lower()
    if not (item.group("dash") or key) or NOTHING.match(value) or COUNT.fullmatch(value):
        return False
    is_sure = says_password(name) or bool(key and _STORE.search(name))
    return looks_random(value) or (is_sure and key not in _SCHEMA)
