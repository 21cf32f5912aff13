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
from ato_scope._sweep.state import SweepState
from ato_scope._terminal import bold, columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ato_scope._sweep.request import Sweep

INTERRUPTED = 130


class Run:
    """One run of a sweep and what became of it.

    Attributes:
        number: From 1, in the order of the sweep.
        arguments: All arguments of the run.
        varied: Those that differ from run to run; empty for a view that is left out.
        status: `waiting`, `done`, `failed`, `skipped` or `stopped`.
        code: The exit code of its process.
        seconds: How long it took.
        result: What the entry function returned, where that is plain data.
    """

    def __init__(self, number: int, fixed: list[str], varied: list[str]) -> None:
        self.number = number
        self.arguments = [*fixed, *(argument for argument in varied if argument)]
        self.varied = varied
        self.status = "waiting"
        self.code = 0
        self.seconds = 0.0
        self.result: Any = None

    def outcome(self) -> dict[str, Any]:
        """Return what the state file keeps."""
        return {"code": self.code, "seconds": round(self.seconds, 3), "result": self.result}


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
    state = SweepState(command)
    runs = [Run(n, sweep.fixed, varied) for n, varied in enumerate(sweep.runs(), 1)]
    if sweep.resume:
        _skip_done(runs, state)
    waiting = [run for run in runs if run.status == "waiting"]
    state.begin([run.arguments for run in waiting])
    interrupted = _Pool(command, sweep, state).work(waiting)
    escape_output()
    sys.stdout.flush()
    print("\n".join(["", *summary(sweep, runs)]))
    if interrupted:
        return INTERRUPTED
    return 1 if any(run.status in ("failed", "stopped", "waiting") for run in runs) else 0


def _skip_done(runs: list[Run], state: SweepState) -> None:
    done = state.done()
    for run in runs:
        record = done.get(tuple(run.arguments))
        if record is not None:
            run.status = "skipped"
            run.seconds, run.result = record.get("seconds", 0.0), record.get("result")


class _Pool:
    """Threads that each start one process after the other."""

    def __init__(self, command: list[str], sweep: Sweep, state: SweepState) -> None:
        self.command = command
        self.sweep = sweep
        self.state = state
        self.is_shared = sweep.jobs > 1
        self.lock = threading.Lock()
        self.ended: queue.Queue[None] = queue.Queue()
        self.processes: set[subprocess.Popen[bytes]] = set()
        self.is_stopping = False

    def work(self, runs: list[Run]) -> bool:
        """Run everything; return whether the user interrupted it."""
        waiting = iter(runs)
        count = min(self.sweep.jobs, len(runs))
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
            self.state.finished(run.arguments, run.outcome())
        if run.status == "failed" and self.sweep.fail_fast:
            self._stop()

    def _say(self, line: str) -> None:
        with self.lock:
            print(line, flush=True)


def _read_report(path: str) -> Any:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return json.loads(text) if text else None


def summary(sweep: Sweep, runs: list[Run]) -> list[str]:
    """Return a table of the runs, and how many of them failed."""
    rows = [["run", *sweep.keys, "status", "seconds", "result"]]
    for run in runs:
        values = [argument.partition("=")[2] or argument or "-" for argument in run.varied]
        status = f"failed (exit code {run.code})" if run.status == "failed" else run.status
        seconds = f"{run.seconds:.1f}" if run.status != "waiting" else "-"
        result = "" if run.result is None else json.dumps(run.result)
        rows.append([str(run.number), *values, status, seconds, result])
    lines = [line.rstrip() for line in columns(rows, indent="")]
    counts = {
        s: sum(run.status == s for run in runs) for s in dict.fromkeys(r.status for r in runs)
    }
    told = ", ".join(f"{count} {status}" for status, count in counts.items())
    return [bold(lines[0]), *lines[1:], f"{len(runs)} runs: {told}"]
