"""Programs that take a password behind a letter: `docker login -p x`, `redis-cli -a x`."""

from __future__ import annotations

import re
from typing import AbstractSet, Sequence

from ato_sql._values.secrets.names import is_secret_key, says_password, words
from ato_sql._values.secrets.shapes import NOTHING, REDACTED, is_token, looks_random

_LOGINS = words("docker podman nerdctl buildah skopeo helm oras crane az")
_LDAP = words("ldapsearch ldapadd ldapmodify ldapdelete ldapwhoami ldappasswd ldapcompare")
_SMB = words("smbclient rpcclient smbget winexe")
_ZIP = words("zip unzip")
_ASKED_BY_P = _ZIP | {"sqlcmd"}
_TAKE_TOKENS = words("vault wandb swanlab")
_APART = r"""["',\s]{1,6}"""
_UP_TO = r"""\b[^\n;|&]{0,200}?[\s"']"""
_FLAGGED = re.compile(
    rf"""(\b(?:(?:{"|".join(sorted(_LOGINS))}){_APART}(?:registry{_APART})?login{_UP_TO}-p"""
    rf"""|sqlcmd{_UP_TO}-P|gh{_APART}secret{_APART}set{_UP_TO}(?:--body|-b)"""
    rf"""|redis-cli{_UP_TO}(?:-a|--pass)|(?:un)?zip{_UP_TO}-P|openssl{_UP_TO}-k|(?:{"|".join(sorted(_LDAP))}){_UP_TO}-w){_APART})"""
    r"""(?!-)([^\s"',;|&<>()\]]{1,200})"""
)
# `htpasswd -b file user x`, `mc alias set name url user x`, `ngrok authtoken x`: by their places.
_WORD = rf"""[^\s"',;|&<>]{{1,200}}{_APART}"""
_PLACED = re.compile(
    rf"""(\b(?:htpasswd{_APART}-[A-Za-z]{{0,8}}b[A-Za-z]{{0,8}}{_APART}{_WORD}{_WORD}"""
    rf"""|mc{_APART}alias{_APART}set{_APART}{_WORD}{_WORD}{_WORD}"""
    rf"""|ngrok{_APART}(?:config{_APART}add-)?authtoken{_APART}))"""
    r"""(?!-)([^\s"',;|&<>()\]]{6,200})"""
)
_VAULT = re.compile(
    rf"""(\bvault{_APART}login{_APART})(?!-)([^\s"',;|&<>()\]=]{{8,200}})(?![\w=])"""
)
_SMB_LOGIN = re.compile(r"([\w.\\/@\-]{1,60}%)(.+)", re.DOTALL)
_SMB_USER = re.compile(
    rf"""(\b(?:{"|".join(sorted(_SMB))}){_UP_TO}-U{_APART}[\w.\\/@\-]{{1,60}}%)([^\s"',;|&<>]{{1,200}})"""
)
# `ENV API_KEY x` of a Dockerfile, `setenv API_KEY x` of a shell.
_VARIABLE = re.compile(
    r"^([ \t]{0,8}(?:ENV|setenv)[ \t]{1,4}([A-Za-z_]\w{0,100})[ \t]{1,4})([^\s=$][^\n]{0,400})",
    re.MULTILINE,
)
# `export API_KEY 'x'`, a slip for `=`, and `set -gx API_KEY x` of fish.
_EXPORTED = re.compile(
    r"""(\b(?:export|set)(?:[ \t]{1,4}-{1,2}[a-zA-Z]{1,10})?"""
    r"""[ \t]{1,4}([A-Z][A-Z\d_]{2,100})[ \t]{1,4})"""
    r"""("[^"\n]{1,400}"|'[^'\n]{1,400}'|[^\s"',;|&<>()=$]{8,400})(?=[\s;&|)`.,]|$)"""
)
# `HF_TOKEN x`, `HF_TOKEN -> x`: a line of a program that prints the environment.
_LINE = re.compile(
    r"^([ \t]{0,8}([A-Z][A-Z\d]{1,40}(?:_[A-Z\d]{1,40}){1,8})[ \t]{1,80}(?:->[ \t]{1,8})?)"
    r"([^\s=:]{6,400})(?=[ \t\r]*$)",
    re.MULTILINE,
)
# `echo x | docker login --password-stdin`.
_ECHOED = re.compile(
    rf"""(\becho[ \t]{{1,4}}["']?)([^\s"'|;&<>]{{6,400}})(?=["']?[ \t]{{0,8}}\|[ \t]{{0,8}}"""
    rf"""(?:{"|".join(sorted(_LOGINS))})\b[^\n;|&]{{0,200}}-stdin)"""
)
# A line of `.pgpass`: where, which, who and the password.
_PGPASS = re.compile(
    r"^([A-Za-z\d*][\w.\-]{0,253}:(?:\d{4,5}|\*):[A-Za-z_*][\w\-]{0,60}:[A-Za-z_*][\w.\-@]{0,60}:)"
    r"([^\s:]{3,200})(?=[ \t\r]*$)",
    re.MULTILINE,
)


