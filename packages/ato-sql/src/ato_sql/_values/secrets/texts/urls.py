"""Blank the credentials of URLs, wherever in a text they stand."""

from __future__ import annotations

import re
from typing import Sequence

from ato_sql._values.secrets.names import is_secret_key
from ato_sql._values.secrets.shapes import is_long_token

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{0,60}\Z")
_AUTHORITY = re.compile(r"[^\s/?#]*")
# Where a URL may end, the likeliest first: at a quote, at a space, with the line.
_ENDS = (re.compile(r"[^\s\"'<>]*"), re.compile(r"\S*"), re.compile(r"[^\n\r]*"))
_USER = re.compile(r"[^\s/:\"'<>{},;]*:")
_PORT = re.compile(r"\d{1,5}(?=[/?#\s\"'`,;.)\]}>]|$)")
_WEB = ("http", "https", "ws", "wss", "git+https", "ftp")
# A digest behind an image is no host: `docker://registry:5000/image:tag@sha256:…`.
_DIGEST = re.compile(
    r"@((?:sha\d{1,3}|md5|blake\w{1,4}):(?:[0-9a-f]{32,}|\d*[a-f][0-9a-f]*|\.{3}|\u2026)(?![\w/:@]))"
)
_IMAGE = re.compile(rf"[^\s@\"'<>]*{_DIGEST.pattern}")
# A text that is a URL and nothing else, whose password holds `@` and a space.
_WHOLE = re.compile(
    r"([A-Za-z][\w+.\-]{0,60}://[^\s/:@\"'<>]{1,100}:)(?:(?!://)[^\n])*"
    r"(?=@[\w.\-]{1,253}(?::\d{1,5})?/[^\s@]*\Z)"
)
# What there is between a `://` and the next `@`, where both may be of one URL.
_TO_HOST = re.compile(r"(?:[^@\n\r\"'<>]|[\"'<>](?=\w))*")
_PATH = re.compile(r"[/?#]")
_APART = re.compile(r"[\s,;|&\"'<>(){}\[\]`]")
_KNOWN = (*_WEB, "ssh", "git+ssh", "git", "s3", "gs", "file", "docker", "hf")
_QUERY = re.compile(r"([?&]([^=&\s#?\"']{1,100})=)([^&\s#\"'<>]+)")
# `//user:password@host`, of which the scheme was left out.
_BARE = re.compile(r"(?<![:\w/])(//[^\s/:@\"'<>]{1,100}:)([^\s/@\"'<>]{1,300})(?=@)")
# `user:password@host:5432` or `…/database`, of which the scheme and its slashes were.
_SCHEMELESS = re.compile(
    r"(?<![\w/@:.\-+%])((?!(?:mailto|sips?|xmpp|acct):)[A-Za-z_][\w.\-]{0,63}:)([^\s/:@\"'<>,;]{1,200})"
    r"(?=@[\w.\-]{1,253}(?::\d{2,5}(?!\w)|/))"
)
# `user:password@tcp(host:3306)/database`, as Go's drivers take it.
_CALLED = re.compile(
    r"((?<![\w/@:.\-+%])[A-Za-z_][\w.\-]{0,63}:)([^\s\"'<>]{1,200}?)"
    r"(?=@[a-z][a-z0-9+\-]{0,20}\([^\s()@]{1,200}\)/)"
)
# `https:\\/\\/user:password@host`, as JSON may write slashes.
_ESCAPED = re.compile(r"(:\\{1,2}/\\{1,2}/[^\s/:@\"'<>\\]{1,100}:)([^\s@\"'<>]{1,300})(?=@)")
# `jdbc:oracle:thin:user/password@host`, `sqlplus user/password@service`.
_ORACLE = re.compile(
    r"(\b(?:jdbc:oracle:\w{1,10}:|sqlplus\s{1,3}(?:-\w{1,3}\s{1,3}){0,4})[\w$\#.\-]{1,60}/)"
    r"([^\s@\"'<>]{1,200})(?=@)",
    re.IGNORECASE,
)
# `PWD%3Dx%3B`, a connection string within a URL.
_ENCODED = re.compile(
    r"((?:(?<![\w%.\-])|(?<=%3[Bb])|(?<=%26)|(?<=%20))([A-Za-z_][\w\-]{0,60})%3[Dd])"
    r"((?:[^%&\s\"'<>]|%(?!3[Bb]|26)[0-9A-Fa-f]{2}){1,300})"
)
# `%3A%2F%2Fme%3Ax%40host`, a URL within one.
_ENCODED_LOGIN = re.compile(
    r"(%3A%2F%2F[^\s%/?#&\"'<>]{1,100}%3A)"
    r"((?:[^\s%&\"'<>]|%(?!40|2F)[0-9A-F]{2}){1,300})(?=%40)",
    re.IGNORECASE,
)
# Parameters that are secrets for where they are sent: keys of Azure's functions, of SQLCipher and
# of Google's chat.
_SENT = re.compile(
    r"((?:\b(?:azurewebsites\.net|chat\.googleapis\.com)/|\bsql(?:ite|cipher)[\w+]{0,20}:)[^\s\"'<>?]{0,300}\?)([^\s\"'<>]{1,600})"
)
_SENT_AS = re.compile(r"((?:^|&)(?:code|key)=)[^&#]+")
_SENTENCE = ".,;:!)]}`"  # what may follow a URL in a text
# GitHub and others take a token in the place of a user: it is long, or no words with a number.
_NO_PASSWORDS = ("", "x", "x-oauth-basic")  # what stands beside a token in the place of a user
_LONG_USER, _SHORTEST_TOKEN = 20, 8
_MIXED = re.compile(r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z])(?!(?:[A-Z]?[a-z]{2,})+\d{0,4}\Z)")


