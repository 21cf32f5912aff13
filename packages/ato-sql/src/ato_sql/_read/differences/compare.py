"""Why did this change? Two runs side by side."""

from __future__ import annotations

import difflib
from typing import Any, Callable, Mapping, NamedTuple, Sequence

from ato_adict import MISSING
from ato_sql._facts.configs.params import WHOLE, leaves
from ato_sql._read.differences.environment import flat_environment
from ato_sql._read.differences.inputs import changed_inputs, changed_modules
from ato_sql._read.stored import Stored, StoredMetric, StoredPrint, StoredRun
from ato_sql._values.time import iso
from ato_sql._values.values import Number, split


class Change(NamedTuple):
    """A value that differs: in the first run, and in the second."""

    a: Any
    b: Any


class CodeChange(NamedTuple):
    """A trace whose fingerprint differs.

    Attributes:
        a: the fingerprints in the first run.
        b: the fingerprints in the second run.
        diff: a unified diff of the two sources, empty where they were not recorded.
        problem: why the two say nothing about a difference, empty where they do.
    """

    a: tuple[str, ...]
    b: tuple[str, ...]
    diff: str
    problem: str = ""


class MetricChange(NamedTuple):
    """A metric of both runs or of one.

    Attributes:
        a: its last value in the first run.
        b: its last value in the second run.
        delta: `b - a`, None where one is missing.
        a_min: its smallest value in the first run; so `a_max`, `b_min`, `b_max`.
    """

    a: Any
    b: Any
    delta: float | None
    a_min: float | None
    a_max: float | None
    b_min: float | None
    b_max: float | None


