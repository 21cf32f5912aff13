"""Let in only what the page itself asks: reading, by a name of this machine.

A web site can make a browser send requests to 127.0.0.1, and, by changing what its own name
resolves to (DNS rebinding), read the answers. Such a request names that site as its host, so only
known hosts are answered. The headers keep a page that shows other people's texts from ever running
one of them.
"""

from __future__ import annotations

from typing import Any, Awaitable, Callable, Iterable, MutableMapping, Sequence

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
READING = ("GET", "HEAD")
CHANGES = "/api/edit/"
LONGEST = 1000  # letters of a path; Python refuses to read a number of more than 4,300 digits
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
# A notebook on this machine may show the page in a frame; nobody else may.
FRAMING = "frame-ancestors http://localhost:* http://127.0.0.1:* https://localhost:*"
FRAMED_HEADERS = [
    (name, value.replace(b"frame-ancestors 'none'", FRAMING.encode()))
    for name, value in HEADERS
    if name != b"x-frame-options"
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
    for name in map(_plain_host, more):
        hosts.add(name)
        hosts.add(f"{name}:{port}")
    return frozenset(hosts)


def _plain_host(host: str) -> str:
    """Return a host as it is compared: in lower case, without the dot that ends a whole name."""
    name, colon, port = host.lower().rpartition(":")
    if not colon or not port.isdigit():  # no port: a name, or an address in brackets
        name, colon, port = host.lower(), "", ""
    return (name[:-1] if name.endswith(".") else name) + colon + port


class Guard:
    """ASGI middleware: known hosts and reading methods only, and strict headers on every answer.

    Args:
        app: what is behind it.
        hosts: values of the Host header; None for any, where a token is asked for.
        changes: whether what is below /api/edit/ may be posted to, which checks more itself.
        may_be_framed: whether pages of this machine may show it in a frame.
    """

    def __init__(
        self,
        app: App,
        hosts: frozenset[str] | None,
        changes: bool = False,
        may_be_framed: bool = False,
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._changes = changes
        self._headers = FRAMED_HEADERS if may_be_framed else HEADERS
        self._ways_in = (b"document", b"iframe") if may_be_framed else (b"document",)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            reason = self._refusal(scope)
            if reason is None:
                await self._app(scope, receive, _with_headers(send, self._headers))
            else:
                await refuse(_with_headers(send, self._headers), *reason)
        else:  # a websocket
            await send({"type": "websocket.close", "code": 1008})

    def _refusal(self, scope: Scope) -> Any | None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        host = _plain_host(headers.get(b"host", b"").decode("latin-1"))
        if self._hosts is not None and host not in self._hosts:
            return 421, f"this server does not answer for host {host!r}; see ato ui --allow-host"
        if len(scope["path"]) > LONGEST:
            return 414, "no address here is so long"
        is_foreign = headers.get(b"sec-fetch-site") in (b"cross-site", b"same-site")
        if is_foreign and not _opens_page(headers, self._ways_in):
            return 403, "this server answers only its own page"
        posts = self._changes and scope["method"] == "POST" and scope["path"].startswith(CHANGES)
        if scope["method"] not in READING and not posts:
            return 405, "this server only reads"
        return None


def _opens_page(headers: dict[bytes, bytes], ways_in: Sequence[bytes]) -> bool:
    """Whether somebody followed a link here, as against a page using what is here."""
    is_followed = headers.get(b"sec-fetch-mode") == b"navigate"
    return is_followed and headers.get(b"sec-fetch-dest") in ways_in


def _with_headers(send: Send, headers: Sequence[tuple[bytes, bytes]]) -> Send:
    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *headers]
        await send(message)

    return sending


async def refuse(send: Send, status: int, text: str) -> None:
    """Answer with one line of text."""
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
