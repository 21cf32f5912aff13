"""Outputs and metrics that differ, and by how much; runs that ended in different ways."""

from __future__ import annotations

import json
import math
import re

from ato._cli.numbers import as_float, distance
from ato._cli.why.differences.inputs import size_words
from ato_sql.comparing import number_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping

    from ato_sql.comparing import Comparison, Stored, StoredPrint, StoredRun

_LONGEST_ERROR = 200
# Metrics that differ from run to run although nothing changed.
_OF_TIME = re.compile(
    r"(^|[._/ -])(time|times|sec|secs|seconds|ms|minutes|hours|duration|elapsed|wall|walltime|"
    r"speed|throughput|fps|latency|eta|mem|memory|rss|gpu_util|utilization|utilisation|timestamp|"
    r"per_sec\w*|per_second|it_s|s_it)([._/ -]|$)",
    re.IGNORECASE,
)


# What still runs has no end yet.
_ENDED = ("completed", "failed", "interrupted", "lost")
# What differs in an error from run to run: numbers, addresses, folders for a while.
_PASSING = re.compile(r"0x[0-9a-fA-F]+|\d+|/tmp/[^\s'\"]+")


def ending_changes(a: StoredRun, b: StoredRun) -> list[dict[str, Any]]:
    """Return how both runs ended, and the error that did it, if they ended in different ways."""
    if not {a.status, b.status} <= set(_ENDED):
        return []
    errors = [_last_line(run.error) for run in (a, b)]
    kinds = [_PASSING.sub("#", error or "") for error in errors]
    if a.status == b.status and (a.status != "failed" or kinds[0] == kinds[1]):
        return []
    sides = [{"status": run.status, "error": error} for run, error in zip((a, b), errors)]
    return [dict(zip("ab", sides))]


def counts(ending: Mapping[str, Any]) -> bool:
    """Tell whether endings are a difference by themselves; nobody knows that of a killed run."""
    return all(ending[side]["status"] != "lost" for side in "ab")


def _last_line(error: str | None) -> str | None:
    lines = (error or "").strip().splitlines()
    return lines[-1][:_LONGEST_ERROR] if lines else None


def ending_sentence(change: Mapping[str, Any]) -> str:
    """Say how two runs ended: `failed (ValueError: no data) -> completed`."""
    words = []
    for side in "ab":
        error = change[side]["error"]
        words.append(change[side]["status"] + (f" ({error})" if error else ""))
    return " -> ".join(words)


def output_changes(stored: Stored, compared: Comparison) -> list[dict[str, Any]]:
    """Return for each output that differs its hashes, and by how much where it is kept."""
    changes = []
    known = stored.prints(
        fingerprint for change in compared.outputs.values() for fingerprint in change.a + change.b
    )
    for name, change in compared.outputs.items():
        summary = "" if change.problem else _summary(change.a, change.b, known)
        changes.append(
            {
                "trace_id": name,
                "a": list(change.a),
                "b": list(change.b),
                "problem": change.problem,
                "summary": summary,
            }
        )
    return changes


def _summary(a: tuple[str, ...], b: tuple[str, ...], known: Mapping[str, StoredPrint]) -> str:
    """By how much outputs differ, in words."""
    if not a or not b:
        return f"recorded only in the {'second' if b else 'first'} run"
    differing = [(old, new) for old, new in zip(a, b) if old != new]
    if not differing:
        return f"{len(a)} values became {len(b)}"
    old, new = (known.get(side) for side in differing[-1])
    if old is None or new is None or old.canonical is None or new.canonical is None:
        return "it differs; it was too large to keep, so by how much is not known"
    return _difference(old.canonical, new.canonical)


