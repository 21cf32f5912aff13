"""What a user gives a search beside its settings, as events of its log."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, NamedTuple

from ato_hyperband._space.spaces import SearchSpace
from ato_hyperband._study.log import Event
from ato_hyperband._trial.brackets import Resource


class Given(NamedTuple):
    """A configuration to try, or, with a metric, one whose result is known."""

    params: Mapping[str, Any]
    metric: float | None = None
    resource: Resource | None = None
    metrics: tuple[float, ...] = ()  # of several objectives


def given_events(given: Iterable[Given], space: SearchSpace) -> list[Event]:
    """The events by which a study takes what was given; what the space lacks is left out.

    Args:
        given: In the order in which it was given.
        space: What is left to search, when the command line has fixed some parameters.
    """
    events: list[Event] = []
    for one in given:
        params = space.encode({n: v for n, v in one.params.items() if n in space.by_name})
        event: Event = {"kind": "enqueued", "params": params}
        if one.metric is not None:
            event.update(kind="known", metric=one.metric, resource=one.resource)
        if one.metrics:
            event["metrics"] = list(one.metrics)
        events.append(event)
    return events
