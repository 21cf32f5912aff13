"""Blank the secrets in a text: of URLs, of well-known shapes, and what a secret's name is given.

Every pattern starts at a fixed mark and looks a bounded way ahead, so that a text of any size and
make takes time in proportion to its length.
"""

from __future__ import annotations

import enum
import re
from typing import Sequence

from ato_sql._values.secret_names import is_secret_key
from ato_sql._values.secret_shapes import (
    NOTHING,
    REDACTED,
    looks_random,
    redact_headers,
    redact_shapes,
)
from ato_sql._values.secret_urls import redact_urls


class Kind(enum.Enum):
    """What a text is, which says where a value ends."""

    PROSE = "notes, messages, tracebacks, config values"
    SOURCE = "Python: only what stands in quotes is a value"
    DATA = "files of data: the rest of a line is a value as well"
    COMMAND = "a word of a command line, whose quotes the shell may have taken"
    LITERAL = "what stands in quotes in Python: a value ends with a blank, no quote is lost"


# A name and its sign: `API_KEY = `, `"password": `, `config["token"] = `.
_NAME = r"""(?<![\w.\-])([\-+~]{0,3}[A-Za-z_][\w.\-]{0,200})(?![\w.\-])"""
_SIGN = r"""\+?:?=(?![=>])|=>|:(?![:/=])"""
_NAMED = re.compile(rf"""{_NAME}(\\{{0,2}}["']?\]?\s{{0,8}}(?:{_SIGN})\s{{0,8}}\(?)""")
# In source a type may come in between: `password: str = `.
_TYPED = re.compile(
    rf"""{_NAME}(["']?\]?\s{{0,8}}(?::\s{{0,8}}[\w.\[\], |]{{1,40}}=(?!=)|{_SIGN})\s{{0,8}}\(?)"""
)
# `setdefault("API_KEY", "…")`, `add_header("Authorization", "…")`.
_HANDED = re.compile(
    r"""(\(\s{0,8}["']([\w.\-]{1,200})["']\s{0,8},\s{0,8})("[^"\\\n]*"|'[^'\\\n]*')"""
)
# `warning("token=%s", "…")`, `"token=%s" % "…"`, `"token={}".format("…")`.
_FILLED = re.compile(
    r"""("[^"\\\n]{0,300}"|'[^'\\\n]{0,300}')(\s{0,8}(?:,|%|\.format)[\s(]{0,8})"""
    r"""((?:"[^"\\\n]{1,200}"|'[^'\\\n]{1,200}')(?:\s{0,8},\s{0,8}(?:"[^"\\\n]{0,200}"|'[^'\\\n]{0,200}')){0,8})"""
)
_PLACE = re.compile(
    r"""([\w.\-]{1,100})["']?\s{0,8}[=:]\s{0,8}["']?(?:%[-\d.]{0,8}[sr]|\{[^{}\n]{0,20}\})"""
)
_QUOTED = re.compile(
    r'''[rbfuRBFU]{0,2}("""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')'''
)
_ESCAPED = re.compile(r"""\\{1,2}(["'])[^\n]{1,500}?\\{1,2}\1""")  # JSON in a text of JSON
_BARE = {
    Kind.PROSE: re.compile(
        r"""(?:[^\s;,"'&\[\](){}]|[&,](?![\w.\-]{1,40}=|\s|$)|["'](?=\w)|[\[\](){}](?=[^\s,;"'])){3,}"""
    ),
    Kind.COMMAND: re.compile(r"""[^,\]})\n]+"""),
    Kind.DATA: re.compile(r"""[^"'\s#\[{|>][^\n]*"""),
    Kind.LITERAL: re.compile(r"""[^\s;,"'&\\(){}\[\]<>|%]{3,}"""),
}
_IS_KEY = re.compile(r"\s{0,8}:")
_LINE_START = re.compile(r"[ \t]*(?:-[ \t]+|export[ \t]+|set[ \t]+)?[\"']?$")
_MARKED_BLOCK = re.compile(r"[|>][+\-]?[ \t]*\r?\n")
_BLOCK = re.compile(r"[|>]?[+\-]?[ \t]*\r?(?=\n)")
# After a colon prose goes on: `token: the smallest unit`. Only these names speak of nothing else.
_PLAIN_TALK = re.compile(
    r"^x-|passw|passphrase|passcode|pwd$|(?:api|secret|access|account)[_\-]?key", re.IGNORECASE
)
_PAIRS = {"[": "]", "{": "}", "(": ")"}


def redact_text(text: str, extra: Sequence[str] = (), kind: Kind = Kind.PROSE) -> str:
    """Blank the secrets of a text; the rest stays as it is."""
    text = redact_headers(redact_urls(text, extra), extra)
    text = _redact_assigned(text, extra, kind)
    if kind is Kind.SOURCE:
        text = (
            _FILLED.sub(lambda found: _hide_filled(found, extra), text)
            if "%" in text or "{" in text
            else text
        )
        return redact_shapes(_QUOTED.sub(lambda found: _literal(found, extra), text), extra, False)
    return redact_shapes(text, extra)


def _hide_filled(found: re.Match[str], extra: Sequence[str]) -> str:
    """Hide the texts that are put where a text says `token=%s`."""
    form, sign, values = found.groups()
    names = [place.group(1) for place in _PLACE.finditer(form)]
    if not any(is_secret_key(name, extra) for name in names):
        return found.group(0)
    return (
        form
        + sign
        + _QUOTED.sub(lambda one: f"{one.group(1)[0]}{REDACTED}{one.group(1)[0]}", values)
    )


