"""Secrets that programs print beside their name in a form of their own: errors, SQL, manifests."""

from __future__ import annotations

import re
from typing import Sequence

from ato_sql._values.secrets.names import is_secret_key
from ato_sql._values.secrets.shapes import NOTHING, REDACTED

_QUOTED = r"""(?:'(?:[^'\\\n]|\\.|''){0,400}'|"(?:[^"\\\n]|\\.){0,400}")"""
_TEXTS = re.compile(_QUOTED)
# pydantic: `api_key`, and in the next line `… [type=…, input_value='x', input_type=str]`.
_REFUSED = re.compile(
    rf"^([\w.]{{1,200}})(\n[ ]{{2}}[^\n]{{0,400}}?input_value=)({_QUOTED})", re.MULTILINE
)
# `INSERT INTO users (name, password) VALUES ('me', 'x')`, and the parameters that SQLAlchemy tells.
_INSERT = re.compile(
    r"(\binsert\s{1,8}(?:or\s{1,8}\w{1,20}\s{1,8})?into\s{1,8}[\w.\"`\[\]]{1,100}\s{0,8}"
    r"\(([\w,\s\"`\[\]]{1,1000})\)\s{0,8}values\s{0,8})"
    r"(\([^\n]{1,2000})(\s{0,4}\[parameters: [^\n]{1,2000})?",
    re.IGNORECASE,
)
_COLUMN = re.compile(r"\w{1,100}")
# The data of a Kubernetes secret, which is encoded and no more.
_SECRET_KIND = re.compile(r"^[ \t]*kind:[ \t]*[\"']?Secret[\"']?[ \t\r]*$", re.MULTILINE)
_DATA = re.compile(
    r"^(?:stringData|data):[ \t\r]*\n((?:[ \t]{1,40}[^\n]{1,4000}(?:\n|\Z)){1,100})", re.MULTILINE
)
_ENTRY = re.compile(r"^([ \t]{1,40}[\w.\-]{1,100}:[ \t]{1,8})([^\s|>][^\n]*)", re.MULTILINE)
# Hadoop's and Spark's settings.
_SETTING = re.compile(
    r"(<name>([^<>\n]{1,200})</name>\s{0,200}<value>)([^<>\n]{1,500})(?=</value>)"
)
# The content of kaggle.json.
_KAGGLE = re.compile(
    r"""(["']username["']\s{0,4}:\s{0,4}["'][^"'\n]{1,100}["']\s{0,4},\s{0,4}["']key["']\s{0,4}:\s{0,4}["'])"""
    r"""([0-9a-f]{32})(?=["'])"""
)


def redact_records(text: str, extra: Sequence[str] = ()) -> str:
    """Blank what such forms tell of secrets."""
    if "input_value=" in text:
        text = _REFUSED.sub(lambda found: _hide_refused(found, extra), text)
    if "nsert" in text or "NSERT" in text:
        text = _INSERT.sub(lambda found: _hide_inserted(found, extra), text)
    if "ecret" in text and _SECRET_KIND.search(text):
        text = _DATA.sub(_hide_data, text)
    if "</name>" in text:
        text = _SETTING.sub(lambda found: _hide_setting(found, extra), text)
    return _KAGGLE.sub(rf"\1{REDACTED}", text) if "username" in text else text


def _hide_refused(found: re.Match[str], extra: Sequence[str]) -> str:
    place, before = found.group(1, 2)
    return f"{place}{before}'{REDACTED}'" if is_secret_key(place, extra) else found.group(0)


def _hide_inserted(found: re.Match[str], extra: Sequence[str]) -> str:
    before, columns, values, parameters = found.groups()
    if not any(is_secret_key(name, extra) for name in _COLUMN.findall(columns)):
        return found.group(0)
    shown = _TEXTS.sub(f"'{REDACTED}'", values)
    return before + shown + _TEXTS.sub(f"'{REDACTED}'", parameters or "")


def _hide_data(found: re.Match[str]) -> str:
    head = found.group(0)[: found.start(1) - found.start()]
    return head + _ENTRY.sub(rf"\1{REDACTED}", found.group(1))


def _hide_setting(found: re.Match[str], extra: Sequence[str]) -> str:
    before, name, value = found.groups()
    is_secret = is_secret_key(name.strip(), extra) and not NOTHING.match(value.strip())
    return f"{before}{REDACTED}" if is_secret else found.group(0)
