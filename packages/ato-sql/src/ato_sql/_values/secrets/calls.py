"""Calls whose name says that the last thing they are given is a secret: `set_password("x")`."""

from __future__ import annotations

import re
from typing import Sequence

from ato_sql._values.secrets.names import is_secret_key, says_password, words
from ato_sql._values.secrets.shapes import NOTHING, REDACTED, is_token

# Whose argument is a secret, whatever it looks like; of a login the last one.
_MAKERS = words("Secret SecretStr SecretBytes Bearer")
_LOGIN = re.compile(r"(?:HTTP)?(?:Basic|Digest|Proxy|Ntlm|HttpNtlm)Auth\Z")
# Whose last argument is one where it looks like it: `AzureKeyCredential("x1")`.
_HOLDER = re.compile(r"[A-Z]\w{0,60}?(?:Credentials?|A[Pp][Ii]Key|(?:Access|Bearer|Auth)Token)\Z")
_SETTER = re.compile(
    r"_{0,2}(?:set|change|reset|update|with|store|save|assign)(?:_|(?=[A-Z]))(?=[A-Za-z])"
)
_SET = words("set set_value setValue")
_CALL = re.compile(
    r"""(?<![\w.])([A-Za-z_][\w.]{0,120})(\((?:[^()\n]{0,200},)?\s{0,8}[rbfuRBFU]{0,2})"""
    r"""("[^"\\\n]{1,400}"|'[^'\\\n]{1,400}')(?=\s{0,8},?\s{0,8}\))"""
)


def handed_to(called: str) -> str:
    """Return what the last argument of a call of this dotted name is called, "" if not known."""
    receiver, _, name = called.rpartition(".")
    if name in _MAKERS or _LOGIN.match(name):
        return "password"
    if name in _SET:
        return receiver
    setter = _SETTER.match(name)
    if setter is not None:
        return name[setter.end() :]
    return "token" if _HOLDER.match(name) else ""


def redact_calls(text: str, extra: Sequence[str] = ()) -> str:
    """Blank the last text that such calls are given, as tracebacks show them."""
    if "(" not in text:
        return text
    return _CALL.sub(lambda found: _hide_handed(found, extra), text)


def _hide_handed(found: re.Match[str], extra: Sequence[str]) -> str:
    called, before, value = found.groups()
    name, inner = handed_to(called), value[1:-1]
    if not name or NOTHING.match(inner) or not is_secret_key(name, extra):
        return found.group(0)
    if not (says_password(name) or is_token(inner)):
        return found.group(0)
    return f"{called}{before}{value[0]}{REDACTED}{value[0]}"