def _literal(found: re.Match[str], extra: Sequence[str]) -> str:
    """Hide secrets in a text within source: `connect("host=h password=x")`."""
    return redact_shapes(_redact_assigned(found.group(0), extra, Kind.LITERAL), extra)


def _redact_assigned(text: str, extra: Sequence[str], kind: Kind) -> str:
    """Hide what follows the names of secrets; what was hidden is not looked at again."""
    if "=" not in text and ":" not in text and "(" not in text:
        return text
    named = _TYPED if kind is Kind.SOURCE else _NAMED
    parts, at = [], 0
    found = named.search(text)
    while found is not None:
        # Where nothing is hidden the sign may have swallowed the next name: `x: password = …`.
        end, shown = found.end(1), text[at : found.end(1)]
        if is_secret_key(found.group(1), extra):
            hidden = _value(text, found, kind)
            if hidden is not None:
                end, shown = hidden[0], text[at : found.end()] + hidden[1]
        parts.append(shown)
        at = end
        found = named.search(text, at)
    text = "".join(parts) + text[at:]
    return _HANDED.sub(lambda call: _hide_handed(call, extra), text)


def _hide_handed(call: re.Match[str], extra: Sequence[str]) -> str:
    before, name, value = call.groups()
    if value[1:2] == "-" or len(value) == 2 or not is_secret_key(name, extra):
        return call.group(0)
    return f"{before}{value[0]}{REDACTED}{value[0]}"


def _value(text: str, named: re.Match[str], kind: Kind) -> tuple[int, str] | None:
    """Return where the value of a secret's name ends and what to show; None to leave it."""
    start = named.end()
    quoted = _QUOTED.match(text, start)
    if quoted is not None:
        return _unless_empty(quoted)
    escaped = _ESCAPED.match(text, start)
    if escaped is not None:
        return escaped.end(), REDACTED
    if text[start : start + 1] in _PAIRS:
        return None if kind is Kind.LITERAL else _bracketed(text, start, kind)
    if kind is Kind.SOURCE:
        return None
    if kind is Kind.DATA:
        line = text.rfind("\n", max(named.start() - 300, 0), named.start()) + 1
        if not _LINE_START.match(text, line, named.start()):
            kind = Kind.PROSE
        elif "\n" in named.group(2) or _BLOCK.match(text, start):
            return _lines_below(text, line, named)
    if kind is Kind.PROSE and _MARKED_BLOCK.match(text, start):
        return _lines_below(text, text.rfind("\n", 0, named.start()) + 1, named)
    bare = _BARE[kind].match(text, start)
    if bare is None or NOTHING.match(bare.group(0).strip()):
        return None
    is_spoken = kind in (Kind.PROSE, Kind.LITERAL) and "=" not in named.group(2)
    # `:param password: Of the user.` in a docstring is no password.
    is_plain = kind is Kind.PROSE and _PLAIN_TALK.search(named.group(1))
    if is_spoken and not is_plain and not _is_token(bare.group(0)):
        return None
    if text[bare.end() : bare.end() + 1] == "(" and kind is not Kind.COMMAND:  # SecretStr('…')
        return _bracketed(text, bare.end(), Kind.DATA)
    return bare.end(), REDACTED


def says_password(name: str) -> bool:
    """Tell whether a name speaks of nothing but a secret, as `token` and `auth` may."""
    return _PLAIN_TALK.search(name) is not None


def _is_token(value: str) -> bool:
    """Whether a word after a colon is rather a secret than the next word of a sentence."""
    return len(value) >= 8 and looks_random(value) and any(c.isalpha() for c in value)


def _unless_empty(quoted: re.Match[str]) -> tuple[int, str] | None:
    whole = quoted.group(1)
    quote = whole[:3] if whole[:3] in ('"""', "'''") and len(whole) > 5 else whole[0]
    inner = whole[len(quote) : -len(quote)]
    return None if inner in ("", REDACTED) else (quoted.end(), f"{quote}{REDACTED}{quote}")


def _lines_below(text: str, line: int, named: re.Match[str]) -> tuple[int, str] | None:
    """Hide what YAML writes below a secret's name: the lines that are further in."""
    own = re.compile(r"[ \t]*").match(text, line).end() - line  # type: ignore[union-attr]
    end = text.find("\n", named.end(1))
    last = end
    while end >= 0:
        following = text.find("\n", end + 1)
        one = text[end + 1 : following if following >= 0 else len(text)]
        if one.strip() and len(one) - len(one.lstrip(" \t-")) <= own:
            break
        last = following if following >= 0 else len(text)
        end = following
    below = text[named.end() : last].strip()
    blank = "" if text[named.end() - 1] == " " else " "
    return (last, f"{blank}{REDACTED}") if below and last >= named.end() else None


def _bracketed(text: str, start: int, kind: Kind) -> tuple[int, str]:
    """Hide a list or mapping whole; in source only its texts, as the rest is code."""
    end, closers = start, []
    while end < len(text):
        quoted = _QUOTED.match(text, end) if text[end] in "\"'" else None
        if quoted is not None:
            end = quoted.end()
            continue
        if text[end] in _PAIRS:
            closers.append(_PAIRS[text[end]])
        elif closers and text[end] == closers[-1]:
            closers.pop()
        end += 1
        if not closers:
            break
    if kind in (Kind.COMMAND, Kind.DATA):
        return end, REDACTED
    return end, _QUOTED.sub(_blank, text[start:end])


def _blank(quoted: re.Match[str]) -> str:
    if _IS_KEY.match(quoted.string, quoted.end()):
        return quoted.group(0)
    return f"{quoted.group(0)[-1]}{REDACTED}{quoted.group(0)[-1]}"
