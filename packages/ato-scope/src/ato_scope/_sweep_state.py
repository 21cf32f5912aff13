"""What a sweep remembers, for `--resume`: one file in the working directory, one line per run."""

from __future__ import annotations

import json
import os

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
        with open(self.path, encoding="utf-8") as file:
            for line in file:
                try:
                    record = json.loads(line)
                except ValueError:
                    # A line that a killed sweep left half written is a run that did not finish.
                    continue
                if isinstance(record, dict) and record.get("program") == self.program:
                    yield record

    def _append(self, record: dict[str, Any]) -> None:
        line = json.dumps(record, ensure_ascii=True) + "\n"
        with open(self.path, "ab") as file:
            if file.tell() and not _ends_line(self.path):
                line = "\n" + line
            file.write(line.encode("ascii"))


def _ends_line(path: str) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
