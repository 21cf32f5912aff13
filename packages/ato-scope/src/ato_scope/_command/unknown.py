"""What is said of words that are unknown: what may be meant by them."""

from __future__ import annotations

from ato_adict import did_you_mean
from ato_scope._command.keys import quoted
from ato_scope._command.tokens import shown
from ato_scope._program import FORMATS, JOBS, SWEEP, SWITCHES, WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Collection, Mapping

    Catalog = Mapping[str, Collection[str]]

SWEEP_OPTIONS = (*SWITCHES, *JOBS)
OPTIONS = ("--help", SWEEP, *SWITCHES, JOBS[0])


def unknown_option(
    raw: str, views: Collection[str], keys: Collection[str], options: Collection[str] = ()
) -> str:
    """Return what to say of something that begins with a dash: mostly a key, or a view.

    Args:
        raw: What was typed.
        views: The names of views.
        keys: The keys that may be set.
        options: The options that the program has itself, as they are typed.
    """
    name, sign, value = raw.lstrip("-").partition("=")
    key, is_print = _named(name, keys), name == "print" and value in FORMATS
    if raw in SWEEP_OPTIONS:
        fix = f"; it goes with {SWEEP} key=value,value"
    elif sign and not (key or is_print) and name in (*WORDS, "help"):
        fix = f"; write {asked(name, value)}"
    elif name in WORDS or (name in views and not sign):
        fix = f"; write {quoted(raw.lstrip('-'))}, without dashes"
    elif name in FORMATS and not (key or sign):
        fix = f"; write print={name}"
    elif key or sign:
        may_be = "" if key else _meant(raw, views, keys, options)
        fix = may_be or f"; write {_assignment(key or name, value)}"
    else:
        fix = _meant(raw, views, keys, options) or f"; write {_assignment(name, '')}"
    return f"unknown option {shown(raw)!r}{fix}"


def asked(word: str, value: str) -> str:
    """Return how one of the program's own words is typed, which takes no sign."""
    return f"explain {quoted(value)}" if word == "explain" and shown(value) == value else word


def _named(name: str, keys: Collection[str]) -> str | None:
    """Return the key that an option names, `batch_size` for `batch-size` too."""
    return next((one for one in (name, name.replace("-", "_")) if one in keys), None)


def _assignment(key: str, value: str) -> str:
    text = f"{key or 'key'}={value or 'value'}"
    return quoted(text if shown(text) == text else "key=value")


def _meant(
    raw: str, views: Collection[str], keys: Collection[str], options: Collection[str]
) -> str:
    """Return what is closest; of an option with a value only what takes one."""
    name, sign, value = raw.lstrip("-").partition("=")
    spelled = {key: _assignment(key, value) for key in keys}
    if not sign:
        spelled.update({word: word for word in (*WORDS, *views)})
    for option in (*(() if sign else OPTIONS), *options):
        if _is_close(name, option.lstrip("-")):
            spelled[option.lstrip("-")] = option
    return did_you_mean(name, spelled, spelled)


def _is_close(typed: str, option: str) -> bool:
    """Whether an option may be meant: `--seed`, which may be a new key, is not `--sweep`."""
    from difflib import SequenceMatcher

    return option.startswith(typed) or SequenceMatcher(None, typed, option).ratio() > 0.7


def unknown_view(word: str, catalog: Catalog, qualified: bool, keys: Collection[str] = ()) -> str:
    """Return what to say of a word that is no view; it may be a key without a value.

    Args:
        word: What was typed.
        catalog: The names of the views of each scope, by the name of the scope.
        qualified: Whether views may be named with their scope.
        keys: The keys that may be set.
    """
    names = [name for views in catalog.values() for name in views]
    if qualified:
        names += [f"{scope}.{name}" for scope, views in catalog.items() for name in views]
    spelled = {key: _assignment(key, "") for key in keys}
    key, colon, value = word.partition(":")
    scope, dot, name = word.partition(".")
    owners = [f"{one}.{name}" for one, views in catalog.items() if qualified and name in views]
    if colon and key in spelled:
        fix = f"; did you mean {_assignment(key, value)!r}?"
    elif dot and owners and scope in catalog:
        fix = f"; {quoted(name)} is a view of another scope: write {quoted(owners[0])}"
    elif word in spelled:
        fix = f"; {quoted(word)} is a key: write {spelled[word]}, or explain {quoted(word)}"
    else:
        spelled.update({name: name for name in (*names, *WORDS, "help")})
        hint = did_you_mean(word, spelled, spelled)
        fix = hint or "; run with 'views' to list them, or write key=value to set a key"
    return f"unknown view {shown(word)!r}{fix}"
