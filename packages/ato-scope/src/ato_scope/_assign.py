"""Apply the tokens of a command line to a config under construction."""

from __future__ import annotations

from ato_adict import MISSING, ADict, AtoError, did_you_mean
from ato_scope._errors import ExpressionError, StrictKeyError, TokenError
from ato_scope._expressions import evaluate
from ato_scope._host import say
from ato_scope._provenance import Source
from ato_scope._tokens import shown
from ato_scope._views import merge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

    from ato_scope._draft import Draft
    from ato_scope._tokens import Token


def assign(draft: Draft, key: str, token: Token, names: Mapping[str, Any], strict: bool) -> None:
    """Do what one token asks with `key` of a draft.

    Args:
        draft: The config under construction.
        key: The dotted key in its config.
        token: The token, for its kind, value and messages.
        names: The configs that expressions may refer to, by name.
        strict: Whether keys that no view has set are refused.

    Raises:
        TokenError: The key or the value is at fault; the message names the token.
    """
    draft.recorder.stop()
    try:
        value = _apply(draft.config, key, token, names, strict)
    except TokenError as error:
        raise type(error)(f"{shown(token.raw)!r}: {error}") from None
    except AtoError as error:
        raise TokenError(f"{shown(token.raw)!r}: {error}") from None
    draft.recorder.add(token, key, value)
    draft.assigned.add(key)


def _apply(config: ADict, key: str, token: Token, names: Mapping[str, Any], strict: bool) -> Any:
    """Do what a token asks; return the value that the key has now, MISSING for none."""
    if token.kind == "delete":
        return _delete(config, key)
    if token.kind == "append":
        return _append(config, key, _value(token, names))
    value = _value(token, names) if token.kind == "set" else token.value
    if token.kind != "option":
        _check_key(config, key, token, strict)
        _check_scope(config, key, token, names)
    config.set_by_name(key, value)
    return value


def merge_file(draft: Draft, path: str, values: Mapping[str, Any]) -> None:
    """Merge what a config file holds into a draft."""
    draft.recorder.begin(Source("file", path, path, f"@{path}"))
    merge(draft.config, values)


def read_file(path: str) -> ADict:
    """Read a config file, with an error that names its token.

    Raises:
        TokenError: There is no such file, or it is no config file.
    """
    try:
        return ADict.from_file(path)
    except (AtoError, OSError, ValueError) as error:
        raise TokenError(f"'@{shown(path)}': {error}") from None


def _value(token: Token, names: Mapping[str, Any]) -> Any:
    try:
        return evaluate(token.value, names)
    except ExpressionError as error:
        text = token.value
        is_text = any(c.isalpha() for c in text) and text.isprintable() and len(text) <= 60
        if not is_text:
            raise
        word = text if set(text).isdisjoint(" '\"()[]{}$&|;<>*?`\\") else f"'{text}'"
        raise ExpressionError(f"{error}; for text write {token.key}:={word}") from None


def _find(config: ADict, key: str) -> tuple[Any, str]:
    """Return the node that holds the last part of a dotted key, and that part."""
    node: Any = config
    parts = key.split(".")
    for part in parts[:-1]:
        node = dict.get(node, part) if isinstance(node, dict) else None
    return node, parts[-1]


def _names(node: Any) -> list[str]:
    return [k for k in dict.keys(node) if isinstance(k, str)] if isinstance(node, dict) else []


def _check_key(config: ADict, key: str, token: Token, strict: bool) -> None:
    """Warn of, or refuse, a key that is not there but looks like one that is."""
    node: Any = config
    done = ""
    for part in key.split("."):
        if not isinstance(node, dict) or not node:
            break
        if not dict.__contains__(node, part):
            if strict:
                hint = did_you_mean(part, _names(node))
                raise StrictKeyError(f"no view has set the key {done + part!r}{hint}")
            alike = [name for name in _names(node) if _may_be_meant(part, name)]
            hint = did_you_mean(part, alike) if alike else ""
            if hint:
                say(f"warning: {shown(token.raw)!r} sets a new key {done + part!r}{hint}")
            return
        node = dict.__getitem__(node, part)
        done += part + "."
    if strict and not dict.__contains__(_find(config, key)[0] or {}, key.split(".")[-1]):
        raise StrictKeyError(f"no view has set the key {key!r}")


def _check_scope(config: ADict, key: str, token: Token, names: Mapping[str, Any]) -> None:
    """Warn of a key that starts with the name of the only scope, as if there were several."""
    first, dot, rest = key.partition(".")
    if dot and len(names) == 1 and first in names and not dict.__contains__(config, first):
        say(f"warning: {shown(token.raw)!r} sets a new key {key!r}; for {rest!r} write {rest}=")


def _may_be_meant(typed: str, name: str) -> bool:
    """Whether two names have nearly the same letters: a cheap test before the thorough one."""
    if abs(len(typed) - len(name)) > 2:
        return False
    rest = list(name)
    for letter in typed:
        if letter in rest:
            rest.remove(letter)
    return (len(name) - len(rest)) * 8 >= (len(typed) + len(name)) * 3


def _existing(config: ADict, key: str) -> Any:
    node, last = _find(config, key)
    if not isinstance(node, dict) or not dict.__contains__(node, last):
        raise TokenError(f"key {key!r} is not set{did_you_mean(last, _names(node))}")
    return dict.__getitem__(node, last)


def _append(config: ADict, key: str, value: Any) -> Any:
    current = _existing(config, key)
    if not isinstance(current, (list, tuple)):
        raise TokenError(f"{key!r} is no list but {type(current).__name__}; use = instead of +=")
    more = list(value) if isinstance(value, (list, tuple)) else [value]
    longer = type(current)([*current, *more])
    config.set_by_name(key, longer)
    return longer


def _delete(config: ADict, key: str) -> Any:
    _existing(config, key)
    node, last = _find(config, key)
    del node[last]
    return MISSING
