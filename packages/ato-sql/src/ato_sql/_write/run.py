"""One run, while it goes on."""

from __future__ import annotations

import itertools
import sys
import time
from types import TracebackType
from typing import Any, Mapping, NamedTuple

from ato_sql._errors import MetricError, MetricOverflowError
from ato_sql._facts.fingerprints import code_hash_of, fingerprint_event
from ato_sql._facts.inputs import logged_input
from ato_sql._facts.outcome import COMPLETED, RUNNING, outcome
from ato_sql._facts.settings import Settings
from ato_sql._values.secrets.code import hide_in_code
from ato_sql._values.telling import tell
from ato_sql._values.values import (
    Number,
    as_number,
    as_step,
    as_text,
    check_name,
    clean_text,
    naming,
    next_step,
)
from ato_sql._write import batch as _batch
from ato_sql._write.beginning.gathering import Gathering
from ato_sql._write.beside.console import FIRST_PIECES, LAST_PIECES, Console
from ato_sql._write.beside.console import is_wanted as console_wanted
from ato_sql._write.beside.monitor import Monitor, is_wanted
from ato_sql._write.entered import Block, enter, leave
from ato_sql._write.media import MediaLog
from ato_sql._write.writer import Writer, writer_for

_FIRST_STEP, _LAST_STEP = -(2**63), 2**63 - 1
_provisional = itertools.count(-1, -1)


class Known(NamedTuple):
    """What a process knows of a run: who it is, and the status it had last."""

    name: str | None = None
    user: str | None = None
    status: str = RUNNING


