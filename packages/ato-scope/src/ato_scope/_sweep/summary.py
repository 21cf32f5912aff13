"""What became of the runs of a sweep: counts of all, a table of as many as one reads."""

from __future__ import annotations

import json
from collections import Counter

from ato_scope._sweep.state import FILE
from ato_scope._terminal import bold, columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

    from ato_scope._sweep.request import Sweep

LONGEST_TABLE = 1_000
WELL = ("done", "skipped")


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


class Summary:
    """Counts how the runs ended; of a long sweep it keeps only those that did not end well.

    Args:
        sweep: The sweep whose runs are added.
    """

    def __init__(self, sweep: Sweep) -> None:
        self.sweep = sweep
        self.counts: Counter[str] = Counter()
        self._is_long = sweep.count > LONGEST_TABLE
        self._kept: dict[int, Run] = {}

    def add(self, run: Run) -> None:
        """Take a run that ended."""
        self.counts[run.status] += 1
        if not self._is_long or (run.status not in WELL and len(self._kept) < LONGEST_TABLE):
            self._kept[run.number] = run

    @property
    def all_well(self) -> bool:
        """Whether every run of the sweep ended well."""
        return sum(self.counts[status] for status in WELL) == self.sweep.count

    def lines(self) -> list[str]:
        """Return a table of the runs, and how many of them failed."""
        runs = list(self._shown())
        lines = [line.rstrip() for line in columns([_titles(self.sweep), *map(_row, runs)], "")]
        counts = Counter(run.status for run in runs) if not self._is_long else self.counts.copy()
        waiting = self.sweep.count - sum(counts.values())
        if waiting:
            counts["waiting"] = waiting
        told = ", ".join(f"{count} {status}" for status, count in counts.items())
        table = [bold(lines[0]), *lines[1:]] if runs else []
        more = [f"what became of each run is in {FILE}"] if self._is_long else []
        return [*table, f"{self.sweep.count} runs: {told}", *more]

    def _shown(self) -> Iterable[Run]:
        if self._is_long:
            return [self._kept[number] for number in sorted(self._kept)]
        every = enumerate(self.sweep.runs(), 1)
        return (self._kept.get(n) or Run(n, self.sweep.fixed, varied) for n, varied in every)


def _titles(sweep: Sweep) -> list[str]:
    return ["run", *sweep.keys, "status", "seconds", "result"]


def _row(run: Run) -> list[str]:
    values = [argument.partition("=")[2] or argument or "-" for argument in run.varied]
    status = f"failed (exit code {run.code})" if run.status == "failed" else run.status
    seconds = f"{run.seconds:.1f}" if run.status != "waiting" else "-"
    result = "" if run.result is None else json.dumps(run.result)
    return [str(run.number), *values, status, seconds, result]
