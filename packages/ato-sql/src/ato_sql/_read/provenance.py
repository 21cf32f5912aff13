"""Where each value of a config came from, as it was stored."""

from __future__ import annotations

from typing import Any, Mapping

_IN_SOURCE = ("kind", "name", "location", "token")


def events_of(stored: Any) -> list[dict[str, Any]]:
    """Return the events that say who gave a value to which key.

    A run may be given anything as its provenance, and one that was imported may hold anything:
    what is no such event tells nothing.
    """
    if not isinstance(stored, list):
        return []
    return [_event(event) for event in stored if _is_event(event)]


def _is_event(event: Any) -> bool:
    good = isinstance(event, Mapping) and isinstance(event.get("key"), str)
    return good and isinstance(event.get("source"), Mapping)


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    source = event["source"]
    texts = {name: source[name] for name in _IN_SOURCE if isinstance(source.get(name), str)}
    return {**event, "source": {"kind": "", **texts}}
