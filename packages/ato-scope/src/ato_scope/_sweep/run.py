"""Run a sweep: each run in a process of its own, at most `jobs` at a time, then a summary."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time

from ato_adict.surroundings import escape_output, restart_command
from ato_scope._entry.entry import REPORT
from ato_scope._errors import SweepError
from ato_scope._program import say
from ato_scope._sweep.state import FILE, SweepState
from ato_scope._sweep.summary import Run, Summary
from ato_scope._terminal import drop_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ato_scope._sweep.request import Sweep
    from ato_scope._sweep.state import Done

INTERRUPTED = 130


def run_sweep(sweep: Sweep) -> int:
    """Run everything that a sweep asks for and print a summary.

    Returns:
        The exit code: 0 when every run ended well, 1 when one failed, 130 when interrupted.

    Raises:
        SweepError: The program cannot be started again, or is itself one rank of a launcher.
    """
    if "RANK" in os.environ:
        raise SweepError("--sweep cannot run inside torchrun; start torchrun from a sweep instead")
    command = restart_command()
    if command is None:
        raise SweepError("a sweep starts the program again; put it in a file to use --sweep")
    pool = _Pool(command, sweep, SweepState(command))
    try:
        done = pool.begin()
    except OSError as error:
        raise SweepError(f"a sweep keeps what it did in {FILE}: {error}") from error
    escape_output()
    interrupted = pool.work(done)
    try:
        sys.stdout.flush()
        print("\n".join(["", *pool.summary.lines()]), flush=True)
    except BrokenPipeError:  # `python train.py --sweep … | head`
        drop_output()
    if interrupted:
        return INTERRUPTED
    return 0 if pool.summary.all_well else 1


class _Pool:
    """Threads that each start one process after the other."""

    def __init__(self, command: list[str], sweep: Sweep, state: SweepState) -> None:
        self.command = command
        self.sweep = sweep
        self.state = state
        self.summary = Summary(sweep)
        self.is_shared = sweep.jobs > 1
        self.lock = threading.Lock()
        self.ended: queue.Queue[None] = queue.Queue()
        self.processes: set[subprocess.Popen[bytes]] = set()
        self.is_stopping = False

    def begin(self) -> Done:
        """Begin the sweep in its state; return what is not to be run again."""
        if self.sweep.resume:
            return self.state.done()
        self.state.begin(self.sweep)
        return {}

    def work(self, done: Done) -> bool:
        """Run everything but what is done; return whether the user interrupted it."""
        waiting = self._waiting(done)
        count = min(self.sweep.jobs, self.sweep.count)
        for _ in range(count):
            threading.Thread(target=self._worker, args=(waiting,)).start()
        was_interrupted = False
        while count:
            # Not Thread.join(): interrupted once, it takes a running thread for ended.
            try:
                self.ended.get()
                count -= 1
            except KeyboardInterrupt:
                was_interrupted = True
                self._stop()
        return was_interrupted

    def _waiting(self, done: Done) -> Iterator[Run]:
        """Yield the runs one by one: a product of a few lists has more than fit into memory."""
        for number, varied in enumerate(self.sweep.runs(), 1):
            run = Run(number, self.sweep.fixed, varied)
            record = done.get(tuple(run.arguments))
            if record is None:
                yield run
            else:
                run.status = "skipped"
                run.seconds, run.result = record.get("seconds", 0.0), record.get("result")
                self.summary.add(run)

    def _stop(self) -> None:
        with self.lock:
            self.is_stopping = True
            for process in self.processes:
                process.terminate()

    def _worker(self, waiting: Iterator[Run]) -> None:
        try:
            while True:
                with self.lock:
                    run = None if self.is_stopping else next(waiting, None)
                if run is None:
                    return
                self._run(run)
        finally:
            self.ended.put(None)

    def _run(self, run: Run) -> None:
        if not self.is_shared:
            self._say(f"[{run.number}/{self.sweep.count}] {' '.join(run.varied)}")
        handle, report = tempfile.mkstemp(prefix="ato-")
        os.close(handle)
        started = time.perf_counter()
        try:
            run.code = self._process(run, {**os.environ, REPORT: report})
            run.seconds = time.perf_counter() - started
            run.result = _read_report(report)
        finally:
            os.unlink(report)
        self._settle(run)

    def _process(self, run: Run, environment: dict[str, str]) -> int:
        output = subprocess.PIPE if self.is_shared else None
        with self.lock:
            process = subprocess.Popen(
                [*self.command, *run.arguments],
                env=environment,
                stdin=subprocess.DEVNULL if self.is_shared else None,
                stdout=output,
                stderr=subprocess.STDOUT if self.is_shared else None,
            )
            self.processes.add(process)
        if process.stdout is not None:
            for line in process.stdout:
                self._say(f"[{run.number}] {line.decode(errors='replace').rstrip()}")
            process.stdout.close()
        code = process.wait()
        with self.lock:
            self.processes.discard(process)
        return code

    def _settle(self, run: Run) -> None:
        with self.lock:
            if run.code == 0:
                run.status = "done"
            elif self.is_stopping:
                run.status = "stopped"
            else:
                run.status = "failed"
            self.summary.add(run)
            try:
                self.state.finished(run.arguments, run.outcome())
            except OSError as error:
                say(f"warning: --resume will run {' '.join(run.varied)} again: {error}")
        if run.status == "failed" and self.sweep.fail_fast:
            self._stop()

    def _say(self, line: str) -> None:
        with self.lock:
            try:
                print(line, flush=True)
                return
            except BrokenPipeError:
                drop_output()
        self._stop()


def _read_report(path: str) -> Any:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return json.loads(text) if text else None
