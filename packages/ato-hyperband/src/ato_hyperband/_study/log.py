"""The log of a search: everything asked and told, in order, so that it can be replayed."""

from __future__ import annotations

from typing import Any, Dict

from ato_hyperband._schedule.scheduler import Budget
from ato_hyperband._trial.trial import Outcome

Event = Dict[str, Any]

_NUMBER = (int, float)
# What each kind of event tells.
_TELLS: dict[str, dict[str, Any]] = {
    "session": {"budget": list},
    "asked": {"trial": int, "rung": int},
    "enqueued": {"params": dict},
    "known": {"params": dict, "resource": _NUMBER, "metric": object},
    "told": {"trial": int, "rung": int, "outcome": list, "at": _NUMBER},
}


def check_event(event: Event) -> None:
    """Check that an event is of a known kind and tells what such events tell.

    Raises:
        ValueError: It does not.
        TypeError: It does not.
    """
    kind = event.get("kind")
    if not isinstance(kind, str) or kind not in _TELLS:
        raise ValueError(f"unknown kind {kind!r:.40}")
    for name, expected in _TELLS[kind].items():
        if not isinstance(event.get(name, event), expected):
            raise ValueError(f"{kind!r} without its {name!r}")
    if kind == "session":
        Budget(*event["budget"])
    if kind == "told":
        metric = Outcome.from_list(event["outcome"]).metric
        if metric is not None and not isinstance(metric, _NUMBER):
            raise TypeError(f"the metric {metric!r:.40} is no number")


class Log:
    """The interface of all logs. This one keeps nothing, for a search that nobody will resume."""

    def open(self, identity: Event) -> Event:
        """Begin or join a study; what it was begun with."""
        return identity

    def events(self) -> list[Event]:
        """All events so far, in order."""
        return []

    def go_on_after(self, count: int) -> None:
        """Take so many events as the past, as another process has read it."""

    def append(self, event: Event) -> None:
        """Keep one event."""

    def note(self, key: str, value: str) -> None:
        """Keep a text that is no event, in place of any earlier one of that key."""

    def notes(self) -> dict[str, str]:
        """The texts kept by `note`."""
        return {}

    def close(self) -> None:
        """Let go of whatever is held."""
