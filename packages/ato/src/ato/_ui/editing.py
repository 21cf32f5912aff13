"""Change what people say about runs: names, tags, notes, archived or not. Off unless asked for.

A change is a POST of JSON to /api/edit/runs/ID. It must come from the page itself (the browser says
so in `Origin`), be JSON, which no form of another site can send, and carry a key that is made anew
each time the server starts. The key is in the address that the server prints, behind the #: it is
never sent as part of an address, and the server answers nobody with it, so another user of the
machine, who can read the page, cannot change anything. No cookie gives that right.
"""

from __future__ import annotations

import json
import secrets
import threading
from typing import Any, Callable, Mapping

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ato._ui.answer import answer
from ato_adict import AtoError, UserError
from ato_sql import NotFoundError, SQLFinder
from ato_sql.reading import ReadOnlyDatabase

PATH = "/api/edit/runs/{run:int}"
HEADER = "x-ato-edit"
MOST_BYTES = 100_000


class RefusedError(UserError):
    """A change that is not made, with the status of the answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Editing:
    """The right to change the runs of a database.

    Attributes:
        key: whoever sends it may.
    """

    def __init__(self, database: Any, shown: ReadOnlyDatabase) -> None:
        """Make a new key.

        Args:
            database: an SQLAlchemy URL or the path of an SQLite file.
            shown: the same, as it is read.
        """
        self._shown = shown
        self.key: str = secrets.token_urlsafe(24)
        self._finder = SQLFinder({"experiment": {"sql": {"db_path": database}}})
        self._lock = threading.Lock()

    async def endpoint(self, request: Request) -> Response:
        """Answer a request to change a run."""
        try:
            self._check(request)
            changes = _changes(await _body(request))
            return answer(request, await run_in_threadpool(self._apply, request, changes))
        except RefusedError as error:
            return answer(request, {"error": str(error)}, error.status)
        except NotFoundError as error:
            return answer(request, {"error": str(error)}, 404)
        except UserError as error:
            return answer(request, {"error": str(error)}, 400)
        except AtoError as error:
            return answer(request, {"error": str(error)}, 503)
        except SQLAlchemyError as error:
            reason = f"the database took no change: {self._shown.reason(error)}"
            return answer(request, {"error": reason}, 503)

    def _check(self, request: Request) -> None:
        headers = request.headers
        if headers.get("origin", "").partition("://")[2].lower() != headers.get("host", "").lower():
            raise RefusedError(403, "changes are taken from the page itself only")
        given = headers.get(HEADER, "").encode("utf-8", "replace")
        if not secrets.compare_digest(given, self.key.encode()):
            raise RefusedError(403, "no key of this start; open the printed address again")
        if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise RefusedError(415, "changes are JSON")

    def _apply(self, request: Request, changes: Mapping[str, Any]) -> dict[str, Any]:
        run = request.path_params["run"]
        with self._lock:
            for name, value in changes.items():
                _WAYS[name](self._finder, run, value)
        return {"run": run, "changed": sorted(changes)}


async def _body(request: Request) -> bytes:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise RefusedError(413, f"a change has at most {MOST_BYTES} bytes")
    return body


def _changes(body: bytes) -> dict[str, Any]:
    try:
        changes = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError(400, "changes are JSON") from None
    if not isinstance(changes, dict) or not changes:
        raise RefusedError(400, f"changes are an object with {', '.join(_WAYS)}")
    for name, value in changes.items():
        if name not in _WAYS or not _FITS[name](value):
            raise RefusedError(400, f"cannot set {name!r} to that")
    return changes


def _is_tags(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() <= {"add", "remove"}
        and all(isinstance(tags, list) for tags in value.values())
        and all(isinstance(tag, str) and tag for tags in value.values() for tag in tags)
    )


_FITS: dict[str, Callable[[Any], bool]] = {
    "name": lambda value: isinstance(value, str),
    "tags": _is_tags,
    "note": lambda value: isinstance(value, str) and bool(value.strip()),
    "archived": lambda value: isinstance(value, bool),
}
_WAYS: dict[str, Callable[[SQLFinder, int, Any], Any]] = {
    "name": lambda finder, run, name: finder.rename(run, name),
    "tags": lambda finder, run, tags: finder.tag(run, tags.get("add", ()), tags.get("remove", ())),
    "note": lambda finder, run, text: finder.note(run, text),
    "archived": lambda finder, run, archived: finder.archive(run, archived),
}
