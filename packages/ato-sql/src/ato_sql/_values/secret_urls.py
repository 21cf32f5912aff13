"""Blank the credentials of URLs, wherever in a text they stand."""

from __future__ import annotations

import re
from typing import Sequence

from ato_sql._values.secret_names import is_secret_key

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{0,60}\Z")
_AUTHORITY = re.compile(r"[^\s/?#]*")
# Where a URL may end, the likeliest first: at a quote, at a space, with the line.
_ENDS = (re.compile(r"[^\s\"'<>]*"), re.compile(r"\S*"), re.compile(r"[^\n\r]*"))
_USER = re.compile(r"[^\s/:\"'<>{},;]*:")
_PORT = re.compile(r"\d{1,5}(?=[/?#\s\"'`,;.)\]}>]|$)")
_WEB = ("http", "https", "ws", "wss", "git+https", "ftp")
_QUERY = re.compile(r"([?&]([^=&\s#?\"']{1,100})=)([^&\s#\"'<>]+)")
# `//user:password@host`, of which the scheme was left out.
_BARE = re.compile(r"(?<![:\w/])(//[^\s/:@\"'<>]{1,100}:)([^\s/@\"'<>]{1,300})(?=@)")
# `user:password@host:5432` or `…/database`, of which the scheme and its slashes were.
_SCHEMELESS = re.compile(
    r"(?<![\w/@:.\-+%])((?!(?:mailto|sips?|xmpp|acct):)[A-Za-z_][\w.\-]{0,63}:)([^\s/:@\"'<>,;]{1,200})"
    r"(?=@[\w.\-]{1,253}(?::\d{2,5}(?!\w)|/))"
)
# Parameters that are secrets for where they are sent: keys of Azure's functions, and of SQLCipher.
_SENT = re.compile(
    r"((?:\bazurewebsites\.net/|\bsql(?:ite|cipher)[\w+]{0,20}:)[^\s\"'<>?]{0,300}\?)([^\s\"'<>]{1,600})"
)
_SENT_AS = re.compile(r"((?:^|&)(?:code|key)=)[^&#]+")
# GitHub and others take a token in the place of a user: it is long, or no words with a number.
_LONG_USER, _SHORTEST_TOKEN = 20, 8
_MIXED = re.compile(r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z])(?!(?:[A-Z]?[a-z]{2,})+\d{0,4}\Z)")


def redact_urls(text: str, extra: Sequence[str] = ()) -> str:
    """Blank passwords, tokens and secret parameters of all URLs in a text.

    A password may hold `/ ? # @` and spaces, as SQLAlchemy and others take it.
    """
    if "://" in text:
        first, *pieces = text.split("://")
        shown, scheme = [first], _scheme(first)
        for left, piece in zip(range(len(pieces) - 1, -1, -1), pieces):
            # The scheme of the next URL is not part of this one.
            following = _scheme(piece) if left else ""
            length = len(piece) - len(following)
            shown.append(_credentials(scheme, piece[:length]) + piece[length:] if scheme else piece)
            scheme = following
        text = "://".join(shown)
    if "//" in text and "@" in text:
        text = _BARE.sub(r"\1***", text)
    if "@" in text and ":" in text:
        text = _SCHEMELESS.sub(r"\1***", text)
    if "=" in text and "?" in text:
        text = _SENT.sub(
            lambda found: found.group(1) + _SENT_AS.sub(r"\1***", found.group(2)), text
        )
    if "=" in text and ("?" in text or "&" in text):
        text = _QUERY.sub(lambda found: _parameter(found, extra), text)
    return text


def _scheme(before: str) -> str:
    found = _SCHEME.search(before[-61:])
    return found.group(0).lower() if found else ""


def _parameter(found: re.Match[str], extra: Sequence[str]) -> str:
    start, name, _ = found.groups()
    last = re.split(r"[_\-]", name.lower())[-1]
    return (
        start + "***"
        if last in ("sig", "signature") or is_secret_key(name, extra)
        else found.group(0)
    )


def _credentials(scheme: str, rest: str) -> str:
    """Return what follows `scheme://` with the secret in front of the host hidden."""
    end = _end_of_credentials(scheme, rest)
    if end < 0:
        return rest
    user, colon, _ = rest[:end].partition(":")
    if colon:
        return f"{user}:***{rest[end:]}"
    is_web = scheme.split("+")[-1] in ("http", "https")
    return f"***{rest[end:]}" if is_web and _is_token(user) else rest


def _is_token(user: str) -> bool:
    if len(user) >= _LONG_USER:
        return True
    return len(user) >= _SHORTEST_TOKEN and _MIXED.match(user) is not None


def _end_of_credentials(scheme: str, rest: str) -> int:
    """Return where the `@` before the host is, -1 where there is none."""
    candidates = [end.match(rest).group(0).rfind("@") for end in _ENDS]  # type: ignore[union-attr]
    authority = _AUTHORITY.match(rest).group(0)  # type: ignore[union-attr]
    user = _USER.match(rest)
    if "@" in authority:
        # `h://u:p@ss/word@host`: what else follows in this word may be password as well.
        beyond = candidates[0] if user and scheme not in _WEB else -1
        return max(authority.rfind("@"), beyond)
    if user is None:
        return -1
    if _PORT.match(rest, user.end()) and (scheme in _WEB or candidates[1] < 0):
        return -1
    return next((at for at in candidates if at >= user.end()), -1)
