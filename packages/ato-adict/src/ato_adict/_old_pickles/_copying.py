"""What old pickles know as `ato_adict._copying`."""

from __future__ import annotations

from ato_adict._node.convert import build
from ato_adict._node.modes import freeze

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def revive(cls: Any, plain: dict[Any, Any], flags: dict[str, Any]) -> Any:
    """Return the node that an old pickle stored as nested dicts and how they behave."""
    node = build(cls, plain, cls._ato_open.derive(**flags) if flags else cls._ato_open)
    if flags.get("frozen"):
        freeze(node)  # the lists, which building made plain
    return node
