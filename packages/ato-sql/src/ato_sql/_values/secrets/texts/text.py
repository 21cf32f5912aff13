"""Blank the secrets in a text: of URLs, of well-known shapes, and what a secret's name is given.

Every pattern starts at a fixed mark and looks a bounded way ahead, so that a text of any size and
make takes time in proportion to its length.
"""

from __future__ import annotations

import re
from typing import Sequence

from ato_sql._values.secrets.calls import redact_calls
from ato_sql._values.secrets.kinds import Kind
from ato_sql._values.secrets.names import (
    is_secret_key,
    may_be_owned,
    may_be_words,
    says_password,
    tells_of_words,
    words,
)
from ato_sql._values.secrets.shapes import (
    NOTHING,
    REDACTED,
    is_key,
    is_token,
    looks_random,
    redact_headers,
    redact_schemes,
    redact_shapes,
)
from ato_sql._values.secrets.texts.bare import bare_end
from ato_sql._values.secrets.texts.blocks import is_data, lines_below, redact_blocks
from ato_sql._values.secrets.texts.choices import redact_choices
from ato_sql._values.secrets.texts.commands import redact_commands
from ato_sql._values.secrets.texts.owners import owner_of
from ato_sql._values.secrets.texts.records import redact_records
from ato_sql._values.secrets.texts.tables import redact_drawn, redact_printed
from ato_sql._values.secrets.texts.urls import redact_urls

