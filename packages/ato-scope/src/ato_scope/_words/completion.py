"""What the shell offers for a program: views, keys, values, words and options.

Two ways of asking are understood. The scripts of `ato completion` set `_ATO_COMPLETE` and give the
words before the cursor as arguments; what they offer is printed. argcomplete sets `_ARGCOMPLETE`.
"""

from __future__ import annotations

import itertools
import os
import sys

from ato_adict.surroundings import is_typable, print_offers, shown
from ato_scope import _command
from ato_scope._command.keys import end_of_key, joined
from ato_scope._errors import ExpressionError, ScopeError
from ato_scope._history.explain import leaves
from ato_scope._program import COMPLETION, JOBS, SWEEP, SWITCHES, WORDS
from ato_scope._values.expressions import evaluate
from ato_scope._views.order import order_views

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any, Callable, Iterable, Iterator, List, NoReturn, Sequence

    from ato_scope._state import Member

    Build = Callable[[List[str]], Any]

OPTIONS = (SWEEP, JOBS[0], *SWITCHES, "--help")
LONGEST_VALUE = 500
FILES = (".yaml", ".yml", ".json", ".toml", ".xyz")


def complete(scopes: Sequence[Member], qualified: bool, build: Build) -> NoReturn:
    """Answer the shell's request for completions and end, without running the program.

    Args:
        scopes: What may be asked for.
        qualified: Whether names start with that of their scope.
        build: Makes the drafts from words, for the keys that views set.
    """
    if COMPLETION in os.environ:
        *before, prefix = sys.argv[1:] or [""]
        print_offers(offered(prefix, before, scopes, qualified, build))
        os._exit(0)  # nothing that the program would do at its end
    _argcomplete(scopes, qualified, build)


def _argcomplete(scopes: Sequence[Member], qualified: bool, build: Build) -> NoReturn:
    try:
        import argcomplete
    except ImportError:
        # Never run a program because somebody pressed the tabulator key.
        sys.exit(1)
    import argparse

    parser = argparse.ArgumentParser(
        parents=_parsers(scopes),
        add_help=False,
        conflict_handler="resolve",
        prog=os.path.basename(sys.argv[0]),
    )
    for option in OPTIONS:
        parser.add_argument(option, action="store_true")
    words: Any = parser.add_argument("words", nargs="*")

    def completer(prefix: str, parsed_args: Any, **_: Any) -> list[str]:
        before = getattr(parsed_args, "words", None) or ()
        return candidates(prefix, before, scopes, qualified, build)

    words.completer = completer
    argcomplete.autocomplete(parser, always_complete_options=False)
    sys.exit(0)


def _parsers(scopes: Sequence[Member]) -> list[argparse.ArgumentParser]:
    return [scope.state.parser for scope in scopes if scope.state.parser is not None]


def offered(
    prefix: str,
    before: Sequence[str],
    scopes: Sequence[Member],
    qualified: bool,
    build: Build,
) -> list[str]:
    """Return what may stand where `prefix` was typed, options and their values too."""
    found = _options(prefix, before, scopes)
    if found is not None:
        return [option for option in found if option.startswith(prefix) and is_typable(option)]
    return candidates(prefix, before, scopes, qualified, build)


def _options(prefix: str, before: Sequence[str], scopes: Sequence[Member]) -> Iterable[str] | None:
    """Return options, or values of one; None where neither is typed."""
    parsers = _parsers(scopes)
    if before and before[-1].startswith("-"):
        values = [v for parser in parsers for v in _command.option_choices(parser, before[-1])]
        if values:
            return values
    if prefix.startswith("-"):
        name, sign, _ = prefix.partition("=")
        if sign:  # --mode=f, one word
            choices = [v for parser in parsers for v in _command.option_choices(parser, name)]
            return [f"{name}={choice}" for choice in choices]
        known = [option for parser in parsers for option in _command.option_names(parser)]
        return (*known, *OPTIONS)
    return None


