"""Tokens of a command line: which words belong together and what each asks for."""

from __future__ import annotations

from ato_scope._command.keys import augmented, end_of_key, split_key, typed
from ato_scope._errors import TokenError
from ato_scope._history.recorder import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Sequence

MAX_TOKEN = 131072
OPENING = frozenset("[({'\"")
CLOSING = {"[": "]", "(": ")", "{": "}"}


class Token:
    """One request of the command line.

    Attributes:
        kind: `view`, `set` (`key=expression`), `text` (`key:=text`), `append` (`key+=[...]`),
            `delete` (`~key`), `file` (`@path`) or `flag` (`--word`); `option` for the value that
            an argparse parser has made of an option, `value` for one that `with_args` gives.
        key: The dotted key, the name of the view, the path of the file or the flag.
        value: What stands right of the sign.
        raw: The token as typed, for messages.
        origin: `cli`, or `assign` and `with_args` for what the program itself asked for.
    """

    __module__ = "ato_scope"
    __slots__ = ("key", "kind", "origin", "raw", "value")

    def __init__(self, kind: str, key: str, value: Any, raw: str) -> None:
        self.kind: str = kind
        self.key: str = key
        self.value: Any = value
        self.raw: str = raw
        self.origin: str = "cli"

    def __repr__(self) -> str:
        return f"Token({self.kind!r}, {self.key!r}, {self.value!r})"

    def source(self) -> Source:
        """Return how the history of a config names this token."""
        kind = "argparse" if self.kind == "option" else self.origin
        return Source(kind, self.key, "", self.raw)


def parse_tokens(arguments: Sequence[str], scope: str = "config") -> list[Token]:
    """Read the arguments of a command line, joining what the shell split inside brackets.

    Args:
        arguments: As the shell made them.
        scope: The name by which values refer to keys; "" where keys start with that of theirs.

    Raises:
        TokenError: An argument is malformed; the message names it.
    """
    tokens = []
    position = 0
    prefix = f"{scope}." if scope else ""
    while position < len(arguments):
        raw, used = joined(arguments, position)
        tokens.append(_token(raw, prefix))
        position += used
    return tokens


def parse_command(command: str) -> list[str]:
    """Split a line of text into the arguments that a shell would pass on.

    For programs that have a command as one string. Spaces inside quotes and brackets separate
    nothing; the quotes around a text (`name:='a b'`) are removed.

    Raises:
        TokenError: A quote or bracket is never closed.
    """
    parts, state = [""], _Brackets("")
    for character in command:
        state.feed(character)
        if character.isspace() and not state.open and not state.quote:
            parts.append("")
        else:
            parts[-1] += character
    if state.quote or state.open:
        raise TokenError(f"unclosed {state.quote or state.open[-1]} in {shown(command)!r}")
    return [_unquoted(part) for part in parts if part]


def _unquoted(raw: str) -> str:
    key, sign, value = raw.partition(":=")
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return key + sign + value[1:-1] if sign and is_quoted else raw


def shown(text: str) -> str:
    """Return `text` as it can be shown in one short line."""
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[:61])
    return line if len(line) <= 60 else f"{line[:40]}... ({len(text)} characters)"


def joined(arguments: Sequence[str], position: int) -> tuple[str, int]:
    """Return the argument at `position`, with those that close its brackets, and their number."""
    raw = arguments[position]
    if not isinstance(raw, str):
        raise TokenError(f"arguments are texts, not {raw!r}")
    _check_characters(raw)
    sign = end_of_key(raw)
    if sign < 1 or raw[sign - 1] == ":" or raw[0] == "-":
        return raw, 1
    value = raw[sign + 1 :]
    if value.isalnum():
        return raw, 1
    state = _Brackets(value)
    used = 1
    parts = [raw]
    while state.open and position + used < len(arguments):
        following = arguments[position + used]
        _check_characters(following)
        state.feed(" " + following)
        parts.append(following)
        used += 1
    if state.quote or state.open:
        what, text = state.quote or state.open[-1], typed(raw[:sign], ":=", value)
        raise TokenError(
            f"unclosed {what} in {shown(raw)!r}; close it, or for text write {shown(text)}"
        )
    return " ".join(parts), used


