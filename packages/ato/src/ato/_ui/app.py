"""Which address is answered by which query."""

from __future__ import annotations

import logging
import os
import pathlib
from typing import Any, Iterable

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ato._ui.answer import MissingError, Query, answer
from ato._ui.editing import PATH, Editing
from ato._ui.guard import App, Guard, allowed_hosts
from ato._ui.queries import compare as _compare
from ato._ui.queries import functions as _functions
from ato._ui.queries import projects as _projects
from ato._ui.queries import run as _run
from ato._ui.queries import runs as _runs
from ato._ui.queries.curves import file as _metric_file
from ato._ui.queries.curves import metrics as _metrics
from ato._ui.queries.curves import overlay as _overlay
from ato._ui.queries.media import copies as _copies
from ato._ui.queries.media import shown as _media
from ato._ui.queries.parts import contents as _contents
from ato._ui.queries.searches import listed as _searches
from ato._ui.queries.searches import search as _search
from ato._ui.token import TokenGuard
from ato._version import __version__
from ato_adict import AtoError
from ato_sql import DatabaseError, QuestionError
from ato_sql.cli import TRACEBACK
from ato_sql.reading import ReadOnlyDatabase

STATIC = pathlib.Path(__file__).parent / "static"
QUERIES = {
    "/api/projects": _projects.projects,
    "/api/projects/{project:int}": _projects.project,
    "/api/projects/{project:int}/columns": _projects.columns,
    "/api/projects/{project:int}/runs": _runs.runs,
    "/api/projects/{project:int}/curves": _overlay.overlay,
    "/api/projects/{project:int}/functions": _functions.functions,
    "/api/projects/{project:int}/history": _functions.history,
    "/api/projects/{project:int}/searches": _searches.searches,
    "/api/runs/{run:int}": _run.run,
    "/api/runs/{run:int}/console": _run.console,
    "/api/searches/{run:int}": _search.search,
    "/api/metrics": _metrics.metrics,
    "/api/metric-file": _metric_file.metric_file,
    "/api/compare": _compare.compare,
    "/api/media": _media.media,
    "/api/change": _functions.change,
    "/api/text-change": _contents.text_change,
}
# Those that look at files beside the database.
FILE_QUERIES = {
    "/api/media/{artifact:int}": _media.content,
    "/api/copies/{artifact:int}": _copies.copy_of,
    "/api/files/{artifact:int}": _copies.file_of,
}
PAGES = [
    "/",
    "/compare",
    "/runs/{run:int}",
    "/searches/{run:int}",
    "/projects/{project:int}",
    "/projects/{project:int}/curves",
    "/projects/{project:int}/functions",
    "/projects/{project:int}/searches",
]
log = logging.getLogger("ato.ui")


def page_app(
    database: ReadOnlyDatabase,
    port: int,
    allow_hosts: Iterable[str] = (),
    token: str | None = None,
    editing: Editing | None = None,
    may_be_framed: bool = False,
) -> App:
    """Return the page as an ASGI application, to be served by a server of your own.

    Args:
        database: what is shown.
        port: the port it is asked at.
        allow_hosts: names, besides those of this machine, it may be asked for by.
        token: answers only who knows it, from `?token=…` or the cookie that this sets. A site that
            made its own name lead here (DNS rebinding) has no such cookie, so that with a token
            and no names the page may be asked for by any.
        editing: the right to change runs; by default nobody has it.
        may_be_framed: whether pages of this machine, as a notebook is, may show it in a frame.
    """
    allow_hosts = list(allow_hosts)
    routes = [Route(path, _endpoint(database, query)) for path, query in QUERIES.items()]
    routes.append(Route("/api/info", _endpoint(database, _info(database, editing is not None))))
    if editing is not None:
        routes.append(Route(PATH, editing.endpoint, methods=["POST"]))
    for path, make in FILE_QUERIES.items():
        routes.append(Route(path, _endpoint(database, make(database))))
    routes += [Route(path, _page) for path in PAGES]
    static = Mount("/static", _Static(directory=str(STATIC)))
    app = Starlette(
        routes=[*routes, static],
        exception_handlers={HTTPException: _not_found},
    )
    changes = editing is not None
    if token is None:
        return Guard(app, allowed_hosts(port, allow_hosts), changes, may_be_framed)
    hosts = allowed_hosts(port, allow_hosts) if allow_hosts else None
    return Guard(TokenGuard(app, token, port), hosts, changes, may_be_framed)


class _Static(StaticFiles):
    """The page's own files, asked for again each time: an upgraded ato shows at once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response: Response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response


def _info(database: ReadOnlyDatabase, editable: bool) -> Query:
    def info(connection: Any, request: Request) -> Any:
        return {"database": database.shown, "version": __version__, "editable": editable}

    return info


def _endpoint(database: ReadOnlyDatabase, query: Query) -> Any:
    # A plain function: the framework runs it in a thread, so a slow query stops no other.
    def endpoint(request: Request) -> Response:
        try:
            return _answered(database, query, request)
        except MissingError as error:
            return answer(request, {"error": str(error)}, 404)
        except QuestionError as error:
            return answer(request, {"error": str(error)}, 400)
        except DatabaseError as error:
            return answer(request, {"error": str(error)}, 503)
        except SQLAlchemyError as error:
            reason = database.reason(error)
            log.error("%s: %s", request.url.path, reason)
            return answer(request, {"error": f"the database could not be read: {reason}"}, 503)
        except Exception as error:  # of a damaged run, or one that another program wrote
            reason = f"{type(error).__name__}: {str(error)[:200]}"
            in_full = bool(os.environ.get(TRACEBACK))
            log.error("%s: %s", request.url.path, reason, exc_info=in_full)
            return answer(
                request, {"error": f"damaged: what is stored cannot be read: {reason}"}, 503
            )

    return endpoint


def _answered(database: ReadOnlyDatabase, query: Query, request: Request) -> Response:
    """Answer; what fails for no reason of its own is asked again of what is not damaged."""
    try:
        return _asked(database, query, request)
    except AtoError:
        raise
    except Exception:
        if not database.read_around_damage():
            raise
    return _asked(database, query, request)


def _asked(database: ReadOnlyDatabase, query: Query, request: Request) -> Response:
    with database.connect() as connection:
        found = query(connection, request)
        return found if isinstance(found, Response) else answer(request, found)


async def _page(request: Request, status: int = 200) -> Response:
    # The same shell for every address; the script looks at the address.
    page = (STATIC / "index.html").read_bytes()
    return Response(page, status, {"Cache-Control": "no-cache"}, "text/html")


async def _not_found(request: Request, error: Any) -> Response:
    if request.url.path.startswith("/api/"):
        return answer(request, {"error": "there is no such thing to ask"}, error.status_code)
    if request.url.path.startswith("/static/"):
        return Response("not found", error.status_code, media_type="text/plain")
    return await _page(request, error.status_code)
