"""Inputs as they are handed in, and as they are stored."""

from __future__ import annotations

import hashlib
import os
from typing import Any, Callable, Iterable, Mapping

from ato_adict.surroundings import absolute, content_hash
from ato_sql._errors import MetricError
from ato_sql._facts.configs.contents import content_bytes
from ato_sql._values.secrets.kinds import Kind
from ato_sql._values.values import clean_text

LONGEST_TEXT = 64 << 10  # bytes of an input whose text is kept, to show which lines changed
_TEXTS = (
    ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".yaml", ".yml", ".toml", ".ini", ".cfg",
    ".conf", ".env", ".properties", ".md", ".rst", ".xml", ".html", ".sql", ".list", ".lst",
    ".names", ".labels", ".py", ".sh", ".r", ".jl",
)  # fmt: skip


def input_rows(
    found: Iterable[Mapping[str, Any]], hide: Callable[..., str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return rows of inputs, and the texts of those that are small.

    Args:
        found: inputs as a config's record lists them.
        hide: takes the secrets out of a text, of a kind where that is given.
    """
    rows, texts = [], []
    for one in found:
        row = {name: one.get(name) for name in _COLUMNS}
        for name in _TEXT_COLUMNS:
            row[name] = None if row[name] is None else clean_text(str(row[name]))
        text = _small_text(row)
        if text is not None:
            texts.append({"hash": row["hash"], "text": clean_text(hide(text, Kind.DATA))})
        rows.append({**row, **{name: row[name] and hide(row[name]) for name in _TEXT_COLUMNS}})
    return rows, texts


_TEXT_COLUMNS = ("name", "path", "reader", "problem")
_COLUMNS = ("name", "path", "size", "mtime", "hash", "reader", "how", "problem")


def _small_text(row: Mapping[str, Any]) -> str | None:
    """Return the content of a small text file that still is what was hashed."""
    path, digest = row["path"], str(row["hash"] or "")
    if not path or not digest.startswith("sha256:") or (row["size"] or 0) > LONGEST_TEXT:
        return None
    if not path.lower().endswith(_TEXTS):
        return None
    try:
        with open(path, "rb") as file:
            data = file.read(LONGEST_TEXT + 1)
        if "sha256:" + hashlib.sha256(data).hexdigest() != digest:
            return None
        return data.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def logged_input(value: Any, name: str | None) -> dict[str, Any]:
    """Return the row of an input that was logged by hand.

    Args:
        value: a path of a file or folder, an address such as `s3://bucket/data`, an array, a
            tensor, a data frame, or bytes.
        name: what to call it; its path by default.

    Raises:
        MetricError: it is nothing of these, or needs a name.
    """
    row = _logged_row(value, name)
    return {k: clean_text(v) if isinstance(v, str) else v for k, v in row.items()}


def _logged_row(value: Any, name: str | None) -> dict[str, Any]:
    if name is not None and not isinstance(name, str):
        raise MetricError(f"the name of an input is a text, not {type(name).__name__}")
    if isinstance(value, (str, os.PathLike)):
        text = os.fsdecode(value)
        return _of_address(text, name) if "://" in text else _of_path(text, name)
    if not name:
        raise MetricError(f"an input of type {type(value).__name__} needs a name: name='train'")
    data = content_bytes(value)
    if data is None:
        raise MetricError(
            f"an input of type {type(value).__name__} cannot be hashed; "
            "log its path, its bytes or an array"
        )
    row = {"name": name, "size": len(data), "hash": "sha256:" + hashlib.sha256(data).hexdigest()}
    return {**_EMPTY, **row}


_EMPTY: dict[str, Any] = {**dict.fromkeys(_COLUMNS), "how": "logged"}


def _of_address(text: str, name: str | None) -> dict[str, Any]:
    value = "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    problem = "an address; what lies there is not read"
    return {**_EMPTY, "name": name or text, "path": text, "hash": value, "problem": problem}


def _of_path(text: str, name: str | None) -> dict[str, Any]:
    path = absolute(os.path.expanduser(text))
    try:
        if os.path.isdir(path):
            size, value = _folder(path)
            return {**_EMPTY, "name": name or text, "path": path, "size": size, "hash": value}
        found = os.stat(path)
        value = content_hash(path)
    except (OSError, ValueError) as error:
        raise MetricError(f"cannot read the input {text!r}: {error}") from None
    row = {"name": name or text, "path": path, "size": found.st_size, "mtime": found.st_mtime}
    return {**_EMPTY, **row, "hash": value}


def _folder(path: str) -> tuple[int, str]:
    """Return the size of all files below a folder, and a hash of their names and contents."""
    total, digest = 0, hashlib.sha256()
    for folder, folders, files in os.walk(path):
        folders.sort()
        for file in sorted(files):
            whole = os.path.join(folder, file)
            if os.path.isfile(whole):
                total += os.path.getsize(whole)
                line = f"{os.path.relpath(whole, path)}\0{content_hash(whole)}\n"
                digest.update(line.encode("utf-8", "surrogateescape"))
    return total, "listed:" + digest.hexdigest()


def is_unchanged(path: str, value: str) -> bool:
    """Tell whether a file or folder still has the content that was recorded."""
    try:
        if value.startswith("listed:"):
            return not os.path.isdir(path) or _folder(path)[1] == value
        return content_hash(path) == value
    except (OSError, ValueError):
        return False
