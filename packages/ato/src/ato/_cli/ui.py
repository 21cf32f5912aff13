"""`ato ui`: a page over the tracked runs, read-only unless asked otherwise."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

DEFAULT_PORT = 8620
NO_EXTRA = "ato ui needs its extra: pip install 'ato[ui]'"


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `ato ui`."""
    page = commands.add_parser(
        "ui",
        help="look at projects, runs and searches in the browser",
        description="Serve a page over the tracked runs until interrupted. It only reads, unless "
        "--edit is given.",
    )
    page.add_argument("--db", metavar="URL", help="the database (default: ATO_DB, experiments.db)")
    page.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    page.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="port, 0 for a free one (%(default)s)"
    )
    page.add_argument(
        "--allow-host",
        metavar="NAME",
        action="append",
        default=[],
        help="a name the page may be asked for by, besides those of this machine; repeatable",
    )
    page.add_argument("--json", action="store_true", help="print the address as JSON")
    page.add_argument("--open", action="store_true", help="open the page in a browser")
    page.add_argument(
        "--edit",
        action="store_true",
        help="change names, tags and notes and archive runs, for who opens the printed address",
    )
    page.set_defaults(run=_ui)


def _ui(options: argparse.Namespace) -> int:
    from ato_adict import UserError

    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError:
        raise UserError(NO_EXTRA) from None
    from ato._ui.serve import serve
    from ato_sql.cli import database_url

    database = database_url(options.db)
    return serve(
        database,
        options.host,
        options.port,
        options.allow_host,
        options.open,
        options.json,
        options.edit,
    )
