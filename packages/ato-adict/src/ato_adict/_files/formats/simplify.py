"""Making sure a format can hold a config, before anything is written."""

from __future__ import annotations

import os

from ato_adict._basics.errors import AtoError, ConversionError
from ato_adict._basics.repeats import LONG, count_repeat, repeats_counted
from ato_adict._basics.texts import a_kind, cut, in_line, kind_name
from ato_adict._files.formats.scalars import NotPlainError, is_scalar, plain_scalar
from ato_adict._names.depth import nesting_error
from ato_adict._names.dotted import join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

    Check = Callable[[Any], Optional[str]]


_BASICS: dict[type, Callable[[Any], Any]] = {
    str: str.__str__,
    int: int.__int__,
    float: float.__float__,
    set: set,
}


class Rules:
    """What a format can hold.

    Args:
        name: The format, for messages.
        leaves: Exact type to a check that returns what is wrong with a value, or None.
        keys: The types of keys it keeps.
        tuples: Whether it tells tuples from lists.
    """

    def __init__(
        self,
        name: str,
        leaves: dict[type, Check | None],
        keys: tuple[type, ...] = (str,),
        tuples: bool = False,
    ) -> None:
        self.name = name
        self.leaves = leaves
        self.keys = keys
        self.tuples = tuples


def simplify(tree: Any, rules: Rules) -> Any:
    """Return a plain copy of `tree` with exact basic types only.

    Raises:
        ConversionError: If the format cannot hold a value or key; the message names it. Also if
            references in it repeat long texts without end.
        NestingError: If the tree contains itself or is nested too deeply.
    """
    try:
        with repeats_counted(rules.name):
            return _simplify(tree, rules, ())
    except RecursionError:
        raise nesting_error(tree) from None


def _simplify(value: Any, rules: Rules, keys: tuple[Any, ...]) -> Any:
    try:
        return _plain(value, rules, keys)
    except (AtoError, RecursionError, MemoryError):
        raise
    except Exception as error:  # of another's code: an attribute that fails, or is no such thing
        what = f"{a_kind(value)} ({in_line(value)}), which fails ({type(error).__name__})"
        raise _cannot(rules, keys, what) from None


def _plain(value: Any, rules: Rules, keys: tuple[Any, ...]) -> Any:
    if isinstance(value, dict):
        return {
            _key(key, rules, keys): _simplify(child, rules, (*keys, key))
            for key, child in value.items()
        }
    if isinstance(value, (list, tuple)):
        items = [_simplify(child, rules, (*keys, i)) for i, child in enumerate(value)]
        return tuple(items) if rules.tuples and isinstance(value, tuple) else items
    return _leaf(value, rules, keys)


def _key(key: Any, rules: Rules, above: tuple[Any, ...]) -> Any:
    if type(key) in rules.keys:
        problem = _problem(key, rules)
    elif isinstance(key, str) and str in rules.keys:
        return str.__str__(key)
    else:
        problem = f"keys of type {kind_name(key)}"
    if problem:
        raise _cannot(rules, (*above, key), problem)
    return key


def _leaf(value: Any, rules: Rules, keys: tuple[Any, ...]) -> Any:
    if type(value) not in rules.leaves:
        value = _basic(value, rules, keys)
    if type(value) is str and len(value) > LONG:
        count_repeat(value)
    problem = _problem(value, rules)
    if problem:
        raise _cannot(rules, keys, problem)
    return value


def _problem(value: Any, rules: Rules) -> str | None:
    check = rules.leaves.get(type(value))
    return check(value) if check else None


def _basic(value: Any, rules: Rules, keys: tuple[Any, ...]) -> Any:
    """Return a value of a subclass (of str, int, float, set, …) as the basic type it extends."""
    if is_scalar(value):
        try:
            return _leaf(plain_scalar(value), rules, keys)
        except NotPlainError as error:
            raise _cannot(rules, keys, str(error)) from None
    if isinstance(value, os.PathLike):
        return _leaf(os.fspath(value), rules, keys)
    members = getattr(type(value), "__members__", None)
    if members is not None and value._name_ in members:
        return _leaf(value._name_, rules, keys)  # which restores it, as of no flags set together
    if members is None:
        for base, as_basic in _BASICS.items():
            if isinstance(value, base) and base in rules.leaves:
                return as_basic(value)
    what = "None" if value is None else f"{a_kind(value)} ({in_line(value)})"
    raise _cannot(rules, keys, what)


def _cannot(rules: Rules, keys: tuple[Any, ...], what: str) -> ConversionError:
    return ConversionError(f"{rules.name} cannot hold {what}, at '{cut(join(keys))}'")


def no_surrogates(text: str) -> str | None:
    """Refuse a text that is no Unicode text; such arise from undecodable file names."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return f"a string with lone surrogates ({in_line(text)})"
    return None


def countable(number: int) -> str | None:
    """Refuse integers of more digits than Python itself converts to decimal and back."""
    if number.bit_length() > 14_000:
        return f"an integer of {number.bit_length()} bits"
    return None


def whole_minutes(moment: Any) -> str | None:
    """Refuse a time whose offset has seconds, as those of old local times do."""
    offset = moment.utcoffset()
    if offset is not None and offset.total_seconds() % 60:
        return f"a {type(moment).__name__} with the offset {offset}"
    return None


def set_problem(members: Any, allowed: tuple[type, ...]) -> str | None:
    """Refuse a set with a member that its format does not write."""
    for member in members:
        if type(member) not in allowed:
            return f"a set with {a_kind(member)} ({in_line(member)})"
        inside = set_problem(member, allowed) if isinstance(member, (tuple, frozenset)) else None
        own = no_surrogates(member) if isinstance(member, str) else inside
        if own or (type(member) is int and countable(member)):
            return own or countable(member)
    return None