def _difference(old: str, new: str) -> str:
    before, after = json.loads(old), json.loads(new)
    pairs = list(_numbers(before, after))
    if not pairs or None in pairs:
        from ato_trace import verify_recorded

        found = verify_recorded(old, new, 0.0, 0.0)
        return f"{found.path}: {found.reason}" if found.path != "value" else found.reason
    if len(pairs) == 1:
        return change_words(*pairs[0])  # type: ignore[misc]
    distances = [abs(distance(x, y)) for x, y in pairs if x != y and not (x != x and y != y)]  # type: ignore[misc]
    if not distances:
        return "the numbers are equal, but not their types"
    verb = "differs" if len(distances) == 1 else "differ"
    worst = math.inf if any(d != d for d in distances) else max(distances)
    return f"{len(distances)} of {len(pairs)} numbers {verb}, by at most {number_text(worst, 3)}"


def _numbers(old: Any, new: Any) -> Iterator[tuple[Any, Any] | None]:
    """Yield the numbers of two outputs in pairs, None where their structure differs."""
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for before, after in zip(old, new):
            yield from _numbers(before, after)
    elif isinstance(old, dict) and isinstance(new, dict) and list(old) == list(new):
        for key, before in old.items():
            yield from _numbers(before, new[key])
    elif _is_number(old) and _is_number(new):
        yield old, new
    elif old != new:
        yield None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def metric_changes(compared: Comparison) -> list[dict[str, Any]]:
    """Return for each metric of both runs or one where it ended, and whether that differs."""
    return [
        {"key": key, **change, "differs": _differs(change), "of_time": bool(_OF_TIME.search(key))}
        for key, change in compared.to_dict()["metrics"].items()
    ]


def _differs(change: Mapping[str, Any]) -> bool:
    pairs = [(change.get("a"), change.get("b"))]
    pairs += [(change[f"a_{end}"], change[f"b_{end}"]) for end in ("min", "max")]
    return any(a != b and not (_is_nan(a) and _is_nan(b)) for a, b in pairs)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and value != value


def metric_sentence(change: Mapping[str, Any]) -> str:
    """Say where a metric ended in both runs."""
    a, b = change.get("a"), change.get("b")
    if a is None:
        return f"{change['key']}: {number_text(b)}, not in the first run"
    if b is None:
        return f"{change['key']}: {number_text(a)}, not in the second run"
    if a == b or (_is_nan(a) and _is_nan(b)):
        if not change["differs"]:
            return f"{change['key']}: {number_text(a)}  (unchanged)"
        for end in ("min", "max"):
            x, y = change[f"a_{end}"], change[f"b_{end}"]
            if x != y and x is not None and y is not None:
                words = change_words(x, y)
                return (
                    f"{change['key']}: {number_text(a)} at the end of both; its {end}imum {words}"
                )
    return f"{change['key']}: {change_words(a, b)}"


def change_words(a: float, b: float) -> str:
    """Two numbers with their difference: `0.44 -> 0.52 (+18 %)`."""
    digits = next((n for n in range(6, 18) if number_text(a, n) != number_text(b, n)), 17)
    text = f"{number_text(a, digits)} -> {number_text(b, digits)}"
    a, b = as_float(a), as_float(b)
    if a and math.isfinite(a) and math.isfinite(b):
        share = (b - a) / abs(a) * 100
        if math.isfinite(share):
            text += f" ({share:+.0f} %)" if abs(share) >= 9.5 else f" ({share:+.2g} %)"
    return text


def artifact_changes(a: StoredRun, b: StoredRun, compared: Comparison) -> list[dict[str, Any]]:
    """Return for each logged file that differs its kind, and both sizes and hashes."""
    return [
        {
            "path": path,
            "kind": b.artifacts[path]["data_type"],
            "a": {"hash": change.a, "size": a.artifacts[path]["size"]},
            "b": {"hash": change.b, "size": b.artifacts[path]["size"]},
        }
        for path, change in compared.artifacts.items()
    ]


def artifact_sentence(change: Mapping[str, Any]) -> str:
    """Say that a file that both runs logged differs."""
    old, new = (size_words(change[side]["size"]) for side in "ab")
    size = f"same size, {new}" if old == new else f"{old} -> {new}"
    return f"artifact {change['path']} differs ({change['kind']}; {size})"
