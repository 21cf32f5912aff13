"""Tokens of a command line: which words belong together and what each asks for."""

from __future__ import annotations

from ato_scope._errors import TokenError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

MAX_TOKEN = 131072
OPENING = frozenset("[({'\"")
CLOSING = {"[": "]", "(": ")", "{": "}"}


class Token:
    """One request of the command line.

    Attributes:
        kind: `view`, `set` (`key=expression`), `text` (`key:=text`), `append` (`key+=[...]`),
            `delete` (`~key`), `file` (`@path`) or `flag` (`--word`); `option` for the value that
            an argparse parser has made of an option.
        key: The dotted key, the name of the view, the path of the file or the flag.
        value: What stands right of the sign.
        raw: The token as typed, for messages.
        origin: `cli`, or `assign` for what the program itself asked for.
    """

    __slots__ = ("key", "kind", "origin", "raw", "value")

    def __init__(self, kind: str, key: str, value: Any, raw: str) -> None:
        self.kind = kind
        self.key = key
        self.value = value
        self.raw = raw
        self.origin = "cli"

    def __repr__(self) -> str:
        return f"Token({self.kind!r}, {self.key!r}, {self.value!r})"


def parse_tokens(arguments: Sequence[str]) -> list[Token]:
    """Read the arguments of a command line, joining what the shell split inside brackets.

    Raises:
        TokenError: An argument is malformed; the message names it.
    """
    tokens = []
    position = 0
    while position < len(arguments):
        raw, used = _joined(arguments, position)
        tokens.append(_token(raw))
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
    line = text if text.isprintable() else ascii(text)[1:-1]
    return line if len(line) <= 60 else f"{line[:40]}... ({len(text)} characters)"


def _joined(arguments: Sequence[str], position: int) -> tuple[str, int]:
    """Return the argument at `position`, with those that close its brackets, and their number."""
    raw = arguments[position]
    if not isinstance(raw, str):
        raise TokenError(f"arguments are texts, not {raw!r}")
    _check_characters(raw)
    sign = raw.find("=")
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
        what = state.quote or state.open[-1]
        raise TokenError(f"unclosed {what} in {shown(raw)!r}; close it, or for text write :=")
    return " ".join(parts), used


class _Brackets:
    """Which brackets and which quote are open after the text fed so far."""

    def __init__(self, text: str) -> None:
        self.open: list[str] = []
        self.quote = ""
        self.feed(text)

    def feed(self, text: str) -> None:
        if not (self.open or self.quote or OPENING.intersection(text)):
            return
        escaped = False
        for character in text:
            if self.quote:
                if character == self.quote and not escaped:
                    self.quote = ""
                escaped = character == "\\" and not escaped
            elif character in "'\"":
                self.quote = character
            elif character in CLOSING:
                self.open.append(character)
            elif self.open and character == CLOSING[self.open[-1]]:
                self.open.pop()


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
        raise TokenError(f"argument {shown(raw)!r} is too long; put the value in a file, use @file")
    if "\0" in raw:
        raise TokenError(f"argument {shown(raw)!r} contains a NUL character; remove it")
    if not raw.isascii():
        try:
            raw.encode("utf-8")
        except UnicodeEncodeError:
            raise TokenError(
                f"argument {shown(raw)!r} is not valid UTF-8; check the encoding of the terminal"
            ) from None


def _token(raw: str) -> Token:
    if raw.startswith("-"):
        return Token("flag", raw, "", raw)
    if raw.startswith("@"):
        if len(raw) == 1:
            raise TokenError("'@' needs the path of a file: @config.yaml")
        return Token("file", raw[1:], "", raw)
    if raw.startswith("~"):
        return Token("delete", _key(raw[1:], raw), "", raw)
    key, sign, value = raw.partition("=")
    if not sign:
        if not raw.strip():
            raise TokenError("an argument is empty; remove it")
        return Token("view", raw, "", raw)
    if key.endswith(":"):
        return Token("text", _key(key[:-1], raw), value, raw)
    kind = "append" if key.endswith("+") else "set"
    if kind == "append":
        key = key[:-1]
    key = _key(key, raw)
    if not value.strip():
        raise TokenError(f"{shown(raw)!r} has no value; for an empty text write {key}:=")
    return Token(kind, key, value, raw)


def _key(key: str, raw: str) -> str:
    """Check a dotted key."""
    if not key:
        raise TokenError(f"{shown(raw)!r} has no key; write key=value")
    for part in key.split("."):
        if not part or not part.isprintable() or any(c in " '\"[](){}=,~@:+" for c in part):
            raise TokenError(f"{shown(raw)!r} has no valid key; write a.b=value")
        if part.startswith("__"):
            raise TokenError(f"{shown(raw)!r}: keys may not start with two underscores")
    return key
