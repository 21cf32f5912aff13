"""Programs that already use argparse: their parser's options become part of the config."""

from __future__ import annotations

import argparse

from ato_adict import ADict
from ato_scope._command.allot import Allotment, allot
from ato_scope._command.command import LOCAL_RANK
from ato_scope._command.tokens import Token
from ato_scope._command.unknown import unknown_option
from ato_scope._errors import ExpressionError, TokenError
from ato_scope._program import command_line, is_asked_for_words
from ato_scope._values.expressions import evaluate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Collection, Container, Iterator, Sequence

    from ato_scope._command.command import Command

    Parser = argparse.ArgumentParser
    Keep = Callable[[Parser, "Options"], None]
    Typed = list[argparse.Action]

MODES = ("error", "ignore", "merge")


class Options:
    """What a parser makes of a command line.

    Attributes:
        parser: The parser, or the subparser of the command that was typed.
        namespace: What the parser returns to a program.
        defaults: Every value of the parser, by its destination.
        given: The values that the user typed.
        unknown: The options that the parser does not have, and their texts.
        rest: The arguments that are not the parser's.
        arguments: The whole command line.
        are_left: Whether the program itself deals with what the parser does not know.
    """

    def __init__(self, found: Allotment, namespace: argparse.Namespace) -> None:
        self.parser: argparse.ArgumentParser = found.parser
        self.namespace: argparse.Namespace = namespace
        self.defaults: dict[str, Any] = {}
        self.given: dict[str, Any] = {}
        self.unknown: list[tuple[str, str | None]] = found.unknown
        self.rest: list[str] = found.ours
        self.are_left = False
        self.arguments: list[str] = []

    def sort_values(self, actions: list[argparse.Action], typed: Typed, preset: set[str]) -> None:
        """Sort the values of the namespace into defaults and what was typed.

        Args:
            actions: All actions of the parser.
            typed: Those that got something from the command line.
            preset: The names that the program has set itself.
        """
        self.defaults = dict(vars(self.namespace))
        names = {action.dest for action in typed}
        # An action of the program's own may set more than its destination.
        names |= set(self.defaults) - {action.dest for action in actions} - preset
        self.given = {name: self.defaults[name] for name in self.defaults if name in names}
        for action in reversed(actions):
            if action.dest not in self.given:
                continue
            if action.default is argparse.SUPPRESS:
                del self.defaults[action.dest]
            elif not (isinstance(action.default, str) and action.type):
                # Else the typed value stands in: converting a default may open a file.
                self.defaults[action.dest] = action.default

    def follow(self, before: Options) -> None:
        """Add what a parser before this one has taken and left the rest to this one."""
        self.defaults = {**before.defaults, **self.defaults}
        self.given = {**before.given, **self.given}
        if not all(argument in self.arguments for argument in before.rest):
            self.rest = [*before.rest, *self.rest]

    def check_known(
        self,
        strangers: Container[str],
        views: Collection[str],
        keys: Callable[[], Collection[str]],
    ) -> None:
        """Refuse an option that no parser knows.

        Raises:
            TokenError: There is one; the message names what may be meant.
        """
        for name, _ in self.unknown:
            if name in strangers:
                options = option_names(self.parser)
                raise TokenError(unknown_option(name, views, keys(), options))

    def add_to(self, command: Command, scope: str, unknown: str, strangers: Container[str]) -> None:
        """Add to a command what the parser took for the scope of this name.

        Args:
            command: Where to add it.
            scope: The name of the scope.
            unknown: What to do with options that it does not know: `error`, `ignore` or `merge`.
            strangers: The names of the options that no parser knows.

        Raises:
            TokenError: `unknown` is none of the three.
        """
        if unknown not in MODES:
            problem = f"unknown_external_literals is one of {', '.join(MODES)}, not {unknown!r}"
            raise TokenError(problem)
        strange = [pair for pair in self.unknown if pair[0] in strangers]
        command.defaults[scope] = ADict.unflatten(self.defaults)
        command.parsers[scope] = self.parser
        for dest, value in self.given.items():
            token = Token("option", dest, value, _spelling(self.parser, dest, value))
            command.assignments.append((scope, dest, token))
        for name, text in strange if unknown == "merge" else ():
            key = name.lstrip("-").replace("-", "_")
            token = Token("option", key, True if text is None else _literal(text), name)
            command.assignments.append((scope, key, token))


def read_options(
    parser: Parser,
    arguments: Sequence[str],
    known: Collection[str],
    namespace: Any = None,
    intermixed: bool = False,
) -> Options:
    """Let a parser take its options from a command line.

    Where that asks for help or for the manual, or a shell for words, nothing is parsed: what the
    parser requires need not be there.

    Args:
        parser: The parser; its own errors end the program as argparse does, see `prompt`.
        arguments: As the shell made them.
        known: The names of views.
        namespace: What the program gave its parser to fill in.
        intermixed: Whether options may stand between the words of one positional.
    """
    found = allot(parser, list(_spelled_local_rank(parser, arguments)), known)
    options = Options(found, argparse.Namespace() if namespace is None else namespace)
    options.arguments = list(arguments)
    preset = set(vars(options.namespace))
    if found.asks or is_asked_for_words():
        _fill_in_defaults(options.namespace, found.parser)
        typed: Typed = []
    else:
        parse = parser.parse_known_intermixed_args if intermixed else parser.parse_known_args
        typed, rest = _parse(parser, lambda: parse(found.own, options.namespace))
        options.rest += [argument for argument in rest if argument != "--"]
    options.sort_values(list(_actions(parser)), typed, preset.union(_set_defaults(parser)))
    return options


def _fill_in_defaults(namespace: argparse.Namespace, parser: Parser) -> None:
    for action in _actions(parser):
        if action.default is not argparse.SUPPRESS and not hasattr(namespace, action.dest):
            setattr(namespace, action.dest, action.default)


