"""The canonical form of one object, and where it comes from."""

from __future__ import annotations

from ato_adict.notebooks import cell_line
from ato_trace._canonical.canonical import canonical_form
from ato_trace._errors import FingerprintError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ato_trace._source.files import Found


class Part:
    """The canonical form of one object, and where it comes from.

    Attributes:
        node: Its syntax tree; None without a source.
        names: Its free names: globals and closure variables.
    """

    __slots__ = ("canonical", "kind", "location", "names", "node", "source")

    def __init__(
        self,
        canonical: str,
        source: str | None,
        location: str,
        kind: str = "source",
        node: Any = None,
        names: frozenset[str] = frozenset(),
    ) -> None:
        self.canonical = canonical
        self.source = source
        self.location = location
        self.kind = kind
        self.node = node
        self.names = names


def describe_found(
    found: Found, name: str | None, ours: Callable[[str], bool] | None = None
) -> Part:
    """The canonical form of a definition whose syntax tree is at hand."""
    try:
        form = canonical_form(found.node, name, ours)
    except RecursionError:
        raise FingerprintError(
            f"the code at {found.file}:{found.line} is nested too deeply to fingerprint"
        ) from None
    place, line = cell_line(found.file, found.line)
    return Part(form.text, found.text, f"{place}:{line}", "source", found.node, form.names)


def join(parts: list[Part]) -> Part:
    """Several parts as one."""
    sources = [part.source for part in parts if part.source is not None]
    kinds = {part.kind for part in parts}
    return Part(
        "\n".join(part.canonical for part in parts),
        "\n".join(sources) if len(sources) == len(parts) else None,
        parts[0].location,
        "source" if kinds == {"source"} else "code-object",
    )
