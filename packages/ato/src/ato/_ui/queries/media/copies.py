"""Copies of artifacts: where they are, and as files to be looked at or kept.

Only a copy is served that is named by its content. Its first bytes decide what it is, not what is
stored of it: an image, a sound or a film of a kind that runs no script, else plain text (HTML and
SVG too), else something to be kept.
"""

from __future__ import annotations

import os
import re
import urllib.parse
from typing import Any

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import FileResponse

from ato._ui.answer import MissingError, Query
from ato_sql.reading import ReadOnlyDatabase, tables, type_of

TABLE = tables["artifacts"]
_LOOK = 1 << 16
_TEXT = "text/plain"  # the framework adds the charset, older ones though it is there
_UNKNOWN = "application/octet-stream"
_SHOWN = re.compile(r"(image/(png|jpeg|gif|webp)|(audio|video)/[\w.+-]+)\Z")
# In a sandbox nothing runs and nothing is sent, whatever a browser takes the file for.
_POLICY = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'"
_FILES = 2000


def find_artifact(connection: Any, artifact: int) -> Any:
    """Return the row of an artifact.

    Raises:
        MissingError: there is none of that id.
    """
    query = select(TABLE).where(TABLE.c.id == artifact)
    row = connection.execute(query).first() if artifact < 2**63 else None
    if row is None:
        raise MissingError(f"there is no artifact {artifact}")
    return row


def copy_of(database: ReadOnlyDatabase) -> Query:
    """Return the query for what is known of a copy."""

    def answer(connection: Any, request: Request) -> Any:
        """Where the copy of an artifact is; of a folder the first 2,000 files in it."""
        row = find_artifact(connection, request.path_params["artifact"])
        files = row.files if isinstance(row.files, list) else []
        return {
            "where": database.find_copy(row.stored, row.content_hash),
            "stored": row.stored,
            "is_folder": row.files is not None,
            "files": files[:_FILES],
            "total": len(files),
        }

    return answer


def file_of(database: ReadOnlyDatabase) -> Query:
    """Return the query for the copy of an artifact."""

    def answer(connection: Any, request: Request) -> Any:
        """The copy; of a folder the file `name` in it; to be kept where `keep` is 1."""
        row = find_artifact(connection, request.path_params["artifact"])
        path = database.find_copy(row.stored, row.content_hash)
        if path is None:
            raise MissingError(f"the copy of {row.path} is not here")
        name = os.path.basename(row.path.replace("\\", "/")) or "file"
        if os.path.isdir(path):
            wanted = request.query_params.get("name", "")
            path, name = _in_folder(path, wanted, row.files), os.path.basename(wanted)
        return _response(path, name, row.data_type, request.query_params.get("keep") == "1")

    return answer


def _in_folder(folder: str, name: str, files: Any) -> str:
    """Return the path of a file that the manifest of a folder names.

    Raises:
        MissingError: it names none, or one that is a link out of the folder.
    """
    named = any(isinstance(one, dict) and one.get("name") == name for one in files or ())
    root = os.path.realpath(folder)
    path = os.path.realpath(os.path.join(root, name)) if named else root
    if not path.startswith(root + os.sep) or not os.path.isfile(path):
        raise MissingError(f"there is no file {name!r} in this folder")
    return path


def _response(path: str, name: str, kind: str | None, keep: bool) -> FileResponse:
    type_name = _type(path, kind)
    how = "attachment" if keep or type_name == _UNKNOWN else "inline"
    plain = re.sub(r"[^\w.-]+", "_", name, flags=re.ASCII).strip("._") or "file"
    quoted = urllib.parse.quote(name, safe="", errors="replace")
    headers = {
        "Content-Disposition": f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quoted}",
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "private, max-age=3600",
    }
    return FileResponse(path, headers=headers, media_type=type_name)


def _type(path: str, kind: str | None) -> str:
    with open(path, "rb") as file:
        head = file.read(_LOOK)
    found = type_of(head, kind)
    if found is not None:
        return found if _SHOWN.match(found) else _UNKNOWN
    return _TEXT if _is_text(head) else _UNKNOWN


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:  # where it was cut, a letter may be torn
        return len(head) == _LOOK and error.start > _LOOK - 4
    return True
