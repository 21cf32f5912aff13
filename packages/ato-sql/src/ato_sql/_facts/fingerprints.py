"""Fingerprints as they are handed in, and as they are stored."""

from __future__ import annotations

from typing import Any, Iterator, Mapping

from ato_sql._errors import MetricError
from ato_sql._facts.facts import digest
from ato_sql._values.values import check_name, clean_text

STATIC, RUNTIME = "static", "runtime"
KINDS = (STATIC, RUNTIME)


def fingerprint_event(fingerprints: Any) -> dict[str, Any]:
    """Return the event that stores fingerprints.

    Args:
        fingerprints: `scope.fingerprints`, which is `{'static': {trace_id: fingerprint},
            'runtime': {trace_id: hash}}`, or just `{trace_id: fingerprint}`, taken as static. One
            that carries `canonical`, `source`, `location` and `kind` is kept with them.

    Raises:
        MetricError: they are of another form.
    """
    rows: list[dict[str, Any]] = []
    sources: dict[str, dict[str, Any]] = {}
    for trace_type, trace_id, value in _flat(fingerprints):
        name = check_name("a trace id", trace_id)
        text = clean_text(str(value))[:128]
        rows.append({"trace_id": name, "trace_type": trace_type, "fingerprint": text})
        source = _source(text, value)
        if source is not None:
            sources[text] = source
    return {"fingerprints": rows, "sources": list(sources.values())}


def _flat(fingerprints: Any) -> Iterator[tuple[str, Any, Any]]:
    if not isinstance(fingerprints, Mapping):
        raise MetricError(
            "fingerprints must be a mapping such as scope.fingerprints, "
            f"not {type(fingerprints).__name__}"
        )
    kinds = [k for k, v in fingerprints.items() if isinstance(v, Mapping)]
    if not kinds:
        fingerprints = {STATIC: fingerprints}
    for kind, group in fingerprints.items():
        if not isinstance(group, Mapping):
            raise MetricError(f"fingerprints[{kind!r}] must map trace ids to fingerprints")
        for trace_id, value in group.items():
            for one in value if isinstance(value, (list, tuple, set)) else [value]:
                yield check_name("a trace type", kind)[:32], trace_id, one


def _source(fingerprint: str, value: Any) -> dict[str, Any] | None:
    names = ("canonical", "source", "location", "kind")
    parts = {name: getattr(value, name, None) for name in names}
    if parts["canonical"] is None and parts["source"] is None:
        return None
    texts = {n: None if p is None else clean_text(str(p)) for n, p in parts.items()}
    form = getattr(value, "form", None)
    skipped = [[str(part) for part in one] for one in getattr(value, "skipped", ())]
    return {
        "fingerprint": fingerprint,
        **texts,
        "form": form if isinstance(form, int) else None,
        "skipped": skipped or None,
    }


def code_hash(fingerprints: Any) -> str | None:
    """Return the hash of all static fingerprints, None if there are none."""
    if fingerprints is None:
        return None
    event = fingerprint_event(fingerprints)
    return code_hash_of(event["fingerprints"])


def code_hash_of(rows: list[dict[str, Any]]) -> str | None:
    """Return the hash of the static fingerprints among stored rows."""
    pairs = sorted((r["trace_id"], r["fingerprint"]) for r in rows if r["trace_type"] == STATIC)
    return digest(pairs) if pairs else None
