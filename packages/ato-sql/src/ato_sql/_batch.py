"""What travels from the training loop to the database: batches of events and metrics."""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Tuple, Union

# The run's uuid, key, value, step, time in seconds since 1970.
MetricRow = Tuple[str, str, Union[int, float], int, float]
# The run's uuid, what happened, its JSON-able data.
Event = Tuple[str, str, Dict[str, Any]]


class Batch(NamedTuple):
    """What one writer commits in one transaction; `number` counts up from 1."""

    writer: str
    number: int
    events: list[Event]
    metrics: list[MetricRow]

    def runs(self) -> list[str]:
        """The uuids of the runs it is about, each once."""
        seen = dict.fromkeys(event[0] for event in self.events)
        seen.update(dict.fromkeys(row[0] for row in self.metrics))
        return list(seen)


CREATE = "create"
UPDATE = "update"
FINGERPRINTS = "fingerprints"
ARTIFACT = "artifact"
NOTE = "note"
HEARTBEAT = "heartbeat"
