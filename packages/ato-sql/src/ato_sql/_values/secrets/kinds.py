"""The kinds of text that secrets are looked for in."""

from __future__ import annotations

import enum


class Kind(enum.Enum):
    """What a text is, which says where a value ends."""

    PROSE = "notes, messages, tracebacks, config values"
    SOURCE = "Python: only what stands in quotes is a value"
    DATA = "files of data: the rest of a line is a value as well"
    COMMAND = "a word of a command line, whose quotes the shell may have taken"
    LITERAL = "what stands in quotes in Python: a value ends with a blank, no quote is lost"
