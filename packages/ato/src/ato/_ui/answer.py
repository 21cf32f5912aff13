"""Answers: JSON with an ETag, and errors as JSON of one line."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any, Callable

from starlette.requests import Request
from starlette.responses import Response

from ato_adict import AtoError
from ato_sql import QuestionError
from ato_sql.reading import plain


class MissingError(AtoError):
    """There is no such run, project or function."""


def answer(request: Request, data: Any, status: int = 200) -> Response:
    """Return a JSON response, or 304 where the browser has the same already."""
    text = json.dumps(plain(data), allow_nan=False, separators=(",", ":"), default=_other)
    body = text.encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if status == 200 and etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, "application/json")


def _other(value: Any) -> str:
    """Return a value of another kind as text; no column holds bytes unless it is damaged."""
    if isinstance(value, bytes):
        raise TypeError(f"bytes where there should be text: {value[:20]!r}")
    return ascii(value)


def number(request: Request, name: str, default: float | None = None) -> float | None:
    """Return a numeric query parameter.

    Raises:
        QuestionError: it is not a finite number.
    """
    text = request.query_params.get(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise QuestionError(f"{name} must be a number, not {text!r}")
    return value


def whole(request: Request, name: str, default: int, low: int, high: int) -> int:
    """Return an integer query parameter, kept within bounds."""
    value = number(request, name, default)
    return max(low, min(high, int(value if value is not None else default)))


def run_ids(request: Request, least: int, most: int) -> list[int]:
    """Return the distinct run ids of the query.

    Raises:
        QuestionError: they are too few, too many or no numbers.
    """
    texts = list(dict.fromkeys(request.query_params.getlist("run")))
    if not all(text.isdecimal() and len(text) < 19 for text in texts):
        raise QuestionError("run must be the number of a run")
    if not least <= len(texts) <= most:
        raise QuestionError(f"give {least} to {most} runs, not {len(texts)}")
    return [int(text) for text in texts]


Query = Callable[[Any, Request], Any]
