"""`ato.ui()`: the page of `ato ui` in a cell of a notebook."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from typing import Any

NO_EXTRA = "the page needs its extra: pip install 'ato[ui]'"
_open: dict[str, Page] = {}


def ui(database: str | None = None, height: int = 640) -> Page:
    """Serve the page on 127.0.0.1 until the kernel ends; as the last line of a cell it shows it.

    A second call for the same database shows the page that is served already; there is one to
    close.

    Args:
        database: A URL or the path of an SQLite file; by default the environment variable `ATO_DB`,
            else `experiments.db`.
        height: Of the frame, in pixels.

    Raises:
        UserError: The extra `ui` is not installed.
        DatabaseError: There is no such database.
    """
    from ato_adict import UserError
    from ato_sql.cli import database_url

    try:
        from ato._ui.serve import Background
    except ImportError:
        raise UserError(NO_EXTRA) from None
    url = database_url(database)
    key = url.render_as_string(hide_password=False)
    known = _open.get(key)
    if known is None or not known.is_open:
        known = _open[key] = Page(Background(url))
    known.height = height
    return known


class Page:
    """A page that is being served.

    Attributes:
        url: Where.
        height: Of the frame that a notebook shows, in pixels.
    """

    __module__ = "ato"

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url: str = server.url
        self.height: int = 640

    @property
    def is_open(self) -> bool:
        """Whether it is still served."""
        thread: threading.Thread = self._server.thread
        return thread.is_alive()

    def close(self) -> None:
        """Serve it no longer."""
        self._server.close()

    def __repr__(self) -> str:
        where = f"at {self.url}" if self.is_open else "is closed"
        return f"<the page of {self._server.shown} {where}>"

    def _repr_html_(self) -> str:
        from ato_adict.notebooks import html_text

        if not self.is_open:
            return f"<p>{html_text(repr(self))}; ato.ui() serves it anew</p>"
        url = html_text(self.url)
        style = f"width: 100%; height: {self.height:d}px; border: 1px solid #8888"
        return f'<iframe src="{url}" style="{style}"></iframe><div><a href="{url}">{url}</a></div>'
