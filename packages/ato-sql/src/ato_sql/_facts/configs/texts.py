"""What is kept as text of a value that JSON does not have: its repr, where that can be kept.

The text is the same on every Python: since 3.11 none is made of an integer with more than 4,300
digits, before that it takes minutes. Such integers are written in hexadecimal.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Any

from ato_adict.surroundings import whole_repr

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_LONGEST = 100_000  # letters; of a longer text the beginning is kept, and a hash of it
_KEPT = 10_000
_FAILED = "<repr failed: {}>"


class Text:
    """The text of a value.

    Attributes:
        text: with no addresses in it, which change from run to run, and of bounded length.
        is_whole: whether all of the value is in it, as far as can be told: no address was.
        failed: whether the value has none.
    """

    def __init__(self, value: Any) -> None:
        self.failed, whole = False, ""
        try:
            whole = whole_repr(value)
        except Exception as error:  # a config value must never fail a run
            whole, self.failed = _FAILED.format(type(error).__name__), True
        cut = _ADDRESS.sub("", whole)
        self.is_whole = not self.failed and cut == whole
        self.text = bounded(cut)

    def fail(self) -> None:
        """Take a text for none that Python would not have made since 3.11."""
        self.text, self.failed, self.is_whole = _FAILED.format("ValueError"), True, False


def bounded(text: str) -> str:
    """Return a text, of one that would swell the config the beginning and what tells it apart."""
    if len(text) <= _LONGEST:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{text[:_KEPT]}... ({len(text):,} characters, sha256:{digest})"


def unlike_any() -> str:
    """Return what makes a value differ from all others: nobody knows whether it is equal to one."""
    return uuid.uuid4().hex


def has_long_digits(text: str) -> bool:
    """Tell whether a text has a run of more digits than Python writes since 3.11."""
    return len(text) > 4300 and re.search(r"\d{4301}", text) is not None
