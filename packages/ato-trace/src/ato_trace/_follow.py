"""Placeholder."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._fingerprint import Fingerprint


def follow_from(obj: Any) -> Fingerprint:
    raise NotImplementedError
