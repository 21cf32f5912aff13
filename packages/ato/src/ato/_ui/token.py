"""Let in only who knows a token: first in the address, then, to be seen nowhere, in a cookie."""

from __future__ import annotations

import hmac
import os
import secrets
import urllib.parse
from typing import Any

from ato._ui.guard import App, Receive, Scope, Send, refuse
from ato_adict import UserError

VARIABLE = "ATO_UI_TOKEN"
NAME = "token"
_SHORTEST = 16


def chosen_token() -> str:
    """Return the token of the environment, which bookmarks survive restarts with, else a new one.

    Raises:
        UserError: the one of the environment can be guessed, or cannot stand in a cookie.
    """
    given = os.environ.get(VARIABLE)
    if not given:
        return secrets.token_urlsafe(32)
    if len(given) < _SHORTEST or urllib.parse.quote(given, safe="") != given:
        raise UserError(
            f"{VARIABLE} needs at least {_SHORTEST} letters, digits, - or _; "
            "leave it out to have one made"
        )
    return given


class TokenGuard:
    """ASGI middleware: an address with `?token=…` sets a cookie, without which nothing is answered.

    Args:
        app: what is behind it.
        token: the token.
        port: of the server; a browser sends the cookies of one host to all its ports.
    """

    def __init__(self, app: App, token: str, port: int) -> None:
        self._app = app
        self._token = token.encode()
        self._cookie = f"ato-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        query = urllib.parse.parse_qsl(scope.get("query_string", b"").decode("latin-1"), True)
        given = [value for name, value in query if name == NAME]
        if given and self._is_right(given[-1]):
            rest = urllib.parse.urlencode([(k, value) for k, value in query if k != NAME])
            if scope["path"].startswith("/api/"):  # a program that asks once
                await self._app({**scope, "query_string": rest.encode("ascii")}, receive, send)
            else:
                await self._let_in(scope, send, rest)
        elif any(self._is_right(value) for value in _cookies(scope, self._cookie)):
            await self._app(scope, receive, send)
        else:
            text = f"open the address that ato ui printed, which ends in ?{NAME}=…"
            await refuse(send, 401, text)

    def _is_right(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._token)

    async def _let_in(self, scope: Scope, send: Send, query: str) -> None:
        """Set the cookie and send the browser on, so that the token is in no bookmark or link."""
        # One slash: `//host/` would lead elsewhere.
        path = "/" + urllib.parse.quote(scope["path"].lstrip("/\\"))
        target = f"{path}?{query}" if query else path
        cookie = f"{self._cookie}={self._token.decode()}; Path=/; HttpOnly; SameSite=Lax"
        headers = [
            (b"location", target.encode("ascii")),
            (b"set-cookie", cookie.encode("ascii")),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def _cookies(scope: Scope, wanted: str) -> Any:
    for header, value in scope["headers"]:
        if header == b"cookie":
            for part in value.decode("latin-1").split(";"):
                name, _, text = part.strip().partition("=")
                if name == wanted:
                    yield text
