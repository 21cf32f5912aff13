"""The log of a search: everything asked and told, in order, so that it can be replayed."""

from __future__ import annotations

from typing import Any, Dict

Event = Dict[str, Any]


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