def redact_commands(text: str, extra: Sequence[str] = ()) -> str:
    """Blank what programs are given for a password, and lines of their files."""
    if " -" in text or "'-" in text or '"-' in text:
        text = _FLAGGED.sub(_hide_random, text)
        text = _SMB_USER.sub(rf"\1{REDACTED}", text)
    if "htpasswd" in text or "alias" in text or "authtoken" in text:
        text = _PLACED.sub(_hide_random, text)
    if "vault" in text:
        text = _VAULT.sub(_hide_token, text)
    if "ENV" in text or "setenv" in text:
        text = _VARIABLE.sub(lambda found: _hide_variable(found, extra), text)
    if "export " in text or "set " in text:
        text = _EXPORTED.sub(lambda found: _hide_exported(found, extra), text)
    if "_" in text:
        text = _LINE.sub(lambda found: _hide_line(found, extra), text)
    if "-stdin" in text:
        text = _ECHOED.sub(_hide_random, text)
    return _PGPASS.sub(_hide_random, text) if text.count(":") >= 4 else text


def redact_word(argument: str, before: str, programs: AbstractSet[str]) -> str:
    """Return a word of a command without the password that one of its programs takes it for."""
    if before == "-U" and programs & _SMB:
        return _SMB_LOGIN.sub(rf"\1{REDACTED}", argument)
    if argument.startswith("-") or not _is_awaited(before, programs):
        return argument
    return argument if before == "login" and not is_token(argument) else REDACTED


def _is_awaited(before: str, programs: AbstractSet[str]) -> bool:
    if before == "-p":
        return "login" in programs and bool(programs & _LOGINS)
    if before in ("-a", "--pass"):
        return "redis-cli" in programs
    if before in ("-P", "-k"):
        return bool(programs & (_ASKED_BY_P if before == "-P" else {"openssl"}))
    if before == "login":
        return bool(programs & _TAKE_TOKENS)
    return before == "-w" and bool(programs & _LDAP)


def _hide_random(found: re.Match[str]) -> str:
    before, value = found.groups()
    return f"{before}{REDACTED}" if looks_random(value) else found.group(0)


def _hide_token(found: re.Match[str]) -> str:
    before, value = found.groups()
    return f"{before}{REDACTED}" if is_token(value) else found.group(0)


def _hide_exported(found: re.Match[str], extra: Sequence[str]) -> str:
    before, name, value = found.groups()
    quote = value[0] if value[0] in "\"'" else ""
    inner = value[1:-1] if quote else value
    is_value = looks_random(inner) if quote else is_token(inner)
    if not is_value or NOTHING.match(inner) or not is_secret_key(name, extra):
        return found.group(0)
    return f"{before}{quote}{REDACTED}{quote}"


def _hide_line(found: re.Match[str], extra: Sequence[str]) -> str:
    before, name, value = found.groups()
    is_value = is_token(value) or (says_password(name) and looks_random(value))
    return f"{before}{REDACTED}" if is_value and is_secret_key(name, extra) else found.group(0)


def _hide_variable(found: re.Match[str], extra: Sequence[str]) -> str:
    before, name, value = found.groups()
    if NOTHING.match(value.strip()) or not is_secret_key(name, extra):
        return found.group(0)
    is_value = says_password(name) or looks_random(value.strip())
    return f"{before}{REDACTED}" if is_value else found.group(0)
