"""What a run of a sweep hands back to the sweep: the value that its entry returned."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

REPORT = "ATO_SWEEP_REPORT"


def take_report() -> str | None:
    """Return the file to write the result to, once: processes that this one starts have none."""
    return os.environ.pop(REPORT, None)


def write_report(path: str, result: Any) -> None:
    """Write a returned value, where it is plain data."""
    import json

    from ato_scope._provenance import jsonable

    if hasattr(result, "item") and getattr(result, "ndim", 0) == 0:
        result = result.item()
    if isinstance(result, (bool, int, float, str, list, tuple, dict)):
        with open(path, "w", encoding="utf-8") as file:
            json.dump(jsonable(result), file)
