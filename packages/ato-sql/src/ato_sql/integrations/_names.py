"""The names that another tool takes, for those that it refuses."""

from __future__ import annotations

import itertools
import re
from typing import Any, Callable, Iterable, Mapping, Sequence

from ato_sql._facts.configs.params import leaf_paths, leaves
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
    known = list(dict.fromkeys(names))
    return dict(zip(known, given_names(known, accept, are_files)))


def given_names(
    names: Sequence[str], accept: Callable[[str], str], are_files: bool = False
) -> list[str]:
    """Return what is used instead of each name, of which several may be the same; see `acceptable`.

    Those that are taken as they are come first, so that no other is given theirs.
    """
    bases = [accept(name) for name in names]
    taken = {folder for base in bases for folder in _folders(base) if are_files}
    kept: dict[int, str] = {}
    for place, (name, base) in enumerate(zip(names, bases)):
        if name == base and base not in taken:
            kept[place] = base
            taken.add(base)
    for place, base in enumerate(bases):
        if place not in kept:
            kept[place] = _free(base, taken)
            taken.add(kept[place])
    return [kept[place] for place in range(len(bases))]


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


def changed(**kinds: Mapping[str, str]) -> dict[str, str]:
    """Return of the names of several kinds those that are not kept.

    One that means different things, a metric and a key of the config, and is not called the same
    for both, has its kind before it: `metric acc@1`.
    """
    given_to: dict[str, set[str]] = {}
    for mapping in kinds.values():
        for name, given in mapping.items():
            given_to.setdefault(name, set()).add(given)
    return {
        name if len(given_to[name]) == 1 else f"{kind} {name}": given
        for kind, mapping in kinds.items()
        for name, given in mapping.items()
        if name != given
    }


def config_leaves(run: Any) -> dict[str, Any]:
    """Return the values of a run's config by dotted key."""
    return dict(leaves(run.config))


def config_names(run: Any, accept: Callable[[str], str]) -> dict[str, str]:
    """Return the dotted keys of a run's config, and the names of files that are used instead."""
    keys = [".".join(path) for path, _ in leaf_paths(run.config) if path]
    return dict(zip(config_leaves(run), given_names(keys, accept, are_files=True)))


def metric_names(
    finder: SQLFinder, run: Any, accept: Callable[[str], str], are_files: bool = False
) -> dict[str, str]:
    """Return the names of a run's metrics, and those that are used instead."""
    return acceptable(finder.get_metric_keys(run.id), accept, are_files)
