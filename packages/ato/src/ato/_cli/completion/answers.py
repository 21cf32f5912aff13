"""What may follow the words of an `ato` command that is being typed."""

from __future__ import annotations

import argparse

from ato_adict.surroundings import print_offers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Iterator, Sequence

    from ato_sql.comparing import Stored

VARIABLE = "_ATO_COMPLETE"
_RUNS = ("run_id", "run_a", "run_b", "runs", "run_ids", "chosen")
_METRICS = ("metric", "key")
_RUN_FIELDS = ("id", "status", "start_time", "end_time", "user_name", "host")


def answer(parser: argparse.ArgumentParser, words: Sequence[str]) -> int:
    """Print what may stand in place of the last word.

    Args:
        parser: of the command `ato`.
        words: after `ato`, up to the cursor.
    """
    *before, prefix = words or [""]
    print_offers(one for one in _offered(parser, before, prefix) if one.startswith(prefix))
    return 0


def _offered(parser: argparse.ArgumentParser, before: Sequence[str], prefix: str) -> Iterable[str]:
    commands = _commands(parser)
    place = next((n for n, word in enumerate(before) if word in commands), None)
    if place is None:
        return _options(parser) if prefix.startswith("-") else [*commands, "help"]
    command, rest = commands[before[place]], before[place + 1 :]
    if "help" in before[:place]:
        return []
    typed = _Typed(command, rest)
    if typed.waiting is not None:
        return _values(typed.waiting, typed, prefix)
    if prefix.startswith("-"):
        name, sign, begun = prefix.partition("=")
        option = command._option_string_actions.get(name) if sign else None
        if option is not None:  # --project=digits, one word
            return [f"{name}={value}" for value in _values(option, typed, begun)]
        return _options(command)
    action = typed.next_positional()
    return [] if action is None else _values(action, typed, prefix)


def _commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        yield from (name for name in action.option_strings if name.startswith("--"))


class _Typed:
    """The words after a command, allotted to its arguments.

    Attributes:
        values: what was given, by destination.
        waiting: the option whose value comes next, None where there is none.
    """

    def __init__(self, command: argparse.ArgumentParser, words: Sequence[str]) -> None:
        self.values: dict[str, str] = {}
        self.waiting: Any = None
        self._number = 0
        options = {name: one for one in command._actions for name in one.option_strings}
        self._positionals = [one for one in command._actions if not one.option_strings]
        for word in words:
            if self.waiting is not None:
                self.values[self.waiting.dest] = word
                self.waiting = None
            elif word in options:
                self.waiting = options[word] if options[word].nargs is None else None
            elif not word.startswith("-"):
                action = self.next_positional()
                if action is not None:
                    self.values[action.dest] = word
                self._number += 1

    def next_positional(self) -> Any:
        """Return the argument that a word would be for; the last one may take several."""
        if self._number < len(self._positionals):
            return self._positionals[self._number]
        last = self._positionals[-1] if self._positionals else None
        return last if last is not None and last.nargs in ("*", "+") else None


def _values(action: Any, typed: _Typed, prefix: str) -> Iterable[str]:
    if action.choices is not None:
        return map(str, action.choices)
    asked = _questions().get(action.dest)
    if asked is None:
        return []  # the shell offers files
    try:
        from ato_sql.cli import open_stored

        return list(asked(open_stored(typed.values.get("db")), typed, prefix))
    except Exception:  # no database, none that can be read: nothing to offer
        return []


def _questions() -> dict[str, Callable[[Stored, _Typed, str], Iterable[str]]]:
    return {
        **dict.fromkeys(_RUNS, _runs),
        **dict.fromkeys(_METRICS, _metrics),
        "project": lambda stored, *_: stored.projects(),
        **dict.fromkeys(("tag", "tags", "remove"), lambda stored, *_: stored.tags()),
        "sort": _fields,
        "where": _fields,
    }


def _runs(stored: Stored, typed: _Typed, prefix: str) -> Iterator[str]:
    if prefix.startswith("best:"):
        sign = "-" if prefix.startswith("best:-") else ""
        yield from (f"best:{sign}{metric}" for metric in stored.metrics())
        return
    for number, name in stored.run_names():
        yield str(number) if prefix.isdigit() else str(name or number)
    yield from ("last", "best:")


def _metrics(stored: Stored, typed: _Typed, prefix: str) -> Iterator[str]:
    yield from stored.metrics(typed.values.get("project"))


def _fields(stored: Stored, typed: _Typed, prefix: str) -> Iterator[str]:
    project = typed.values.get("project")
    for metric in stored.metrics(project):
        yield from (f"metric.{metric}.{statistic}" for statistic in ("last", "min", "max"))
    yield from (f"config.{key}" for key in stored.keys(project))
    yield from _RUN_FIELDS
