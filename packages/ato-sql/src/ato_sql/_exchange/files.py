"""Files of runs and of metrics."""

from __future__ import annotations

import csv
import gzip
import json
import math
import zlib
from typing import IO, Any, Iterable, Iterator

from ato_adict import replacing
from ato_sql._errors import DatabaseError, SettingsError
from ato_sql._exchange.kinds import METRIC_COLUMNS
from ato_sql._exchange.records import Record
from ato_sql._values.marked import json_data, json_text
from ato_sql._values.time import iso
from ato_sql._values.values import Number, join

# In letters. What is larger, the content of files, comes in parts of 1 MiB.
LONGEST_HEADER, LONGEST_LINE = 1 << 16, 1 << 28
UNREADABLE = "unreadable"


def _open(path: str, mode: str, name: str) -> IO[str]:
    """Open a text file; compressed if `name` ends in `.gz`."""
    if name.endswith(".gz"):
        return gzip.open(path, mode + "t", encoding="utf-8")  # type: ignore[return-value]
    return open(path, mode, encoding="utf-8")


def write_lines(path: str, records: Iterable[Record]) -> None:
    """Write records as JSON lines."""
    with replacing(path) as scratch, _open(scratch, "w", path) as file:
        put_lines(file, records)


def put_lines(file: IO[str], records: Iterable[Record]) -> None:
    """Write records as JSON lines to an open file."""
    for record in records:
        file.write(json_text(record, separators=(",", ":")) + "\n")


class Lines:
    """The records of a file of JSON lines.

    Args:
        path: the file; compressed if it ends in `.gz`.
    """

    def __init__(self, path: str) -> None:
        self._path, self._number = path, 0

    def where(self) -> str:
        """Return the file and the line that was read last, as errors name them."""
        return f"{self._path}, line {self._number}" if self._number else self._path

    def __iter__(self) -> Iterator[Record]:
        """Yield the records; of a line that is none, one of type `UNREADABLE` that says why.

        Raises:
            DatabaseError: the file is damaged, or a line longer than any of an export; its number
                is named.
            OSError: the file cannot be read.
        """
        try:
            with _open(self._path, "r", self._path) as file:
                yield from map(self._record, self._lines(file))
        except UnicodeDecodeError as error:
            raise DatabaseError(self._damaged("no text in UTF-8", error)) from None
        except (EOFError, zlib.error) as error:
            raise DatabaseError(self._damaged("damaged or cut off", error)) from None
        except OSError as error:
            if error.errno is not None:
                raise
            # What gzip says of a file, it says without its name.
            raise DatabaseError(self._damaged("not compressed as .gz is", error)) from None

    def _lines(self, file: IO[str]) -> Iterator[str]:
        while True:
            longest = LONGEST_LINE if self._number else LONGEST_HEADER
            line = file.readline(longest)
            if not line:
                return
            self._number += 1
            if len(line) == longest:  # of a device that never ends, say
                raise DatabaseError(f"{self.where()}: no line of an export is so long")
            yield line

    def _record(self, line: str) -> Record:
        try:
            record = json_data(line) if self._number > 1 else _header(line)
        except (ValueError, RecursionError):
            return {"type": UNREADABLE, "problem": "not JSON"}
        if not isinstance(record, dict):
            return {"type": UNREADABLE, "problem": "not a record"}
        return record

    def _damaged(self, what: str, error: Exception) -> str:
        place = f"{self._path}, after line {self._number}" if self._number else self._path
        return f"{place}: {what} ({error})"


def _header(line: str) -> Any:
    """Return the data of a first line, in which no version wrote numbers that JSON lacks."""
    return json.loads(line, parse_constant=_refuse)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def metric_rows(rows: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """Turn database rows into rows of `METRIC_COLUMNS`."""
    for run_id, project, key, step, value, special, moment in rows:
        yield run_id, project, key, step, join(value, special), moment


def write_csv(path: str, rows: Iterable[Any]) -> None:
    """Write metrics as CSV; floats as Python writes them, so that they read back the same."""
    with replacing(path) as scratch, open(scratch, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(METRIC_COLUMNS)
        for row in metric_rows(rows):
            writer.writerow([iso(item) for item in row])


def write_parquet(path: str, rows: Iterable[Any]) -> None:
    """Write metrics as Parquet; an integer too large for a float is infinite in it.

    Raises:
        SettingsError: pandas or pyarrow is not installed.
    """
    pandas = import_pandas()
    place = METRIC_COLUMNS.index("value")
    floats = [(*row[:place], _as_float(row[place]), *row[place + 1 :]) for row in metric_rows(rows)]
    frame = pandas.DataFrame(floats, columns=METRIC_COLUMNS)
    frame["value"] = frame["value"].astype(float)  # of no rows too
    with replacing(path) as scratch:
        try:
            frame.to_parquet(scratch, index=False)
        except ImportError:
            raise SettingsError("Parquet needs pyarrow; pip install pyarrow") from None


def _as_float(value: Number) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def import_pandas() -> Any:
    """Return pandas.

    Raises:
        SettingsError: it is not installed, or cannot be loaded.
    """
    try:
        import pandas
    except ImportError:
        raise SettingsError("this needs pandas; pip install 'ato-sql[pandas]'") from None
    except Exception as error:  # such as a ValueError beside another NumPy than it was built for
        raise SettingsError(
            f"pandas cannot be loaded: {type(error).__name__}: {error} "
            "(it may not match what is installed beside it: pip install --upgrade pandas)"
        ) from None
    return pandas
