"""Run the page: bind, say where it is, serve until interrupted."""

from __future__ import annotations

import ipaddress
import json
import socket
import sys
from typing import Any, Sequence

import uvicorn
from sqlalchemy.engine import URL

from ato._ui.app import page_app
from ato._ui.editing import Editing
from ato_adict import UserError
from ato_sql.reading import ReadOnlyDatabase

EVERYWHERE = ("0.0.0.0", "::", "")


def serve(
    database: str | URL,
    host: str = "127.0.0.1",
    port: int = 0,
    allow_hosts: Sequence[str] = (),
    open_browser: bool = False,
    as_json: bool = False,
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
        edit: whether names, tags and notes can be changed by who has the printed address.

    Raises:
        UserError: the database cannot be shown, the address cannot be used, it is open to all and
            no name was allowed, or changes would come from other machines.
    """
    shown = ReadOnlyDatabase(database)
    if host in EVERYWHERE and not allow_hosts:
        raise UserError(
            f"--host {host or repr(host)} opens all of {shown.shown} to everyone who can reach "
            "this machine, without accounts; add --allow-host NAME for the name it is asked for by"
        )
    listener = _listen(host, port)
    if edit and not _is_of_this_machine(listener.getsockname()[0]):
        listener.close()
        raise UserError(
            f"--edit takes changes from this machine alone, not at --host {host}, where the key "
            "would go over the network; forward the port instead, with ssh -L"
        )
    editing = Editing(database, shown) if edit else None
    url = _url(listener.getsockname()) + (f"#edit={editing.key}" if editing else "")
    # Rebinding needs a name, so an address that was asked for may be asked by.
    own = [] if host in EVERYWHERE else [f"[{host}]" if ":" in host else host]
    app = page_app(shown, listener.getsockname()[1], [*allow_hosts, *own], editing)
    how = "who has this address can edit" if edit else "read-only"
    said = f"ato ui: {shown.shown} at {url} ({how}; Ctrl-C ends it)"
    print(json.dumps({"url": url, "database": shown.shown}) if as_json else said, flush=True)
    if not _is_of_this_machine(listener.getsockname()[0]):
        whom = "everyone who can reach this machine"
        warning = f"ato ui: warning: {whom} can read all of {shown.shown}; there are no accounts"
        print(warning, file=sys.stderr, flush=True)
    if open_browser:
        import webbrowser

        webbrowser.open(url)
    _run(app, listener)
    return 0


def _run(app: Any, listener: socket.socket) -> None:
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
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:  # how newer versions hand on the signal that ended them
        pass
    finally:
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port < 2**16:
        raise UserError(f"--port must be 0 to {2**16 - 1}, not {port}")
    family, address = _resolve(host, port)
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
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UserError(f"--host {host} is not an address of this machine") from None
    family, _, _, _, address = found[0]
    return family, address


def _is_of_this_machine(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _url(address: Any | None) -> str:
    assert address is not None
    host, port = address[0], address[1]
    if host in EVERYWHERE:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
