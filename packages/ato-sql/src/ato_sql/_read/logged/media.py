"""What runs logged by step besides numbers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from ato_adict import did_you_mean
from ato_sql._db.schema import Artifact
from ato_sql._errors import NotFoundError
from ato_sql._facts.media.pieces import KINDS
from ato_sql._values.asked import asked_text


def media_of(run_id: int, key: str | None, kind: str | None) -> Any:
    """Return the query for the media of a run, by key and step.

    Raises:
        NotFoundError: there is no such kind.
    """
    query = select(Artifact).where(Artifact.run_id == run_id, Artifact.key.is_not(None))
    if key is not None:
        query = query.where(Artifact.key == asked_text("what was logged", key))
    if kind is not None:
        if kind not in KINDS:
            hint = did_you_mean(kind, KINDS)
            raise NotFoundError(f"there is no kind {kind!r}{hint}; kinds are {', '.join(KINDS)}")
        query = query.where(Artifact.data_type == kind)
    return query.order_by(Artifact.key, Artifact.step, Artifact.id)


def last_of_each(run_id: int) -> Any:
    """Return the query for the ids of what a run logged last under each kind and key."""
    query = select(func.max(Artifact.id)).where(Artifact.run_id == run_id)
    return query.where(Artifact.key.is_not(None)).group_by(Artifact.data_type, Artifact.key)


def files_of(run_id: int) -> Any:
    """Return the query for the files that a run made, in the order they were logged."""
    files = select(Artifact).where(Artifact.run_id == run_id, Artifact.key.is_(None))
    return files.order_by(Artifact.id)
