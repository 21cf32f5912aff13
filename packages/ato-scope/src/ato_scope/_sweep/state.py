"""What a sweep remembers, for `--resume`: one file in the working directory, one line per run."""

from __future__ import annotations

import json
import os

from ato_scope._program import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Sequence

FILE = "ato-sweep.jsonl"


class SweepState:
    """An append-only log of the runs of sweeps, so that several sweeps may share it.

    Args:
        program: The command of the program; runs of another program are left alone.
        path: The file; made when the first sweep begins.
    """

    def __init__(self, program: Sequence[str], path: str = FILE) -> None:
        self.program = " ".join(program[-2:] if "-m" in program else program[-1:])
        self.path = path

    def begin(self, runs: Sequence[Sequence[str]]) -> None:
        """Forget earlier results of these runs: they are about to be run anew."""
        self._append({"program": self.program, "begin": [list(run) for run in runs]})

    def finished(self, run: Sequence[str], result: dict[str, Any]) -> None:
        """Remember the outcome of one run."""
        self._append({"program": self.program, "run": list(run), **result})

    def done(self) -> dict[tuple[str, ...], dict[str, Any]]:
        """Return the results of the runs that finished well and were not begun anew since."""
        results: dict[tuple[str, ...], dict[str, Any]] = {}
        for record in self._records():
            for run in record.get("begin", ()):
                results.pop(tuple(run), None)
            if record.get("code") == 0:
                results[tuple(record["run"])] = record
        return results

    def _records(self) -> Iterator[dict[str, Any]]:
        if not os.path.exists(self.path):
            return
        unreadable = 0
        with open(self.path, encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    record = json.loads(line)
                except (ValueError, RecursionError):
                    # A line that a killed sweep left half written is a run that did not finish.
                    record = None
                if not _is_record(record):
                    unreadable += bool(line.strip())
                elif record["program"] == self.program:
                    yield record
        if unreadable:
            many = "1 line" if unreadable == 1 else f"{unreadable} lines"
            say(f"warning: {many} of {self.path} cannot be read and are left out")

    def _append(self, record: dict[str, Any]) -> None:
        line = json.dumps(record, ensure_ascii=True) + "\n"
        with open(self.path, "ab") as file:
            if file.tell() and not _ends_line(self.path):
                line = "\n" + line
            file.write(line.encode("ascii"))


def _is_record(record: Any) -> bool:
    if not isinstance(record, dict) or not isinstance(record.get("program"), str):
        return False
    runs = [*_listed(record.get("begin")), *([record["run"]] if "run" in record else [])]
    if "begin" not in record and "run" not in record:
        return False
    return all(isinstance(run, list) and all(isinstance(w, str) for w in run) for run in runs)


def _listed(runs: Any) -> list[Any]:
    """Return what a record says of runs that begin, as a list."""
    return runs if isinstance(runs, list) else [] if runs is None else [runs]


def _ends_line(path: str) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
