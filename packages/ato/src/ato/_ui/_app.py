"""Which address is answered by which query."""

from __future__ import annotations

import logging
import pathlib
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ato._ui import _compare, _functions, _metrics, _projects, _run, _runs, _search, _searches
from ato._ui._answer import MissingError, Query, QuestionError, answer
from ato._ui._guard import App, Guard
from ato._version import __version__
from ato_sql import DatabaseError
from ato_sql.reading import ReadOnlyDatabase

STATIC = pathlib.Path(__file__).parent / "static"
QUERIES = {
    "/api/projects": _projects.projects,
    "/api/projects/{project:int}": _projects.project,
    "/api/projects/{project:int}/columns": _projects.columns,
    "/api/projects/{project:int}/runs": _runs.runs,
    "/api/projects/{project:int}/functions": _functions.functions,
    "/api/projects/{project:int}/history": _functions.history,
    "/api/projects/{project:int}/searches": _searches.searches,
    "/api/runs/{run:int}": _run.run,
    "/api/searches/{run:int}": _search.search,
    "/api/metrics": _metrics.metrics,
    "/api/compare": _compare.compare,
    "/api/change": _functions.change,
}
PAGES = [
    "/",
    "/compare",
    "/runs/{run:int}",
    "/searches/{run:int}",
    "/projects/{project:int}",
    "/projects/{project:int}/functions",
    "/projects/{project:int}/searches",
]
log = logging.getLogger("ato.ui")


def make_app(database: ReadOnlyDatabase, hosts: frozenset[str]) -> App:
    """Return the ASGI application.

    Args:
        database: what is shown.
        hosts: the values of the Host header that are answered; see `_guard.allowed_hosts`.
    """
    routes = [Route(path, _endpoint(database, query)) for path, query in QUERIES.items()]
    routes.append(Route("/api/info", _endpoint(database, _info(database))))
    routes += [Route(path, _page) for path in PAGES]
    static = Mount("/static", _Static(directory=str(STATIC)))
    app = Starlette(
        routes=[*routes, static],
        exception_handlers={HTTPException: _not_found},
    )
    return Guard(app, hosts)


class _Static(StaticFiles):
    """The page's own files, asked for again each time: an upgraded ato shows at once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response: Response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response


def _info(database: ReadOnlyDatabase) -> Query:
    def info(connection: Any, request: Request) -> Any:
        return {"database": database.shown, "version": __version__}

    return info


def _endpoint(database: ReadOnlyDatabase, query: Query) -> Any:
    # A plain function: the framework runs it in a thread, so a slow query stops no other.
    def endpoint(request: Request) -> Response:
        try:
            with database.connect() as connection:
                return answer(request, query(connection, request))
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

    return endpoint


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
