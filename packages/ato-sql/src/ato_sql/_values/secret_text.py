"""Blank the secrets in a text: of URLs, of well-known shapes, and what a secret's name is given.

Every pattern starts at a fixed mark and looks a bounded way ahead, so that a text of any size and
make takes time in proportion to its length.
"""

from __future__ import annotations

import enum
import re
from typing import Sequence

from ato_sql._values.secret_names import is_secret_key
from ato_sql._values.secret_urls import redact_urls

REDACTED = "[redacted]"


class Kind(enum.Enum):
    """What a text is, which says where a value ends."""

    PROSE = "notes, messages, tracebacks, config values"
    SOURCE = "Python: only what stands in quotes is a value"
    DATA = "files of data: the rest of a line is a value as well"
    COMMAND = "a word of a command line, whose quotes the shell may have taken"


# Keys as providers make them, told by their first characters.
_SHAPES = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-[\w\-]{16,}|[sr]k_(?:live|test)_\w{10,}|whsec_\w{16,}"
    r"|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|gl(?:pat|dt|rt|cbt|ptt)-[\w\-]{16,}"
    r"|hf_[A-Za-z0-9]{20,}|r8_[A-Za-z0-9]{20,}|gsk_[A-Za-z0-9]{20,}|xai-[A-Za-z0-9]{20,}"
    r"|nvapi-[\w\-]{20,}|pplx-[A-Za-z0-9]{20,}|tvly-[\w\-]{16,}|lsv2_\w{20,}|dapi[0-9a-f]{32}"
    r"|xox[a-z]-[\w\-]{10,}|xapp-[\w\-]{10,}|(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[\w\-]{30,}"
    r"|ya29\.[\w\-]{16,}|npm_[A-Za-z0-9]{30,}|pypi-[\w\-]{30,}|do[opr]_v1_[0-9a-f]{40,}"
    r"|SG\.[\w\-]{16,}\.[\w\-]{16,}|eyJ[\w\-]{8,}\.[\w\-]{8,}(?:\.[\w\-]*)?"
    r"|AGE-SECRET-KEY-\w{20,}|\d{8,10}:AA[\w\-]{30,}"
    r")"
)
_PRIVATE_KEY = re.compile(
    r"(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)[^-]+(?:(-----END [A-Z ]+-----))?"
)
_HOOKS = re.compile(
    r"(hooks\.slack\.com/(?:services|workflows)/|discord(?:app)?\.com/api/webhooks/)[^\s\"'<>]+"
)
_SCHEME = re.compile(r"\b(bearer|basic)(\s{1,8})([\w.~+/=\-]{8,})", re.IGNORECASE)
_HEADER = re.compile(
    r"""(?<![\w\-])((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s{0,8}:\s{0,8})([^"'\n]+)""",
    re.IGNORECASE,
)

# A name and its sign: `API_KEY = `, `"password": `, `config["token"] = `.
_NAME = r"""(?<![\w.\-])([\-+~]{0,3}[A-Za-z_][\w.\-]{0,200})(?![\w.\-])"""
_SIGN = r"""\+?:?=(?!=)|:(?![:/=])"""
_NAMED = re.compile(rf"""{_NAME}(\\{{0,2}}["']?\]?\s{{0,8}}(?:{_SIGN})\s{{0,8}}\(?)""")
# In source a type may come in between: `password: str = `.
_TYPED = re.compile(
    rf"""{_NAME}(["']?\]?\s{{0,8}}(?::\s{{0,8}}[\w.\[\], |]{{1,40}}=(?!=)|{_SIGN})\s{{0,8}}\(?)"""
)
# `setdefault("API_KEY", "…")`, `add_header("Authorization", "…")`.
_HANDED = re.compile(
    r"""(\(\s{0,8}["']([\w.\-]{1,200})["']\s{0,8},\s{0,8})("[^"\\\n]*"|'[^'\\\n]*')"""
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
}
_IS_KEY = re.compile(r"\s{0,8}:")
_LINE_START = re.compile(r"[ \t]*(?:-[ \t]+|export[ \t]+|set[ \t]+)?[\"']?$")
_BLOCK = re.compile(r"[|>]?[+\-]?[ \t]*\r?(?=\n)")
_NOTHING = re.compile(r"(?:(?:none|null|true|false|\.\.\.)?$|\*\*\*|\[redacted\])", re.IGNORECASE)
# After a colon prose goes on: `token: the smallest unit`. Only these names speak of nothing else.
_PLAIN_TALK = re.compile(
    r"^x-|passw|passphrase|passcode|pwd$|(?:api|secret|access|account)[_\-]?key", re.IGNORECASE
)
_PAIRS = {"[": "]", "{": "}", "(": ")"}


def redact_text(text: str, extra: Sequence[str] = (), kind: Kind = Kind.PROSE) -> str:
    """Blank the secrets of a text; the rest stays as it is."""
    text = redact_urls(text, extra)
    text = _redact_assigned(text, extra, kind)
    if ":" in text:
        text = _HEADER.sub(lambda found: _hide_header(found, extra), text)
    text = _SCHEME.sub(_hide_scheme, text)
    text = _HOOKS.sub(r"\1***", text)
    if "PRIVATE KEY-----" in text:
        text = _PRIVATE_KEY.sub(rf"\1{REDACTED}\2", text)
    return _SHAPES.sub(REDACTED, text)


def _hide_header(found: re.Match[str], extra: Sequence[str]) -> str:
    name, sign, value = found.groups()
    if not is_secret_key(name, extra) or _NOTHING.match(value):
        return found.group(0)
    return f"{name}{sign}{REDACTED}"


def _hide_scheme(found: re.Match[str]) -> str:
    scheme, space, value = found.groups()
    looks_random = any(c.isdigit() for c in value) or value[1:].lower() != value[1:]
    return f"{scheme}{space}{REDACTED}" if looks_random else found.group(0)


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
        return _bracketed(text, start, kind)
    if kind is Kind.SOURCE:
        return None
    if kind is Kind.DATA:
        line = text.rfind("\n", max(named.start() - 300, 0), named.start()) + 1
        if not _LINE_START.match(text, line, named.start()):
            kind = Kind.PROSE
        elif "\n" in named.group(2) or _BLOCK.match(text, start):
            return _lines_below(text, line, named)
    if kind is Kind.PROSE and "=" not in named.group(2) and not _PLAIN_TALK.search(named.group(1)):
        return None
    bare = _BARE[kind].match(text, start)
    if bare is None or _NOTHING.match(bare.group(0).strip()):
        return None
    return bare.end(), REDACTED


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
    return (last, f" {REDACTED}") if below and last >= named.end() else None


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
