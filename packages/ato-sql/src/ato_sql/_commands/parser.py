"""The parser of a command with subcommands: what is wrong is one line that says what was meant."""

from __future__ import annotations

import argparse
import sys
from shlex import quote
from typing import Any, Iterable, NoReturn, Sequence

from ato_adict import did_you_mean

LONGEST_LINE = 2000
# What shells and other tools call a command.
_AS_ELSEWHERE = {
    **dict.fromkeys(("ls", "list", "ps", "history", "status", "experiments"), "runs"),
    **dict.fromkeys(("info", "describe", "get", "view", "inspect", "cat"), "show"),
    **dict.fromkeys(("rm", "remove", "del", "drop"), "delete"),
    **dict.fromkeys(("server", "serve", "dashboard", "board", "web", "gui"), "ui"),
    **dict.fromkeys(("log", "logs", "watch", "follow"), "tail"),
    **dict.fromkeys(("reproduce", "repro", "rerun", "check"), "verify"),
    **dict.fromkeys(("explain", "blame"), "why"),
    "cp": "backup",
    "mv": "rename",
    **dict.fromkeys(("prune", "clean", "cleanup", "vacuum"), "gc"),
    "top": "best",
    **dict.fromkeys(("sync", "pull"), "merge"),
    "migrate": "upgrade",
}


class CommandParser(argparse.ArgumentParser):
    """A parser that says in one line what is wrong, exit code 2.

    `help` is a word: alone, before a command and after one.
    """

    __module__ = "ato_sql.cli"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._commands: dict[str, CommandParser] = {}
        self._words: Sequence[str] = ()

    def add_commands(self) -> argparse._SubParsersAction[Any]:
        """Return what the subcommands are added to."""
        found: Any = self.add_subparsers(title="commands", metavar="COMMAND", dest="command")
        self._commands = found.choices
        return found  # type: ignore[no-any-return]

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end the program."""
        if "arguments are required" in message or "ignored explicit argument" in message:
            # An option that there is not is the likelier mistake; -help is taken for -h elp.
            self._check_options(self._words)
        if message.endswith("expected one argument"):
            message += self._glued(message.split()[1].rstrip(":").split("/"))
        print(f"{self.prog}: {one_line(message)} (see {self.prog} --help)", file=sys.stderr)
        raise SystemExit(2)

    def _glued(self, names: Sequence[str]) -> str:
        """Say how an option of these names takes a value that begins with `-`, if one follows."""
        for name, value in zip(self._words, self._words[1:]):
            if name in names and value[:1] == "-" and value not in self._option_string_actions:
                return f"; one that begins with - is written {quote(f'{name}={value}')}"
        return ""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse the words after the command; see `argparse.ArgumentParser.parse_args`."""
        words = self._helped(list(sys.argv[1:] if args is None else args))
        if self._commands:
            self._check_beginning(words)
        options, rest = self.parse_known_args(words, namespace)
        if rest:
            self._refuse(options, rest)
        return options

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse the words that there is something for; see `argparse.ArgumentParser`."""
        self._words = () if args is None else list(args)
        return super().parse_known_args(args, namespace)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print help; argparse would keep to itself that it cannot be written."""
        if message and (file or sys.stderr) is not None:
            (file or sys.stderr).write(message)

    def _helped(self, words: list[str]) -> list[str]:
        """Return the words with `--help` where `help` asks for it."""
        if words[:1] == ["help"]:  # what follows the command has no say
            return [*[word for word in words if word != "help"][:1], "--help"]
        if words[1:] == ["help"] and words[0] in self._commands:
            return [words[0], "--help"]
        return words

    def _check_beginning(self, words: Sequence[str]) -> None:
        """Raise where no command comes first."""
        first = words[0] if words else ""
        if not words:
            example = "runs" if "runs" in self._commands else next(iter(self._commands))
            self.error(f"a command is needed, such as {self.prog} {example}")
        if not first.startswith("-") or first.partition("=")[0] in self._option_string_actions:
            return
        name = first.partition("=")[0]
        owners = [
            one for one, parser in self._commands.items() if name in parser._option_string_actions
        ]
        if owners:
            named = [word for word in words if word in self._commands]
            command = next((word for word in named if word in owners), owners[0])
            others = [word for word in words if word != command]
            meant = " ".join([self.prog, *map(quote, [command, *others])])
            self.error(f"{name} stands after a command: {meant}")
        known = {option for one in self._commands.values() for option in _options(one)}
        self.error(_no_option(name, [*self._option_string_actions, *sorted(known)]))

    def _refuse(self, options: argparse.Namespace, rest: Sequence[str]) -> NoReturn:
        """Say which argument is one too many, and what it may have been meant for."""
        command = self._commands.get(getattr(options, "command", None) or "", self)
        command._check_options(rest)
        command.error(f"{rest[0]!r} is one argument too many")

    def _check_options(self, words: Sequence[str]) -> None:
        """Raise where one of the words is an option that there is not."""
        known = list(self._option_string_actions)
        for word in words:
            name = word.partition("=")[0]
            if name == "--":
                return
            if name[:1] != "-" or self._negative_number_matcher.match(name):
                continue
            if not any(one.startswith(name) for one in known if name[:2] == "--" or one == name):
                self.error(_no_option(name, _options(self)))

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        choices = [str(choice) for choice in action.choices]
        is_command = isinstance(action, argparse._SubParsersAction)
        hint = did_you_mean(str(value), [*choices, "help"] if is_command else choices)
        if is_command:
            other = _AS_ELSEWHERE.get(str(value).lower())
            hint = f"; did you mean '{other}'?" if other in choices else hint
            raise argparse.ArgumentError(None, f"there is no command {value!r}{hint}")
        raise argparse.ArgumentError(action, f"{value!r} is none of {', '.join(choices)}{hint}")


def _no_option(name: str, known: Iterable[str]) -> str:
    """Say that there is no such option; dashes, which all have, make none alike."""
    spelled = {option.lstrip("-"): option for option in known}
    if name.lstrip("-") in spelled:  # `-json`
        return f"there is no option {name}; did you mean '{spelled[name.lstrip('-')]}'?"
    return f"there is no option {name}{did_you_mean(name.lstrip('-'), spelled, spelled)}"


def _options(parser: argparse.ArgumentParser) -> list[str]:
    return [name for name in parser._option_string_actions if name.startswith("--")]


def one_line(text: str) -> str:
    """Return text of others as one line that a terminal can show."""
    from ato_adict.surroundings import escaped

    return escaped(" ".join(text.split()), LONGEST_LINE)
