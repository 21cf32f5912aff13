"""The status that the page shows."""

from __future__ import annotations

from typing import Any

from ato_sql.reading import is_lost


def shown_status(run: Any) -> Any:
    """Return the status of a full row of `experiments`, `lost` where the run is gone."""
    return "lost" if is_lost(run) else run.status
