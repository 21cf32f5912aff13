"""What travels from the training loop to the database: batches of events and metrics."""

from __future__ import annotations

import itertools
import json
from typing import Any, Container, Dict, Iterable, NamedTuple, Sequence, Tuple, Union

Number = Union[int, float]
# Which metric of which run: the run's uuid and the key.
Series = Tuple[str, str]
# The run's uuid, what happened, its JSON-able data.
Event = Tuple[str, str, Dict[str, Any]]
# By uuid, what is needed to create runs.
Births = Dict[str, Dict[str, Any]]


class Metrics(NamedTuple):
    """Values of metrics, as columns of equal length.

    Attributes:
        names: which series each number in `series` stands for.
        series: numbers of series.
        steps: at which steps.
        values: what was logged.
        moments: when, in seconds since 1970.
    """

    names: dict[Any, Series]
    series: Sequence[Any]
    steps: Sequence[int]
    values: Sequence[Number]
    moments: Sequence[float | None]

    def runs(self) -> list[str]:
        """The uuids of the runs they belong to, each once."""
        return list(dict.fromkeys(self.names[number][0] for number in dict.fromkeys(self.series)))

    def chosen(self, which: Iterable[bool]) -> Metrics:
        """Return some of them, by one truth for each."""
        chosen = list(which)
        return Metrics(
            self.names,
            *(list(itertools.compress(c, chosen)) for c in (self[1], self[2], self[3], self[4])),
        )

    def without(self, runs: Container[str]) -> Metrics:
        """Return those that do not belong to some runs."""
        return self.chosen(self.names[number][0] not in runs for number in self.series)


class Batch(NamedTuple):
    """What is committed in one transaction: a stretch of one journal.

    Attributes:
        journal: the journal's own uuid.
        start: where in the journal it begins.
        end: where it ends.
        events: what is neither metric nor bookkeeping, in order.
        metrics: the metrics, in order.
        births: of the runs that were open when the journal was.
    """

    journal: str
    start: int
    end: int
    events: list[Event]
    metrics: Metrics
    births: Births

    def size(self) -> int:
        """How many events and metrics there are."""
        return len(self.events) + len(self.metrics.series)

    def runs(self) -> list[str]:
        """The uuids of the runs it is about, each once."""
        seen = dict.fromkeys(event[0] for event in self.events)
        seen.update(dict.fromkeys(self.metrics.runs()))
        return list(seen)


CREATE = "create"
UPDATE = "update"
FINGERPRINTS = "fingerprints"
ARTIFACT = "artifact"
NOTE = "note"
INPUTS = "inputs"
SOURCES = "sources"
ENVIRONMENT = "environment"
CUT = "cut"
CONSOLE = "console"


def as_line(batch: Batch, births: Births) -> str:
    """Return a batch as a line of JSON, for people to read."""
    names, *columns = batch.metrics
    rows = [[*names[number], value, step, when] for number, step, value, when in zip(*columns)]
    data = {"journal": batch.journal, "start": batch.start, "end": batch.end}
    whole = {**data, "events": batch.events, "metrics": rows, "births": births}
    return json.dumps(whole, separators=(",", ":")) + "\n"