class Comparison(NamedTuple):
    """What differs between two runs.

    Attributes:
        run_a: id of the first run.
        run_b: id of the second run.
        config: by dotted key, the values that differ.
        code: by trace id, the functions that differ, with the diff of their sources.
        outputs: by trace id, the outputs that differ.
        environment: Python, platform, packages, variables, threads, git commit, command line, host.
        metrics: by key, the last values and extremes of all metrics of both.
        inputs: by name, the files that differ in content or that only one of them read: `hash`,
            `size`, `reader`, `how` and `path` in both. What the run itself wrote is left out, and
            everything where one of the runs recorded no inputs.
        sources: by module, the hashes of the own modules that differ or that only one had loaded;
            nothing where one of the runs recorded none.
        artifacts: by path, the hashes of the logged files that both runs have and that differ.
    """

    run_a: int
    run_b: int
    config: dict[str, Change]
    code: dict[str, CodeChange]
    outputs: dict[str, CodeChange]
    environment: dict[str, Change]
    metrics: dict[str, MetricChange]
    inputs: dict[str, Change] = {}
    sources: dict[str, Change] = {}
    artifacts: dict[str, Change] = {}

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON-able data; what one run lacks is left out of its pair."""
        data = {
            name: {k: _pair(v) for k, v in getattr(self, name).items()} for name in self._fields[2:]
        }
        return {"run_a": self.run_a, "run_b": self.run_b, **data}

    def _repr_html_(self) -> str:
        from ato_sql._read.tables import comparison_html

        return comparison_html(self)


def _pair(change: Any) -> dict[str, Any]:
    data = {k: iso(v) for k, v in change._asdict().items() if v is not MISSING}
    if not data.get("problem", True):
        del data["problem"]
    return data


class Row(NamedTuple):
    """One thing of several runs side by side.

    Attributes:
        key: what it is.
        cells: its value in each run.
        differs: whether they are not all the same.
    """

    key: Any
    cells: list[Any]
    differs: bool


def side_by_side(
    columns: Sequence[Mapping[Any, Any]],
    identity: Callable[[Any], Any] | None = None,
    missing: Any = None,
) -> list[Row]:
    """Return a row for every key of several mappings, in the order they are first seen.

    Args:
        columns: a mapping for each run.
        identity: what cells are compared by; by default themselves.
        missing: the cell of a run that has no such key.
    """
    rows = []
    for key in dict.fromkeys(key for column in columns for key in column):
        cells = [column.get(key, missing) for column in columns]
        compared = list(map(identity, cells)) if identity is not None else cells
        rows.append(Row(key, cells, any(one != compared[0] for one in compared[1:])))
    return rows


for _public in (Change, CodeChange, MetricChange, Comparison):
    _public.__module__ = "ato_sql"
Row.__module__ = "ato_sql.reading"


def compare_runs(stored: Stored, a: StoredRun, b: StoredRun) -> Comparison:
    """Compare two runs; see `Comparison`."""
    return Comparison(
        run_a=a.id,
        run_b=b.id,
        config=_config(a, b),
        code=_code(stored, a, b, "static"),
        outputs=_code(stored, a, b, "runtime"),
        environment=_changes(*flat_environment(a, b)),
        metrics=_metrics(a.metrics, b.metrics),
        inputs={name: Change(*pair) for name, pair in changed_inputs(a, b).items()},
        sources={name: Change(*pair) for name, pair in changed_modules(a, b).items()},
        artifacts=_artifacts(a, b),
    )


def _artifacts(a: StoredRun, b: StoredRun) -> dict[str, Change]:
    pairs = {p: (a.artifacts[p], b.artifacts[p]) for p in a.artifacts if p in b.artifacts}
    hashes = {path: [one["content_hash"] for one in pair] for path, pair in pairs.items()}
    return {path: Change(*pair) for path, pair in hashes.items() if pair[0] != pair[1]}


def _config(a: StoredRun, b: StoredRun) -> dict[str, Change]:
    changes = _changes(dict(leaves(a.config)), dict(leaves(b.config)))
    if WHOLE in changes:  # of a damaged config no key is known to be gone
        return {WHOLE: changes[WHOLE]}
    return changes


def _changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Change]:
    rows = side_by_side([a, b], _identity, MISSING)
    return {row.key: Change(*row.cells) for row in rows if row.differs}


def _identity(value: Any) -> Any:
    """What a value is compared by: 1, 1.0 and True differ; keys have no order."""
    if isinstance(value, list):
        return [_identity(item) for item in value]
    if isinstance(value, dict):
        return {key: _identity(item) for key, item in value.items()}
    return (type(value), value)


def _code(stored: Stored, a: StoredRun, b: StoredRun, kind: str) -> dict[str, CodeChange]:
    differing = [
        key
        for key in {**a.fingerprints, **b.fingerprints}
        if key[0] == kind and a.fingerprints.get(key) != b.fingerprints.get(key)
    ]
    prints = [run.fingerprints.get(key, ())[-1:] for key in differing for run in (a, b)]
    known = stored.prints(one for ones in prints for one in ones)
    changes = {}
    for key in differing:
        old, new = a.fingerprints.get(key, ()), b.fingerprints.get(key, ())
        sides = [known.get(one[-1]) if one else None for one in (old, new)]
        diff = _source_diff(key[1], old, new, sides)
        changes[key[1]] = CodeChange(old, new, diff, _problem(*sides))
    return changes


def _problem(a: StoredPrint | None, b: StoredPrint | None) -> str:
    """Why two fingerprints cannot be compared, empty where they can."""
    if a is None or b is None:
        return ""
    if a.form != b.form:
        return f"one is of the older form {min(a.form, b.form)}"
    if a.kind != b.kind and "code-object" in (a.kind, b.kind):
        return "one was made from byte code, as its source could not be read"
    return ""


def _source_diff(
    trace_id: str, a: tuple[str, ...], b: tuple[str, ...], sides: Sequence[StoredPrint | None]
) -> str:
    old, new = (None if side is None else side.source or side.canonical for side in sides)
    if old is None or new is None:
        return ""
    names = (f"{trace_id} {a[-1][:8]}", f"{trace_id} {b[-1][:8]}")
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), *names, lineterm="")
    return "\n".join(lines)


def _metrics(
    a: Mapping[str, StoredMetric], b: Mapping[str, StoredMetric]
) -> dict[str, MetricChange]:
    return {key: _metric(a.get(key), b.get(key)) for key in sorted({*a, *b})}


def _metric(a: StoredMetric | None, b: StoredMetric | None) -> MetricChange:
    last_a: Any = MISSING if a is None else a.last
    last_b: Any = MISSING if b is None else b.last
    delta = None if a is None or b is None else _distance(last_a, last_b)
    ends = [getattr(s, name, None) for s in (a, b) for name in ("min", "max")]
    return MetricChange(last_a, last_b, delta, *ends)


def _distance(a: Number, b: Number) -> Number:
    try:
        return b - a
    except OverflowError:  # a float and an integer beyond all floats
        return (split(b)[0] or 0.0) - (split(a)[0] or 0.0)
