"""One run, while it goes on."""

from __future__ import annotations

import itertools
import os
import threading
import time
from types import TracebackType
from typing import Any, Mapping

from ato_sql import _batch
from ato_sql._artifacts import artifact_event, artifact_folder, claim
from ato_sql._config import to_json
from ato_sql._errors import MetricError
from ato_sql._fingerprints import code_hash_of, fingerprint_event
from ato_sql._journal import journal_stem
from ato_sql._outcome import COMPLETED, outcome
from ato_sql._redact import redact_text
from ato_sql._settings import Settings
from ato_sql._values import as_number, as_step, check_name, clean_text
from ato_sql._writer import Writer

_FIRST_STEP, _LAST_STEP = -(2**63), 2**63 - 1
_now = time.time  # looked up a million times
_provisional = itertools.count(-1, -1)


class Run:
    """A run that `SQLLogger.start` began; a context manager.

    Leaving the block ends the run: `completed`, or `failed` with the traceback kept if an
    exception leaves it, or `interrupted` for Ctrl-C. The exception goes on its way.

    All methods may be called from any thread.

    Attributes:
        uuid: unique everywhere, and known before the database is.
    """

    def __init__(
        self,
        writer: Writer,
        settings: Settings,
        uuid: str,
        run_id: int | None = None,
        steps: Mapping[str, int] | None = None,
    ) -> None:
        self.uuid = uuid
        self.finished = False
        self._writer = writer
        self._settings = settings
        self._steps: dict[str, int] = dict(steps or {})
        self._lock = threading.Lock()
        self._id = run_id
        self._provisional: int | None = None
        self._fingerprints: list[dict[str, Any]] = []
        self._put = writer.put
        if settings.durability == "commit":
            self._put = writer.put_and_commit
        elif settings.on_error == "raise":
            self._put = writer.put_checked

    @property
    def id(self) -> int:
        """The run id; negative as long as the database has been out of reach since the start."""
        if self._id is None:
            key = self._writer.committer.keys.get(self.uuid)
            if key is not None:
                self._id = key.id
            elif self._provisional is None:
                self._provisional = next(_provisional)
        return self._id if self._id is not None else self._provisional or 0

    def answers_to(self, run_id: int) -> bool:
        """Tell whether `run_id` is, or was before the database came back, this run's id."""
        return run_id in (self.id, self._provisional)

    def log_metric(self, key: str, value: Any, step: int | None = None) -> None:
        """Record one value of a metric.

        Args:
            key: the metric's name, 1 to 255 characters.
            value: any number: bool, int (of any size), float, NaN and ±inf, numpy or torch scalar.
            step: an integer; by default one more than this run's last step of `key`, from 0 on.

        Raises:
            MetricError: key, value or step is not of these kinds; nothing is recorded.
            TrackerError: with `on_error='raise'`, the database cannot take it.
        """
        if type(value) is not float:
            value = as_number(key, value)
        if type(step) is int and key in self._steps and _FIRST_STEP <= step <= _LAST_STEP:
            self._steps[key] = step
        else:
            step = self._new_step(key, step)
        self._put((self.uuid, key, value, step, _now()))

    def _new_step(self, key: str, step: int | None) -> int:
        """Check a key when it is first seen; choose the step where none is given."""
        if key not in self._steps:
            checked = check_name("a metric's key", key)
            if checked != key:
                raise MetricError(f"metric {key!r} has characters that no database keeps in a name")
        with self._lock:
            number = self._steps.get(key, -1) + 1 if step is None else as_step(key, step)
            self._steps[key] = number
        return number

    def log_metrics(self, values: Mapping[str, Any], step: int | None = None) -> None:
        """Record one value each of several metrics, all of them or, on an error, none.

        Raises:
            MetricError: as `log_metric` does.
        """
        checked = {key: as_number(key, value) for key, value in values.items()}
        steps = {key: self._new_step(key, step) for key in checked}
        for key, value in checked.items():
            self._put((self.uuid, key, value, steps[key], time.time()))

    def log_artifact(
        self,
        path: str | os.PathLike[str],
        data_type: str,
        metadata: Any = None,
        copy: bool = False,
    ) -> None:
        """Record a file or folder: its path, size and SHA-256.

        Args:
            path: where it is. A file that is not there is recorded without size and hash.
            data_type: what it is, such as `'model'` or `'figure'`.
            metadata: anything that JSON can hold.
            copy: also keep a copy, once per distinct content, beside the database.

        Raises:
            OSError: with `copy=True`, the file cannot be read or the copy not be written.
        """
        folder = artifact_folder(self._settings.url, self._settings.artifact_dir)
        if copy:
            claim(folder, journal_stem(self._settings.url))
        event = artifact_event(
            os.fspath(path), data_type, to_json(metadata), time.time(), folder if copy else None
        )
        self._event(_batch.ARTIFACT, event)

    def log_fingerprints(self, fingerprints: Any) -> None:
        """Record fingerprints of code and outputs, with the source they were made of.

        Args:
            fingerprints: `scope.fingerprints`, or `{trace_id: fingerprint}` for static ones.

        Raises:
            MetricError: they are of another form.
        """
        event = fingerprint_event(fingerprints)
        with self._lock:
            new = [row for row in event["fingerprints"] if row not in self._fingerprints]
            self._fingerprints.extend(new)
            event["code_hash"] = code_hash_of(self._fingerprints)
        self._event(_batch.FINGERPRINTS, event)

    def log_note(self, text: str) -> None:
        """Record a remark."""
        kept = redact_text(str(text)) if self._settings.redact else str(text)
        self._event(_batch.NOTE, {"text": clean_text(kept), "timestamp": time.time()})

    def update_status(self, status: str) -> None:
        """Set the status, to one of the known ones or to a word of your own."""
        self._event(_batch.UPDATE, {"status": check_name("a status", status)})

    def flush(self) -> None:
        """Return when all that was logged is in the database (or, in trouble, in the journal)."""
        self._writer.flush()

    def finish(self, status: str = COMPLETED, error: str | None = None) -> None:
        """End the run; all that was logged is in the database on return.

        Ending it again changes nothing.

        Args:
            status: `'completed'`, `'failed'`, `'interrupted'` or a word of your own.
            error: what went wrong, such as a traceback.
        """
        status = check_name("a status", status)
        if self.finished:
            return
        self.finished = True
        self.id  # noqa: B018 - remembered while the writer still knows it
        moment = time.time()
        data: dict[str, Any] = {"status": status, "end_time": moment, "heartbeat": moment}
        if error is not None:
            data["error"] = clean_text(redact_text(error) if self._settings.redact else error)
        self._writer.end(self.uuid, data)

    def _event(self, kind: str, data: dict[str, Any]) -> None:
        self._writer.put_event(self.uuid, kind, data)
        if self._settings.durability == "commit":
            self._writer.flush()
        self._writer.committer.check()

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.finish()
        else:
            self.finish(*outcome(error))

    def __repr__(self) -> str:
        return f"<Run {self.id} {self.uuid}{' finished' if self.finished else ''}>"
