"""Recording writes: the basis of provenance."""

from __future__ import annotations

from ato_adict._retune import retune

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_adict._adict import ADict


def record_writes(config: ADict, journal: list[Any] | None) -> None:
    """Append each write anywhere in the tree of `config` to `journal` from now on.

    A write appends `(node, key, value)`, a deletion `(node, key, MISSING)`, in order. New child
    nodes inherit the journal; copies do not. While nothing records, a write costs nothing more.

    Args:
        config: The root of the tree.
        journal: The list to append to, or None to stop.
    """
    retune(config, journal=journal)