class Run(MediaLog):
    """A run that `SQLLogger.start` began; a context manager.

    Leaving the block ends the run: `completed`, or `failed` with the traceback kept if an
    exception leaves it, or `interrupted` for Ctrl-C and a cancelled task. The exception goes on its
    way. A generator that is closed before its end completes its run.

    All methods may be called from any thread.

    Attributes:
        uuid: unique everywhere, and known before the database is.
        finished: whether it has ended in this process.
    """

    __module__ = "ato_sql"

    def __init__(
        self,
        writer: Writer,
        settings: Settings,
        uuid: str,
        run_id: int | None = None,
        steps: Mapping[Any, int] | None = None,
        gathering: Gathering | None = None,
        owned: bool = True,
        known: Known | None = None,
    ) -> None:
        self.uuid: str = uuid
        self.finished: bool = False
        self._owned = owned  # whoever began it ends it
        self._known = known or Known()
        self._ended_as: tuple[str, str | None] | None = None
        self._told_late = False
        self._writer = writer
        self._settings = settings
        self._steps: dict[Any, int] = dict(steps or {})
        self._series: dict[str, int] = {}
        self._axes: dict[str, tuple[int, int | float]] = {}  # by name, its last step and value
        self._id = run_id
        self._provisional: int | None = None
        self._fingerprints: list[dict[str, Any]] = []
        self._gathering = gathering
        self._beside: list[Monitor | Console] = []
        self._blocks: list[Block] = []
        self._put = writer.put
        if settings.durability == "commit":
            self._put = writer.put_and_commit
        elif settings.on_error == "raise":
            self._put = writer.put_checked

    @property
    def name(self) -> str | None:
        """What it is called, since it was started; None where nobody has named it."""
        return self._known.name

    @property
    def user(self) -> str | None:
        """Who began it, as far as that could be told."""
        return self._known.user

    @property
    def status(self) -> str:
        """Its status, as far as this process knows it: that of its end, or a word of yours."""
        return self._known.status

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
        return run_id is not None and run_id in (self.id, self._provisional)

    def log_metric(
        self,
        key: str,
        value: Any,
        step: int | None = None,
        axis: Mapping[str, Any] | None = None,
    ) -> None:
        """Record one value of a metric.

        Args:
            key: the metric's name, 1 to 255 characters.
            value: any number: bool, int (of any size), float, NaN and ±inf, numpy or torch scalar.
            step: an integer; by default one more than this run's last step of `key`, from 0 on.
            axis: where that step is on other axes, such as `{"epoch": 1.5, "tokens": 8192}`. They
                are metrics themselves, to be drawn against and asked for; see
                `SQLFinder.get_metrics`.

        Raises:
            MetricError: key, value or step is not of these kinds; nothing is recorded.
            TrackerError: with `on_error='raise'`, the database cannot take it.
        """
        if type(value) is not float:
            value = as_number(key, value)
        if self.finished:
            self._tell_late()
        if axis:
            step = self._log_axis(key, step, axis)
        try:
            series = self._series.get(key)
        except TypeError:  # cannot be hashed, so it is no text
            series = None
        if type(step) is int and series is not None and _FIRST_STEP <= step <= _LAST_STEP:
            self._steps[key] = step
        else:
            series, step = self._new_step(key, step)
        if type(value) is float:
            self._put(series, value, step)
        else:
            self._put_large(series, value, step)

    def _new_step(self, key: str, step: int | None) -> tuple[int, int]:
        """Check a key when it is first seen; choose the step where none is given.

        Returns:
            The number of its series, and the step.
        """
        series = self._series.get(key) if isinstance(key, str) else None
        if series is None:
            self._check_key(key)
        with self._writer.steps_lock:
            last = self._steps.get(key, -1)
            number = next_step(key, last) if step is None else as_step(key, step)
            if series is None:
                series = self._series[key] = self._writer.journal.series(self.uuid, key)
            self._steps[key] = number
        return series, number

    def _log_axis(self, key: str, step: int | None, axis: Mapping[str, Any]) -> int:
        """Record where a step is on other axes, unless that was said before; return the step."""
        with naming("an axis"):
            places = {name: as_number(name, value) for name, value in axis.items()}
        for name in places:
            self._check_key(name)
            if name == key:
                raise MetricError(f"metric {key!r} cannot be its own axis")
        self._check_key(key)
        number = self._new_step(key, step)[1]
        new = {n: value for n, value in places.items() if self._axes.get(n) != (number, value)}
        self._axes.update((name, (number, value)) for name, value in new.items())
        self.log_metrics(new, number)
        return number

    def _put_large(self, series: int, value: int, step: int) -> None:
        self._writer.put_large(series, value, step)
        self._after_put()

    def _after_put(self) -> None:
        if self._settings.durability == "commit":
            self._writer.flush()
        self._writer.committer.check()

    def _check_key(self, key: str) -> None:
        is_known = isinstance(key, str) and key in self._series
        if not is_known and check_name("a metric's key", key) != key:
            raise MetricError(f"metric {key!r} has characters that no database keeps in a name")

    def _tell_late(self) -> None:
        """Say once what to do with a run that has ended; what is logged is kept all the same."""
        if self._told_late:
            return
        self._told_late = True
        text = (
            f"run {self.id} has ended; what is logged now is kept, but it stays ended: "
            f"go on with logger.reopen({self.id}), or finish() it later"
        )
        tell(text)

    def log_metrics(
        self,
        values: Mapping[str, Any],
        step: int | None = None,
        axis: Mapping[str, Any] | None = None,
    ) -> None:
        """Record one value each of several metrics.

        Raises:
            MetricError: as `log_metric` does; none of the values is recorded.
            MetricOverflowError: one is too large to be kept; all the others are recorded.
        """
        checked, too_large = _numbers(values)
        if self.finished:
            self._tell_late()
        for key in checked:  # all of them before any of the steps moves on
            self._check_key(key)
            if step is None:
                next_step(key, self._steps.get(key, -1))
            else:
                as_step(key, step)
        steps: dict[str, int | None] = dict.fromkeys(checked, step)
        if axis:
            steps.update((key, self._log_axis(key, step, axis)) for key in checked)
        places = {key: self._new_step(key, steps[key]) for key in checked}
        for key, value in checked.items():
            series, number = places[key]
            if isinstance(value, float):
                self._put(series, value, number)
            else:
                self._put_large(series, value, number)
        if too_large is not None:
            raise too_large

    def log_fingerprints(self, fingerprints: Any) -> None:
        """Record fingerprints of code and outputs, with the source they were made of.

        Args:
            fingerprints: `scope.fingerprints`, or `{trace_id: fingerprint}` for static ones.

        Raises:
            MetricError: they are of another form.
        """
        with naming("what log_fingerprints is given"):
            event = fingerprint_event(fingerprints)
        if self._settings.redact:
            hide_in_code(event["sources"], self._settings.secret_keys)
        with self._writer.steps_lock:
            new = [row for row in event["fingerprints"] if row not in self._fingerprints]
            self._fingerprints.extend(new)
            event["code_hash"] = code_hash_of(self._fingerprints)
        self._event(_batch.FINGERPRINTS, event)

    def log_input(self, data: Any, name: str | None = None) -> None:
        """Record what the run read, so that a later run can be told whether it is the same.

        Files that Python opens are recorded by themselves where the config comes from a scope of
        ato-trace, on Python 3.8 and later; this is for the others.

        Args:
            data: a path of a file or folder, an address such as `s3://bucket/train`, bytes, an
                array, a tensor or a data frame.
            name: what to call it; needed where `data` is no path.

        Raises:
            MetricError: it cannot be read or hashed, or has no name.
        """
        with naming(f"the input {name!r}" if isinstance(name, str) else "the input"):
            row = logged_input(data, name)
        for column in ("name", "path", "problem"):
            row[column] = row[column] and self._settings.hide(row[column])
        self._event(_batch.INPUTS, {"inputs": [row]})

    def gather(self, last: bool = False) -> None:
        """Record what the config's record knows by now; called as the run starts, lives and ends.

        Args:
            last: the run ends: wait for what is still being hashed.
        """
        for one in self._beside:
            one.flush()
        if self._gathering is None:
            return
        with self._writer.gathering_lock:
            for kind, data in self._gathering.events(last):
                self._writer.put_event(self.uuid, kind, dict(data))
            fingerprints = self._gathering.fingerprints() if last else None
        if fingerprints:
            self.log_fingerprints(fingerprints)

    def watch(self, system: Any = None, console: bool = False) -> None:
        """Keep more of what goes on beside the run, until it ends.

        Args:
            system: every so many seconds how busy processor, memory, disk and GPUs are, as metrics
                whose names begin with `system/`; True for every ten seconds. Needs psutil.
            console: what is printed, at most the first 250 kB and the last 750.

        Raises:
            SettingsError: psutil is not installed, `system` is no such number, or `console`
                neither True nor False.
        """
        wants_console = console_wanted(console)
        if is_wanted(system):
            self._beside.append(Monitor(self._log_if_open, system))
        if wants_console:
            self._beside.append(Console(self._put_console, self._settings.hide))

    def _log_if_open(self, values: Mapping[str, Any]) -> None:
        if not self.finished:
            self.log_metrics(values)

    def _put_console(self, pieces: Any) -> None:
        kept = {"first": FIRST_PIECES, "last": LAST_PIECES}
        self._writer.put_event(self.uuid, _batch.CONSOLE, {"pieces": pieces, **kept})

    def log_note(self, text: str) -> None:
        """Record a remark."""
        kept = clean_text(self._settings.hide(as_text("a note", text)))
        self._event(_batch.NOTE, {"text": kept, "timestamp": time.time()})

    def update_status(self, status: str) -> None:
        """Set the status, to one of the known ones or to a word of your own."""
        status = self._settings.hide_name("a status", status)
        self._event(_batch.UPDATE, {"status": status})
        self._known = self._known._replace(status=status)

    def flush(self) -> None:
        """Return when all that was logged is in the database (or, in trouble, in the journal)."""
        self._writer.flush()

    def finish(self, status: str | None = None, error: str | None = None) -> None:
        """End the run; all that was logged is in the database on return.

        Ending it again with another status stores that one; the run ended when it did first.

        A run that belongs to another process (see `SQLLogger.join`) goes on.

        Args:
            status: `'completed'`, the default, `'failed'`, `'interrupted'` or a word of your own.
            error: what went wrong, such as a traceback.
        """
        chosen = status is not None
        status = COMPLETED if status is None else status
        status = self._settings.hide_name("a status", status)
        error = None if error is None else as_text("what went wrong", error)
        while self._beside:
            self._beside.pop().stop()
        again, self.finished = self.finished, True
        if not self._owned:
            self.flush()
            return
        if not again or chosen:
            self._known = self._known._replace(status=status)
        if again:
            if chosen:
                self._end_again(status, error)
            return
        self._ended_as = (status, error)
        self.gather(last=True)
        self.id  # noqa: B018 - remembered while the writer still knows it
        moment = self._writer.end_of(self.uuid)
        data = {**self._ending(status, error), "end_time": moment, "heartbeat": moment}
        self._writer.end(self.uuid, data)

    def _end_again(self, status: str, error: str | None) -> None:
        if self._ended_as not in (None, (status, error), (status, None)):
            self._ended_as = (status, error)
            self._event(_batch.UPDATE, self._ending(status, error))
            self.flush()

    def _ending(self, status: str, error: str | None) -> dict[str, Any]:
        data: dict[str, Any] = {"status": status}
        if error is not None:
            data["error"] = clean_text(self._settings.hide(error))
        return data

    def _event(self, kind: str, data: dict[str, Any]) -> None:
        self._writer.put_event(self.uuid, kind, data)
        self._after_put()

    def __reduce__(self) -> Any:
        """Pickled, it goes on in another process: what is logged there belongs to the same run."""
        birth = self._writer.journal.births.get(self.uuid)
        return _join, (self._settings, self.uuid, self.id, dict(self._steps), birth, self._known)

    def __enter__(self) -> Run:
        self._blocks.append(enter(self))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        leave(self._blocks.pop())
        if sys.is_finalizing():  # the generator it is in goes last, and its run has ended before
            return
        if error is not None:
            self.finish(*outcome(error))
        elif not self.finished:  # else it was ended in the block, with a status of its own
            self.finish()

    def __repr__(self) -> str:
        return f"<Run {self.id} {self.uuid}{' finished' if self.finished else ''}>"


def _join(
    settings: Settings,
    uuid: str,
    run_id: int,
    steps: Mapping[Any, int],
    birth: dict[str, Any] | None,
    known: Known,
) -> Run:
    """Return a run that another process began; finishing it here only writes what was logged."""
    writer = writer_for(settings)
    if birth is not None:
        writer.journal.births.setdefault(uuid, birth)
    number = run_id if run_id > 0 else None
    return Run(writer, settings, uuid, number, steps, owned=False, known=known)


def _numbers(values: Any) -> tuple[dict[str, Number], MetricOverflowError | None]:
    """Return the values that can be kept, and the error of the first one that is too large."""
    if not isinstance(values, Mapping):
        kind = type(values).__name__
        kind = f"{'an' if kind[:1] in ('a', 'e', 'i', 'o') else 'a'} {kind}"
        raise MetricError(f"log_metrics takes a dict of names and numbers, not {kind}")
    numbers: dict[str, Number] = {}
    too_large = None
    with naming("what log_metrics is given"):
        pairs = list(values.items())
    for key, value in pairs:
        try:
            numbers[key] = as_number(key, value)
        except MetricOverflowError as error:
            too_large = too_large or error
    return numbers, too_large