# A name and its sign: `API_KEY = `, `"password": `, `config["token"] = `; Chinese has a wide colon.
_NAME = r"""(?<![\w.\-])([\-+~]{0,3}[^\W\d][\w.\-]{0,200})(?![\w.\-])"""
_SIGN = r"""\+?:?=(?![=>])|=>|<-(?=\s{0,8}["'])|:(?![:/=])|\uff1a"""
_MARKS = r"""(?:\*{1,2}(?!\*)|`{1,3}|</\w{1,10}>)?"""  # `**password**: `, `**Password:** `
# What may stand before a value: blanks, and the end of a line that goes on or has a comment.
_GAP = r"""(?:[ \t]{0,8}(?:\\|\#[ \t][^\n]{0,100})\r?\n[ \t]{0,40}|\s{0,8})"""
_OPENS = rf"""(?P<opens>\((?:{_GAP}[ \t]{{0,40}}(?=[rbfuRBFU]{{0,2}}["']))?)?"""
_NAMED = re.compile(
    rf"""{_NAME}(\\{{0,2}}["']?\]?{_MARKS}\s{{0,8}}(?:{_SIGN}){_MARKS}{_GAP}{_OPENS})"""
)
# In Python a type may come in between: `password: str = `, `token: "Optional[str]" = `.
_INDEX = r"""(?:\[(?:[^\[\]\n=]|\[(?:[^\[\]\n=]|\[[^\[\]\n=]{0,40}\]){0,40}\]){0,80}\])?"""
_HEAD = (
    r"""(?:[A-Za-z_]\w{0,30}\.){0,3}(?:str|bytes|bytearray|int|float|bool|object|None|Any|AnyStr|Text"""
    r"""|Optional|Union|Literal|Final|Annotated|ClassVar|InitVar|Mapped|Required|NotRequired|ReadOnly"""
    r"""|[Ll]ist|[Dd]ict|[Tt]uple|[Ss]et|[Ff]rozen[Ss]et|Mapping|Sequence|Iterable"""
    r"""|[A-Z]\w{0,30}?(?:Str|Bytes|Password|Token|Secret|Key|Auth|Credentials?)|Secret|Password)\b"""
)
_UNION = (
    rf"""{_INDEX}(?:\s{{0,3}}\|\s{{0,3}}[A-Za-z_][\w.]{{0,60}}{_INDEX}){{0,6}}["']?"""
    r"""\s{0,8}=(?![=>])"""
)
_TYPED = re.compile(
    rf"""{_NAME}(\\{{0,2}}["']?\]?{_MARKS}\s{{0,8}}(?::\s{{0,8}}["']?{_HEAD}{_UNION}"""
    rf"""|:\s{{0,8}}(?P<other>["']?[A-Za-z_][\w.]{{0,60}}{_UNION})(?=\s{{0,8}}\(?[rbfuRBFU]{{0,2}}["'])"""
    rf"""|{_SIGN}){_MARKS}{_GAP}{_OPENS})"""
)
# `setdefault("API_KEY", "…")`, `add_header("Authorization", "…")`.
_HANDED = re.compile(
    r"""(\(\s{0,8}["']([\w.\-]{1,200})["']\s{0,8},\s{0,8})("[^"\\\n]*"|'[^'\\\n]*')"""
)
# `["--password", "…"]`, the words of a command as errors and sources show them.
_LISTED = re.compile(
    r"""(["'](--?[A-Za-z][\w.\-]{1,200})["']\s{0,8},\s{0,8})("(?!-)[^"\\\n]*"|'(?!-)[^'\\\n]*')"""
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
_TEXTS = re.compile(
    r"""\s{0,8}(?:[rbfuRBFU]{0,2}(?:"[^"\\\n]{0,400}"|'[^'\\\n]{0,400}')\s{0,8},?\s{0,8}){2,20}"""
)
_WORDS = re.compile(r"""\[([^\[\]"'\n]{1,400})\]""")
_SAID = re.compile(rf"\#[^\n]*|{_QUOTED.pattern}")
_ESCAPED = re.compile(r"""\\{1,2}(["'])[^\n]{1,500}?\\{1,2}\1""")  # JSON in a text of JSON
# The list or mapping that a text of JSON has under a name, without what nests in it.
_JSON = re.compile(
    r"""(?:\[|\{(?=[^{}\n]{1,2000}\}))\s{0,8}(?=\\{0,2}["'])[^\[\]{}]{1,2000}[\]}]"""
)
_JSON_TEXT = re.compile(r"""(\\{0,2}["'])([^"'\\\n]{1,400})\1""")
_WORD_BEFORE = re.compile(r"(?<![\w.\-])([A-Za-z]{2,30})[ \t]{1,2}\Z")
_WHICH_ONE = words("new current latest last old")  # "your new token: …"
_VALUE = re.compile(r"""[\s"'(]{0,4}([^\s"',;()\[\]{}]{0,400})""")
_COLOURS = re.compile(r"\x1b\[(?:[\d;:]{0,40}m)?")
_IS_KEY = re.compile(r"\s{0,8}:")
_LINE_START = re.compile(r"[ \t]*(?:-[ \t]+|export[ \t]+|set[ \t]+)?[\"']?$")
_MARKED_BLOCK = re.compile(r"[|>][+\-]?[ \t]*\r?\n")
_BLOCK = re.compile(r"[|>]?[+\-]?[ \t]*\r?(?=\n)")
_PAIRS = {"[": "]", "{": "}", "(": ")"}
# What is written of an object: `Cred(user='me', value='x')`, `<Cred user='me' value='x'>`.
_OBJECT = re.compile(
    r"""[A-Za-z_][\w.]{0,100}\("""
    r"""|<[A-Za-z_][\w.]{0,100}:?[ \t](?:[^<>\n"']|"[^"\n]{0,400}"|'[^'\n]{0,400}'){1,2000}>"""
)
_HAS_VALUES = re.compile(
    r"""(?:[A-Za-z_]\w{0,60}\.){0,5}[A-Z_]\w{0,60}\(\s{0,40}(?:[A-Za-z_]\w{0,60}=|["'\[({])"""
    r"""|<[A-Za-z_][\w.]{0,100}:?[ \t](?:\w{1,60}=|["'])"""
)
_BRACKETS = re.compile(rf"[()\[\]{{}}]|{_QUOTED.pattern}")
_LONGEST_OBJECT = 1000  # letters; of a longer one, or of more lines, what its line has of it
_LINES_OF_OBJECT = re.compile(r"(?:[^\n]*\n){0,20}[^\n]*")


def redact_text(text: str, extra: Sequence[str] = (), kind: Kind = Kind.PROSE) -> str:
    """Blank the secrets of a text; the rest stays as it is, colours where nothing is hidden."""
    if "\x1b[" in text:
        plain = _COLOURS.sub("", text)
        hidden = redact_text(plain, extra, kind)
        return text if hidden == plain else hidden
    if kind is Kind.SOURCE:
        return redact_source(text, extra)[0]
    text = redact_headers(redact_schemes(redact_urls(text, extra)), extra)
    text = redact_records(redact_blocks(text, extra), extra)
    text = redact_printed(redact_drawn(text, extra), extra)
    text = redact_commands(text, extra)
    text = _redact_listed(_redact_assigned(text, extra, kind), extra)
    return redact_shapes(redact_choices(redact_calls(text, extra), extra), extra)


def redact_source(text: str, extra: Sequence[str] = ()) -> tuple[str, set[str | bytes | int]]:
    """Return source without its secrets, and those of them that its syntax told."""
    # Only where source is kept: importing it takes as long as all else of this room.
    from ato_sql._values.secrets.syntax.hide import hide_bound

    text, bound = hide_bound(text, extra)
    text = redact_headers(redact_urls(text, extra), extra, True)
    if bound is None:  # a fragment, or another language
        text = redact_calls(_redact_assigned(text, extra, Kind.SOURCE), extra)
        text = redact_choices(text, extra)
    if "%" in text or "{" in text:
        text = _FILLED.sub(lambda found: _hide_filled(found, extra), text)
    text = _SAID.sub(lambda found: _said(found, extra), _redact_listed(text, extra))
    return redact_shapes(text, extra, False), bound or set()


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


def _said(found: re.Match[str], extra: Sequence[str]) -> str:
    """Hide secrets in a comment, and in a text in source: `connect("host=h password=x")`."""
    said = found.group(0)
    if said[0] == "#":
        return redact_shapes(_redact_assigned(said, extra, Kind.PROSE), extra)
    said = redact_commands(_redact_assigned(said, extra, Kind.LITERAL), extra)
    if said[-3:] in ('"""', "'''"):  # it may hold a table
        said = redact_printed(redact_drawn(said[:-3], extra), extra) + said[-3:]
    return redact_shapes(said, extra)


def _redact_assigned(text: str, extra: Sequence[str], kind: Kind) -> str:
    """Hide what follows the names of secrets; what was hidden is not looked at again."""
    if not any(sign in text for sign in ("=", ":", "\uff1a", "(", "<-")):
        return text
    named = _NAMED if kind in (Kind.DATA, Kind.COMMAND) else _TYPED
    parts, at = [], 0
    found = named.search(text)
    while found is not None:
        # Where nothing is hidden the sign may have swallowed the next name: `x: password = …`.
        end, shown = found.end(1), text[at : found.end(1)]
        if _names_secret(text, found, extra) and not _is_word_of_text(text, found):
            hidden = _value(text, found, kind)
            if hidden is not None:
                end, shown = hidden[0], _shown(text, at, found) + hidden[1]
        parts.append(shown)
        at = end
        found = named.search(text, at)
    text = "".join(parts) + text[at:]
    return _HANDED.sub(lambda call: _hide_handed(call, extra), text)


def _names_secret(text: str, named: re.Match[str], extra: Sequence[str]) -> bool:
    """Tell whether a name is that of a secret, also by what it is nested in: `wandb: {key: …}`."""
    name = named.group(1)
    if is_secret_key(name, extra):
        return True
    owner = owner_of(text, named.start(1)) if may_be_owned(name) else None
    return owner is not None and is_secret_key(f"{owner}.{name}", extra)


def _is_word_of_text(text: str, named: re.Match[str]) -> bool:
    """Tell whether it is `next token: "the"`, of which the word before says what token it is."""
    name, start = named.group(1), named.start(1)
    if name.lower() in ("token", "tokens") and tells_of_words(
        text[max(0, start - 80) : start + 160]
    ):
        value = _VALUE.match(text, named.end())
        return not (value and is_key(value.group(1)))
    before = _WORD_BEFORE.search(text, max(start - 40, 0), start)
    if before is None or name.lower() not in ("token", "tokens"):
        return False
    value = _VALUE.match(text, named.end())
    is_told = before.group(1).lower() not in _WHICH_ONE
    told = f"{before.group(1)}_{name}"
    return is_told and not is_secret_key(told) and not (value and is_token(value.group(1)))


def _redact_listed(text: str, extra: Sequence[str]) -> str:
    if '"-' not in text and "'-" not in text:
        return text
    return _LISTED.sub(lambda found: _hide_handed(found, extra), text)


def _shown(text: str, at: int, named: re.Match[str]) -> str:
    """Return what is shown up to a value; what seems to be its type may be a value as well."""
    start, end = named.span("other") if "other" in named.re.groupindex else (-1, -1)
    written = text[start:end].rpartition(".")[2]  # of `my.Login` what it ends with
    if start < 0 or not (says_password(named.group(1)) or is_token(written)):
        return text[at : named.end()]
    return f"{text[at:start]}{REDACTED} ={text[end : named.end()]}"


def _hide_handed(call: re.Match[str], extra: Sequence[str]) -> str:
    before, name, value = call.groups()
    if value[1:2] == "-" or len(value) == 2 or not is_secret_key(name, extra):
        return call.group(0)
    return f"{before}{value[0]}{REDACTED}{value[0]}"


def _value(text: str, named: re.Match[str], kind: Kind) -> tuple[int, str] | None:
    """Return where the value of a secret's name ends and what to show; None to leave it."""
    start = named.end()
    quoted = _in_quotes(text, start, bool(named.group("opens")))
    if quoted is not None:
        end, shown = quoted
        return None if shown is None else (end, shown)
    if text[start : start + 1] in _PAIRS:
        if kind is not Kind.SOURCE and _lists_pieces(text, start, named.group(1)):
            return None
        if kind in (Kind.PROSE, Kind.LITERAL) and _lists_words(text, start, named.group(1)):
            return text.index("]", start) + 1, f"[{REDACTED}]"
        if kind is Kind.LITERAL:
            return _listed_texts(text, start, named.group(1))
        return _bracketed(text, start, kind)
    if kind is Kind.SOURCE:
        return None
    if kind is Kind.DATA:
        line = text.rfind("\n", max(named.start() - 300, 0), named.start()) + 1
        if not _LINE_START.match(text, line, named.start()):
            kind = Kind.PROSE
        elif "\n" in named.group(2) or _BLOCK.match(text, start):
            return _lines_below(text, line, named)
    if "\n" in named.group(2) and kind in (Kind.PROSE, Kind.LITERAL):
        below = _data_below(text, named)
        if below is not None:
            return below
    if kind is Kind.PROSE and _MARKED_BLOCK.match(text, start):
        return _lines_below(text, text.rfind("\n", 0, named.start()) + 1, named)
    bare = bare_end(text, named, kind)
    if kind is Kind.PROSE and " = " not in named.group(2):  # which a line of code would have
        whole = _object_end(text, named, bare is not None)
        if whole is not None:
            return whole, REDACTED
    if bare is not None and text[bare : bare + 1] == "(" and kind is not Kind.COMMAND:
        return _bracketed(text, bare, Kind.DATA)  # SecretStr('…')
    return None if bare is None else (bare, REDACTED)


def _object_end(text: str, named: re.Match[str], is_secret: bool) -> int | None:
    """Return where what Python writes of an object ends; None where there is none.

    Args:
        text: where it stands.
        named: the name before it.
        is_secret: whether what stands there is one in any case. Else only an object with values
            is one, behind `=` or a key in quotes: `credentials=Cred(user=`, `'auth': <Auth a=`.
    """
    found = _OBJECT.match(text, named.end())
    is_written = named.group(2)[:1] in "\"'="
    if found is None or not (is_secret or (is_written and _HAS_VALUES.match(text, named.end()))):
        return None
    if found.group(0)[-1] == ">":
        return found.end()
    start = found.end() - 1
    lines = _LINES_OF_OBJECT.match(text, start, start + _LONGEST_OBJECT)
    closed = _closed_at(text, start, lines.end() if lines else start)
    if closed is not None:
        return closed
    line_end = text.find("\n", start)
    return line_end if line_end >= 0 else len(text)


def _lists_pieces(text: str, start: int, name: str) -> bool:
    """Tell whether a list is one of pieces of texts: `tokens: ["<s>", "the"]`."""
    found = _TEXTS.match(text, start + 1) if text[start] == "[" and may_be_words(name) else None
    if found is None or text[found.end() : found.end() + 1] != "]":
        return False
    return not any(looks_random(one.group(1)[1:-1]) for one in _QUOTED.finditer(found.group(0)))


def _lists_words(text: str, start: int, name: str) -> bool:
    """Tell whether a list without quotes is one of secrets: `passwords: [x1, x2]`."""
    found = _WORDS.match(text, start)
    if found is None or not says_password(name):
        return False
    return any(looks_random(word) for word in found.group(1).replace(",", " ").split())


def _listed_texts(text: str, start: int, name: str) -> tuple[int, str] | None:
    """Hide the texts in brackets in a text, `{"tokens": ["x1"]}`, that look like secrets."""
    found = _JSON.match(text, start)
    if found is None:
        return None

    def shown(one: re.Match[str]) -> str:
        quote, inner = one.groups()
        is_value = not NOTHING.match(inner) and (says_password(name) or is_token(inner))
        is_value = is_value and not _IS_KEY.match(found.group(0), one.end())
        return f"{quote}{REDACTED}{quote}" if is_value else one.group(0)

    return found.end(), _JSON_TEXT.sub(shown, found.group(0))


def _in_quotes(text: str, start: int, is_opened: bool) -> tuple[int, str | None] | None:
    """Return where what stands in quotes ends and what to show, None to leave it.

    None if nothing stands in quotes there.
    """
    texts = _TEXTS.match(text, start) if is_opened else None
    if texts is not None:  # `auth=("me", "x1")`, or a text of several parts
        return texts.end(), _QUOTED.sub(_blank, texts.group(0))
    quoted = _QUOTED.match(text, start)
    if quoted is None:
        escaped = _ESCAPED.match(text, start)
        return None if escaped is None else (escaped.end(), REDACTED)
    whole = quoted.group(1)
    quote = whole[:3] if whole[:3] in ('"""', "'''") and len(whole) > 5 else whole[0]
    is_empty = whole[len(quote) : -len(quote)] in ("", REDACTED)
    end = quoted.end()
    while text[end : end + 1] == quote:  # `'it\'\'s'`, as SQL and YAML write a quote
        more = _QUOTED.match(text, end)
        if more is None:
            break
        end, is_empty = more.end(), False
    return end, None if is_empty else f"{quote}{REDACTED}{quote}"


def _lines_below(text: str, line: int, named: re.Match[str]) -> tuple[int, str] | None:
    """Hide what YAML writes below a secret's name: the lines that are further in."""
    below = lines_below(text, line, named.end(1), named.end())
    blank = "" if text[named.end() - 1] == " " else " "
    return below and (below[0], f"{blank}{REDACTED}")


def _data_below(text: str, named: re.Match[str]) -> tuple[int, str] | None:
    """Hide what stands below a secret's name in a text that may be prose, if it is data."""
    line = text.rfind("\n", max(named.start() - 300, 0), named.start()) + 1
    is_first = _LINE_START.match(text, line, named.start())  # not of `if password:`
    below = lines_below(text, line, named.end(1), named.end()) if is_first else None
    if below is None or not is_data(named.group(1), below[1]):
        return None
    blank = "" if text[named.end() - 1] == " " else " "
    return below[0], f"{blank}{REDACTED}"


def _bracketed(text: str, start: int, kind: Kind) -> tuple[int, str]:
    """Hide a list or mapping whole; in source only its texts, as the rest is code."""
    end = _closed_at(text, start, len(text)) or len(text)
    if kind in (Kind.COMMAND, Kind.DATA):
        return end, REDACTED
    return end, _QUOTED.sub(_blank, text[start:end])


def _closed_at(text: str, start: int, stop: int) -> int | None:
    """Return where the bracket at `start` is closed; None if it is not before `stop`."""
    closers: list[str] = []
    for found in _BRACKETS.finditer(text, start, stop):
        sign = found.group()
        if sign in _PAIRS:
            closers.append(_PAIRS[sign])
        elif closers and sign == closers[-1]:
            closers.pop()
        if not closers:
            return found.end()
    return None


def _blank(quoted: re.Match[str]) -> str:
    if _IS_KEY.match(quoted.string, quoted.end()):
        return quoted.group(0)
    return f"{quoted.group(0)[-1]}{REDACTED}{quoted.group(0)[-1]}"
