"""What a command line asks of one or more scopes, before anything is applied."""

from __future__ import annotations

from ato_adict import did_you_mean
from ato_scope._errors import TokenError, UnknownScopeError, UnknownViewError
from ato_scope._tokens import parse_tokens, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Sequence

    from ato_scope._tokens import Token
    from ato_scope._views import View

    Catalog = Mapping[str, Mapping[str, View]]

FORMATS = ("yaml", "json", "toml")
HELP = ("-h", "--help")
LOCAL_RANK = ("--local-rank", "--local_rank")


class Command:
    """The tokens of a command line, sorted by what they are for.

    Attributes:
        views: The requested views by name of scope, in order.
        assignments: (name of scope, key in its config, token) in order; a file has key "".
        word: `manual`, `print`, `explain`, `views` or None.
        format: The format of `print`.
        keys: The keys that `explain` asks for; all where there is none.
        defaults: The defaults of the parser of each scope that has one.
    """

    def __init__(self) -> None:
        self.views: dict[str, list[str]] = {}
        self.assignments: list[tuple[str, str, Token]] = []
        self.word: str | None = None
        self.format = "yaml"
        self.keys: list[str] = []
        self.defaults: dict[str, dict[str, Any]] = {}

    def extend(self, other: Command) -> None:
        """Add what another command line asks for, after what this one does."""
        for scope, names in other.views.items():
            self.views.setdefault(scope, []).extend(names)
        self.assignments += other.assignments
        self.defaults.update(other.defaults)
        if other.word:
            self.word, self.format, self.keys = other.word, other.format, other.keys


def read_command(arguments: Sequence[str], catalog: Catalog, qualified: bool) -> Command:
    """Read a command line.

    Args:
        arguments: As the shell made them.
        catalog: The views of each scope, by the name of the scope.
        qualified: Whether keys start with the name of a scope, as for a MultiScope.

    Raises:
        TokenError: A token is malformed.
        UnknownViewError: A word is no view.
        UnknownScopeError: A key starts with no scope's name.
    """
    command = Command()
    for token in parse_tokens(arguments):
        if token.kind == "view":
            _read_word(command, token, catalog, qualified)
        elif token.kind == "file":
            command.assignments.append(("", "", token))
        elif token.kind == "flag":
            _read_flag(command, token)
        elif token.key == "print" and token.kind != "delete" and token.value in FORMATS:
            command.word, command.format = "print", token.value
        else:
            scope, key = _locate(token, catalog, qualified)
            command.assignments.append((scope, key, token))
    return command


def _read_flag(command: Command, token: Token) -> None:
    if token.key.partition("=")[0] in LOCAL_RANK:
        # Launchers of torch add it; its value is in the environment too.
        return
    if token.key not in HELP:
        name, _, value = token.key.lstrip("-").partition("=")
        raise TokenError(
            f"unknown option {shown(token.raw)!r}; write {name or 'key'}={value or 'value'}"
        )
    command.word = "manual"


def _read_word(command: Command, token: Token, catalog: Catalog, qualified: bool) -> None:
    word = token.key
    owners = [scope for scope, views in catalog.items() if word in views]
    if word in ("manual", "print", "explain", "views"):
        command.word = word
    elif owners:
        for scope in owners:
            command.views.setdefault(scope, []).append(word)
    elif qualified and _is_qualified(word, catalog):
        scope, _, name = word.partition(".")
        command.views.setdefault(scope, []).append(name)
    elif command.word == "explain":
        command.keys.append(word)
    else:
        raise UnknownViewError(_unknown(word, catalog, qualified))


def _is_qualified(word: str, catalog: Catalog) -> bool:
    scope, _, name = word.partition(".")
    return scope in catalog and name in catalog[scope]


def _unknown(word: str, catalog: Catalog, qualified: bool) -> str:
    names = [name for views in catalog.values() for name in views]
    if qualified:
        names += [f"{scope}.{name}" for scope, views in catalog.items() for name in views]
    hint = did_you_mean(word, [*names, "manual", "print", "explain", "views"])
    fix = hint or "; run with 'views' to list them, or write key=value to set a key"
    return f"unknown view {shown(word)!r}{fix}"


def _locate(token: Token, catalog: Catalog, qualified: bool) -> tuple[str, str]:
    """Return the scope that a key belongs to, and the key without the scope's name."""
    if not qualified:
        return next(iter(catalog)), token.key
    scope, dot, key = token.key.partition(".")
    if not dot or scope not in catalog:
        known = " or ".join(f"{name}.{key or scope}" for name in catalog)
        hint = did_you_mean(scope, catalog) if dot else ""
        problem = f"unknown scope {scope!r}" if dot else f"key {scope!r} names no scope"
        raise UnknownScopeError(f"{shown(token.raw)!r}: {problem}{hint or f'; write {known}'}")
    return scope, key
