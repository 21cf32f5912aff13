"""Secrets that are known by their own look, wherever they stand: keys of providers, headers."""

from __future__ import annotations

import re
from typing import Sequence

from ato_sql._values.secret_names import is_secret_key

REDACTED = "[redacted]"
NOTHING = re.compile(r"(?:(?:none|null|true|false|\.\.\.)?$|\*\*\*|\[redacted\])", re.IGNORECASE)

# Keys as providers make them, told by their first characters; ids that are no secrets are not here.
_SHAPES = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:sk|csk|pa|ctx7sk)-(?=[\w\-]{0,60}[A-Z0-9])[\w\-]{16,}|[sr]k_(?:live|test)_\w{10,}"
    r"|whsec_\w{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}"
    r"|gl(?:pat|dt|rt|cbt|ptt|soat|agent)-[\w\-]{16,}"
    r"|(?:hf|r8|rpa|fw|lin_api|lin_oauth|glsa|figd|ntn|phx|shp(?:at|ss|ca|pa)|sbp|sntry[su]|dckr_pat"
    r"|rubygems|wandb_v1|cfut|npm|vercel|ddp)_[A-Za-z0-9][\w\-]{19,}"
    r"|secret_[A-Za-z0-9]{40,}|gsk_[A-Za-z0-9]{20,}|xai-[A-Za-z0-9]{20,}"
    r"|nvapi-[\w\-]{20,}|pplx-[A-Za-z0-9]{20,}|tvly-[\w\-]{16,}|lsv2_\w{20,}|dapi[0-9a-f]{32}"
    r"|xox[a-z]-\d[\w\-]{8,}|xox[a-z]-[\w\-]{10,}|xapp-\d[\w\-]{8,}|(?:AKIA|ASIA)[0-9A-Z]{16}"
    r"|AIza[\w\-]{30,}|ya29\.[\w\-]{16,}|1//0[\w\-]{30,}|GOCSPX-[\w\-]{20,}|EAAC[A-Za-z0-9]{30,}"
    r"|pypi-[\w\-]{30,}|do[opr]_v1_[0-9a-f]{40,}|hv[sbr]\.[\w\-]{20,}|tskey-[a-z]{3,9}-[\w\-]{16,}"
    r"|SG\.[\w\-]{16,}\.[\w\-]{16,}|eyJ[\w\-]{8,}\.[\w\-]{8,}(?:\.[\w\-]*)?"
    r"|NRAK-[A-Z0-9]{20,}|PMAK-[0-9a-f]{20,}[\w\-]*|xkeysib-[0-9a-f]{30,}[\w\-]*|ops_eyJ[\w\-]{20,}"
    r"|AT[AC]TT3[\w\-=]{20,}|ATBB[A-Za-z0-9]{20,}|atlasv1\.[\w\-]{20,}|LTAI[A-Za-z0-9]{12,}"
    r"|AKID[A-Za-z0-9]{24,}|ABSK[A-Za-z0-9+/=]{40,}|pat[A-Za-z0-9]{14}\.[0-9a-f]{30,}"
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
# `--password x` in a text, `machine h login u password x` of a netrc, "the password is x".
_SPOKEN = re.compile(
    r"""(?<![\w\-])(--?[A-Za-z][\w.\-]{0,100}|(?:password|passwd|passphrase)(?:\s{1,3}(?:is|was))?)"""
    r"""([ \t]{1,8}["']?)([^\s"'\\,;()\[\]{}|&<>]{3,200})""",
    re.IGNORECASE,
)
# `curl -u me:x`, in one text or as a list of words; `-u 1000:1000` are the numbers of a user.
_LOGIN = re.compile(
    r"""((?<![\w\-])(?:-u|--user|--proxy-user)(?:["']?\s{0,8},\s{0,8}|[ =]|["'](?=\s))\s{0,8}"""
    r"""["']?(?!\d+:\d+(?![^\s"',]))[\w.@+\-]{1,100}:)(?!//)([^\s"',;|&<>]{1,200})"""
)
# `sshpass -p x`, `mysql -px`.
_BEHIND_P = re.compile(
    r"""(\bsshpass["']?[\s,]{1,8}["']?-p["',\s]{0,8}"""
    r"""|\b(?:mysql(?:dump|admin|import)?|mariadb(?:-dump)?)\b[^\n;|&()]{0,200}?[\s"']-p(?=[^\s"',]))"""
    r"""([^\s"',;|&<>)\]]{1,200})"""
)
_SAYS = re.compile(r"\s{1,3}(?:is|was)$")
_TAG = re.compile(r"(<([A-Za-z][\w.\-]{0,100})>)([^<>\n]{1,500})(?=</)")
_SQL = re.compile(
    r"(\bidentified\s{1,8}by\s{1,8})('[^'\n]{1,200}'|\"[^\"\n]{1,200}\")", re.IGNORECASE
)


def redact_headers(text: str, extra: Sequence[str] = ()) -> str:
    """Blank what `Authorization:` and `Cookie:` say up to the end of the line or text."""
    return _HEADER.sub(lambda found: _hide_header(found, extra), text) if ":" in text else text


def redact_shapes(text: str, extra: Sequence[str] = (), spoken: bool = True) -> str:
    """Blank what is a secret by its look; the rest stays as it is.

    Args:
        text: Where to look.
        extra: More names of secrets.
        spoken: Whether a word behind `--password` or "password is" is one; not in source.
    """
    text = _SCHEME.sub(_hide_scheme, text)
    text = _HOOKS.sub(r"\1***", text)
    if "PRIVATE KEY-----" in text:
        text = _PRIVATE_KEY.sub(rf"\1{REDACTED}\2", text)
    if spoken and ("-" in text or "pass" in text.lower()):
        text = _SPOKEN.sub(lambda found: _hide_spoken(found, extra), text)
    if "-" in text:
        text = _LOGIN.sub(rf"\1{REDACTED}", text)
    if "-p" in text:
        text = _BEHIND_P.sub(rf"\1{REDACTED}", text)
    if "</" in text:
        text = _TAG.sub(lambda found: _hide_tagged(found, extra), text)
    text = _SQL.sub(rf"\1'{REDACTED}'", text)
    return _SHAPES.sub(REDACTED, text)


def looks_random(value: str) -> bool:
    """Whether a word is none of a language: it has digits, or capitals inside."""
    return any(c.isdigit() for c in value) or value[1:].lower() != value[1:]


def _hide_header(found: re.Match[str], extra: Sequence[str]) -> str:
    name, sign, value = found.groups()
    if not is_secret_key(name, extra) or NOTHING.match(value):
        return found.group(0)
    return f"{name}{sign}{REDACTED}"


def _hide_scheme(found: re.Match[str]) -> str:
    scheme, space, value = found.groups()
    return f"{scheme}{space}{REDACTED}" if looks_random(value) else found.group(0)


def _hide_spoken(found: re.Match[str], extra: Sequence[str]) -> str:
    said, space, value = found.groups()
    name = _SAYS.sub("", said).lstrip("-")
    is_value = value[0] != "-" and looks_random(value) and not NOTHING.match(value)
    if not is_value or "=" in value[:-1] or not is_secret_key(name, extra):
        return found.group(0)
    return f"{said}{space}{REDACTED}"


def _hide_tagged(found: re.Match[str], extra: Sequence[str]) -> str:
    tag, name, value = found.groups()
    if NOTHING.match(value.strip()) or not is_secret_key(name, extra):
        return found.group(0)
    return f"{tag}{REDACTED}"
