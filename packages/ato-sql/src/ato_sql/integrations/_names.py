"""The names that another tool takes, for those that it refuses."""

from __future__ import annotations

import re
from typing import Any, Callable, Iterable

from ato_sql._facts.params import leaves
from ato_sql._finder import SQLFinder

LONGEST = 240  # MLflow takes 250; room for a number


def acceptable(names: Iterable[str], accept: Callable[[str], str]) -> dict[str, str]:
    """Return for each name the one that is used instead, the same where it is taken as it is.

    Args:
        names: the names, in whose order those that become the same are numbered.
        accept: returns a name as the other tool takes it.
    """
    wanted = list(dict.fromkeys(names))
    found = {name: name for name in wanted if accept(name) == name}
    taken = set(found)
    for name in wanted:
        if name not in found:
            base = given = accept(name)
            number = 1
            while given in taken:
                number += 1
                given = f"{base}_{number}"
            found[name] = given
            taken.add(given)
    return found


def as_path(name: str, refused: str) -> str:
    """Return a name whose letters are taken, and that stays the same when it is read as a path.

    Args:
        name: a name.
        refused: a regular expression of one letter that is not taken.
    """
    parts = re.sub(refused, "_", name).split("/")
    kept = "/".join("_" if part in ("", ".", "..") else part for part in parts)
    return kept if len(kept) <= LONGEST else kept[:LONGEST].rstrip("/")


def changed(*mappings: dict[str, str]) -> dict[str, str]:
    """Return of several mappings the names that are not kept."""
    pairs = [pair for mapping in mappings for pair in mapping.items()]
    return {name: given for name, given in pairs if name != given}


def config_leaves(run: Any) -> dict[str, Any]:
    """Return the values of a run's config by dotted key."""
    return dict(leaves(run.config))


def metric_names(finder: SQLFinder, run: Any, accept: Callable[[str], str]) -> dict[str, str]:
    """Return the names of a run's metrics, and those that are used instead."""
    return acceptable(finder.get_metric_keys(run.id), accept)
