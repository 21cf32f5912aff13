"""Whose argument is whose: the parser's options, their values and its words, or tokens of ours."""

from __future__ import annotations

import argparse
import re

from ato_adict import did_you_mean
from ato_scope._command.tokens import joined
from ato_scope._program import HELP, is_word, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Collection, Optional, Sequence, Tuple

    Parser = argparse.ArgumentParser
    Found = Optional[Tuple[argparse.Action, bool]]

# `key=`, `a.b:=`, `layers[0]+=`: what no word of a parser looks like. Paths and addresses differ.
_ASSIGNMENT = re.compile(r"[^\W\d][\w.-]*(?:\[[^\]]*\][\w.]*)*[-+*/|:@%&^]{0,2}=")


class Allotment:
    """The arguments of a command line, by who reads them.

    Attributes:
        own: The parser's, in order: options with their values, and words in the place of one.
        ours: Tokens, and words that name views.
        unknown: Options that the parser does not have, with their texts.
        parser: The parser of the subcommand that was asked for; else the parser itself.
        asks: Whether they ask for help, or for one of our words that needs nothing else.
    """

    def __init__(self, parser: Parser) -> None:
        self.own: list[str] = []
        self.ours: list[str] = []
        self.unknown: list[tuple[str, str | None]] = []
        self.parser = parser
        self.asks = False


def allot(parser: Parser, arguments: Sequence[str], known: Collection[str]) -> Allotment:
    """Tell apart what the parser reads from what we read.

    An option takes the values that argparse would give it. Elsewhere an assignment, a file, a
    deletion and the name of a view are ours, unless the parser lists that name as a choice.
    Everything behind `--` is the parser's.

    Args:
        parser: The parser.
        arguments: As the shell made them.
        known: The names of views.
    """
    found = Allotment(parser)
    explains = False
    position = 0
    while position < len(arguments):
        argument = arguments[position]
        start, position = position, position + 1
        if argument == "--":
            found.own += arguments[start:]
            break
        if _is_option(found.parser, argument):
            position = _take_option(found, arguments, start, known)
        elif _is_choice(found.parser, argument):
            found.own.append(argument)
            found.parser = _subparsers(found.parser).get(argument, found.parser)
        elif explains or not _has_words(found.parser) or _is_ours(found.parser, argument, known):
            token, used = joined(arguments, start)
            found.ours.append(token)
            position = start + used
            explains = explains or argument == "explain"
            found.asks = found.asks or argument in ("manual", "views")
        else:
            found.own.append(argument)
            _say_what_it_resembles(argument, known)
    return found


def _say_what_it_resembles(argument: str, known: Collection[str]) -> None:
    """Warn of a word for the parser that may be a misspelled view."""
    hint = did_you_mean(argument, known) if argument.isidentifier() else ""
    if hint:
        say(f"warning: {argument!r} goes to the argparse parser, it is no view{hint}")


def _is_ours(parser: Parser, argument: str, known: Collection[str]) -> bool:
    """Whether an argument reads as a view, a word or a token of ours."""
    if argument in known or _is_word(parser, argument):
        return True
    is_file = argument[:1] in "~@" and len(argument) > 1
    if is_file and argument[0] not in (parser.fromfile_prefix_chars or ""):
        return True
    return _ASSIGNMENT.match(argument) is not None


def _has_words(parser: Parser) -> bool:
    """Whether the parser reads anything but options."""
    has_positionals = any(not action.option_strings for action in parser._actions)
    return has_positionals or bool(parser.fromfile_prefix_chars)


def _is_choice(parser: Parser, argument: str) -> bool:
    words = [action for action in parser._actions if not action.option_strings]
    return any(action.choices and argument in map(str, action.choices) for action in words)


def _subparsers(parser: Parser) -> dict[str, Parser]:
    found: dict[str, Parser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found.update(action.choices or {})
    return found


# -- options ---------------------------------------------------------------------------------------


def _is_option(parser: Parser, argument: str) -> bool:
    """Whether argparse takes an argument for an option, of this parser or unknown."""
    if len(argument) < 2 or argument[0] not in parser.prefix_chars:
        return False
    if argument in parser._option_string_actions:
        return True
    if parser._negative_number_matcher.match(argument):
        return bool(parser._has_negative_number_optionals)
    return " " not in argument.partition("=")[0]


def _is_word(parser: Parser, argument: str) -> bool:
    """Whether an argument is a word of ours; `help` is not where the parser waits for words."""
    if argument == "help" and parser._get_positional_actions():
        return False
    return is_word(argument)


def _take_option(
    found: Allotment, arguments: Sequence[str], start: int, known: Collection[str]
) -> int:
    """Allot the option at `start` and its values; return the position behind them."""
    option = arguments[start]
    match = _find(found.parser, option)
    if option in HELP if match is None else isinstance(match[0], argparse._HelpAction):
        found.ours.append("--help")
        found.asks = True
        return start + 1
    if match is None:
        return _take_unknown(found, arguments, start, known)
    action, is_attached = match
    end = start + 1
    if not is_attached:
        end += _count_values(found.parser, action, arguments[start + 1 :], known)
    found.own += arguments[start:end]
    return end


def _take_unknown(
    found: Allotment, arguments: Sequence[str], start: int, known: Collection[str]
) -> int:
    name, sign, value = arguments[start].partition("=")
    end = start + 1
    text: str | None = value if sign else None
    if not sign and end < len(arguments) and _is_value(found.parser, arguments[end], known):
        text, end = arguments[end], end + 1
    found.unknown.append((name, text))
    return end


def _is_value(parser: Parser, argument: str, known: Collection[str]) -> bool:
    if _is_option(parser, argument) or (argument != "help" and is_word(argument)):
        return False
    return argument[:1] not in "@~" and "=" not in argument and argument not in known


def _find(parser: Parser, option: str) -> Found:
    """Return the action that an option stands for, and whether its value is part of it."""
    table = parser._option_string_actions
    if option in table:
        return table[option], False
    name, sign, _ = option.partition("=")
    if sign and name in table:
        return table[name], True
    if option[:1] in parser.prefix_chars and option[1:2] not in parser.prefix_chars:
        found = _find_short(parser, option)
        if found:
            return found
    if getattr(parser, "allow_abbrev", True) and name:
        for string, action in table.items():
            if string.startswith(name):
                return action, bool(sign)
    return None


def _find_short(parser: Parser, option: str) -> Found:
    """Return the last action of `-vvn` or `-n5`, and whether its value is part of it."""
    table = parser._option_string_actions
    rest = option[1:]
    while rest and option[0] + rest[0] in table:
        action, rest = table[option[0] + rest[0]], rest[1:]
        if action.nargs != 0 or not rest:
            return action, bool(rest)
    return None


def _count_values(
    parser: Parser, action: argparse.Action, following: Sequence[str], known: Collection[str]
) -> int:
    """Return how many of the following arguments are values of an option."""
    if action.nargs == argparse.REMAINDER:
        return len(following)
    count = 0
    for argument in following:
        if argument == "--" or _is_option(parser, argument):
            break
        count += 1
    if action.nargs == argparse.OPTIONAL:
        # Its value may be left out, so that a view or a token behind it is meant as one.
        count = min(count, 1)
        return 0 if count and _is_ours(parser, following[0], known) else count
    if action.nargs in (argparse.ZERO_OR_MORE, argparse.ONE_OR_MORE):
        return count
    return min(count, 1 if action.nargs is None else int(action.nargs))