def redact_urls(text: str, extra: Sequence[str] = ()) -> str:
    """Blank passwords, tokens and secret parameters of all URLs in a text.

    A password may hold `/ ? # @` and spaces, as SQLAlchemy and others take it.
    """
    if "://" in text and "@" in text:
        whole = _WHOLE.match(text) if " " in text[: text.rindex("@")] else None
        if whole is not None:
            text = f"{whole.group(1)}***{text[whole.end() :]}"
        text = _redact_with_scheme(text)
    if "//" in text and "@" in text:
        text = _BARE.sub(r"\1***", text)
    if "@" in text and ":" in text:
        text = _SCHEMELESS.sub(r"\1***", text)
        text = _ESCAPED.sub(r"\1***", text)
        if ")/" in text:
            text = _CALLED.sub(r"\1***", text)
    if "/" in text and "@" in text:
        text = _ORACLE.sub(r"\1***", text)
    if "%3" in text:
        text = _ENCODED.sub(lambda found: _parameter(found, extra), text)
        text = _ENCODED_LOGIN.sub(r"\1***", text)
    if "=" in text and "?" in text:
        text = _SENT.sub(
            lambda found: found.group(1) + _SENT_AS.sub(r"\1***", found.group(2)), text
        )
    if "=" in text and ("?" in text or "&" in text):
        text = _QUERY.sub(lambda found: _parameter(found, extra), text)
    return text


def _redact_with_scheme(text: str) -> str:
    """Blank the credentials behind each `scheme://`; a password may hold `://` itself."""
    first, *pieces = text.split("://")
    shown, scheme, at, ends = [first], _scheme(first), 0, _ends(pieces)
    while at < len(pieces):
        last = at
        while scheme and ends[last + 1] >= 0 and _goes_on(scheme, pieces, at, last):
            last = ends[last + 1]
        piece = "://".join(pieces[at : last + 1])
        # The scheme of the next URL is not part of this one.
        following = _scheme(piece) if last + 1 < len(pieces) else ""
        length = len(piece) - len(following)
        shown.append(_credentials(scheme, piece[:length]) + piece[length:] if scheme else piece)
        scheme, at = following, last + 1
    return "://".join(shown)


