"""Let in only what the page itself asks: reading, by a name of this machine.

A web site can make a browser send requests to 127.0.0.1, and, by changing what its own name
resolves to (DNS rebinding), read the answers. Such a request names that site as its host, so only
known hosts are answered. The headers keep a page that shows other people's texts from ever running
one of them.
"""

from __future__ import annotations

from typing import Any, Awaitable, Callable, Iterable, MutableMapping

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
READING = ("GET", "HEAD")
CHANGES = "/api/edit/"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]


def allowed_hosts(port: int, more: Iterable[str] = ()) -> frozenset[str]:
    """Return the values of the Host header that are answered.

    Args:
        port: the port the server listens on.
        more: further host names; each is allowed with any port it names, else with `port` and
            with none (as behind a proxy).
    """
    hosts = {f"{name}:{port}" for name in LOCAL_HOSTS}
    if port == 80:  # browsers leave the default port out
        hosts.update(LOCAL_HOSTS)
    for name in more:
        hosts.add(name.lower())
        hosts.add(f"{name.lower()}:{port}")
    return frozenset(hosts)


class Guard:
    """ASGI middleware: known hosts and reading methods only, and strict headers on every answer.

    Args:
        app: what is guarded.
        hosts: as `allowed_hosts` returns them.
        changes: whether what is below /api/edit/ may be posted to, which checks more itself.
    """

    def __init__(self, app: App, hosts: frozenset[str], changes: bool = False) -> None:
        self._app = app
        self._hosts = hosts
        self._changes = changes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            reason = self._refusal(scope)
            if reason is None:
                await self._app(scope, receive, _with_headers(send))
            else:
                await _refuse(_with_headers(send), *reason)
        else:  # a websocket
            await send({"type": "websocket.close", "code": 1008})

    def _refusal(self, scope: Scope) -> Any | None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if host not in self._hosts:
            return 421, f"this server does not answer for host {host!r}; see ato ui --allow-host"
        if headers.get(b"sec-fetch-site") in (b"cross-site", b"same-site") and not _opens_page(
            headers
        ):
            return 403, "this server answers only its own page"
        posts = self._changes and scope["method"] == "POST" and scope["path"].startswith(CHANGES)
        if scope["method"] not in READING and not posts:
            return 405, "this server only reads"
        return None


def _opens_page(headers: dict[bytes, bytes]) -> bool:
    """Whether somebody followed a link here, as against a page using what is here."""
    return (
        headers.get(b"sec-fetch-mode") == b"navigate"
        and headers.get(b"sec-fetch-dest") == b"document"
    )


def _with_headers(send: Send) -> Send:
    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *HEADERS]
        await send(message)

    return sending


async def _refuse(send: Send, status: int, text: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
