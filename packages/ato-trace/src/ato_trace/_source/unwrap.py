"""From what decorators made of a function back to the function."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def unwrap(obj: Any) -> Any:
    """The plain function or class behind decorators, bound methods and descriptors."""
    seen = set()
    while id(obj) not in seen:
        seen.add(id(obj))
        if isinstance(obj, type):
            return obj
        for attribute in ("__wrapped__", "__func__"):
            inner = _static_attribute(obj, attribute)
            if inner is not None:
                obj = inner
                break
    return obj


def _static_attribute(obj: Any, name: str) -> Any:
    try:
        return getattr(obj, name, None) if callable(obj) or hasattr(obj, "__func__") else None
    except Exception:  # objects that make up attributes may raise anything
        return None