class _Brackets:
    """Which brackets and which quote are open after the text fed so far."""

    def __init__(self, text: str) -> None:
        self.open: list[str] = []
        self.quote = ""
        self._escaped = False
        self._last = ""  # the characters since the quote; after an empty text, what closed it
        self.feed(text)

    def feed(self, text: str) -> None:
        if not (self.open or self.quote or OPENING.intersection(text)):
            self._last = ""
            return
        for character in text:
            if self.quote:
                self._inside(character)
            elif character in "'\"":
                # The third in a row: what seemed to be an empty text opens a long one.
                self.quote = character * (3 if self._last == character else 1)
                self._last = ""
            elif character in CLOSING:
                self.open.append(character)
            elif self.open and character == CLOSING[self.open[-1]]:
                self.open.pop()
            if not self.quote and character not in "'\"":
                self._last = ""

    def _inside(self, character: str) -> None:
        if self._escaped:
            self._escaped, self._last = False, "x"
            return
        self._escaped = character == "\\"
        before, self._last = self._last, (self._last + character)[-len(self.quote) :]
        if self._last == self.quote:
            is_empty = len(self.quote) == 1 and not before
            self.quote, self._last = "", character if is_empty else ""


def split_list(text: str, quotes: bool) -> list[str]:
    """Split `text` at the commas outside of brackets and, where they count, quotes.

    A backslash before a comma keeps it in a text.
    """
    if not quotes:
        parts = text.replace("\\,", "\0").split(",")
        return [part.replace("\0", ",") for part in parts]
    parts, state = [""], _Brackets("")
    for character in text:
        state.feed(character)
        if character == "," and not state.open and not state.quote:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _check_characters(raw: str) -> None:
    if len(raw) > MAX_TOKEN:
        raise TokenError(f"argument '{shown(raw)}' is too long; put the value in a file, use @file")
    if "\0" in raw:
        raise TokenError(f"argument '{shown(raw)}' contains a NUL character; remove it")
    if not raw.isascii():
        try:
            raw.encode("utf-8")
        except UnicodeEncodeError:
            raise TokenError(
                f"argument '{shown(raw)}' is not valid UTF-8; check the encoding of the terminal"
            ) from None


def _token(raw: str, prefix: str) -> Token:
    if raw.startswith("-"):
        return Token("flag", raw, "", raw)
    if raw.startswith("@"):
        if len(raw) == 1:
            raise TokenError("'@' needs the path of a file: @config.yaml")
        return Token("file", raw[1:], "", raw)
    if raw.startswith("~"):
        return Token("delete", _key(raw[1:], raw), "", raw)
    sign = end_of_key(raw)
    if sign < 0:
        if not raw.strip():
            raise TokenError("an argument is empty; remove it")
        return Token("view", raw, "", raw)
    key, value = raw[:sign], raw[sign + 1 :]
    if key.endswith(":"):
        return Token("text", _key(key[:-1], raw), value, raw)
    kind = "append" if key.endswith("+") else "set"
    if kind == "append":
        key = key[:-1]
    _key(key, raw, lambda: augmented(key, value, prefix))
    if not value.strip():
        write = typed(key, ":=", "")
        raise TokenError(f"{shown(raw)!r} has no value; for an empty text write {write}")
    return Token(kind, key, value, raw)


def _key(key: str, raw: str, instead: Callable[[], str] = str) -> str:
    """Check a key; `instead` returns what the whole token should be where it is none."""
    if not key:
        raise TokenError(f"{shown(raw)!r} has no key; write key=value")
    try:
        split_key(key)
    except TokenError as error:
        if "underscores" in str(error):
            raise TokenError(f"{shown(raw)!r}: {error}") from None
        write = (
            shown(instead()) or """a.b=value, or '["a b"]=value' for a key of other characters"""
        )
        raise TokenError(f"{shown(raw)!r} has no valid key; write {write}") from None
    return key