def _parse(parser: Parser, parse: Callable[[], Any]) -> tuple[Typed, list[str]]:
    """Parse once; return the actions that got something from the arguments, and what was left.

    argparse does not tell a default from a typed value that equals it, but it asks for the values
    of each action that it performs: these calls are noted.
    """
    typed: Typed = []
    parsers = list(parsers_of(parser))
    for each in parsers:
        each._get_values = _noting(each._get_values, typed)  # type: ignore[method-assign]
    try:
        _, rest = parse()
    except argparse.ArgumentError as error:  # of a parser with exit_on_error=False
        raise TokenError(str(error)) from None
    finally:
        for each in parsers:
            del each._get_values
    return typed, rest


def _noting(get_values: Callable[..., Any], typed: Typed) -> Callable[..., Any]:
    def get_and_note(action: argparse.Action, texts: list[str]) -> Any:
        if action.option_strings or any(text != "--" for text in texts):
            typed.append(action)
        return get_values(action, texts)

    return get_and_note


def parsers_of(parser: Parser) -> Iterator[Parser]:
    """Yield a parser and its subparsers, each once: a subcommand may have several names."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in {id(p): p for p in (action.choices or {}).values()}.values():
                yield from parsers_of(child)


def _actions(parser: Parser) -> Iterator[argparse.Action]:
    """Yield the actions of a parser, and of its subparsers, that have a value."""
    for each in parsers_of(parser):
        for action in each._actions:
            if action.dest not in (argparse.SUPPRESS, "help"):
                yield action


def _set_defaults(parser: Parser) -> Iterator[str]:
    for each in parsers_of(parser):
        yield from each._defaults


def _spelling(parser: Parser, dest: str, value: Any) -> str:
    """Return how an option is written; of `--x` and `--no-x` the one that gives the value."""
    for action in _actions(parser):
        if action.dest == dest and action.option_strings:
            names = [n for n in action.option_strings if not (value and n.startswith("--no-"))]
            return (names or action.option_strings)[-1]
    return dest


def _literal(text: str) -> Any:
    try:
        return evaluate(text, {})
    except ExpressionError:
        return text


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


# Scopes made with use_external_parser=True that wait for the program to parse.
_waiting: list[tuple[Keep, Collection[str]]] = []
_METHODS = (
    "parse_args",
    "parse_known_args",
    "parse_intermixed_args",
    "parse_known_intermixed_args",
)
_originals = {name: getattr(argparse.ArgumentParser, name) for name in _METHODS}


def capture_parser(keep: Keep, views: Collection[str]) -> None:
    """Hand the next parser that parses to `keep`, with what it made of its command line.

    After `parse_known_args` the one that parses what is left, too.

    `ArgumentParser.parse_args` and its siblings are replaced until then, so that tokens of ours,
    the names of `views` among them, are no errors to them.
    """
    _waiting.append((keep, views))
    for name in _METHODS:
        setattr(argparse.ArgumentParser, name, _capturing(name))


def stop_capturing() -> None:
    """Put the methods of `ArgumentParser` back."""
    _waiting.clear()
    for name, method in _originals.items():
        setattr(argparse.ArgumentParser, name, method)


def _capturing(name: str) -> Callable[..., Any]:
    """Return a method that parses as the one of this name, but leaves what is ours to the scope."""

    def parse(self: Parser, args: Any = None, namespace: Any = None) -> Any:
        waiting = list(_waiting)
        options = _capture(self, args, namespace, "intermixed" in name)
        if "known" not in name:
            return options.namespace
        options.are_left = True
        for keep, views in waiting:  # another parser may read what this one has left
            capture_parser(keep, views)
        unknown = [part for pair in options.unknown for part in pair if part is not None]
        return options.namespace, [*options.rest, *unknown]

    return parse


def _capture(parser: Parser, args: Any, namespace: Any, intermixed: bool) -> Options:
    waiting = list(_waiting)
    stop_capturing()
    known = [name for _, views in waiting for name in views]
    options = read_options(parser, command_line(args), known, namespace, intermixed)
    for keep, _ in waiting:
        keep(parser, options)
    return options


def check_choice(parser: Parser, key: str, value: Any) -> None:
    """Check a value that was typed for the key of an option against the choices of the option.

    Raises:
        TokenError: It is none of them.
    """
    for action in _actions(parser):
        if action.dest != key or action.choices is None or action.nargs == argparse.PARSER:
            continue
        is_list = action.nargs is not None and isinstance(value, (list, tuple))
        for item in value if is_list else [value]:
            if item is not None and item not in action.choices:
                listed = ", ".join(map(repr, action.choices))
                raise TokenError(f"{item!r} is not one of {listed}")


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
    """Return the help text of each destination that has one and is a key."""
    actions = [a for a in _actions(parser) if a.help and a.help is not argparse.SUPPRESS]
    return {a.dest: a.help or "" for a in actions if a.dest != "version" or a.nargs != 0}


def option_names(parser: Parser) -> list[str]:
    """Return the options of a parser as they are typed."""
    return [name for action in parser._actions for name in action.option_strings]


def key_choices(parser: Parser) -> list[tuple[str, Any]]:
    """Return the values that the keys of options may have, none of a key that may have any."""
    actions = [a for a in _actions(parser) if a.choices and a.nargs in (None, argparse.OPTIONAL)]
    return [(action.dest, choice) for action in actions for choice in action.choices or ()]


def option_choices(parser: Parser, option: str) -> list[str]:
    """Return the values that an option may have, none where any is allowed."""
    for action in parser._actions:
        if option in action.option_strings:
            return [str(choice) for choice in action.choices or ()]
    return []
