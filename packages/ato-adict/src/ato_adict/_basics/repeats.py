"""Long texts that many places of a config share, as references and aliases make them.

In memory such a text is one; in a hash, a file or JSON it stands as often as it is shared.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar

from ato_adict._basics.errors import ConversionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

LONG = 1000  # characters, below which texts are not counted
MAX_REPEATED = 100_000_000  # characters of all repeats together

# What the texts of the config add up to that is being written; None where none is.
_counted: ContextVar[_Count | None] = ContextVar("ato_adict_repeats", default=None)


class _Count:
    def __init__(self, what: str) -> None:
        self.what = what
        self.seen: set[int] = set()
        self.size = 0

    def is_over(self) -> bool:
        return self.size > MAX_REPEATED

    def add(self, text: str) -> None:
        if id(text) not in self.seen:
            self.seen.add(id(text))
            return
        self.size += len(text)
        if self.is_over():
            raise ConversionError(
                f"{self.what}: its references repeat long texts; written out they have more than"
                f" {MAX_REPEATED:,} characters"
            )


@contextmanager
def repeats_counted(what: str) -> Iterator[_Count]:
    """Count the repeats of long texts while a config is written.

    Args:
        what: What writes it, for the message.
    """
    count = _Count(what)
    token = _counted.set(count)
    try:
        yield count
    finally:
        _counted.reset(token)


def count_repeat(text: str) -> None:
    """Count a text of more than `LONG` characters.

    Raises:
        ConversionError: Where all repeats together are more than any config has.
    """
    count = _counted.get()
    if count is not None:
        count.add(text)
