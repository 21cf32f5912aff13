"""What changed between two runs, as plain JSON-able data.

The tracker compares what it stored; here is added who set each config value, from the stored
provenance, and which statements of a function differ, from the stored sources.
"""

from __future__ import annotations

import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

    from ato_sql import SQLFinder, TraceVersion
    from ato_trace import Change

# Two runs of one program differ in these without anything being different.
CIRCUMSTANCES = ("command", "directory", "host", "git_dirty")


def changes_between(finder: SQLFinder, run_a: Any, run_b: Any) -> dict[str, Any]:
    """Compare two runs.

    Returns:
        The run ids `run_a` and `run_b`, and lists of changes `config`, `code`, `outputs`,
        `environment` and `metrics`.
    """
    compared = finder.compare(run_a, run_b).to_dict()
    by_a, by_b = (_setters(finder.get_run(run).provenance) for run in (run_a, run_b))
    return {
        "run_a": compared["run_a"],
        "run_b": compared["run_b"],
        "config": [
            {
                "key": key,
                "a": _side(change, "a", by_a.get(key)),
                "b": _side(change, "b", by_b.get(key)),
            }
            for key, change in compared["config"].items()
        ],
        "code": [_code(finder, name, change) for name, change in compared["code"].items()],
        "outputs": [{"trace_id": name, **change} for name, change in compared["outputs"].items()],
        "environment": [
            {"name": name, **change}
            for name, change in compared["environment"].items()
            if name not in CIRCUMSTANCES
        ],
        "metrics": [{"key": key, **change} for key, change in compared["metrics"].items()],
    }


def _side(change: Mapping[str, Any], side: str, setter: str | None) -> dict[str, Any] | None:
    """One side of a config change, None where that run has no such key."""
    return {"value": change[side], "by": setter} if side in change else None


def _setters(provenance: list[Mapping[str, Any]] | None) -> dict[str, str]:
    """By dotted key, who set it last."""
    from ato_scope import describe_source

    return {event["key"]: describe_source(event["source"]) for event in provenance or ()}


def _short(location: str) -> str:
    here = os.getcwd() + os.sep
    return location[len(here) :] if location.startswith(here) else location


def _code(finder: SQLFinder, trace_id: str, change: Mapping[str, Any]) -> dict[str, Any]:
    """A traced function that differs, with the statements that do, where sources were kept."""
    versions = {version.fingerprint: version for version in finder.history(trace_id)}
    old, new = (versions.get(side[-1]) if side else None for side in (change["a"], change["b"]))
    statements = _statements(old, new) if old is not None and new is not None else []
    return {"trace_id": trace_id, "a": change["a"], "b": change["b"], "statements": statements}


def _statements(old: TraceVersion, new: TraceVersion) -> list[dict[str, Any]]:
    from ato_trace import ExplainError, explain_change

    try:
        explained = explain_change((old.canonical, old.source), (new.canonical, new.source))
    except ExplainError:  # an older run kept digests only
        return []
    return [
        {**{name: getattr(one, name) for name in one.__slots__}, "place": _place(one, new)}
        for one in explained.changes
    ]


def _place(change: Change, version: TraceVersion) -> str | None:
    """Where a changed statement stands: file and line, or the line within another function."""
    line = change.new_line or change.old_line
    if line is None:
        return None
    own = re.search(r"\b(?:def|class)\s+(\w+)", version.source or "")
    if version.location and change.new_line and own and own.group(1) == change.function:
        file, _, first = version.location.rpartition(":")
        return f"{_short(file)}:{int(first) + line - 1}"
    return f"line {line} of {change.function}"
