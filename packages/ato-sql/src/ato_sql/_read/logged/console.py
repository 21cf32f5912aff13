"""What a run printed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from ato_sql._db.schema import ConsoleText
from ato_sql._read.reader import Reader

LEFT_OUT = "… left out here …\n"


def read_console(reader: Reader, run_id: int) -> str:
    """Return what a run printed; where pieces are missing it says so."""
    query = select(ConsoleText).where(ConsoleText.run_id == run_id)
    return joined(reader.all(query.order_by(ConsoleText.number, ConsoleText.id)))


def joined(pieces: Any) -> str:
    """Return the text of pieces, which have a `number` and a `text`, in order."""
    parts: list[str] = []
    expected = 0
    for piece in pieces:
        if piece.number > expected:
            parts.append(LEFT_OUT)
        parts.append(piece.text)
        expected = piece.number + 1
    return "".join(parts)
