"""What two runs read and were made of: the files and modules that differ."""

from __future__ import annotations

import posixpath
from typing import Any, Mapping, Tuple

from ato_adict import MISSING
from ato_sql._read.stored import StoredRun

Pair = Tuple[Any, Any]
_SHOWN = ("hash", "size", "reader", "how", "path", "problem")


def records_inputs(run: StoredRun) -> bool:
    """Tell whether a run recorded what it read, be it nothing."""
    if run.inputs:
        return True
    python = str(run.environment.get("python") or "")
    if "variables" not in run.environment or python.startswith("3.7."):
        return False  # without a scope of ato_trace, or where Python does not tell
    return _setting(run.config, "inputs") is not False


def _setting(config: Any, name: str) -> Any:
    for key in ("experiment", "sql", name):
        config = config.get(key) if isinstance(config, Mapping) else None
    return config


def changed_inputs(a: StoredRun, b: StoredRun) -> dict[str, Pair]:
    """Return by name the inputs whose content differs, MISSING where a run did not read one."""
    if not (records_inputs(a) and records_inputs(b)):
        return {}
    # What one of them wrote itself need not be what the other read.
    written = {one["name"] for run in (a, b) for one in run.inputs if one["how"] == "updated"}
    old, new = _by_name(a, written), _by_name(b, written)
    changes: dict[str, Pair] = {}
    for name in {**old, **new}:
        pair: Pair = (old.get(name, MISSING), new.get(name, MISSING))
        if MISSING in pair or _differ(*pair):
            changes[name] = pair
    moved = _without_moved(changes)
    return {name: pair for name, pair in moved.items() if not _made_by_other(name, a, b)}


def _made_by_other(name: str, a: StoredRun, b: StoredRun) -> bool:
    """Whether only one run read a file that was saved while the other ran: a cache it made."""
    rows = [next((x for x in run.inputs if x["name"] == name), None) for run in (a, b)]
    if (rows[0] is None) == (rows[1] is None):
        return False
    row, (start, end) = (rows[0], b.span) if rows[0] is not None else (rows[1], a.span)
    if not row or row["mtime"] is None or start is None or end is None:
        return False
    return bool(start <= row["mtime"] <= end)


def _by_name(run: StoredRun, written: set[str]) -> dict[str, dict[str, Any]]:
    """What a run read, less what was written."""
    kept = (one for one in run.inputs if one["name"] not in written)
    return {one["name"]: {key: one[key] for key in _SHOWN} for one in kept}


def _differ(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    if a["hash"] and b["hash"]:
        same_kind = a["hash"].partition(":")[0] == b["hash"].partition(":")[0]
        return bool(a["hash"] != b["hash"] if same_kind else a["size"] != b["size"])
    return bool(a["size"] != b["size"])  # one of them could not be hashed


def _without_moved(changes: dict[str, Pair]) -> dict[str, Pair]:
    """Pair what has the same content or the same file name at another place."""
    gone = {name: a for name, (a, b) in changes.items() if b is MISSING}
    added = {name: b for name, (a, b) in changes.items() if a is MISSING}
    found = dict(changes)
    for new_name, b in added.items():
        old_name = _counterpart(new_name, b, gone, added)
        if old_name is None:
            continue
        a = gone.pop(old_name)
        del found[old_name], found[new_name]
        if _differ(a, b):
            found[new_name] = (a, b)
    return found


def _counterpart(
    name: str, one: Mapping[str, Any], gone: Mapping[str, Any], added: Mapping[str, Any]
) -> str | None:
    for other, its in gone.items():
        if one["hash"] and its["hash"] == one["hash"]:
            return other
    last = posixpath.basename(name)
    alike = [other for other in gone if posixpath.basename(other) == last]
    rivals = [other for other in added if posixpath.basename(other) == last]
    return alike[0] if len(alike) == len(rivals) == 1 else None


def changed_modules(a: StoredRun, b: StoredRun) -> dict[str, Pair]:
    """Return by module the hashes of own sources that differ; nothing where one has none."""
    if not (a.modules and b.modules):
        return {}
    pairs = {
        module: tuple(run.modules.get(module, {}).get("hash", MISSING) for run in (a, b))
        for module in {**a.modules, **b.modules}
    }
    return {module: (old, new) for module, (old, new) in pairs.items() if old != new}
