"""The names that another tool takes, for those that it refuses."""

from __future__ import annotations

import itertools
import re
from typing import Any, Callable, Iterable

from ato_sql._facts.params import leaves
from ato_sql._finder import SQLFinder

LONGEST = 240  # MLflow takes 250; room for a number
LONGEST_FILE = 240  # bytes of a file name, of which most systems take 255


def acceptable(
    names: Iterable[str], accept: Callable[[str], str], are_files: bool = False
) -> dict[str, str]:
    """Return for each name the one that is used instead, the same where it is taken as it is.

    Args:
        names: the names, in whose order those that become the same are numbered.
        accept: returns a name as the other tool takes it.
        are_files: whether each becomes a file, so that none can be the folder of another: of
            `loss` and `loss/train`, the first is called `loss_2`.
    """
    wanted = {name: accept(name) for name in names}
    folders = {folder for base in wanted.values() for folder in _folders(base) if are_files}
    found = {name: name for name, base in wanted.items() if name == base and name not in folders}
    taken = {*found, *folders}
    for name, base in wanted.items():
        if name not in found:
            found[name] = _free(base, taken)
            taken.add(found[name])
    return found


def _folders(path: str) -> list[str]:
    """Return the folders that a path is in: of `a/b/c`, `a` and `a/b`."""
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts))]


def _free(base: str, taken: set[str]) -> str:
    """Return a name, with the first number that makes it one that is not taken."""
    numbered = (f"{base}_{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain([base], numbered) if name not in taken)


def as_path(name: str, refused: str) -> str:
    """Return a name whose letters are taken, and that stays the same when it is read as a path.

    Args:
        name: a name.
        refused: a regular expression of one letter that is not taken.
    """
    parts = re.sub(refused, "_", name).split("/")
    kept = "/".join("_" if part in ("", ".", "..") else _cut(part) for part in parts)
    return kept if len(kept) <= LONGEST else kept[:LONGEST].rstrip("/")


def as_file(name: str) -> str:
    """Return a name as one of a file or folder."""
    return _cut(re.sub(r"[^\w.\-]", "_", name)).strip(".") or "_"


def _cut(part: str) -> str:
    """Return what a file name holds of a text, in whole letters."""
    return part.encode()[:LONGEST_FILE].decode(errors="ignore")


def project_name(finder: SQLFinder, run: Any, accept: Callable[[str], str]) -> str:
    """Return the name that is used for a run's project, and for no other."""
    names = acceptable([project.name for project in finder.get_projects()], accept)
    return names[run.project.name]


def changed(*mappings: dict[str, str]) -> dict[str, str]:
    """Return of several mappings the names that are not kept."""
    pairs = [pair for mapping in mappings for pair in mapping.items()]
    return {name: given for name, given in pairs if name != given}


def config_leaves(run: Any) -> dict[str, Any]:
    """Return the values of a run's config by dotted key."""
    return dict(leaves(run.config))


def metric_names(
    finder: SQLFinder, run: Any, accept: Callable[[str], str], are_files: bool = False
) -> dict[str, str]:
    """Return the names of a run's metrics, and those that are used instead."""
    return acceptable(finder.get_metric_keys(run.id), accept, are_files)
