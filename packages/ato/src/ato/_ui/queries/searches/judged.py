"""By what the trials of a search are judged, as far as it says so itself."""

from __future__ import annotations

from typing import Sequence

OBJECTIVE = "metric"  # the name under which ato_hyperband logs what the objective returns


def objective(metrics: Sequence[str]) -> str:
    """Return the metric that trials are judged by, of those they have, the commonest first."""
    return OBJECTIVE if OBJECTIVE in metrics or not metrics else metrics[0]


def tagged_mode(tags: Sequence[str] | None, metric: str) -> str | None:
    """What a search took for better, as its run says; of another metric it says nothing."""
    for mode in ("min", "max"):
        if metric == OBJECTIVE and f"mode-{mode}" in (tags or []):
            return mode
    return None
