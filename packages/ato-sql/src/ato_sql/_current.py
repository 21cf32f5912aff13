"""The current run of a logger, and the calls that go to it."""

from __future__ import annotations

import os
from collections import deque
from typing import Any, Mapping, Sequence, overload

from ato_sql._errors import TrackerError
from ato_sql._write.entered import (
    Block,
    Call,
    blocks_around,
    generator_calling,
    is_other_call,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._write.run import Run


# Runs of loggers that are gone: nobody can log to them any more, and the next `run` finishes them.
# A logger that goes does not do so itself, as that may be while its writer is at work.
_LET_GO: deque[tuple[int, Run]] = deque()  # each with its process, of which there may be forks


def finish_let_go() -> None:
    """Finish the runs that loggers had begun by `run` before nobody held these any more."""
    while _LET_GO:
        process, run = _LET_GO.popleft()
        if process == os.getpid() and not run.finished:
            run.finish()


class CurrentRun:
    """The part of a logger that writes to its current run.

    It is the run of the innermost `with logger.start():` around the call, in this thread and task;
    else, or where it was called within that block, the one that `run` started last. A block within
    a generator is around what happens while the generator runs, not around what its consumer does.
    """

    _runs: dict[str, Run]
    _current: Run | None
    _around: tuple[Block, ...] = ()
    _begun_in: Call | None = None
    _begun_by: int | None = None  # the process; None for the copy of a logger, which begins none

    def __del__(self) -> None:
        """Leave the current run to the next `run` of another logger, as in a loop over configs."""
        run = self.__dict__.get("_current")
        if run is not None and self._begun_by is not None:
            _LET_GO.append((self._begun_by, run))

    def _make_current(self, run: Run) -> None:
        self._current = run
        self._begun_by = os.getpid()
        self._around = tuple(blocks_around())  # the blocks that were entered before it
        self._begun_in = generator_calling("ato_sql")

    def _current_run(self) -> Run | None:
        for block in blocks_around():
            run: Run = block.run
            if not run.finished and self._runs.get(run.uuid) is run:
                newer = self._current is None or block not in self._around
                return run if newer else self._begun()
        return self._begun()

    def _begun(self) -> Run | None:
        """Return the run that `run` began; generators that take turns would mix theirs."""
        call = self._begun_in
        if self._current is not None and call is not None and is_other_call(call):
            name = call.code.co_name
            raise TrackerError(
                f"run {self._current.id} was begun by another call of the generator {name}(); "
                "write `with logger.start():` in a generator, so that each call has its own"
            )
        return self._current

    def _open_run(self) -> Run:
        run = self._current_run()
        if run is None:
            if all(one.finished for one in list(self._runs.values())):
                raise TrackerError("no run is open; call logger.run() first")
            raise TrackerError(  # of a `with` block in another thread, or never entered
                "no run is open here; log to the one that start() returned: run.log_metric(…)"
            )
        return run

    def _find(self, run_id: int) -> Run:
        raise NotImplementedError

    def get_current_run_id(self) -> int | None:
        """Return the id of the current run, None if there is none."""
        run = self._current_run()
        return None if run is None else run.id

    def log_metric(
        self,
        key: str,
        value: Any,
        step: int | None = None,
        axis: Mapping[str, Any] | None = None,
    ) -> None:
        """Record one value of a metric of the current run; see `Run.log_metric`."""
        self._open_run().log_metric(key, value, step, axis)

    def log_metrics(
        self,
        values: Mapping[str, Any],
        step: int | None = None,
        axis: Mapping[str, Any] | None = None,
    ) -> None:
        """Record several metrics of the current run; see `Run.log_metrics`."""
        self._open_run().log_metrics(values, step, axis)

    def log_image(
        self, key: str, image: Any, step: int | None = None, caption: str | None = None
    ) -> None:
        """Keep an image of the current run; see `Run.log_image`."""
        self._open_run().log_image(key, image, step, caption)

    def log_audio(
        self, key: str, audio: Any, step: int | None = None, caption: str | None = None
    ) -> None:
        """Keep a sound of the current run; see `Run.log_audio`."""
        self._open_run().log_audio(key, audio, step, caption)

    def log_video(
        self, key: str, video: Any, step: int | None = None, caption: str | None = None
    ) -> None:
        """Keep a film of the current run; see `Run.log_video`."""
        self._open_run().log_video(key, video, step, caption)

    def log_table(
        self, key: str, rows: Any, step: int | None = None, columns: Sequence[str] | None = None
    ) -> None:
        """Keep a table of the current run; see `Run.log_table`."""
        self._open_run().log_table(key, rows, step, columns)

    def log_text(self, key: str, text: str, step: int | None = None) -> None:
        """Keep a text of the current run; see `Run.log_text`."""
        self._open_run().log_text(key, text, step)

    def log_histogram(self, key: str, values: Any, step: int | None = None, bins: int = 64) -> None:
        """Keep how values of the current run are spread; see `Run.log_histogram`."""
        self._open_run().log_histogram(key, values, step, bins)

    @overload
    def log_artifact(
        self,
        run_id: int,
        file_path: str | os.PathLike[str],
        data_type: str = "file",
        metadata: Any = None,
        copy: bool = False,
        step: int | None = None,
    ) -> None: ...

    @overload
    def log_artifact(
        self,
        file_path: str | os.PathLike[str],
        data_type: str = "file",
        metadata: Any = None,
        copy: bool = False,
        step: int | None = None,
    ) -> None: ...

    def log_artifact(self, *given: Any, **named: Any) -> None:
        """Record a file of the run whose id comes first, without one of the current run.

        The rest is what `Run.log_artifact` takes, the path as `file_path`.
        """
        if "file_path" in named:
            named["path"] = named.pop("file_path")
        if "run_id" in named:
            run = self._find(named.pop("run_id"))
        elif given and not isinstance(given[0], (str, bytes, os.PathLike)):
            run, given = self._find(given[0]), given[1:]
        else:
            run = self._open_run()
        run.log_artifact(*given, **named)

    def log_fingerprints(self, fingerprints: Any) -> None:
        """Record fingerprints of the current run; see `Run.log_fingerprints`."""
        self._open_run().log_fingerprints(fingerprints)

    def log_input(self, data: Any, name: str | None = None) -> None:
        """Record what the current run read; see `Run.log_input`."""
        self._open_run().log_input(data, name)

    def log_note(self, text: str) -> None:
        """Record a remark about the current run."""
        self._open_run().log_note(text)

    def update_status(self, status: str) -> None:
        """Set the status of the current run."""
        self._open_run().update_status(status)

    def finish(self, status: str | None = None) -> None:
        """End the current run; all that was logged is in the database on return."""
        run = self._current_run()
        if run is None:
            return
        if run is self._current:
            self._current = None
        run.finish(status)
