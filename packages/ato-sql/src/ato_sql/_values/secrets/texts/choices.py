"""Secrets in what code compares or chooses: `password == "x"`, `password = env or "x"`."""

from __future__ import annotations

import re
from typing import Sequence

from ato_sql._values.secrets.names import is_secret_key, says_password
from ato_sql._values.secrets.shapes import NOTHING, REDACTED, is_key, is_mixed

_NAME = r"""(?<![\w.\-])([^\W\d][\w.\-]{0,200})(["']?\]?\s{0,8}"""
_QUOTED = r"""("[^"\\\n]{1,400}"|'[^'\\\n]{1,400}')"""
_COMPARED = re.compile(rf"""{_NAME}[=!]==?\s{{0,8}}){_QUOTED}""")
# Without blanks, as nobody writes code: `password==x1y2z3`.
_DOUBLED = re.compile(r"""(?<![\w.\-])([^\W\d][\w.\-]{0,200})(==)([^\s"',;=(){}\[\]]{6,400})""")
_VARIABLE = re.compile(r"\$\{?\w{1,100}\}?\Z")  # `[ "$password" != "$given" ]` of a shell
_CHOSEN = re.compile(
    rf"""{_NAME}=(?!=)[^\n"'=;\#]{{1,100}}(?:["'][\w.\-]{{1,100}}["'][^\n"'=;\#]{{0,20}})?"""
    rf"""\b(?:or|else)\s{{1,8}}){_QUOTED}"""
)


def redact_choices(text: str, extra: Sequence[str] = ()) -> str:
    """Blank the text that a secret's name is compared with, or that stands in for it."""
    if "==" in text or "!=" in text:
        text = _COMPARED.sub(lambda found: _hide(found, extra), text)
        text = _DOUBLED.sub(lambda found: _hide_doubled(found, extra), text)
    if " or " in text or " else " in text:
        text = _CHOSEN.sub(lambda found: _hide(found, extra), text)
    return text


def _hide(found: re.Match[str], extra: Sequence[str]) -> str:
    name, sign, value = found.groups()
    inner = value[1:-1]
    # What a token is compared with is rather one of a language than of a login.
    is_value = says_password(name) or (is_key(inner) and "=" not in inner)
    is_value = is_value and not (NOTHING.match(inner) or _VARIABLE.match(inner))
    if not is_value or not is_secret_key(name, extra):
        return found.group(0)
    return f"{name}{sign}{value[0]}{REDACTED}{value[0]}"


def _hide_doubled(found: re.Match[str], extra: Sequence[str]) -> str:
    name, sign, value = found.groups()
    is_name = is_secret_key(value, extra)  # `password==password2`
    if is_name or not is_mixed(value) or not is_secret_key(name, extra):
        return found.group(0)
    return f"{name}{sign}{REDACTED}"
