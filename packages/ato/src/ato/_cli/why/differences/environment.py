"""Facts of the environment that differ."""

from __future__ import annotations

from ato_sql.comparing import matters

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_sql.comparing import Comparison, StoredRun

_WORDS = {
    "variable": "the environment variable {}",
    "imported": "{}, which was imported,",
    "package": "the package {}",
    "threads": "the number of threads of {}",
    "seed": "the seed of {}",
    "accelerator": "{} of the accelerator",
    "python": "Python",
    "implementation": "the Python implementation",
    "git_commit": "the git commit",
    "threads cpus": "the number of usable CPUs",
}


def environment_changes(a: StoredRun, b: StoredRun, compared: Comparison) -> list[dict[str, Any]]:
    """Return for each fact that differs both sides and whether it may be a cause."""
    return [
        {"name": name, **change, "matters": matters(name, a, b)}
        for name, change in compared.to_dict()["environment"].items()
    ]


def fact_sentence(change: dict[str, Any]) -> str:
    """Say in words that a fact changed."""
    kind, _, what = change["name"].partition(" ")
    words = _WORDS.get(change["name"]) or _WORDS.get(kind, change["name"])
    return f"{words.format(what)} changed: {fact_sides(change)}"


def fact_sides(change: dict[str, Any]) -> str:
    """Both sides of a fact."""
    is_variable = change["name"].startswith("variable ")
    missing = "(not set)" if is_variable else "(none)"
    sides = (change.get(side) for side in ("a", "b"))
    return " -> ".join(missing if side is None else str(side) for side in sides)
