"""What is logged by step besides numbers: images, tables, texts, histograms, sounds and films.

Images, tables, sounds and films are files in the folder of copies. Texts and histograms are small
and many: they are in the row itself.
"""

from __future__ import annotations

import io
import json
import os
from typing import Any, Mapping, NamedTuple, Sequence

from ato_adict.surroundings import plain_pieces
from ato_sql._errors import MetricError
from ato_sql._facts.files.copies import is_named_for, read_copy
from ato_sql._facts.media.histograms import histogram
from ato_sql._facts.media.images import checked_image, image_bytes, is_path
from ato_sql._facts.media.tables import table_from, table_of_rows
from ato_sql._facts.media.types import ending_of, type_of
from ato_sql._facts.settings import Settings
from ato_sql._values.marked import from_json
from ato_sql._values.values import brief_error, brief_path, clean_text, given_text

IMAGE, TABLE, TEXT, HISTOGRAM = "image", "table", "text", "histogram"
AUDIO, VIDEO = "audio", "video"
KINDS = (IMAGE, TABLE, TEXT, HISTOGRAM, AUDIO, VIDEO)
LONGEST_TEXT = 1_000_000  # bytes


class Piece(NamedTuple):
    """One thing to be kept.

    Attributes:
        kind: one of `KINDS`.
        data: its content.
        info: what is said of it; of a text or histogram itself.
        ending: of a file's name; None for what is in the row.
        path: of the file that it was, if it was one.
    """

    kind: str
    data: bytes
    info: dict[str, Any]
    ending: str | None = None
    path: str | None = None


def image_piece(key: str, image: Any, limit: int) -> Piece:
    """Return an image; see `Run.log_image`."""
    path = os.fsdecode(image) if is_path(image) else None
    if path is not None:
        data = checked_image(key, _read(f"image {key!r}", path, limit))
    else:
        data = image_bytes(key, _content(image, limit))
    return _file(IMAGE, data, str(type_of(data)), path)


def _content(source: Any, limit: int) -> Any:
    """Return what is in a file of bytes that is open: from where it stands, at its end all."""
    if isinstance(source, io.TextIOBase) or not hasattr(source, "read"):
        return source
    if hasattr(source, "getvalue"):
        return source.getvalue()
    data = source.read(limit + 1)  # a device may have no end
    if data == b"" and source.seekable():  # just written
        source.seek(0)
        data = source.read(limit + 1)
    return data if isinstance(data, bytes) else source


def recording_piece(kind: str, key: str, source: Any, limit: int) -> Piece:
    """Return a sound or a film; see `Run.log_audio`."""
    what, path = f"{kind} {key!r}", None
    content = None if is_path(source) else _content(source, limit)
    if content is None:
        path = os.fsdecode(source)
        data = _read(what, path, limit)
    elif isinstance(content, (bytes, bytearray, memoryview)):
        data = bytes(content)
    else:
        raise MetricError(f"{what}: bytes or the path of a file, not {type(source).__name__}")
    found = type_of(data, kind)
    if found is None or not found.startswith(kind):
        known = "WAV, MP3, OGG, FLAC, M4A" if kind == AUDIO else "MP4, WebM, OGG, MOV"
        raise MetricError(f"{what} is no {kind} that is known ({known}); use log_artifact")
    return _file(kind, data, found, path)


def table_piece(key: str, data: Any, columns: Sequence[str] | None, settings: Settings) -> Piece:
    """Return a table without the secrets in it."""
    table = table_of_rows(key, data, columns)
    table["rows"] = _without_secrets(table["columns"], table["rows"], settings)
    text = json.dumps(table, separators=(",", ":")).encode()
    info = {"columns": table["columns"][:100], "rows": len(table["rows"])}
    return Piece(TABLE, text, info, "json")


def _without_secrets(
    columns: Sequence[str], rows: list[list[Any]], settings: Settings
) -> list[list[Any]]:
    hidden = [
        settings.hide_column(name, [row[number] for row in rows])
        for number, name in enumerate(columns)
    ]
    found = [list(row) for row in zip(*hidden)] if hidden else rows
    return settings.hide_rows(columns, found)


def text_piece(key: str, text: Any, settings: Settings) -> Piece:
    """Return a text without the secrets in it."""
    (hidden,) = settings.hide_in({key: given_text("what log_text keeps", text)}).values()
    kept = clean_text(hidden)
    data = kept.encode("utf-8")
    if len(data) > LONGEST_TEXT:
        raise MetricError(
            f"text {key!r} has {len(data):,} bytes, more than {LONGEST_TEXT:,}: "
            "write it to a file and use log_artifact"
        )
    return Piece(TEXT, data, {"text": kept})


def histogram_piece(key: str, values: Any, bins: int) -> Piece:
    """Return a histogram."""
    found = histogram(key, values, bins)
    return Piece(HISTOGRAM, json.dumps(found).encode(), found)


def content_of(
    kind: str | None, info: Any, stored: str | None, digest: str | None, size: int | None
) -> Any:
    """Return what was logged: text, histogram and table as data, all else as bytes.

    Raises:
        FileNotFoundError: there is no copy, or it is not there any more.
        ArtifactError: it is a folder.
        DatabaseError: it is not what was logged.
    """
    if kind == TEXT and isinstance(info, Mapping):
        return info.get("text", "")
    if kind == HISTOGRAM and isinstance(info, Mapping):
        return from_json(info)
    if stored is None or digest is None or not is_named_for(stored, digest):
        raise FileNotFoundError("no copy of it was kept")
    data = read_copy(stored, digest, size)
    return table_from(json.loads(data.decode("utf-8"))) if kind == TABLE else data


def checked_size(what: str, size: int, limit: int) -> None:
    """Refuse what is larger than the limit.

    Raises:
        MetricError: it is.
    """
    if size > limit:
        raise MetricError(
            f"{what} has {size:,} bytes, more than {limit:,}: use log_artifact, "
            "or raise experiment.sql.media_limit"
        )


def _file(kind: str, data: bytes, type_name: str, path: str | None) -> Piece:
    return Piece(kind, data, {"type": type_name}, ending_of(type_name), path)


def _read(what: str, path: str, limit: int) -> bytes:
    """Return the content of a file, of which no more is read than may be kept."""
    pieces, size = [], 0
    try:
        checked_size(what, os.path.getsize(path), limit)
        for piece in plain_pieces(path):
            size += len(piece)
            checked_size(what, size, limit)  # it may grow, or have no size
            pieces.append(piece)
    except (OSError, ValueError) as error:
        if isinstance(error, MetricError):
            raise
        raise MetricError(f"{what}: cannot read {brief_path(path)}: {brief_error(error)}") from None
    return b"".join(pieces)
