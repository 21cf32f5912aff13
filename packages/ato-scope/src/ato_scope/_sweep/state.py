"""What a sweep remembers, for `--resume`: one file in the working directory, one line per run."""

from __future__ import annotations

import json
import os
import stat

from ato_scope._program import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, Sequence, Tuple

    from ato_scope._sweep.request import Sweep

    Done = Dict[Tuple[str, ...], Dict[str, Any]]

FILE = "ato-sweep.jsonl"
_BEGINNING = 1 << 20  # bytes


class SweepState:
    """An append-only log of the runs of sweeps, so that several sweeps may share it.

    Args:
        program: The command of the program; runs of another program are left alone.
        path: The file; made when the first sweep begins.
    """

    def __init__(self, program: Sequence[str], path: str = FILE) -> None:
        self.program = " ".join(program[-2:] if "-m" in program else program[-1:])
        self.path = path

    def begin(self, sweep: Sweep) -> None:
        """Forget earlier results of the runs of a sweep: they are about to be run anew.

        Raises:
            OSError: The file cannot be written, or is another program's.
        """
        if self._check() and os.path.getsize(self.path) and not self._has_records():
            raise OSError(f"{self.path!r} holds something else; move it away")
        begun = {"fixed": sweep.fixed, "axes": sweep.axes, "zipped": sweep.is_zipped}
        self._append({"program": self.program, "begin": begun})

    def finished(self, run: Sequence[str], result: dict[str, Any]) -> None:
        """Remember the outcome of one run."""
        self._append({"program": self.program, "run": list(run), **result})

    def done(self) -> Done:
        """Return the results of the runs that finished well and were not begun anew since."""
        results: Done = {}
        for record in self._records():
            if "begin" in record:
                begun = _Begun(**record["begin"])
                results = {run: kept for run, kept in results.items() if run not in begun}
            elif record.get("code") == 0:
                results[tuple(record["run"])] = record
        return results

    def _records(self) -> Iterator[dict[str, Any]]:
        if not self._check():
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
            out = "is left out" if unreadable == 1 else "are left out"
            say(f"warning: {many} of {self.path} cannot be read and {out}")

    def _has_records(self) -> bool:
        """Tell whether a line among the first is of a sweep; it may be one that was cut off."""
        with open(self.path, "rb") as file:
            return b'{"program": ' in file.read(_BEGINNING)

    def _check(self) -> bool:
        """Tell whether there is such a file; what would never end or block is none."""
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return False
        if not stat.S_ISREG(found.st_mode):
            raise OSError(f"{self.path!r} is not a regular file")
        return True

    def _append(self, record: dict[str, Any]) -> None:
        line = json.dumps(record, ensure_ascii=True) + "\n"
        self._check()
        with open(self.path, "ab", opener=_for_us) as file:
            if file.tell() and not _ends_line(self.path):
                line = "\n" + line
            file.write(line.encode("ascii"))


class _Begun:
    """The runs of a sweep, told by its lists: there may be too many to write them all down."""

    def __init__(self, fixed: list[str], axes: list[list[str]], zipped: bool) -> None:
        self.fixed = tuple(fixed)
        self.axes = [frozenset(axis) for axis in axes]
        self.pairs = {tuple(filter(None, run)) for run in zip(*axes)} if zipped else None

    def __contains__(self, run: tuple[str, ...]) -> bool:
        varied = run[len(self.fixed) :]
        if run[: len(self.fixed)] != self.fixed:
            return False
        if self.pairs is not None:
            return varied in self.pairs
        # An axis with an empty value, a view that is left out, may have no argument in the run.
        reached = {0}
        for axis in self.axes:
            further = {at + 1 for at in reached if at < len(varied) and varied[at] in axis}
            reached = further | reached if "" in axis else further
        return len(varied) in reached


def _is_record(record: Any) -> bool:
    if not isinstance(record, dict) or not isinstance(record.get("program"), str):
        return False
    if "begin" in record:
        return _is_sweep(record["begin"])
    seconds = record.get("seconds", 0.0)
    is_time = type(seconds) in (int, float) and 0 <= seconds < 1e12
    is_code = type(record.get("code")) in (int, type(None))
    return is_time and is_code and _are_words(record.get("run"))


def _is_sweep(begun: Any) -> bool:
    return (
        isinstance(begun, dict)
        and begun.keys() == {"fixed", "axes", "zipped"}
        and _are_words(begun["fixed"])
        and isinstance(begun["axes"], list)
        and all(map(_are_words, begun["axes"]))
    )


def _are_words(words: Any) -> bool:
    return isinstance(words, list) and all(isinstance(word, str) for word in words)


def _for_us(path: str, flags: int) -> int:
    """Make the file readable by nobody else: arguments may be secrets."""
    return os.open(path, flags, 0o600)


def _ends_line(path: str) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
