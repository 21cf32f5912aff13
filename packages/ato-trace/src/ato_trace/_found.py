"""What a search for source code finds."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NamedTuple

    class Found(NamedTuple):
        """The syntax tree of a definition and where it stands."""

        node: Any
        text: str
        file: str
        line: int

else:
    from collections import namedtuple

    Found = namedtuple("Found", "node text file line")
