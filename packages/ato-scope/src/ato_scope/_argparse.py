"""Programs that already use argparse: their parser's options become part of the config."""

from __future__ import annotations

import argparse

from ato_scope._errors import ExpressionError, TokenError
from ato_scope._expressions import evaluate
from ato_scope._host import command_line
from ato_scope._tokens import Token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Container, Iterator, Sequence

    from ato_scope._command import Command
    from ato_scope._scope import Scope

    Parser = argparse.ArgumentParser
    Keep = Callable[[Parser, "list[str] | None"], None]

MODES = ("error", "ignore", "merge")
HELP = ("-h", "--help")
LOCAL_RANK = ("--local-rank", "--local_rank")


class Options:
    """What a parser makes of a command line.

    Attributes:
        defaults: Every value of the parser, by its destination.
        given: The values that the user typed.
        rest: The arguments that are not the parser's.
        merged: The unknown options and their texts, in mode `merge`.
    """

    def __init__(self) -> None:
        self.defaults: dict[str, Any] = {}
        self.given: dict[str, Any] = {}
        self.rest: list[str] = []
        self.merged: list[tuple[str, str | None]] = []


def read_options(
    parser: Parser, arguments: Sequence[str], unknown: str, known: Container[str]
) -> Options:
    """Let a parser take its options from a command line.

    Args:
        parser: The parser; its own errors end the program as argparse does.
        arguments: As the shell made them.
        unknown: What to do with options it does not know: `error`, `ignore` or `merge`.
        known: The words that are no values of unknown options: names of views.

    Raises:
        TokenError: An option is unknown, in mode `error`.
    """
    if unknown not in MODES:
        raise TokenError(f"unknown_external_literals is one of {', '.join(MODES)}, not {unknown!r}")
    options = Options()
    help_words = [a for a in arguments if a in HELP]
    own = [a for a in _spelled_local_rank(parser, arguments) if a not in HELP]
    actions = list(_actions(parser))
    if help_words:
        options.defaults, rest = {a.dest: a.default for a in actions}, own
    else:
        namespace, _ = parser.parse_known_args(own)
        blank = argparse.Namespace(**{action.dest: None for action in actions})
        blank, rest = parser.parse_known_args(own, blank)
        options.defaults = dict(vars(namespace))
        for action in _given(actions, blank):
            options.given[action.dest] = options.defaults[action.dest]
            options.defaults[action.dest] = _default(action)
    _sort_rest(options, rest, unknown, known)
    options.rest += help_words
    return options


def read_into(
    command: Command, scope: Scope, parser: Parser, arguments: Sequence[str]
) -> list[str]:
    """Add to `command` what the parser of a scope takes; return the other arguments."""
    options = read_options(parser, arguments, scope.unknown_external_literals, scope.views)
    command.defaults[scope.name] = nested(options.defaults)
    for dest, value in options.given.items():
        token = Token("option", dest, value, _spelling(parser, dest))
        command.assignments.append((scope.name, dest, token))
    for name, text in options.merged:
        key = name.lstrip("-").replace("-", "_")
        token = Token("option", key, True if text is None else _literal(text), name)
        command.assignments.append((scope.name, key, token))
    return options.rest


def nested(values: dict[str, Any]) -> dict[str, Any]:
    """Return values by destinations with dots as levels."""
    levels: dict[str, Any] = {}
    for dest, value in values.items():
        *path, last = dest.split(".")
        level = levels
        for part in path:
            level = level.setdefault(part, {})
        level[last] = value
    return levels


def _spelling(parser: Parser, dest: str) -> str:
    for action in _actions(parser):
        if action.dest == dest and action.option_strings:
            return action.option_strings[-1]
    return dest


def _literal(text: str) -> Any:
    try:
        return evaluate(text, {})
    except ExpressionError:
        return text