def candidates(
    prefix: str,
    before: Sequence[str],
    scopes: Sequence[Member],
    qualified: bool,
    build: Build,
) -> list[str]:
    """Return the views, keys and words that may stand where `prefix` was typed."""
    if prefix.startswith("@"):
        return list(filter(is_typable, _files(prefix[1:])))
    explains = "explain" in before
    found = [] if explains else list(WORDS)
    drafts = _built(build, before)
    for scope in scopes:
        start = f"{scope.name}." if qualified else ""
        found += [start + view.name for view in order_views(scope.views, list(scope.views))]
        if scope.name in drafts:
            config = drafts[scope.name].config
            if explains:
                found += [level for key, _ in leaves(config) for level in _levels(start + key)]
                continue
            place = (scope.name,) if qualified else ()
            if prefix.startswith("~"):
                found += [f"~{key}" for key in _removable(config, place)]
            else:
                found += _settings(config, place, prefix)
                found += _choices(scope, start)
    begun = [word for word in found if word.startswith(prefix) and is_typable(word)]
    return [word for word in begun if _fits(word, prefix, explains)]


def _files(prefix: str) -> Iterator[str]:
    """Yield the config files, and the folders, that begin so: `@configs/`, `@base.yaml`."""
    folder, name = os.path.split(prefix)
    try:
        entries = sorted(os.scandir(folder or os.curdir), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(name) and not entry.name.startswith("."):
            path = f"@{os.path.join(folder, entry.name)}"
            if entry.is_dir():
                yield path + "/"
            elif entry.name.lower().endswith(FILES):
                yield path


def _removable(node: Any, keys: tuple[Any, ...]) -> Iterator[str]:
    """Yield the keys and groups below a place, as they are typed: `model`, `model.name`."""
    for key, value in dict.items(node):
        place = (*keys, key)
        name = joined(place)
        if name is not None:
            yield name
        if isinstance(value, dict):
            yield from _removable(value, place)


def _settings(node: Any, keys: tuple[Any, ...], prefix: str) -> Iterator[str]:
    """Yield what sets each key below a place, as it is typed: `lr=`, `opt["weight decay"]=`."""
    for key, value in dict.items(node):
        place = (*keys, key)
        if isinstance(value, dict) and value:
            yield from _settings(value, place, prefix)
            continue
        name = joined(place)
        if name is not None:  # else it can only be set by the program
            yield f"{name}="
            if prefix.startswith(name):
                yield from _values(name, value)


def _choices(scope: Member, start: str) -> list[str]:
    """Return what sets the keys of options that may have only certain values."""
    if scope.state.parser is None:
        return []
    choices = _command.key_choices(scope.state.parser)
    return [word for key, choice in choices for word in _values(start + key, choice)]


def _levels(key: str) -> list[str]:
    """Return a key after the groups that it is in: `model`, `model.name`."""
    parts = key.split(".")
    return [".".join(parts[: n + 1]) for n in range(len(parts))]


def _fits(word: str, prefix: str, explains: bool) -> bool:
    """Offer values only once the key is typed, and to `explain` no keys to be set before that."""
    if end_of_key(prefix) >= 0 or prefix.endswith(":"):
        return word != prefix
    sign = end_of_key(word)
    return sign < 0 or (not explains and sign == len(word) - 1)


def _values(key: str, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [f"{key}=True", f"{key}=False"]
    if isinstance(value, str):
        return [f"{key}:={value}"]
    if isinstance(value, (list, tuple)):
        text = shown(value)
        return [f"{key}={text}"] if _is_literal(text) else []
    return [f"{key}={shown(value)}"] if isinstance(value, (int, float)) else []


def _is_literal(text: str) -> bool:
    """Whether a list is written so that it is read as itself, and short enough to be typed."""
    try:
        return len(text) <= LONGEST_VALUE and repr(evaluate(text, {})) == text
    except ExpressionError:
        return False


def _built(build: Build, before: Sequence[str]) -> Any:
    """Return the drafts that the words before make, as many of them as can be read."""
    words = list(itertools.takewhile(lambda word: word != "explain", before))
    words = [word for word in words if word not in WORDS and not word.startswith("-")]
    views = [word for word in words if end_of_key(word) < 0]
    for given in (words, views, []):
        try:
            return build(given)
        except ScopeError:  # the line is half typed
            continue
    return {}  # its views are offered all the same
