"""What a config carries besides its keys: the record of the call it was made for."""

from __future__ import annotations

from ato_adict._node.state import Slots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


class RunRecord:
    """What a tracker should know about a call without being told.

    A config that an entry receives carries one. It is no key of the config and no part of equality,
    hashes, copies, pickles or dumps. Each part is filled by the package that knows it, and None
    where none does. The functions are asked as a run starts, goes on and ends, and return plain
    data.

    Attributes:
        provenance: Returns where each value came from, as `scope.history` lists it.
        arguments: The arguments of the call, as they were typed.
        fingerprints: Returns the fingerprints of the scope, as `scope.fingerprints`.
        inputs: Returns the files that the call has read until now; with True, waits until their
            contents are hashed.
        sources: Returns the project's own modules that are loaded, with their texts.
        environment: Returns variables, threads, seeds and packages that may matter.
    """

    __module__ = "ato_adict"
    __slots__ = (
        "__weakref__",
        "arguments",
        "environment",
        "fingerprints",
        "inputs",
        "provenance",
        "sources",
    )

    def __init__(self) -> None:
        self.provenance: Callable[[], list[dict[str, Any]]] | None = None
        self.arguments: list[str] | None = None
        self.fingerprints: Callable[[], dict[str, dict[str, Any]]] | None = None
        self.inputs: Callable[[bool], list[dict[str, Any]]] | None = None
        self.sources: Callable[[], dict[str, dict[str, Any]]] | None = None
        self.environment: Callable[[], dict[str, Any]] | None = None


def record_of(config: object) -> RunRecord | None:
    """Return the record that a config carries; None for one that was made by hand or copied."""
    try:
        found: RunRecord | None = _slot.__get__(config) if isinstance(config, Slots) else None
    except AttributeError:
        return None
    return found


def attach_record(config: object, record: RunRecord | None) -> None:
    """Let a config carry a record, a frozen one too.

    Raises:
        TypeError: It is no ADict.
    """
    if not isinstance(config, Slots):
        raise TypeError(f"only an ADict carries a record, not {type(config).__name__}")
    _slot.__set__(config, record)


_slot: Any = Slots.__dict__["_ato_record"]
