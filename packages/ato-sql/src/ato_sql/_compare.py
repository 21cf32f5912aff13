"""Why did this change? Two runs side by side."""

from __future__ import annotations

import difflib
from typing import Any, Dict, Mapping, NamedTuple, Tuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ato_sql._params import leaves
from ato_sql._schema import (
    Environment,
    Experiment,
    Fingerprint,
    FingerprintSource,
    MetricSummary,
)
from ato_sql._time import iso
from ato_sql._values import join


class Missing:
    """The value of what one of the two runs does not have; false."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "-"


MISSING = Missing()


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
    """

    a: tuple[str, ...]
    b: tuple[str, ...]
    diff: str


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
        environment: Python, platform, packages, git commit, command line, host.
        metrics: by key, the last values and extremes of all metrics of both.
    """

    run_a: int
    run_b: int
    config: dict[str, Change]
    code: dict[str, CodeChange]
    outputs: dict[str, CodeChange]
    environment: dict[str, Change]
    metrics: dict[str, MetricChange]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON-able data; what one run lacks is left out of its pair."""
        data = {
            name: {k: _plain(v) for k, v in getattr(self, name).items()}
            for name in self._fields[2:]
        }
        return {"run_a": self.run_a, "run_b": self.run_b, **data}


def _plain(change: Any) -> dict[str, Any]:
    return {k: iso(v) for k, v in change._asdict().items() if v is not MISSING}


def compare_runs(session: Session, a: Experiment, b: Experiment) -> Comparison:
    """Compare two runs; see `Comparison`."""
    prints_a, prints_b = _fingerprints(session, a.id), _fingerprints(session, b.id)
    return Comparison(
        run_a=a.id,
        run_b=b.id,
        config=_changes(dict(leaves(a.config)), dict(leaves(b.config))),
        code=_code(session, prints_a, prints_b, "static"),
        outputs=_code(session, prints_a, prints_b, "runtime"),
        environment=_changes(_environment(session, a), _environment(session, b)),
        metrics=_metrics(session, a.id, b.id),
    )


def _changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Change]:
    changes = {key: Change(a.get(key, MISSING), b.get(key, MISSING)) for key in {**a, **b}}
    return {key: c for key, c in changes.items() if not _same(c.a, c.b)}


def _same(a: Any, b: Any) -> bool:
    return type(a) is type(b) and bool(a == b)


Prints = Dict[Tuple[str, str], Tuple[str, ...]]


def _fingerprints(session: Session, run_id: int) -> Prints:
    columns = (Fingerprint.trace_type, Fingerprint.trace_id, Fingerprint.fingerprint)
    found: dict[tuple[str, str], list[str]] = {}
    query = select(*columns).where(Fingerprint.run_id == run_id).order_by(Fingerprint.id)
    for kind, trace_id, fingerprint in session.execute(query):
        found.setdefault((kind, trace_id), []).append(fingerprint)
    return {key: tuple(prints) for key, prints in found.items()}


def _code(session: Session, a: Prints, b: Prints, kind: str) -> dict[str, CodeChange]:
    changes = {}
    for key in {**a, **b}:
        if key[0] == kind and a.get(key) != b.get(key):
            old, new = a.get(key, ()), b.get(key, ())
            changes[key[1]] = CodeChange(old, new, _source_diff(session, key[1], old, new))
    return changes


def _source_diff(session: Session, trace_id: str, a: tuple[str, ...], b: tuple[str, ...]) -> str:
    old, new = _source(session, a), _source(session, b)
    if old is None or new is None:
        return ""
    names = (f"{trace_id} {a[-1][:8]}", f"{trace_id} {b[-1][:8]}")
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), *names, lineterm="")
    return "\n".join(lines)


def _source(session: Session, fingerprints: tuple[str, ...]) -> str | None:
    if not fingerprints:
        return None
    found = session.get(FingerprintSource, fingerprints[-1])
    return None if found is None else found.source or found.canonical


_CIRCUMSTANCES = ("git_commit", "git_dirty", "command", "directory", "host")


def _environment(session: Session, run: Experiment) -> dict[str, Any]:
    facts = {name: getattr(run, name) for name in _CIRCUMSTANCES}
    stored = session.get(Environment, run.environment_hash) if run.environment_hash else None
    if stored is not None:
        facts.update({k: v for k, v in stored.data.items() if k != "packages"})
        packages = stored.data.get("packages", {})
        facts.update({f"package {name}": version for name, version in packages.items()})
    return facts


def _metrics(session: Session, a: int, b: int) -> dict[str, MetricChange]:
    query = select(MetricSummary).where(MetricSummary.run_id.in_([a, b]))
    found = {(s.run_id, s.key): s for s in session.scalars(query)}
    keys = sorted({key for _, key in found})
    return {key: _metric(found.get((a, key)), found.get((b, key))) for key in keys}


def _metric(a: MetricSummary | None, b: MetricSummary | None) -> MetricChange:
    last_a: Any = MISSING if a is None else join(a.last, a.last_special)
    last_b: Any = MISSING if b is None else join(b.last, b.last_special)
    delta = None if a is None or b is None else last_b - last_a
    ends = [getattr(s, name, None) for s in (a, b) for name in ("min", "max")]
    return MetricChange(last_a, last_b, delta, *ends)
