"""The language that asks for runs, as data.

    lr<0.05 tag:baseline acc.max>=0.9 start_time>2026-01-01 "two words" -tag:old

Terms stand beside each other, with blanks, commas or the word `and` between them, and all must
hold; `-` before one turns it around. A term is a field, a sign and a value, or a word to be found
anywhere. Quotes hold together what has blanks in it, in a field, a value or a word.
"""

from __future__ import annotations

import json
import re
from shlex import quote
from typing import Iterable, NamedTuple

from ato_sql._errors import QuestionError
from ato_sql._facts.rerun import TAG
from ato_sql._values.values import clean_text, short

MOST_TERMS = 20
LONGEST = 2000
ORDER = ("<", "<=", ">", ">=")
SIGNS = ("=", "!=", *ORDER, ":", "~")

_QUOTED = r'"(?:[^"\\]|\\.)*"(?=[\s,]|$)|"[^"]*"(?=[\s,]|$)'
_BEGINNING = re.compile(
    r"""(?P<field>"[^"]*"|[^\s"<>=!:~,]+)
    (?:\s*(?P<sign><=|>=|!=|==+|=<|=>|<>|[<>=~])\s*|(?P<colon>:))""",
    re.VERBOSE,
)
_QUOTED_VALUE = re.compile(_QUOTED)
# The blank between day and time does not end a value.
_BARE_VALUE = re.compile(r'\d{4}-\d\d-\d\d \d\d:\d\d[^\s"]*(?=\s|$)|[^\s"]*(?=\s|$)')
_WORD = re.compile(rf'(?P<quoted>{_QUOTED})|[^\s"]+(?=\s|$)')
_BETWEEN = re.compile(r"(?:[\s,]|and(?=[\s,]))*", re.IGNORECASE)
_NEXT_TERM = re.compile(r',(?=-?[^\s"<>=!:~,]+(?:[<>=:~]|!=)|,*$)')
_LONE_SIGN = re.compile(r"[<>=]|!=")
_MISTAKEN = {"=<": "<=", "=>": ">=", "<>": "!="}


def as_field(name: str) -> str:
    """Return a name as a question has it: in quotes where it would end too early without."""
    return f'"{name}"' if re.search(r"[\s<>=!:~,]", name) and '"' not in name else name


class Term(NamedTuple):
    """One term of a question.

    Attributes:
        negated: whether it must not hold.
        field: as it was typed; None for a word to be found anywhere.
        sign: one of `= != < <= > >=`, `:` (equals, of a text holds, upper and lower case alike)
            and `~` (holds exactly this).
        value: the text it is compared with.
        quoted: whether the value, or the word, stood in quotes.
    """

    negated: bool
    field: str | None
    sign: str
    value: str
    quoted: bool = False


Term.__module__ = "ato_sql.reading"


def parse_question(text: str) -> list[Term]:
    """Return the terms of a question about runs, such as `lr<0.05 tag:baseline`.

    Raises:
        QuestionError: it cannot be read; the message says where and what to write.
    """
    if not isinstance(text, str):
        raise QuestionError(f"a question is a text, such as 'lr<0.05', not {short(text)}")
    if len(text) > LONGEST:
        raise QuestionError(f"the filter is longer than {LONGEST} characters")
    text = clean_text(text)
    terms: list[Term] = []
    position = len(text) - len(text.lstrip(" \t\r\n,"))
    while text[position:].strip():
        term, position = _read_term(text, position, bool(terms))
        terms.append(term)
        between = _BETWEEN.match(text, position)
        position = between.end() if between else position
    if len(terms) > MOST_TERMS:
        raise QuestionError(f"the filter has more than {MOST_TERMS} terms")
    return terms


def _read_term(text: str, start: int, follows: bool) -> tuple[Term, int]:
    negated = re.match(r"-\S", text[start:]) is not None
    position = start + negated
    beginning = _BEGINNING.match(text, position)
    if beginning is None:
        return _read_word(text, start, negated, follows)
    field = _bare(beginning.group("field"))
    sign = _checked_sign(text, position, beginning)
    value, end = _read_value(text, beginning.end())
    if not value:
        example = "" if sign == ":" else f", such as {quote(f'{field}{sign}0.1')}"
        blank = "" if sign == ":" else " "
        raise QuestionError(f"{field}{blank}{sign} needs a value{example}")
    return Term(negated, field, sign, _bare(value), value.startswith('"')), end


def _checked_sign(text: str, start: int, beginning: re.Match[str]) -> str:
    sign = beginning.group("sign") or ":"
    if sign in SIGNS:
        return sign
    value, end = _read_value(text, beginning.end())
    field = beginning.group("field")
    meant = f"{field}{_MISTAKEN.get(sign, '=')}{value}"
    raise QuestionError(f"cannot read {text[start:end].strip()!r}; did you mean {quote(meant)}?")


def _read_value(text: str, start: int) -> tuple[str, int]:
    """Return a value as it stands there, and where it ends."""
    if text.startswith('"', start):
        quoted = _QUOTED_VALUE.match(text, start)
        if quoted is None:
            raise _unreadable(text, start)
        return quoted.group(), quoted.end()
    if text.startswith(("[", "{"), start):
        end = _end_of_json(text, start)
        if end is not None:
            return text[start:end], end
    bare = _BARE_VALUE.match(text, start)
    if bare is None:
        raise _unreadable(text, start)
    value = _NEXT_TERM.split(bare.group(), maxsplit=1)[0]
    return value, start + len(value)


def _end_of_json(text: str, start: int) -> int | None:
    """Return where a list or mapping ends, which may hold blanks and commas."""
    try:
        _, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return end if text[end : end + 1] in ("", ",") or text[end].isspace() else None


def _read_word(text: str, start: int, negated: bool, follows: bool) -> tuple[Term, int]:
    position = start + negated
    if _LONE_SIGN.match(text, position):
        word = text[position:].split()[0]
        raise QuestionError(
            f"{word!r} needs a field before it, such as 'lr<0.1'; in quotes it is text"
        )
    match = _WORD.match(text, position)
    if match is None:
        raise _unreadable(text, start)
    if match.group("quoted"):
        return Term(negated, None, ":", _bare(match.group()), True), match.end()
    word = match.group().rstrip(",") or match.group()
    if word.lower() == "and" and follows:
        raise QuestionError(f"{word!r} needs a term after it, such as '{word} lr<0.1'")
    return Term(negated, None, ":", word), match.end()


def _unreadable(text: str, start: int) -> QuestionError:
    return QuestionError(f"cannot read the filter from {text[start:].strip()!r} on")


def _bare(text: str) -> str:
    if len(text) < 2 or not text.startswith('"'):
        return text
    return re.sub(r'\\(["\\])', r"\1", text[1:-1])


def asks_for_reruns(terms: Iterable[Term]) -> bool:
    """Tell whether a question is about reruns, which are left out of lists else."""
    return any(
        term.field == "rerun" or (term.field == "tag" and term.value == TAG and not term.negated)
        for term in terms
    )