def _ends(pieces: list[str]) -> list[int]:
    """Return by piece the one that has the next `@`, -1 where a line or text ends before it."""
    found = [-1] * (len(pieces) + 1)
    for at in range(len(pieces) - 1, -1, -1):
        end = _TO_HOST.match(pieces[at]).end()  # type: ignore[union-attr]
        if end == len(pieces[at]):
            found[at] = found[at + 1]
        elif pieces[at][end] == "@":
            found[at] = at
    return found


def _goes_on(scheme: str, pieces: list[str], first: int, last: int) -> bool:
    """Tell whether the `://` behind a piece is part of a password: `db://me:pass://word@host`."""
    piece, behind, following = pieces[last], pieces[last + 1], _scheme(pieces[last])
    before = piece[: len(piece) - len(following)]
    if "@" in before:
        host = before.rpartition("@")[2]
        if scheme in _WEB and following and _PATH.search(host):
            return host[0] in "/?#"  # no host at all
        has_user = last > first or _user(before, piece) is not None
        return has_user and not _IMAGE.match(piece) and not _APART.search(host[1:])
    user = _user(before, piece)
    if user is None:
        return False
    is_apart = _APART.search(before) is not None
    port = _PORT.match(piece, user.end())
    # Directly before `://` a number is no port.
    if port and port.end() < len(piece) and (scheme in _WEB or is_apart):
        return False
    # Behind a blank or a comma another URL is likelier, where it is a known one or has a login.
    has_login = _USER.match(behind) is not None and "@" in behind
    is_other = bool(following) and (has_login or following in (*_KNOWN, scheme))
    return not (is_apart and is_other)


def _user(before: str, piece: str) -> re.Match[str] | None:
    # In `db://me://word@host` the colon is the one behind the user.
    return _USER.match(before) or _USER.fullmatch(f"{piece}:")


def _scheme(before: str) -> str:
    found = _SCHEME.search(before[-61:])
    return found.group(0).lower() if found else ""


def _parameter(found: re.Match[str], extra: Sequence[str]) -> str:
    start, name, value = found.groups()
    last = re.split(r"[_\-]", name.lower())[-1]
    return (
        start + "***"
        if last in ("sig", "signature")
        or is_secret_key(name, extra)
        or (name.lower() == "key" and is_long_token(value.rstrip(_SENTENCE)))
        else found.group(0)
    )


def _credentials(scheme: str, rest: str) -> str:
    """Return what follows `scheme://` with the secret in front of the host hidden."""
    end = _end_of_credentials(scheme, rest)
    if end < 0:
        return rest
    user, colon, password = rest[:end].partition(":")
    is_web = scheme.split("+")[-1] in ("http", "https")
    if colon and is_web and _is_token(user) and password in _NO_PASSWORDS:
        return f"***:{password}{rest[end:]}"
    if colon:
        return f"{user}:***{rest[end:]}"
    is_token = _is_token(user) if is_web else is_long_token(user)
    return f"***{rest[end:]}" if is_token else rest


def _is_token(user: str) -> bool:
    if len(user) >= _LONG_USER or is_long_token(user):
        return True
    return len(user) >= _SHORTEST_TOKEN and _MIXED.match(user) is not None


def _end_of_credentials(scheme: str, rest: str) -> int:
    """Return where the `@` before the host is, -1 where there is none."""
    if _IMAGE.match(rest):
        return -1
    rest = _DIGEST.sub(r"#\1", rest)
    candidates = [end.match(rest).group(0).rfind("@") for end in _ENDS]  # type: ignore[union-attr]
    authority = _AUTHORITY.match(rest).group(0)  # type: ignore[union-attr]
    user = _USER.match(rest)
    # Where no host follows, or `://`, that is in the password.
    is_cut = rest.startswith("//", len(authority)) or authority.endswith("@")
    if "@" in authority and not (user and is_cut):
        # `h://u:p@ss/word@host`: what else follows in this word may be password as well.
        beyond = candidates[0] if user and scheme not in _WEB else -1
        return max(authority.rfind("@"), beyond)
    if user is None:
        return -1
    if _PORT.match(rest, user.end()) and (scheme in _WEB or candidates[1] < 0):
        return -1
    return next((at for at in candidates if at >= user.end()), -1)
