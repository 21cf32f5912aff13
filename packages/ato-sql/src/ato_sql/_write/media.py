"""Logging of files, and of images, tables, texts, histograms, sounds and films by step."""

from __future__ import annotations

import os
import time
from typing import Any, Sequence

from ato_sql._errors import ArtifactError, MetricError, TrackerError
from ato_sql._facts.configs.config import to_json
from ato_sql._facts.files.artifacts import (
    Content,
    artifact_event,
    content_event,
    digest_of,
    keep_bytes,
)
from ato_sql._facts.files.claims import claim
from ato_sql._facts.files.copies import artifact_folder
from ato_sql._facts.files.written import note_run
from ato_sql._facts.media import pieces as _media
from ato_sql._facts.media.pieces import Piece, checked_size
from ato_sql._facts.settings import Settings
from ato_sql._values.asked import asked_flag
from ato_sql._values.telling import tell
from ato_sql._values.values import (
    as_step,
    as_text,
    brief_error,
    brief_path,
    check_name,
    given_text,
    naming,
    next_step,
    short,
)
from ato_sql._write import batch as _batch
from ato_sql._write.writer import Writer

_CLAIM_SECONDS = 60.0


def _key_of(kind: str, key: Any) -> str:
    """Return what something is logged under, checked before anything else is."""
    return check_name(f"the key of {'an' if kind[0] in 'ai' else 'a'} {kind}", key)


