"""What a command line asks of one or more scopes, before anything is applied."""

from __future__ import annotations

from ato_adict import did_you_mean
from ato_scope._command.keys import quoted, split_key
from ato_scope._command.tokens import parse_tokens, shown
from ato_scope._command.unknown import unknown_option, unknown_view
from ato_scope._errors import TokenError, UnknownScopeError, UnknownViewError
from ato_scope._program import FORMATS, HELP, is_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from typing import Any, Callable, Collection, Sequence

    from ato_scope._command.tokens import Token
    from ato_scope._command.unknown import Catalog

    Keys = Callable[["Command"], Collection[str]]

LOCAL_RANK = ("--local-rank", "--local_rank")


class Command:
    """The tokens of a command line, sorted by what they are for.

    Attributes:
        views: The requested views by name of scope, in order.
        assignments: (name of scope, key in its config, token) in order; a file has key "".
        word: `manual`, `print`, `explain`, `views` or None.
        format: The format of `print`.
        keys: The keys that `explain` asks for; all where there is none.
        defaults: The defaults of the parser of each scope that has one, dots as levels.
        parsers: The parser of each scope that has one, or the subparser that was asked for.
    """

    def __init__(self) -> None:
        self.views: dict[str, list[str]] = {}
        self.assignments: list[tuple[str, str, Token]] = []
        self.word: str | None = None
        self.format: str = "yaml"
        self.keys: list[str] = []
        self.defaults: dict[str, dict[str, Any]] = {}
        self.parsers: dict[str, ArgumentParser] = {}

    def extend(self, other: Command) -> None:
        """Add what another command line asks for, after what this one does."""
        for scope, names in other.views.items():
            self.views.setdefault(scope, []).extend(names)
        self.assignments += other.assignments
        self.defaults.update(other.defaults)
        self.parsers.update(other.parsers)
        if other.word:
            self.word, self.format, self.keys = other.word, other.format, other.keys


def known_words(catalog: Catalog) -> set[str]:
    """Return the words that ask for a view, with and without the name of its scope."""
    names = {name for views in catalog.values() for name in views}
    return names.union(f"{scope}.{name}" for scope, views in catalog.items() for name in views)


def read_command(
    arguments: Sequence[str], catalog: Catalog, qualified: bool, keys: Keys | None = None
) -> Command:
    """Read a command line.

    Args:
        arguments: As the shell made them.
        catalog: The names of the views of each scope, by the name of the scope.
        qualified: Whether keys start with the name of a scope, as for a MultiScope.
        keys: Finds the keys that may be set after what a command asks for, to suggest one.

    Raises:
        TokenError: A token is malformed.
        UnknownViewError: A word is no view.
        UnknownScopeError: A key starts with no scope's name.
    """
    command = Command()
    for token in parse_tokens(arguments, "" if qualified else next(iter(catalog))):
        if is_word(token.raw) and not _means_itself(token, command, catalog):
            _read_word(command, token)
        elif token.kind == "view":
            _read_view(command, token, catalog, qualified, keys)
        elif token.kind == "file":
            command.assignments.append(("", "", token))
        elif token.kind == "flag":
            _read_flag(token, command, catalog, keys)
        else:
            _check_format(token)
            scope, key = _locate(token, catalog, qualified)
            command.assignments.append((scope, key, token))
    return command


def add_values(
    command: Command, tokens: Sequence[Token], catalog: Catalog, qualified: bool
) -> None:
    """Add values that the program itself gives, by the keys that a command line would name.

    Raises:
        TokenError: A key is malformed.
        UnknownScopeError: A key starts with no scope's name.
    """
    for token in tokens:
        scope, key = _locate(token, catalog, qualified)
        split_key(key)
        command.assignments.append((scope, key, token))


def _means_itself(token: Token, command: Command, catalog: Catalog) -> bool:
    """Whether `help` is a view, or a key that `explain` is asked for."""
    is_view = any(token.raw in views for views in catalog.values())
    return token.raw == "help" and (is_view or command.word == "explain")


def _read_word(command: Command, token: Token) -> None:
    if token.kind in ("set", "text"):
        command.format = token.value
    command.word = "manual" if token.raw in HELP else token.key


def _check_format(token: Token) -> None:
    """Refuse `print=jsn`, which would set a key of that name."""
    if token.key == "print" and isinstance(token.value, str):
        hint = did_you_mean(token.value, FORMATS)
        if hint:
            raise TokenError(f"unknown format {shown(token.value)!r}{hint}")


def _read_flag(token: Token, command: Command, catalog: Catalog, keys: Keys | None) -> None:
    if token.key.partition("=")[0] in LOCAL_RANK:
        # Launchers of torch add it; its value is in the environment too.
        return
    known = keys(command) if keys is not None else ()
    raise TokenError(unknown_option(token.raw, known_words(catalog), known))


def _read_view(
    command: Command, token: Token, catalog: Catalog, qualified: bool, keys: Keys | None
) -> None:
    word = token.key
    owners = [scope for scope, views in catalog.items() if word in views]
    if owners:
        for scope in owners:
            command.views.setdefault(scope, []).append(word)
    elif qualified and _is_qualified(word, catalog):
        scope, _, name = word.partition(".")
        command.views.setdefault(scope, []).append(name)
    elif command.word == "explain":
        command.keys.append(word)
    else:
        known = keys(command) if keys is not None else ()
        raise UnknownViewError(unknown_view(word, catalog, qualified, known))


def _is_qualified(word: str, catalog: Catalog) -> bool:
    scope, _, name = word.partition(".")
    return scope in catalog and name in catalog[scope]


def _locate(token: Token, catalog: Catalog, qualified: bool) -> tuple[str, str]:
    """Return the scope that a key belongs to, and the key without the scope's name."""
    if not qualified:
        return next(iter(catalog)), token.key
    scope, dot, key = _first_part(token.key)
    if not dot or scope not in catalog:
        if scope in catalog and not dot:
            fix = f"{scope!r} is a scope; write {scope}.key=value"
            raise UnknownScopeError(f"{shown(token.raw)!r}: {fix}")
        known = " or ".join(quoted(f"{name}.{key or scope}") for name in catalog)
        hint = did_you_mean(scope, catalog) if dot else ""
        problem = f"unknown scope {scope!r}" if dot else f"key {scope!r} names no scope"
        raise UnknownScopeError(f"{shown(token.raw)!r}: {problem}{hint or f'; write {known}'}")
    return scope, key


def _first_part(key: str) -> tuple[str, str, str]:
    """Split a key before its second part: `model.lr` and `model["lr"]` alike."""
    scope, dot, rest = key.partition(".")
    if "[" in scope:
        scope, dot, rest = key.partition("[")
        rest = dot + rest
    return scope, dot, rest
