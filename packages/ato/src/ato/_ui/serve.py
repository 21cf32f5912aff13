"""Run the page: bind, say where it is, serve until interrupted."""

from __future__ import annotations

import ipaddress
import json
import shlex
import socket
import sys
import threading
from typing import Any, Sequence

import uvicorn
from sqlalchemy.engine import URL

from ato._ui.app import page_app
from ato._ui.editing import Editing
from ato_adict import UserError
from ato_sql.reading import ReadOnlyDatabase


def serve(
    database: str | URL,
    host: str = "127.0.0.1",
    port: int = 0,
    allow_hosts: Sequence[str] = (),
    open_browser: bool = False,
    as_json: bool = False,
    token: str | None = None,
    edit: bool = False,
) -> int:
    """Serve until interrupted; returns the exit code.

    Args:
        database: an SQLAlchemy URL or the path of an SQLite file.
        host: the address to listen on.
        port: the port to listen on, 0 for any that is free.
        allow_hosts: names, besides those of this machine, the page may be asked for by.
        open_browser: whether to open the page in a browser.
        as_json: whether to print the address as JSON.
        token: what the address has to hold; see `page_app`.
        edit: whether names, tags and notes can be changed by who has the printed address.

    Raises:
        UserError: the database cannot be shown, the address cannot be used, others can reach it and
            neither a name was allowed nor a token is asked for, or changes would come from other
            machines.
    """
    _check_names(allow_hosts)
    shown = ReadOnlyDatabase(database)
    family, address = _resolve(host, port)
    everywhere = _ip(address[0]).is_unspecified
    if not _ip(address[0]).is_loopback and not allow_hosts and token is None:
        raise UserError(
            f"--host {host or repr(host)} opens all of {shown.shown} to everyone who can reach "
            "this machine, without accounts; add --token to let in only who has the address that "
            "it prints, or --allow-host NAME for the name it is asked for by"
        )
    listener = _listen(host, family, address)
    if edit and not _ip(listener.getsockname()[0]).is_loopback:
        listener.close()
        raise UserError(
            f"--edit takes changes from this machine alone, not at --host {host}, where the key "
            "would go over the network; forward the port instead, with ssh -L"
        )
    editing = Editing(database, shown) if edit else None
    url = _url(listener.getsockname(), token) + (f"#edit={editing.key}" if editing else "")
    # Rebinding needs a name, so an address that was asked for may be asked by.
    own = [] if everywhere or token else [f"[{host}]" if ":" in host else host]
    app = page_app(shown, listener.getsockname()[1], [*allow_hosts, *own], token, editing)
    how = "who has this address can edit" if edit else "read-only"
    said = f"ato ui: {shown.shown} at {url} ({how}; Ctrl-C ends it)"
    print(json.dumps({"url": url, "database": shown.shown}) if as_json else said, flush=True)
    if not _ip(listener.getsockname()[0]).is_loopback:
        print(f"ato ui: warning: {_whom(token)} {shown.shown}", file=sys.stderr, flush=True)
    if open_browser:
        import webbrowser

        webbrowser.open(url)
    _run(app, listener)
    return 0


def _check_names(allow_hosts: Sequence[str]) -> None:
    for name in allow_hosts:
        if not name.strip() or "*" in name:
            raise UserError(
                f"--allow-host {shlex.quote(name)} is no name of a machine; write the name that "
                "the page is asked for by, such as lab.example.org"
            )


def _whom(token: str | None) -> str:
    if token is None:
        return "there are no accounts; everyone who can reach this machine can read all of"
    name = socket.gethostname()
    return (
        f"who has this address (elsewhere with {name} in place of 127.0.0.1), or listens to the "
        "network, as it is not encrypted, can read all of"
    )


class Background:
    """The page in a thread, which ends with the program; pages of this machine may frame it.

    Attributes:
        url: where it is.
        shown: what the database is called.
        thread: serves it.

    Raises:
        UserError: the database cannot be shown.
    """

    def __init__(self, database: str | URL) -> None:
        shown = ReadOnlyDatabase(database)
        listener = _listen("127.0.0.1", *_resolve("127.0.0.1", 0))
        self.shown: str = shown.shown
        self.url: str = _url(listener.getsockname(), None)
        self._server = _server(page_app(shown, listener.getsockname()[1], may_be_framed=True))
        self.thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="ato ui", daemon=True
        )
        self.thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.should_exit = True
        self.thread.join(5)


def _server(app: Any) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        ws="none",
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config)


def _run(app: Any, listener: socket.socket) -> None:
    try:
        _server(app).run(sockets=[listener])
    except KeyboardInterrupt:  # how newer versions hand on the signal that ended them
        pass
    finally:
        listener.close()


def _listen(host: str, family: Any, address: Any) -> socket.socket:
    port = address[1]
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there it would let two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        reason = getattr(error, "strerror", None) or error
        raise UserError(
            f"cannot listen on {host} port {port}: {reason}; try --port 0 for a free one"
        ) from None
    return listener


def _resolve(host: str, port: int) -> tuple[Any, Any]:
    if not 0 <= port < 2**16:
        raise UserError(f"--port must be 0 to {2**16 - 1}, not {port}")
    try:
        name = host.strip("[]") or "0.0.0.0"
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UserError(f"--host {host} is not an address of this machine") from None
    family, _, _, _, address = found[0]
    return family, address


def _ip(address: str) -> Any:
    found = ipaddress.ip_address(address.partition("%")[0])
    return getattr(found, "ipv4_mapped", None) or found


def _url(address: Any, token: str | None) -> str:
    host, port = address[0], address[1]
    if _ip(host).is_unspecified:
        host = "127.0.0.1"
    query = "" if token is None else f"?token={token}"
    return f"http://[{host}]:{port}/{query}" if ":" in host else f"http://{host}:{port}/{query}"