class MediaLog:
    """The part of a run that keeps more than numbers."""

    uuid: str
    _writer: Writer
    _settings: Settings
    _steps: dict[Any, int]
    _claimed: float | None = None
    _is_noted = False  # among the runs that keep copies in the folder

    def log_artifact(
        self,
        path: str | os.PathLike[str],
        data_type: str = "file",
        metadata: Any = None,
        copy: bool = False,
        step: int | None = None,
    ) -> None:
        """Record a file or folder: its path, size and SHA-256.

        Args:
            path: where it is. What cannot be read is recorded without size and hash, with a
                warning unless it is an address such as `s3://bucket/model`.
            data_type: what it is, such as `'model'` or `'figure'`.
            metadata: anything that JSON can hold.
            copy: also keep a copy, once per distinct content, beside the database.
            step: when in the run it was made.

        Of a folder, names, sizes and hashes of the files in it are recorded too.

        Raises:
            MetricError: `step` is no integer, `copy` neither True nor False, `data_type` no text,
                or `metadata` True or False, which would be meant for `copy`.
            ArtifactError: with `copy=True`, the file cannot be read or the copy not be written; it
                is an OSError.
        """
        settings, folder = self._settings, None
        with naming("the path of an artifact"):
            name = os.fsdecode(path)
        number = None if step is None else as_step(name, step, "artifact")
        copy = asked_flag("copy", copy)
        if isinstance(metadata, bool):  # `log_artifact(path, "model", True)`
            raise MetricError(f"metadata tells of an artifact, not {metadata}; did you mean copy=?")
        kind = as_text("the type of an artifact", data_type)
        if not isinstance(data_type, str):
            raise MetricError(f"the type of an artifact is a text, not {short(data_type)}")
        data_type, hidden = settings.hide(kind), settings.hide_in(to_json(metadata))
        try:
            if copy:
                folder = artifact_folder(settings.url, settings.artifact_dir)
                self._claim(folder, anew=True)
            event = artifact_event(name, data_type, hidden, settings.url, folder)
        except OSError as error:
            raise ArtifactError(
                f"artifact {brief_path(name)} cannot be copied: {brief_error(error)}"
            ) from error
        if event["content_hash"] is None and "://" not in name:
            what = "cannot be read" if _is_there(name) else "is not there"
            text = f"artifact {brief_path(name)} {what}; it is recorded without size and hash"
            tell(text)
        event["path"] = settings.hide(event["path"])
        for one in event["files"] or ():
            one["name"] = settings.hide(one["name"])
        self._event(_batch.ARTIFACT, {**event, "step": number})

    def log_image(
        self, key: str, image: Any, step: int | None = None, caption: str | None = None
    ) -> None:
        """Keep an image.

        Args:
            key: its name, 1 to 255 characters, such as `'samples'`.
            image: bytes, an open file or the path of a PNG, JPEG, GIF or WebP; an array or tensor
                of HxW, HxWx3 or HxWx4, floats from 0 to 1 or uint8; a PIL image, of an animation
                the frame that it is at (by its path all are kept); a figure of matplotlib.
            step: an integer; by default one more than the last step of `key`, from 0 on.
            caption: what to write below it.

        Raises:
            MetricError: it is no image, or has more bytes than `experiment.sql.media_limit`; or the
                caption is none.
            TrackerError: with `on_error='raise'`, it cannot be written.
        """
        key = _key_of(_media.IMAGE, key)
        with naming(f"image {key!r}"):
            piece = _media.image_piece(key, image, self._settings.media_limit)
        self._keep(key, self._with_caption(piece, caption), step)

    def log_audio(
        self, key: str, audio: Any, step: int | None = None, caption: str | None = None
    ) -> None:
        """Keep a sound: bytes or the path of a WAV, MP3, OGG, FLAC or M4A; as `log_image` does."""
        self._log_recording(_media.AUDIO, key, audio, step, caption)

    def log_video(
        self, key: str, video: Any, step: int | None = None, caption: str | None = None
    ) -> None:
        """Keep a film: bytes or the path of an MP4, WebM, OGG or MOV; as `log_image` does."""
        self._log_recording(_media.VIDEO, key, video, step, caption)

    def _log_recording(
        self, kind: str, key: str, recording: Any, step: int | None, caption: str | None
    ) -> None:
        key = _key_of(kind, key)
        with naming(f"{kind} {key!r}"):
            piece = _media.recording_piece(kind, key, recording, self._settings.media_limit)
        self._keep(key, self._with_caption(piece, caption), step)

    def log_table(
        self, key: str, rows: Any, step: int | None = None, columns: Sequence[str] | None = None
    ) -> None:
        """Keep a table; `media.read()` gives its `columns` and `rows`.

        Numbers come back as numbers, NaN and ±inf too, and what is missing, NA and NaT among it, as
        None. Days, decimals and what else JSON lacks come back as texts.

        Args:
            key: its name.
            rows: a list of dicts, a list of rows, a dict of columns, a data frame.
            step: as of `log_image`.
            columns: the names of the columns, where `rows` has none.

        Raises:
            MetricError: it is no table, or has more bytes than `experiment.sql.media_limit`.
        """
        key = _key_of(_media.TABLE, key)
        with naming(f"table {key!r}"):
            piece = _media.table_piece(key, rows, columns, self._settings)
        self._keep(key, piece, step)

    def log_text(self, key: str, text: str, step: int | None = None) -> None:
        """Keep a text of at most 1 MB; secrets in it are hidden.

        Raises:
            MetricError: it is longer.
        """
        key = _key_of(_media.TEXT, key)
        self._keep(key, _media.text_piece(key, text, self._settings), step)

    def log_histogram(self, key: str, values: Any, step: int | None = None, bins: int = 64) -> None:
        """Keep how values are spread: the edges and counts of bins, never the values.

        Args:
            key: its name.
            values: an array, a tensor, a series or a list of numbers. NaN and ±inf are counted.
            step: as of `log_image`.
            bins: how many, of equal width from the least to the greatest.

        Raises:
            MetricError: a value is no number.
        """
        key = _key_of(_media.HISTOGRAM, key)
        with naming(f"histogram {key!r}"):
            piece = _media.histogram_piece(key, values, bins)
        self._keep(key, piece, step)

    def _keep(self, key: str, piece: Piece, step: int | None) -> None:
        what = f"{piece.kind} {key!r}"
        checked_size(what, len(piece.data), self._settings.media_limit)
        number = self._media_step(piece.kind, key, step)
        path = piece.path and self._settings.hide(piece.path)
        path = path or f"{key}-{number}.{piece.ending or piece.kind}"
        try:
            content, copy = self._stored(piece)
        except OSError as error:
            self._cannot_keep(what, error)
            return
        info, url = piece.info, self._settings.url
        event = content_event(path, piece.kind, info, content, copy, url)
        self._event(_batch.ARTIFACT, {**event, "key": key, "step": number})

    def _media_step(self, kind: str, key: str, step: int | None) -> int:
        place = (kind, key)  # beside the steps of metrics, whose keys are texts
        with self._writer.steps_lock:
            last = self._steps.get(place, -1)
            number = next_step(key, last, kind) if step is None else as_step(key, step, kind)
            self._steps[place] = number
        return number

    def _stored(self, piece: Piece) -> tuple[Content, str | None]:
        if piece.ending is None:
            return Content(len(piece.data), digest_of(piece.data)), None
        folder = artifact_folder(self._settings.url, self._settings.artifact_dir)
        self._claim(folder)
        return keep_bytes(folder, piece.data)

    def _claim(self, folder: str, anew: bool = False) -> None:
        """Claim the folder, not for each image anew: a database may be slow to say its name."""
        now = time.monotonic()
        if not anew and self._claimed is not None and now - self._claimed <= _CLAIM_SECONDS:
            return
        owner = self._writer.owner()
        claim(folder, owner)
        if owner.uuid is not None and not self._is_noted:
            note_run(folder, owner.uuid, self.uuid)
            self._is_noted = True
        self._claimed = now

    def _cannot_keep(self, what: str, error: OSError) -> None:
        text = f"{what} of run {self.uuid} is lost, it cannot be written: {error}"
        if self._settings.on_error == "raise":
            raise TrackerError(text) from error
        tell(text)

    def _with_caption(self, piece: Piece, caption: Any) -> Piece:
        if caption is None:
            return piece
        if isinstance(caption, (list, tuple, dict, set)):
            raise MetricError(f"a caption is one text, not {short(caption)}")
        hidden = self._settings.hide(given_text("a caption", caption))
        return piece._replace(info={**piece.info, "caption": hidden})

    def _event(self, kind: str, data: dict[str, Any]) -> None:
        raise NotImplementedError


def _is_there(path: str) -> bool:
    try:
        os.lstat(path)
    except (OSError, ValueError):  # the latter: a NUL in it
        return False
    return True