def _actions(parser: Parser) -> Iterator[argparse.Action]:
    """Yield the actions of a parser, and of its subparsers, that have a value."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name in action.choices or ():
                yield from _actions(action.choices[name])
        if action.dest is not argparse.SUPPRESS and action.dest != "help":
            yield action


def _given(
    actions: Sequence[argparse.Action], namespace: argparse.Namespace
) -> Iterator[argparse.Action]:
    """Yield the actions whose value the user typed: it differs from blank, and from a default."""
    for action in actions:
        value = getattr(namespace, action.dest, None)
        is_filled_in = value == action.default and not action.option_strings
        if value is not None and not is_filled_in:
            yield action


def _default(action: argparse.Action) -> Any:
    """Return a default as the parser would have converted it."""
    if isinstance(action.default, str) and callable(action.type):
        return action.type(action.default)
    return None if action.default is argparse.SUPPRESS else action.default


def _spelled_local_rank(parser: Parser, arguments: Sequence[str]) -> Iterator[str]:
    """Spell the option that launchers of torch add as the parser spells it; else leave it out."""
    for argument in arguments:
        name, sign, value = argument.partition("=")
        if name not in LOCAL_RANK:
            yield argument
            continue
        for spelling in LOCAL_RANK:
            if spelling in parser._option_string_actions:
                yield spelling + sign + value
                break
        else:
            if not sign:
                yield argument


def _sort_rest(options: Options, rest: Sequence[str], unknown: str, known: Container[str]) -> None:
    position = 0
    while position < len(rest):
        argument = rest[position]
        position += 1
        if not argument.startswith("-") or argument in HELP:
            options.rest.append(argument)
            continue
        if unknown == "error":
            raise TokenError(f"unknown option {argument!r}; see --help")
        name, sign, value = argument.partition("=")
        text: str | None = value if sign else None
        if not sign and position < len(rest) and _is_value(rest[position], known):
            text = rest[position]
            position += 1
        if unknown == "merge":
            options.merged.append((name, text))


def _is_value(argument: str, known: Container[str]) -> bool:
    return argument[:1] not in "-@~" and "=" not in argument and argument not in known


# Scopes made with use_external_parser=True that wait for the program to parse.
_waiting: list[Keep] = []
_parse_args = argparse.ArgumentParser.parse_args


def capture_parser(keep: Keep) -> None:
    """Hand the next parser that parses to `keep`, together with arguments given explicitly.

    `ArgumentParser.parse_args` is replaced until then, so that tokens of ours are no errors to it.
    """
    _waiting.append(keep)
    argparse.ArgumentParser.parse_args = _capturing  # type: ignore[method-assign]


def stop_capturing() -> None:
    """Put `ArgumentParser.parse_args` back."""
    _waiting.clear()
    argparse.ArgumentParser.parse_args = _parse_args  # type: ignore[method-assign]


def _capturing(self: Parser, args: Any = None, namespace: Any = None) -> Any:
    """Parse, leaving tokens of ours and `--help` for the scope."""
    waiting = list(_waiting)
    stop_capturing()
    for keep in waiting:
        keep(self, None if args is None else list(args))
    arguments = command_line(args)
    if any(a in HELP for a in arguments):
        return argparse.Namespace(**{a.dest: a.default for a in _actions(self)})
    return self.parse_known_args(list(_spelled_local_rank(self, arguments)), namespace)[0]


def view_source(parser: Parser, scope: str) -> str:
    """Return the source of a view that sets the defaults of a parser."""
    lines = ["@scope.observe(default=True)", f"def argparse({scope}):"]
    for action in _actions(parser):
        if action.default is argparse.SUPPRESS:
            continue
        comment = f"  # {' '.join(action.help.split())}" if action.help else ""
        lines.append(f"    {scope}.{action.dest} = {action.default!r}{comment}")
    return "\n".join(lines if len(lines) > 2 else [*lines, "    pass"])


def help_texts(parser: Parser) -> dict[str, str]:
    """Return the help text of each destination that has one."""
    return {a.dest: a.help for a in _actions(parser) if a.help and a.help is not argparse.SUPPRESS}
